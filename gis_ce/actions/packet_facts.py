"""What a hearing packet tells of a case: its file, its history, notices, decisions and charges, as plain values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.desk import Desk
from gis_ce.actions.letter_rows import LetterHand, clock_of, services_of
from gis_ce.actions.proceedings import hour_and_place
from gis_ce.actions.showing import CaseShown
from gis_ce.actions.unpaid import statement
from gis_ce.clock import named
from gis_ce.decision_proof import verify
from gis_ce.process import in_words
from gis_ce.process_deadlines import said_at
from gis_ce.readings import digest
from gis_ce.service_clock import IN_WORDS
from gis_ce.tables import (
    Decision,
    DecisionRecord,
    Event,
    Json,
    Letter,
    LetterService,
    Party,
    Proceeding,
    ProceedingEntry,
)

Words = Callable[[str], str]
_CLOCK = {"receipt": "Received", "appeal": "Appeal until", "compliance": "To be done by"}
_FEWEST = 3
_DAY = "%Y-%m-%d"


def without_reporters(parties: Sequence[Party]) -> Words:
    """A function that puts `(reporter)` where a text names who reported the case, or how to reach them."""
    told = [
        value
        for party in parties
        if party.role == "reporter"
        for value in (party.name, party.firm, party.phone, party.email, party.mailing_address)
        if value and len(value) >= _FEWEST
    ]
    hidden = sorted(set(told), key=len, reverse=True)

    def words(text: str) -> str:
        for value in hidden:
            text = text.replace(value, "(reporter)")
        return text

    return words


def cover(desk: Desk, shown: CaseShown) -> list[list[str]]:
    """The first facts of a case."""
    case = shown.case
    rows = [
        ("Kind of case", shown.process.title),
        ("Place", shown.site.address or "see the case file"),
        ("Parcel", shown.site.parcel_id),
        ("Happened on", named(case.event_on)),
        ("Opened", said_at(case.opened_at, desk.processes.time)),
        ("Closed", said_at(case.closed_at, desk.processes.time) if case.closed_at else "open"),
        ("Officer", case.officer),
    ]
    return [[name, str(value)] for name, value in rows if value]


def case_file(desk: Desk, shown: CaseShown, words: Words) -> list[list[str]]:
    """What is known of the case and its place."""
    case, site = shown.case, shown.site
    here = shown.process.steps.get(case.step)
    rows = [
        ("Number", case.number),
        ("Title", words(case.title)),
        ("Description", words(case.description)),
        ("Stands at", here.text if here is not None and case.status == "open" else None),
        ("Outcome", in_words(case.outcome) if case.outcome else None),
        ("Address", site.address),
        ("Parcel", site.parcel_id),
        ("How it was located", site.how_located),
        ("Position is good to", f"{site.sigma_ft:g} ft (one sigma)" if site.sigma_ft is not None else None),
        ("Process map", f"{shown.process.title}, {shown.process.source}"),
    ]
    return [[name, str(value)] for name, value in rows if value]


def parties(shown: CaseShown) -> list[list[str]]:
    """Who has to do with the case; of who reported it, only that somebody did."""
    rows = []
    for row in shown.parties:
        hidden = row.role == "reporter"
        name = "not shown" if hidden else ", ".join(part for part in (row.name, row.firm) if part)
        rows.append([row.role.capitalize(), name, "" if hidden else row.mailing_address or ""])
    return rows or [["-", "-", "-"]]


def noted(shown: CaseShown, words: Words) -> list[list[str]]:
    """The fields that were noted, with their labels; files are named as such."""
    files = {row.id: row.name for row in shown.attachments}
    rows = []
    for name, value in shown.case.data.items():
        known = shown.process.field(name)
        chosen = known is not None and bool(known.choices)
        values = [str(each) for each in (value if isinstance(value, list) else [value])]
        said = ", ".join(files.get(each) or (in_words(each) if chosen else each) for each in values)
        rows.append([known.label if known else in_words(name).capitalize(), words(said)])
    return rows


def answers(shown: CaseShown) -> list[list[str]]:
    """The decisions of the way, in its order, with their answers."""
    steps = shown.process.steps
    given = [(step, shown.case.answers[step]) for step in shown.state.way if step in shown.case.answers]
    return [[steps[step].text if step in steps else step, in_words(str(word))] for step, word in dict(given).items()]


def events(session: Session, desk: Desk, shown: CaseShown, words: Words) -> list[list[str]]:
    """Everything that happened, the oldest first."""
    rows = session.scalars(select(Event).where(Event.case_id == shown.case.id).order_by(Event.id))
    return [[said_at(row.at, desk.processes.time), row.by, words(row.text)] for row in rows]


def letter_facts(session: Session, desk: Desk, held: LetterHand, labels: Mapping[str, str]) -> dict[str, Any]:
    """A letter with its service and what follows from it; `labels` name the files that prove it."""
    letter, time_ = held.letter, desk.processes.time
    given = (letter.given or {}).get("printed", {})
    rows = [
        ("State", letter.state),
        ("Issued", f"{said_at(letter.issued_at, time_)} by {letter.issued_by}" if letter.issued_at else None),
        ("To", ", ".join(given.get("to", []))),
        ("Received", named(letter.received_on) if letter.received_on else None),
        ("In place of", _older(session, letter)),
    ]
    clock = clock_of(session, desk, held)
    follows = []
    for name, title in _CLOCK.items():
        found = getattr(clock, name) if clock is not None else None
        if found is not None:
            day = named(found.day) if found.day else "not known yet"
            follows.append([f"{title} {day}", found.said, found.source or "as the letter says"])
    return {
        "title": f"{letter.number}: {held.kind.title}",
        "facts": [[name, str(value)] for name, value in rows if value],
        "sha256": letter.sha256 or "",
        "services": [_service(row, labels) for row in services_of(session, letter)],
        "clock": follows,
    }


def _older(session: Session, letter: Letter) -> str | None:
    older = session.get(Letter, letter.reissue_of) if letter.reissue_of else None
    return older.number if older is not None else None


def _service(row: LetterService, labels: Mapping[str, str]) -> list[str]:
    how = f"{row.kind} by {IN_WORDS[row.method]}" if row.kind == "served" else f"{row.kind} ({IN_WORDS[row.method]})"
    parts = (row.served_by, row.tracking and f"number {row.tracking}", row.note)
    day = f"{row.on:{_DAY}}{f' {row.time}' if row.time else ''}"
    return [day, how, "; ".join(part for part in parts if part), labels.get(row.attachment_id or "", "-")]


def chain(session: Session, shown: CaseShown) -> str:
    """Whether the record of the case's decisions is as it was written, in one sentence."""
    proof = verify(session, shown.case.number)
    if proof.holds:
        return (
            f"The record of decisions of this case has {proof.lines} lines, each bound to the one before by its "
            "SHA-256. All hashes were worked out anew for this packet and hold."
        )
    return f"The record of decisions does not hold: {'; '.join(map(str, proof.problems))}."


