"""Reads kinds of letters: one `.typ` file each, whose first comment says in YAML what the letter needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from gis_ce.file_errors import LetterFileError
from gis_ce.letter import COUNTED_FROM, FIELD_TYPES, Compliance, FieldType, LetterKind, MergeField
from gis_ce.lined_yaml import Lined, read_lined
from gis_ce.process_deadlines import read_length
from gis_ce.process_mistakes import Mistakes, Table, short
from gis_ce.rule_subjects import SUBJECTS
from gis_ce.tables.people import PARTY_ROLES
from gis_ce.typesetting import Template

_SUFFIX = ".typ"
_PARTS = "parts"
_KEYS = (
    "format",
    "id",
    "title",
    "topic",
    "about",
    "source",
    "steps",
    "to",
    "rules",
    "compliance",
    "appealable",
    "issue_day",
    "tells_outcome",
    "about_easement",
    "form",
    "fields",
)
_FIELD_KEYS = ("type", "from", "ask", "optional")
_COMPLIANCE_KEYS = ("period", "date", "from")
_RECIPIENTS = (*PARTY_ROLES, "occupant", "given")
_SOURCES: Mapping[str, Collection[str] | None] = {
    "given": (),
    "case": ("number", "title", "description", "officer", "event_on", "opened_on", "type"),
    "data": None,
    "answer": None,
    "site": ("address", "parcel_id"),
    "party": None,
    "decision": None,
    "step": ("period",),
    "charges": ("rows", "charged", "paid", "waived", "stayed", "to_pay"),
    "hearing": ("on", "text", "where"),
    "deed": ("words",),
    "picture": None,
}
"""First words of a source, and what may follow; None: any name."""


def open_letters(folder: Path | None = None) -> dict[str, LetterKind]:
    """Every kind of letter by its id; raises LetterFileError for the first broken file.

    A file in a city's own folder replaces the shipped one of the same name; one in its folder `parts` (the
    frame `letter.typ` among them) replaces the shipped part.
    """
    shipped = files("gis_ce") / "data" / "letters"
    texts = {item.name: item.read_text("utf-8") for item in shipped.iterdir() if item.name.endswith(_SUFFIX)}
    parts = {item.name: item.read_text("utf-8") for item in (shipped / _PARTS).iterdir()}
    if folder is not None:
        texts |= {path.name: path.read_text("utf-8") for path in folder.glob(f"*{_SUFFIX}")}
        parts |= {path.name: path.read_text("utf-8") for path in (folder / _PARTS).glob(f"*{_SUFFIX}")}
    kinds = [read_letter(text, name, parts) for name, text in sorted(texts.items())]
    return {kind.id: kind for kind in kinds}


@cache
def shipped_letters() -> Mapping[str, LetterKind]:
    """The kinds of letters that come with the program."""
    return open_letters()


def read_letter(text: str, name: str, parts: Mapping[str, str]) -> LetterKind:
    """The kind of letter of one template; raises LetterFileError with every mistake and its line."""
    id_ = name.removesuffix(_SUFFIX)
    mistakes = Mistakes(id_)
    head, closed, _ = text.removeprefix("/*").partition("*/")
    kind = None
    if not text.startswith("/*\n") or not closed:
        mistakes.add(1, "begins with /* and, up to */, what the letter needs in YAML")
    else:
        document, wrong = read_lined(head)
        for line, what in wrong:
            mistakes.add(line, what)
        if isinstance(document, Lined):
            kind = _read(Table(document, mistakes), id_, Template(id_, text, parts))
        elif not wrong:
            mistakes.add(1, f"the head of a letter is a mapping with {', '.join(_KEYS)}, not {short(document)}")
    found = mistakes.in_order()
    if found or kind is None:
        raise LetterFileError(name, found)
    return kind


def _read(head: Table, name: str, template: Template) -> LetterKind:
    head.know(_KEYS, "a letter")
    if head.values.get("format") != 1:
        head.wrong(f"format must be 1, not {short(head.values.get('format'))}", "format")
    recipients = head.texts("to")
    for word in recipients:
        head.named(word, "to", _RECIPIENTS, "recipient")
    fields = _fields(head)
    return LetterKind(
        id=head.id("id", (name,), "letter named like its file", needed=True) or "",
        title=head.text("title", needed=True, longest=200) or "",
        topic=head.id("topic", needed=True) or "",
        about=head.text("about", needed=True) or "",
        source=head.text("source", needed=True) or "",
        template=template,
        steps=_steps(head),
        recipients=recipients,
        fields=fields,
        rules=_rules(head),
        compliance=_compliance(head, fields),
        appealable=head.yes("appealable"),
        about_easement=head.yes("about_easement"),
        issue_day=head.id("issue_day"),
        tells_outcome=head.yes("tells_outcome"),
        form=head.yes("form"),
    )


def _steps(head: Table) -> tuple[str, ...]:
    steps = head.texts("steps")
    for step in steps:
        if step.count(".") != 1:
            head.wrong(f"a step is named with its process, such as leaks.notice_48h, not {short(step)}", "steps")
    return steps


def _rules(head: Table) -> dict[str, str]:
    table = head.table("rules")
    rules = {name: str(subject) for name, subject in table.items()} if table is not None else {}
    for subject in rules.values():
        head.named(subject, "rules", SUBJECTS, "subject of rules")
    return rules


def _fields(head: Table) -> tuple[MergeField, ...]:
    table = head.table("fields")
    return tuple(_field(head, name, row) for name, row in table.items()) if table is not None else ()


def _field(head: Table, name: str, row: object) -> MergeField:
    head.named(name, "fields", None, "")
    if not isinstance(row, Lined):
        head.wrong(f"the field {name} is a mapping with {', '.join(_FIELD_KEYS)}", "fields")
        return MergeField(name, "text", (), "")
    inner = Table(row, head.mistakes, name)
    inner.know(_FIELD_KEYS, "a field")
    type_: FieldType = "text"
    if inner.id("type", FIELD_TYPES, "type of field", needed=True):
        type_ = row["type"]
    sources = inner.texts("from")
    if not sources:
        inner.wrong("from is missing; it lists where the value comes from, such as [given]")
    for source in sources:
        _check_source(inner, source)
    ask = inner.text("ask", needed=True) or ""
    return MergeField(name, type_, sources, ask, inner.yes("optional"))


def _check_source(row: Table, source: str) -> None:
    first, _, rest = source.partition(".")
    if first not in _SOURCES:
        row.named(first, "from", _SOURCES, "source")
        return
    allowed = _SOURCES[first]
    if allowed is not None and rest not in (allowed or ("",)):
        row.wrong(f"from: {first} has {', '.join(allowed) or 'nothing after it'}, not {short(rest)}", "from")
    elif allowed is None and not rest:
        row.wrong(f"from: say what of {first}, such as {first}.name", "from")
    elif first == "party" and rest.partition(".")[0] not in PARTY_ROLES:
        row.wrong(f"from: there is no role {short(rest)}; there are {', '.join(PARTY_ROLES)}", "from")


def _compliance(head: Table, fields: Collection[MergeField]) -> Compliance | None:
    table = head.table("compliance")
    if table is None:
        return None
    inner = Table(table, head.mistakes, "compliance")
    inner.know(_COMPLIANCE_KEYS, "compliance")
    since = inner.id("from", COUNTED_FROM, "beginning") or "receipt"
    if ("period" in table) == ("date" in table):
        inner.wrong("needs either period (10 days, or step) or date (the name of a merge field)")
        return None
    if "date" in table:
        dates = [field.name for field in fields if field.type == "date"]
        return Compliance(date_field=inner.id("date", dates, "date among the fields"), counted_from=since)
    if table["period"] == "step":
        return Compliance(of_step=True, counted_from=since)
    length = read_length(table["period"])
    if length is None:
        inner.wrong(f"period must be a period such as '10 days' or step, not {short(table['period'])}", "period")
    return Compliance(period=length, counted_from=since)
