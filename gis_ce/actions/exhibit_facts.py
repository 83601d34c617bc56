"""What an exhibit tells of a case: one decision with its place, evidence, rule, layers and line on record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis_ce.actions.desk import Desk
from gis_ce.actions.packet_facts import rule_said, without_reporters
from gis_ce.actions.proposals import STANDING
from gis_ce.actions.recorded_inputs import Recorded, recorded
from gis_ce.actions.showing import CaseShown
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import by_name
from gis_ce.checks.naming import NAMING
from gis_ce.clock import named
from gis_ce.decision_inputs import Inputs, inputs_of
from gis_ce.decision_numbers import lines_of
from gis_ce.errors import ExhibitRefused
from gis_ce.process import in_words
from gis_ce.process_deadlines import said_at
from gis_ce.roles import Rights
from gis_ce.tables import Attachment, Decision

Rows = tuple[tuple[str, str], ...]
_SHOWN = (*STANDING, "to_sign")
_LONGEST = 900
_HOW = {
    "address": "by the address",
    "gps": "by a receiver",
    "map": "put on the map",
    "coordinates": "by coordinates",
    "facility": "by a facility",
    "imported": "as imported",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom an exhibit is made: what they may read, and whether they work on such cases (see where photos were)."""

    rights: Rights
    works_on_it: bool


@dataclass(frozen=True, slots=True)
class PhotoAt:
    """Where a photo was taken, in degrees, and which way it looks (degrees from true north; None: not known)."""

    label: str
    lon: float
    lat: float
    bearing: float | None


@dataclass(frozen=True, slots=True)
class ExhibitFacts:
    """One decision of a case, in words and shapes on the grid in feet; or the place alone, where nothing is decided.

    `layers` are the versions that the decision saw, each with the day it spoke of. `at` is when the map said it, or
    the case was opened. `sigma_ft` is that of the place alone.
    """

    number: str
    kind: str
    title: str
    city: str
    question: str
    answer: str
    sentence: str
    warnings: tuple[str, ...]
    facts: Rows
    rule: tuple[str, ...]
    record: str
    hash: str
    at: datetime
    place: BaseGeometry
    sigma_ft: float
    marks: BaseGeometry | None
    features: tuple[Mapping[str, Any], ...]
    photos: tuple[PhotoAt, ...]
    layers: Mapping[str, tuple[str, date]]


def exhibit_facts(
    session: Session, desk: Desk, shown: CaseShown, reader: Reader, wanted: Decision | None
) -> ExhibitFacts:
    """The facts for an exhibit of a decision of the case; None: of the place alone.

    Raises ExhibitRefused for a case that has no place.
    """
    known = None if wanted is None else recorded(session, [wanted]).get(wanted.id)
    inputs = _inputs(shown, known)
    if inputs.place is None or inputs.place.is_empty:
        raise ExhibitRefused(f"{shown.case.number} has no place yet, so there is nothing to draw.")
    words = without_reporters(shown.parties)
    told = wanted is not None and may_tell(wanted, reader.rights)
    lines = lines_of(session, wanted) if wanted is not None else ()
    said = _said(desk, shown, wanted, told)
    return ExhibitFacts(
        number=shown.case.number,
        kind=shown.process.title,
        title=words(shown.case.title) if reader.rights.reporters else "",
        city=desk.letters.letterhead.name or desk.city.name,
        question=_question(wanted),
        answer=said[0],
        sentence=shortened(said[1]),
        warnings=tuple(_warnings(shown, wanted, told)),
        facts=tuple(_facts(desk, shown, wanted, inputs)),
        rule=tuple(map(shortened, rule_said(desk, wanted.rule))) if wanted is not None and wanted.rule else (),
        record=f"Decision {lines[-1].number}, line {lines[-1].seq} of the record of {shown.case.number}"
        if lines
        else "",
        hash=lines[-1].hash if lines else "",
        at=wanted.proposed_at if wanted is not None else shown.case.opened_at,
        place=inputs.place,
        sigma_ft=inputs.sigma_ft,
        marks=_marks(inputs),
        features=tuple((wanted.evidence or {}).get("features", ())) if wanted is not None and told else (),
        photos=tuple(_photos(shown)) if reader.works_on_it else (),
        layers=_layers(known, wanted),
    )


def exhibited(shown: CaseShown, rights: Rights, check: str | None = None) -> Decision | None:
    """The decision an exhibit shows: the newest that stands and has something to draw, of one check where it is named.

    None where the map has said nothing of the case yet. Raises ExhibitRefused for a check that was not asked.
    """
    rows = exhibits_of(shown)
    if check is not None:
        rows = [row for row in rows if row.check == check]
        if not rows:
            had = sorted({row.check for row in exhibits_of(shown)})
            has = f"it has {', '.join(had)}" if had else "the map has said nothing of it yet"
            raise ExhibitRefused(f"{shown.case.number} has no answer of the check {check[:60]!r}; {has}.")
    drawn = [row for row in rows if may_tell(row, rights) and (row.evidence or {}).get("features")]
    return next(reversed(drawn or rows), None)


