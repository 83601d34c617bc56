"""From a row to an old case, by a mapping and the process of its type."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gis_ce.case_exchange.kept_state import kept_state
from gis_ce.case_exchange.mapping import FieldMapping, Taken
from gis_ce.case_exchange.old_case import BadRow, OldCase, OldParty, OldPlace
from gis_ce.case_exchange.row_values import RowReader, as_integer, as_json, as_shape, plain
from gis_ce.case_exchange.table_reading import RawRow
from gis_ce.case_table import LARGEST_SIGMA_FT
from gis_ce.process import Field, Process
from gis_ce.process_values import NotTaken, taken
from layers.toml_table import did_you_mean

_WAITING = ("start", "wait", "handover", "end")
_LONGEST_TITLE, _LONGEST_ADDRESS, _MOST_URGENT = 200, 300, 100
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Reading:
    """What rows are read with: the mapping, the processes, the city's zone, and now."""

    mapping: FieldMapping
    processes: Mapping[str, Process]
    zone: ZoneInfo
    now: datetime


def read_row(row: RawRow, reading: Reading) -> OldCase | BadRow:
    """The old case of a row, or everything that is wrong with it."""
    reader = RowReader(row, reading.zone)
    mapping, take = reading.mapping, reading.mapping.values
    reference = reader.text(Taken(mapping.row))
    if reference is None:
        reader.reasons.append(f"{mapping.row} is empty: nothing would name the row again")
    elif mapping.is_own and not _ID.fullmatch(reference):
        reader.reasons.append(f"{mapping.row}: {reference!r} is no id of a case")
    process = _process(reader, reading)
    opened_at, closed_at = _times(reader, reading)
    if reader.reasons or process is None or opened_at is None:
        return BadRow(row.number, reference, tuple(reader.reasons))
    kept = kept_state(reader, take, closed_at is not None)
    outcome, step = _standing(reader, reading, process, closed_at is not None, kept.state is not None)
    case = OldCase(
        row=row.number,
        reference=str(reference),
        digest=_digest(row, mapping),
        type=process.id,
        opened_at=opened_at,
        event_on=_event_on(reader, reading, opened_at),
        closed_at=closed_at,
        outcome=outcome,
        step=step,
        title=_title(reader, take.get("title")),
        description=reader.text(take.get("description")) or "",
        officer=reader.text(take.get("officer")),
        priority=_priority(reader, take.get("priority")),
        data=_data(reader, mapping, process),
        answers=_answers(reader, mapping, process),
        parties=_parties(reader, mapping),
        place=_place(reader, mapping),
        number=reader.text(take.get("number")),
        state=kept.state,
        due_at=kept.due_at,
        references=_references(reader.text(take.get("references"))),
        remark=kept.remark,
        is_own=mapping.is_own,
    )
    return BadRow(row.number, reference, tuple(reader.reasons)) if reader.reasons else case


def _process(reader: RowReader, reading: Reading) -> Process | None:
    take = reading.mapping.values["type"]
    name = reader.text(take)
    if name is None:
        if not reader.reasons:
            reader.reasons.append(f"{take.column} is empty: the case has no type")
        return None
    if name not in reading.processes:
        reader.reasons.append(f"there is no case type {name!r}; {did_you_mean(name, list(reading.processes))}")
        return None
    return reading.processes[name]


def _times(reader: RowReader, reading: Reading) -> tuple[datetime | None, datetime | None]:
    take, before = reading.mapping.values, len(reader.reasons)
    opened_at, closed_at = reader.moment(take["opened"]), reader.moment(take.get("closed"))
    if len(reader.reasons) == before and opened_at is None:
        reader.reasons.append(f"{take['opened'].column} is empty: when was the case opened?")
    for name, at in (("opened", opened_at), ("closed", closed_at)):
        if at is not None and at > reading.now:
            reader.reasons.append(f"it was {name} in the future, {at.date().isoformat()}")
    if opened_at and closed_at and closed_at < opened_at:
        days = f"{closed_at.date().isoformat()}, opened {opened_at.date().isoformat()}"
        reader.reasons.append(f"it was closed before it was opened: closed {days}")
    return opened_at, closed_at


def _title(reader: RowReader, take: Taken | None) -> str:
    title = reader.text(take) or ""
    if len(title) > _LONGEST_TITLE:
        reader.reasons.append(f"its title has {len(title)} characters; at most {_LONGEST_TITLE} are kept")
    return title


def _priority(reader: RowReader, take: Taken | None) -> int | None:
    priority = reader.read(as_integer, take)
    if priority is not None and not 0 <= priority <= _MOST_URGENT:
        reader.reasons.append(
            f"its priority is {priority}; that must lie between 0 and {_MOST_URGENT}, the most urgent"
        )
    return priority


def _event_on(reader: RowReader, reading: Reading, opened_at: datetime) -> date:
    at = reader.moment(reading.mapping.values.get("event_on"))
    day = (at or opened_at).astimezone(reading.zone).date()
    if at is not None and day > reading.now.astimezone(reading.zone).date():
        reader.reasons.append(f"its event lies in the future, {day.isoformat()}")
    return day