def decision_facts(session: Session, desk: Desk, row: Decision, words: Words) -> dict[str, Any]:
    """One decision: what the map said by which rule and layers, what somebody made of it, and its lines on record."""
    answer = in_words(row.answer or row.proposed or ("undecided" if row.reason else "for information"))
    versions = ", ".join(f"{name} {version.rpartition('/')[2][:12]}" for name, version in sorted(row.versions.items()))
    facts = [
        ("What the map said", row.sentence),
        ("Undecided because", row.reason if row.proposed is None else None),
        ("Margin", f"{row.margin_ft:.2f} ft" if row.margin_ft is not None else None),
        ("Probability", f"{row.probability:.0%}" if row.probability is not None else None),
        ("Answer", f"{answer}, {row.state}"),
        ("By", f"{row.by}, {said_at(row.at, desk.processes.time)}" if row.by and row.at else None),
        ("Why", words(row.why) if row.why else None),
        ("Layers", versions),
    ]
    rule = row.rule or {}
    lines = session.scalars(
        select(DecisionRecord).where(DecisionRecord.decision_id == row.id).order_by(DecisionRecord.seq)
    )
    return {
        "title": f"{in_words(row.check).capitalize()}: {answer}",
        "facts": [[name, str(value)] for name, value in facts if value],
        "rule": rule_said(desk, rule) if rule.get("text") else [],
        "lines": [[_line(desk, line), line.hash] for line in lines],
    }