def exhibits_of(shown: CaseShown) -> list[Decision]:
    """The decisions of a case that can be shown: those that count, in the order in which they were made."""
    return [row for row in shown.decisions if row.state in _SHOWN]


def may_tell(row: Decision, rights: Rights) -> bool:
    """Whether the words of a decision may be read with these rights: some name owners."""
    return rights.owners or row.check not in NAMING


def shortened(text: str, longest: int = _LONGEST, more: str = " (cut here; the packet has all of it)") -> str:
    """A text that fits on the page: cut at a word, and then it says so."""
    return text if len(text) <= longest else f"{text[:longest].rsplit(' ', 1)[0]} ...{more}"


def _inputs(shown: CaseShown, known: Recorded | None) -> Inputs:
    """The place as the decision saw it; as the case has it now where that is not on record."""
    if known is not None and known.inputs is not None:
        return known.inputs
    return inputs_of(shown.case, shown.site)


def _question(row: Decision | None) -> str:
    check = by_name(CHECKS, row.check) if row is not None else None
    if row is None:
        return "Where is the place of the case?"
    return check.question if check is not None else in_words(row.check).capitalize()


def _said(desk: Desk, shown: CaseShown, row: Decision | None, told: bool) -> tuple[str, str]:
    """The answer, and the sentence of the map."""
    if row is None:
        return shown.site.address or "Marked on the map", "The map has not been asked anything of this case yet."
    if not told:
        return "Not shown", "What this check says is kept for those who may read names of owners."
    answer = row.answer or row.proposed or ("undecided" if row.reason else "for information")
    return in_words(answer).capitalize(), row.sentence


def _warnings(shown: CaseShown, row: Decision | None, told: bool) -> Iterator[str]:
    """What a reader must know before the answer is taken for more than it is."""
    if row is None:
        return
    evidence = row.evidence or {}
    if row.reason and row.proposed is None and told:
        yield f"Undecided by the map: {row.reason}"
    if evidence.get("facts", {}).get("measured_from") == "map":
        yield "Presumptive: measured from the line on the map, not from the locator's marks."
    if any(each["properties"].get("modelled") for each in evidence.get("features", ())):
        yield "Drawn in part by a model, not from a deed or survey: verify the recorded easement before any letter."
    if row.state == "proposed" and row.proposed is not None:
        yield "A proposal of the map: nobody has confirmed it yet."
    if row.state == "overridden":
        map_said = in_words(row.proposed).lower() if row.proposed and told else "something else or nothing"
        yield f"Decided by {row.by} otherwise than the map, which says: {map_said}."
    if row.state == "to_sign":
        yield "The map says otherwise since a layer has changed; nobody has signed that yet."
    if row.site_revision != shown.site.revision:
        yield "The case has been moved since: this shows the place that was looked at."


def _facts(desk: Desk, shown: CaseShown, row: Decision | None, inputs: Inputs) -> Iterator[tuple[str, str]]:
    case, site = shown.case, shown.site
    yield "Address", site.address or "none noted"
    if site.parcel_id:
        yield "Parcel", site.parcel_id
    good = f"good to {inputs.sigma_ft:g} ft (one sigma)" if inputs.sigma_ft else "taken as exact"
    yield "Position", f"{_HOW[inputs.how_located]}, {good}" if inputs.how_located in _HOW else good
    yield "Happened on", named(case.event_on)
    if row is None:
        return
    yield "The map said it", said_at(row.proposed_at, desk.processes.time)
    if row.by and row.at:
        verb = "Confirmed" if row.state == "confirmed" else "Answered"
        yield verb, f"by {row.by}, {said_at(row.at, desk.processes.time)}"
    if row.margin_ft is not None:
        yield "From the limit", f"{abs(row.margin_ft):.1f} ft"
    if row.probability is not None:
        yield "Probability", _percent(row.probability)


def _percent(probability: float) -> str:
    return "over 99.9 %" if probability > 0.999 else f"{probability:.1%}".replace("%", " %")


def _marks(inputs: Inputs) -> BaseGeometry | None:
    marks = inputs.details.get("marks")
    if marks is None:
        return None
    return marks if isinstance(marks, BaseGeometry) else shapely.geometry.shape(marks)


def _photos(shown: CaseShown) -> Iterator[PhotoAt]:
    """The photos that say where they were taken, numbered as in the packet."""
    photos = [row for row in shown.attachments if row.media_type.startswith("image/")]
    for number, row in enumerate(photos, 1):
        if (at := _taken_at(row)) is not None:
            yield PhotoAt(f"Photo {number}", *at, row.bearing)


def _taken_at(row: Attachment) -> tuple[float, float] | None:
    return (row.lon, row.lat) if row.lon is not None and row.lat is not None else None


def _layers(known: Recorded | None, row: Decision | None) -> dict[str, tuple[str, date]]:
    if known is None or row is None:
        return {}
    layers: Mapping[str, Mapping[str, str]] = known.said.get("layers", {})
    return {name: (each["version"], date.fromisoformat(each["as_of"])) for name, each in layers.items()}
