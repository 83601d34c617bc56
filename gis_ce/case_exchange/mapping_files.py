"""Reads a mapping file; refuses a broken one with every mistake and its line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from gis_ce.case_exchange.columns import ANSWER, FIELD, PARTY_FIELDS, SYSTEM, party_prefix
from gis_ce.case_exchange.mapping import DAYS, OWN_VALUES, PLACE_VALUES, FieldMapping, Taken, TakenParty
from gis_ce.file_errors import MappingFileError
from gis_ce.lined_yaml import Lined, read_lined
from gis_ce.process import Process
from gis_ce.process_mistakes import Mistakes, Table, nearest, short
from gis_ce.tables.people import PARTY_ROLES

_HEAD = ("format", "system", "row", "dates")
_KEYS = (*_HEAD, *OWN_VALUES, *PLACE_VALUES, "parties", "fields", "answers")
_TAKEN_KEYS = ("column", "values", "always", "or_as_it_is")
_NEEDED = ("type", "opened")
_OWN_HEADER = {"id", "number", "type", "opened_at", "state"}
_MOST_PARTIES = 20
_SAME = (
    *("number", "status", "type", "step", "lane", "outcome", "officer", "priority", "title", "description"),
    *("event_on", "address", "easting_ft", "northing_ft", "sigma_ft", "how_located", "datum"),
    *("details", "state", "references"),
)
"""The columns of an export that are called as what they hold."""


def read_mapping(text: str, name: str, processes: Mapping[str, Process]) -> FieldMapping:
    """The mapping of one YAML text; raises MappingFileError with every mistake and its line."""
    document, wrong = read_lined(text)
    mistakes = Mistakes("mapping")
    for line, what in wrong:
        mistakes.add(line, what)
    mapping = None
    if isinstance(document, Lined):
        mapping = _read(Table(document, mistakes), processes)
    elif not wrong:
        mistakes.add(1, f"a mapping file is a mapping with {', '.join(_HEAD)} and so on, not {short(document)}")
    found = mistakes.in_order()
    if found or mapping is None:
        raise MappingFileError(name, found)
    return mapping


def is_own_export(columns: Collection[str]) -> bool:
    """Whether a table's columns are those of a file that was exported here."""
    return set(columns) >= _OWN_HEADER


def own_mapping(columns: Collection[str]) -> FieldMapping:
    """The mapping of a file that was exported here."""
    named = {name: Taken(name) for name in columns}
    renamed = {"opened": "opened_at", "closed": "closed_at", "due": "due_at", "parcel": "parcel_id"}
    renamed |= {"shape": "shape_wkt", "structure": "structure_wkt"}
    renamed |= {name: name for name in _SAME}
    values = {ours: named[theirs] for ours, theirs in renamed.items() if theirs in named}
    return FieldMapping(
        system=SYSTEM,
        row="id",
        values=values,
        parties=_own_parties(columns),
        fields={name.removeprefix(FIELD): taken for name, taken in named.items() if name.startswith(FIELD)},
        answers={name.removeprefix(ANSWER): taken for name, taken in named.items() if name.startswith(ANSWER)},
        is_own=True,
    )


def _own_parties(columns: Collection[str]) -> tuple[TakenParty, ...]:
    found = []
    for role in PARTY_ROLES:
        for count in range(1, _MOST_PARTIES + 1):
            prefix = party_prefix(role, count)
            properties = {name: Taken(f"{prefix}{name}") for name in PARTY_FIELDS if f"{prefix}{name}" in columns}
            if properties:
                found.append(TakenParty(role, properties))
    return tuple(found)


def _read(head: Table, processes: Mapping[str, Process]) -> FieldMapping:
    head.know(_KEYS, "a mapping")
    if head.values.get("format") != 1:
        head.wrong(f"format must be 1, not {short(head.values.get('format'))}", "format")
    dates = head.texts("dates")
    for form in dates:
        _check_form(head, form)
    values = {
        name: taken
        for name in (*OWN_VALUES, *PLACE_VALUES)
        if (taken := _taken(head, name, dates if name in DAYS else ())) is not None
    }
    for name in _NEEDED:
        if name not in head.values:
            head.wrong(f"{name} is missing: a case has a type and a day on which it was opened")
    _check_pairs(head)
    _check_words(head, values, processes)
    return FieldMapping(
        system=head.text("system", needed=True, longest=60) or "",
        row=head.text("row", needed=True, longest=200) or "",
        values=values,
        parties=_parties(head),
        fields=_named(head, "fields", dates, _field_names(processes)),
        answers=_named(head, "answers", (), _decisions(processes)),
    )


