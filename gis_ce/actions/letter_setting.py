"""What a letter prints: checked in full before it is set, then set as a PDF."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.charge_rows import Charged
from gis_ce.actions.desk import Desk
from gis_ce.actions.letter_gate import refused_by_easement
from gis_ce.actions.letter_rows import LetterHand, deeds_of
from gis_ce.actions.proceedings import hour_and_place
from gis_ce.actions.proposals import standing
from gis_ce.actions.unpaid import statement
from gis_ce.attachments.folder import open_content
from gis_ce.errors import LetterRefused, NotQuotable
from gis_ce.letter_facts import (
    OCCUPANT,
    address_lines,
    case_facts,
    checked_lines,
    decision_facts,
    deed_facts,
    party_facts,
    period_after,
    recipient_lines,
    staff_only_lines,
)
from gis_ce.letter_merge import Merged, as_date, in_full, merge
from gis_ce.letterhead import logo_files
from gis_ce.process import in_words
from gis_ce.process_deadlines import read_length
from gis_ce.public_forms import head_data
from gis_ce.readings import quotable
from gis_ce.rules import Rule
from gis_ce.service_clock import Notice, reckon
from gis_ce.tables import Attachment, Party, Proceeding
from gis_ce.typesetting import typeset

_KINDS = {"image/jpeg": "jpg", "image/png": "png"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was drawn for a letter: its content, its kind (`png`, `jpg`, `svg`), and its words."""

    content: bytes
    kind: str
    alt: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that a letter prints, its pictures by file name, and all that is wrong or missing.

    `kept` are values that are asked for later: `comply_by` and `period` by the clocks, `party` by the closing. `raw`
    are the values of the merge fields before they were put in words.
    """

    data: Mapping[str, Any]
    pictures: Mapping[str, bytes]
    wrong: tuple[str, ...]
    kept: Mapping[str, str | None] = field(default_factory=dict)
    raw: Mapping[str, object] = field(default_factory=dict)


def prepared(session: Session, desk: Desk, held: LetterHand, pictures: Mapping[str, Picture] | None = None) -> Prepared:
    """What a letter would print today, and every reason for which it cannot go out."""
    letter, kind = held.letter, held.kind
    given = dict((letter.given or {}).get("values", {}))
    files, drawn, wrong = _pictures(session, desk, held, given, pictures or {})
    period = period_after(held.hand.process, letter.step, desk.processes.time.settings)
    facts = _facts(session, desk, held) | drawn | {"step.period": str(period) if period else None}
    merged = merge(kind, facts, given)
    lines, no_address, party = ([], [], None) if kind.form else _recipient(session, held)
    rules, not_quotable = _rules(desk, kind.rules)
    missing = [f"the city file has no {key} in [letters]" for key in desk.letters.letterhead.missing()]
    if kind.appealable and not desk.letters.letterhead.appeals_to:
        missing.append("the city file does not say in [letters] who takes appeals (appeals_to)")
    kept = _kept(held, merged, str(period) if period else None) | {"party": party}
    data = {
        "title": kind.title,
        "draft": letter.state == "draft",
        "number": letter.number or "",
        "date": in_full(desk.today),
        "head": head_data(desk.letters.letterhead),
        "to": lines,
        "about": _about(held),
        "case": {"number": held.hand.case.number, "officer": held.hand.case.officer or ""},
        "f": merged.values,
        "rules": rules,
        "due": _due(desk, held, kept),
    }
    gate = refused_by_easement(session, held)
    wrong_ = (*merged.wrong, *wrong, *no_address, *not_quotable, *missing, *gate)
    return Prepared(data, files, wrong_, kept, merged.raw)


def set_letter(desk: Desk, held: LetterHand, ready: Prepared, *, draft: bool) -> bytes:
    """The PDF of a letter; raises LetterRefused with everything that is wrong or missing."""
    refuse_unready(held, ready)
    return typeset(held.kind.template, {**ready.data, "draft": draft}, ready.pictures, made_at=desk.now)


def refuse_unready(held: LetterHand, ready: Prepared) -> None:
    """Raises LetterRefused where anything is wrong or missing, with all of it."""
    if ready.wrong:
        name = held.letter.number or held.kind.title
        raise LetterRefused(f"{name} ({held.kind.title}) cannot go out: {'; '.join(ready.wrong)}.")


def _facts(session: Session, desk: Desk, held: LetterHand) -> dict[str, object]:
    case = held.hand.case
    parties = session.scalars(select(Party).where(Party.case_id == case.id).order_by(Party.id))
    facts = case_facts(case, held.hand.site) | party_facts(parties) | deed_facts(deeds_of(session, case))
    facts |= decision_facts(standing(session, case.id), staff_only_lines(desk.city))
    wanted = {source.partition(".")[0] for known in held.kind.fields for source in known.sources}
    if "charges" in wanted:
        facts |= _charges(session, desk, held)
    return facts | _hearing(session, held) if "hearing" in wanted else facts


def _charges(session: Session, desk: Desk, held: LetterHand) -> dict[str, object]:
    """`charges...`: what the case was charged, as of today; nothing where nothing was charged."""
    found = statement(session, desk, held.hand.case.id)
    names = ("charged", "paid", "waived", "stayed", "to_pay")
    sums = {f"charges.{name}": Decimal(getattr(found, f"{name}_cents")) / 100 for name in names}
    rows = [_charge_row(each) for each in found.charges]
    return {"charges.rows": rows, **{name: str(value) for name, value in sums.items()}} if rows else {}


def _charge_row(each: Charged) -> list[str]:
    standing_ = each.standing
    what = each.charge.what or in_words(each.charge.kind).capitalize()
    cents = (standing_.charged_cents, standing_.paid_cents + standing_.waived_cents, standing_.balance_cents)
    return [f"{what}: {standing_.said}", *(f"${Decimal(each) / 100:,.2f}" for each in cents)]


def _hearing(session: Session, held: LetterHand) -> dict[str, object]:
    """`hearing...`: the hearing of the case that was set last."""
    rows = select(Proceeding).where(Proceeding.case_id == held.hand.case.id, Proceeding.kind == "hearing")
    row = session.scalars(rows.order_by(Proceeding.at.desc())).first()
    if row is None:
        return {}
    return {"hearing.on": row.on_day, "hearing.text": row.text, "hearing.where": hour_and_place(row)}


def _recipient(session: Session, held: LetterHand) -> tuple[list[str], list[str], str | None]:
    """The lines of the address block, what is wrong with them, and the id of the party, if it is one."""
    wanted = (held.letter.given or {}).get("to")
    if isinstance(wanted, list):
        return (*checked_lines([str(line) for line in wanted]), None)
    query = select(Party).where(Party.case_id == held.hand.case.id).order_by(Party.id)
    parties = list(session.scalars(query))
    for role in (wanted,) if wanted else held.kind.recipients:
        party = next((party for party in parties if role in (party.role, party.id)), None)
        if party is not None:
            return (*recipient_lines(party), party.id)
        if role == OCCUPANT and held.hand.site.address:
            return (*checked_lines(["Current occupant", *address_lines(held.hand.site.address)]), None)
    roles = wanted or " or ".join(role for role in held.kind.recipients if role != "given") or "anybody given"
    return (
        [],
        [f"there is nobody to send it to: note the {roles} of the case with a mailing address, or give lines"],
        None,
    )


def _rules(desk: Desk, wanted: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The law that a letter quotes, in force today, and what cannot be quoted."""
    quoted, wrong = {}, []
    for name, subject in wanted.items():
        rule = desk.rules.rulebook.on(subject, desk.today)
        if rule is None:
            wrong.append(f"no rule of {subject} is in force on {desk.today.isoformat()}")
            continue
        try:
            quotable(rule)
        except NotQuotable as error:
            wrong.append(str(error).rstrip("."))
        quoted[name] = _quoted(rule)
    return quoted, wrong