def _standing(
    reader: RowReader, reading: Reading, process: Process, is_closed: bool, has_state: bool
) -> tuple[str | None, str | None]:
    """The end of a closed case, or the step at which an open one stands."""
    take = reading.mapping.values
    outcome, step = reader.text(take.get("outcome")), reader.text(take.get("step"))
    if is_closed:
        return _end(reader, process, outcome), None
    if outcome is not None:
        reader.reasons.append(f"it has the outcome {outcome} and no day on which it was closed")
    if step is not None and step not in process.steps:
        reader.reasons.append(f"{process.title} has no step {step!r}; {did_you_mean(step, list(process.steps))}")
    elif step is not None and process.steps[step].kind in _WAITING and not has_state:
        kind = process.steps[step].kind
        reader.reasons.append(f"an open case cannot be brought in at {step}, a {kind}; name the step before it")
    return None, step


def _end(reader: RowReader, process: Process, outcome: str | None) -> str | None:
    """The end that is named; else the one called `end`, or the only one there is."""
    if outcome is None:
        if "end" in process.ends or len(process.ends) == 1:
            return "end" if "end" in process.ends else process.ends[0]
        reader.reasons.append(f"it is closed; say with which outcome: {', '.join(process.ends)}")
    elif outcome not in process.ends:
        reader.reasons.append(f"{process.title} has no end {outcome!r}; {did_you_mean(outcome, process.ends)}")
    return outcome


def _data(reader: RowReader, mapping: FieldMapping, process: Process) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, take in mapping.fields.items():
        field = process.field(name)
        date_like = field is not None and field.type == "date"
        at = reader.moment(take) if date_like else None
        given = (at.date().isoformat() if at else None) if date_like else reader.text(take)
        if given is None:
            continue
        if field is None:
            reader.reasons.append(f"{take.column} is {given!r}, but {process.title} has no field {name}")
            continue
        try:
            found[name] = taken(field, _as_number(field, given))
        except NotTaken as error:
            reader.reasons.append(f"{take.column}: {name} {error}")
    return found


def _as_number(field: Field, given: str) -> object:
    """A whole number stays one, however a spreadsheet wrote it."""
    return given.removesuffix(".0") if field.type == "number" else given


def _answers(reader: RowReader, mapping: FieldMapping, process: Process) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, take in mapping.answers.items():
        word = reader.text(take)
        if word is None:
            continue
        step = process.steps.get(name)
        if step is None or step.kind != "decision":
            reader.reasons.append(f"{take.column} is {word!r}, but {process.title} has no decision {name}")
        elif word not in step.answers:
            reader.reasons.append(f"{take.column}: {word!r} is not one of {', '.join(step.answers)}")
        else:
            found[name] = word
    return found


def _parties(reader: RowReader, mapping: FieldMapping) -> tuple[OldParty, ...]:
    found = []
    for party in mapping.parties:
        given = {name: reader.text(take) for name, take in party.properties.items()}
        if any(given.values()):
            found.append(OldParty(party.role, **given))
    return tuple(found)


def _place(reader: RowReader, mapping: FieldMapping) -> OldPlace:
    take = mapping.values

    def text(name: str) -> str | None:
        return reader.text(take.get(name))

    def number(name: str) -> float | None:
        return reader.number(take.get(name))

    sigma = number("sigma_ft")
    if sigma is not None and not 0 <= sigma <= LARGEST_SIGMA_FT:
        reader.reasons.append(
            f"its position is good to {sigma} ft; that must lie between 0 and {LARGEST_SIGMA_FT:,.0f}"
        )
    address = text("address")
    if address is not None and len(address) > _LONGEST_ADDRESS:
        reader.reasons.append(f"its address has {len(address)} characters; at most {_LONGEST_ADDRESS} are looked up")
    lon, easting_ft = number("lon"), number("easting_ft")
    has_position = lon is not None or easting_ft is not None
    if has_position and sigma is None and not mapping.is_own and not reader.reasons:
        reader.reasons.append("nothing says how good its position is: sigma_ft is empty")
    return OldPlace(
        address=address,
        parcel=text("parcel"),
        facility=text("facility"),
        lon=lon,
        lat=number("lat"),
        easting_ft=easting_ft,
        northing_ft=number("northing_ft"),
        datum=text("datum"),
        sigma_ft=sigma,
        shape=reader.read(as_shape, take.get("shape")),
        structure=reader.read(as_shape, take.get("structure")),
        details=reader.read(as_json, take.get("details")),
        how_located=text("how_located"),
    )


def _references(text: str | None) -> tuple[tuple[str, str], ...]:
    """`EnerGov: CE-1; Cityworks: 7` as pairs of system and reference."""
    pairs = (part.partition(": ") for part in (text or "").split("; "))
    return tuple((system, reference) for system, colon, reference in pairs if colon and system and reference)


def _digest(row: RawRow, mapping: FieldMapping) -> str:
    """The same for a row whose taken cells are the same."""
    cells = [plain(value) if (value := row.cells.get(column)) is not None else None for column in mapping.columns]
    return hashlib.sha256(json.dumps(cells, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()
