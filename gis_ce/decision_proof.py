"""Proves that the record of decisions is as it was written: no line changed, removed, moved or cut off."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.canonical import as_plain
from gis_ce.case_changes import case_named
from gis_ce.decision_chain import START, Heads, digest_of, hash_of
from gis_ce.decision_chain import heads as heads_of_day
from gis_ce.tables import Case, Decision, DecisionPersonal, DecisionRecord, Json

KEPT = ("state", "answer", "by", "at", "why")
"""What a person makes of a decision; each line of the record repeats it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it was written: the case's number, the line (None: of all), and what is wrong."""

    case: str
    seq: int | None
    what: str

    def __str__(self) -> str:
        where = f"{self.case}, line {self.seq}" if self.seq is not None else self.case
        return f"{where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Proof:
    """How much was looked at, and what is wrong; `forgotten` counts what was said of people and is deleted since,
    `unrecorded` decisions of the time before there was a record."""

    cases: int
    lines: int
    forgotten: int
    unrecorded: int
    problems: tuple[Problem, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(session: Session, case: str | None = None, heads: Heads | None = None) -> Proof:
    """Works out every hash anew, of one case (number or id) or of all, and holds the decisions against the record.

    `heads` are those that were sent out on some day: they show a tail that was cut off, which hashes alone
    cannot. Only reads. Raises CaseUnknown.
    """
    chosen = None if case is None else case_named(session, case)
    names = _names(session, chosen)
    lines = _lines(session, chosen)
    personal = _personal(session, chosen)
    problems: list[Problem] = []
    for case_id, of_case in lines.items():
        problems += _chain(names[case_id], of_case)
        problems += _personal_problems(names[case_id], of_case, personal)
    newest = {line.decision_id: line for of_case in lines.values() for line in of_case}
    unrecorded, beside = _beside(session, chosen, newest, names)
    problems += beside
    if heads is not None:
        problems += _against(session, heads, {names[key]: of_case for key, of_case in lines.items()}, chosen)
    named = [(line.id, name) for of_case in lines.values() for line in of_case for name in _digests(line)]
    forgotten = sum(key not in personal for key in named)
    return Proof(len(lines), sum(map(len, lines.values())), forgotten, unrecorded, tuple(problems))


def _names(session: Session, case: Case | None) -> dict[str, str]:
    wanted = select(Case.id, Case.number)
    rows = session.execute(wanted if case is None else wanted.where(Case.id == case.id))
    return {row.id: row.number for row in rows}


def _lines(session: Session, case: Case | None) -> dict[str, list[DecisionRecord]]:
    wanted = select(DecisionRecord).order_by(DecisionRecord.case_id, DecisionRecord.seq)
    found: dict[str, list[DecisionRecord]] = {}
    for line in session.scalars(wanted if case is None else wanted.where(DecisionRecord.case_id == case.id)):
        found.setdefault(line.case_id, []).append(line)
    return found


def _personal(session: Session, case: Case | None) -> dict[tuple[int, str], DecisionPersonal]:
    wanted = select(DecisionPersonal)
    if case is not None:
        of_case = select(DecisionRecord.id).where(DecisionRecord.case_id == case.id)
        wanted = wanted.where(DecisionPersonal.record_id.in_(of_case))
    return {(row.record_id, row.name): row for row in session.scalars(wanted)}


def _chain(number: str, lines: Sequence[DecisionRecord]) -> Iterator[Problem]:
    before, expected = START, 1
    for line in lines:
        if line.seq != expected:
            yield Problem(number, expected, f"is missing: after line {expected - 1} comes line {line.seq}")
        elif line.prev != before:
            yield Problem(number, line.seq, "does not follow the line before it: lines were changed, moved or removed")
        if line.hash != hash_of(line.prev, line.body):
            yield Problem(number, line.seq, "was changed: its words do not have its hash")
        for name in _differing(line):
            yield Problem(number, line.seq, f"was changed: its column {name} is not what its words say")
        before, expected = line.hash, line.seq + 1


def _differing(line: DecisionRecord) -> list[str]:
    body = body_of(line)
    said = {"case": line.case_id, "seq": line.seq, "number": line.number, "decision": line.decision_id}
    said |= {"kind": line.kind, "at": line.at.isoformat(), "by": line.by}
    return [name for name, value in said.items() if body.get(name) != value]


def body_of(line: DecisionRecord) -> Json:
    """The words of a line as values; empty where they are none any more."""
    try:
        found: Any = json.loads(line.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _digests(line: DecisionRecord) -> dict[str, str]:
    return dict(body_of(line).get("personal", {}))


def _personal_problems(
    number: str, lines: Sequence[DecisionRecord], personal: dict[tuple[int, str], DecisionPersonal]
) -> Iterator[Problem]:
    for line in lines:
        for name, digest in _digests(line).items():
            row = personal.get((line.id, name))
            if row is not None and digest_of(row.salt, row.value) != digest:
                yield Problem(number, line.seq, f"what it says of people was changed: {name}")


def _beside(
    session: Session, case: Case | None, newest: dict[str, DecisionRecord], names: dict[str, str]
) -> tuple[int, list[Problem]]:
    """Decisions of the time before the record, and those that are not as their newest line says."""
    wanted = select(Decision)
    unrecorded, problems = 0, []
    for row in session.scalars(wanted if case is None else wanted.where(Decision.case_id == case.id)):
        line = newest.get(row.id)
        if line is None:
            unrecorded += 1
            continue
        said = body_of(line).get("now", {})
        now = {name: value for name, value in standing_of(row).items() if name != "why"}
        differing = [name for name, value in now.items() if said.get(name) != value]
        if differing:
            what = f"decision {line.number} was changed beside the record: {', '.join(differing)}"
            problems.append(Problem(names[row.case_id], line.seq, what))
    return unrecorded, problems


def standing_of(row: Decision) -> Json:
    """What the map said and what a person has made of it, in JSON's kinds."""
    said = {"proposed": row.proposed, "margin_ft": row.margin_ft, "check": row.check, "step": row.step}
    return {**said, **{name: as_plain(getattr(row, name)) for name in KEPT}}


def _against(
    session: Session, heads: Heads, lines: dict[str, list[DecisionRecord]], case: Case | None
) -> Iterator[Problem]:
    for head in heads.heads:
        if case is not None and head.case != case.number:
            continue
        of_case = lines.get(head.case, [])
        found = next((line for line in of_case if line.seq == head.seq), None)
        if found is None:
            what = f"was cut off: on {heads.day} the record had {head.seq} lines, now it has {len(of_case)}"
            yield Problem(head.case, head.seq, what)
        elif found.hash != head.hash:
            yield Problem(head.case, head.seq, f"is not the line whose hash was sent out for {heads.day}")
    if case is None:
        now = heads_of_day(session, heads.day, heads.time_zone)
        if (now.together, now.cases) != (heads.together, heads.cases):
            yield Problem(
                "all cases", None, f"the hash over the records of {heads.day} is not the one that was sent out"
            )