def rule_said(desk: Desk, rule: Json) -> list[str]:
    """The words of a rule and where they stand; of one that nobody has read, only that it is not quoted."""
    about = f"{rule.get('id')}, {rule.get('status')}, in force from {rule.get('effective_from')}"
    if _may_be_quoted(desk, rule):
        return [str(rule["text"]), f"{rule.get('citation', '')} ({about})"]
    return ["Not quoted: nobody had recorded reading the official text of this rule.", about]


def _may_be_quoted(desk: Desk, kept: Json) -> bool:
    """Whether the rule was read before the decision, or since and still says the same."""
    if kept.get("status") == "confirmed":
        return kept.get("text_is") != "bill"
    same = (
        rule for rule in desk.rules.rulebook.rules if rule.id == kept.get("id") and digest(rule) == kept.get("digest")
    )
    return any(rule.status == "confirmed" and rule.text_is != "bill" for rule in same)


def _line(desk: Desk, line: DecisionRecord) -> str:
    library = json.loads(line.body).get("software", {})
    product = f", {json.dumps(library, sort_keys=True)}" if isinstance(library, dict) and library else ""
    return f"Line {line.seq}: {line.kind} by {line.by}, {said_at(line.at, desk.processes.time)}{product}"


def charges(session: Session, desk: Desk, shown: CaseShown) -> tuple[list[list[str]], list[list[str]]]:
    """The charges of the case as of today, and their sums; empty where nothing was charged."""
    found = statement(session, desk, shown.case.number)
    rows = []
    for each in found.charges:
        standing = each.standing
        cents = (standing.charged_cents, standing.paid_cents + standing.waived_cents, standing.balance_cents)
        what = each.charge.what or in_words(each.charge.kind).capitalize()
        rows.append([f"{what}: {standing.said}", *map(_money, cents)])
    names = ("charged", "paid", "waived", "balance", "stayed", "to_pay")
    sums = [[in_words(name).capitalize(), _money(getattr(found, f"{name}_cents"))] for name in names]
    return rows, sums if rows else []


def hearing(session: Session, shown: CaseShown) -> str | None:
    """The hearing of the case that was set last, in words."""
    rows = select(Proceeding).where(Proceeding.case_id == shown.case.id, Proceeding.kind == "hearing")
    row = session.scalars(rows.order_by(Proceeding.at.desc())).first()
    if row is None:
        return None
    when = ", ".join(part for part in (named(row.on_day) if row.on_day else "no day yet", hour_and_place(row)) if part)
    return f"{when}. {row.text}"


def appeals(session: Session, shown: CaseShown, words: Words) -> list[str]:
    """Each appeal of the case: when it was filed, by when it is to be decided, and how it was."""
    filed = select(Proceeding).where(Proceeding.case_id == shown.case.id, Proceeding.kind == "appeal")
    ended = select(ProceedingEntry).where(ProceedingEntry.case_id == shown.case.id, ProceedingEntry.ends)
    ends = {row.proceeding_id: row for row in session.scalars(ended)}
    return [
        _appeal(row, ends.get(row.id), words) for row in session.scalars(filed.order_by(Proceeding.at, Proceeding.id))
    ]


def _appeal(row: Proceeding, end: ProceedingEntry | None, words: Words) -> str:
    said = f"filed {named(row.on_day) if row.on_day else ''}, {words(row.text)}"
    if end is None:
        return f"{said}; to be decided: {row.data['arithmetic']}"
    on = f" on {named(end.on_day)}" if end.on_day else ""
    return f"{said}; {in_words(end.kind)}{on}: {words(end.text)}"


def _money(cents: int) -> str:
    return f"${Decimal(cents) / 100:,.2f}"