def _quoted(rule: Rule) -> dict[str, Any]:
    reading = rule.reading
    values = {name: int(v) if isinstance(v, float) and v.is_integer() else v for name, v in rule.values.items()}
    return {
        "id": rule.id,
        "text": rule.text,
        "citation": reading.citation if reading else rule.citation,
        "read": f"read {in_full(reading.read_on)} by {reading.by}" if reading else None,
        "values": {name: v for name, v in values.items() if isinstance(v, str | int | float)},
    }


def _pictures(
    session: Session, desk: Desk, held: LetterHand, given: dict[str, Any], drawn: Mapping[str, Picture]
) -> tuple[dict[str, bytes], dict[str, object], list[str]]:
    """Files by name, facts `picture.NAME`, and what is wrong; an attachment that was given becomes a picture."""
    files: dict[str, bytes] = {}
    facts: dict[str, object] = {}
    wrong = []
    for name, picture in drawn.items():
        files[f"{name}.{picture.kind}"] = picture.content
        facts[f"picture.{name}"] = {"file": f"{name}.{picture.kind}", "alt": picture.alt}
    for known in held.kind.fields:
        if known.type != "picture" or not isinstance(given.get(known.name), str):
            continue
        row = session.get(Attachment, given[known.name])
        if row is None or row.case_id != held.hand.case.id or row.media_type not in _KINDS:
            wrong.append(f"{known.name}: the case has no picture {str(given[known.name])[:60]!r} attached")
            given.pop(known.name)
            continue
        file = f"{known.name}-attached.{_KINDS[row.media_type]}"
        with open_content(desk.folder().path, row.stripped_sha256 or row.sha256) as content:
            files[file] = content.read()
        given[known.name] = {"file": file, "alt": row.name}
    return files | logo_files(desk.letters.letterhead), facts, wrong


def _about(held: LetterHand) -> list[list[str]]:
    rows = [("Letter", held.letter.number), ("Case", held.hand.case.number), ("Site", held.hand.site.address)]
    return [[name, value] for name, value in rows if value]


def _kept(held: LetterHand, merged: Merged, period: str | None) -> dict[str, str | None]:
    compliance = held.kind.compliance
    if compliance is None:
        return {"comply_by": None, "period": None}
    day = as_date(merged.raw.get(compliance.date_field)) if compliance.date_field else None
    own = str(compliance.period) if compliance.period else None
    stepped = str(merged.raw.get("period") or period or "") or None if compliance.of_step else None
    return {"comply_by": day.isoformat() if day else None, "period": own or stepped}


def _due(desk: Desk, held: LetterHand, kept: Mapping[str, str | None]) -> str | None:
    """The last day of a period that counts from the day of issue, in words; None where it counts from receipt."""
    compliance = held.kind.compliance
    if compliance is None or compliance.counted_from != "issue" or read_length(kept["period"]) is None:
        return None
    notice = Notice(desk.today, compliance=replace(compliance, period=read_length(kept["period"])))
    due = reckon(notice, (), desk.rules.rulebook, desk.processes.time, desk.today).compliance
    return f"The last day is {in_full(due.day)}." if due is not None and due.day is not None else None