def _check_form(head: Table, form: str) -> None:
    day = datetime(2026, 12, 31)  # noqa: DTZ001 - only tried out
    try:
        known = datetime.strptime(day.strftime(form), form).date() == day.date()  # noqa: DTZ007
    except ValueError:
        known = False
    if not known:
        head.wrong(f"dates: {form!r} is no form of a date such as %m/%d/%Y", "dates")


def _check_pairs(head: Table) -> None:
    for one, other in (("lon", "lat"), ("easting_ft", "northing_ft")):
        if (one in head.values) != (other in head.values):
            head.wrong(f"{one} and {other} go together", one if one in head.values else other)
        if one in head.values and "sigma_ft" not in head.values:
            head.wrong("sigma_ft is missing: how good are these positions? Name a column, or {always: FEET}", one)


def _check_words(head: Table, values: Mapping[str, Taken], processes: Mapping[str, Process]) -> None:
    """The words that are meant must be there: processes, their ends and steps."""
    ends = {end for process in processes.values() for end in process.ends}
    steps = {step for process in processes.values() for step in process.steps}
    for name, known, what in (("type", set(processes), "process"), ("outcome", ends, "end"), ("step", steps, "step")):
        taken = values.get(name)
        if taken is not None:
            for word in (*taken.values.values(), *((taken.always,) if taken.always else ())):
                if word not in known:
                    head.wrong(f"{name}: there is no {what} {word!r}{nearest(word, known)}", name)


def _taken(table: Table, key: str, dates: tuple[str, ...]) -> Taken | None:
    """Where a value comes from: a column's name, or a mapping that says more; None where the key is left out."""
    given = table.values.get(key)
    if given is None and key not in table.values:
        return None
    if not isinstance(given, Lined):
        column = table.text(key, longest=200)
        return Taken(column, dates=dates) if column else None
    row = Table(given, table.mistakes, key)
    row.know(_TAKEN_KEYS, "a value")
    column, always = row.text("column", longest=200), row.text("always")
    if (column is None) == (always is None):
        row.wrong("needs either a column, or always with what holds for every row")
    words = row.table("values")
    values = {theirs.strip().casefold(): str(ours) for theirs, ours in words.items()} if words else {}
    return Taken(column, values, always, row.yes("or_as_it_is"), dates)


def _named(head: Table, key: str, dates: tuple[str, ...], known: Collection[str]) -> dict[str, Taken]:
    rows = head.table(key)
    if rows is None:
        return {}
    table = Table(rows, head.mistakes, key)
    return {
        name: taken
        for name in rows
        if table.named(name, name, known, key.removesuffix("s")) and (taken := _taken(table, name, dates)) is not None
    }


def _parties(head: Table) -> tuple[TakenParty, ...]:
    rows = head.values.get("parties", [])
    if not isinstance(rows, list) or not all(isinstance(row, Lined) for row in rows):
        head.wrong(f"parties must be a list of mappings with role and {', '.join(PARTY_FIELDS)}", "parties")
        return ()
    found = []
    for row in rows:
        table = Table(row, head.mistakes, "parties")
        table.know(("role", *PARTY_FIELDS), "a party")
        role = table.id("role", PARTY_ROLES, "role", needed=True) or ""
        properties = {name: taken for name in PARTY_FIELDS if (taken := _taken(table, name, ())) is not None}
        if not {"name", "firm"} & set(properties):
            table.wrong("a party has a name or a firm")
        found.append(TakenParty(role, properties))
    return tuple(found)


def _field_names(processes: Mapping[str, Process]) -> set[str]:
    """The fields that a file can fill: all but attachments."""
    steps = [step for process in processes.values() for step in process.steps.values()]
    return {field.name for step in steps for field in step.fields if field.type != "attachments"}


def _decisions(processes: Mapping[str, Process]) -> set[str]:
    return {step.id for process in processes.values() for step in process.steps.values() if step.kind == "decision"}
