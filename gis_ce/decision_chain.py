"""The record of each case's decisions: lines that are only ever added, each bound to the one before by its hash.

Three things for others: `append` adds a line, `heads` says how the record of every case ended on a day (send it
out, so that a tail that is cut off later shows), `verify` proves that nothing was changed (gis_ce.decision_proof).
What a line says of people stands in it only as a salted digest; the words themselves may be deleted.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis_ce.canonical import canonical, sha256
from gis_ce.tables import Case, DecisionPersonal, DecisionRecord, Json

START = "0" * 64
"""What the first line of a case has in the place of a hash before it."""
FORMAT = 1
_SALT_BYTES = 16
_TOGETHER = "ALL"


@dataclass(frozen=True, slots=True)
class Line:
    """What is to be recorded of a decision. `said` is in JSON's kinds, `personal` by name what speaks of people."""

    case_id: str
    decision_id: str
    kind: str
    at: datetime
    by: str
    said: Json = field(default_factory=dict)
    personal: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Head:
    """How the record of one case ended: its number, how many lines it had, and the hash of the last."""

    case: str
    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.case} {self.seq} {self.hash}"


@dataclass(frozen=True, slots=True)
class Heads:
    """How the records of all cases ended on a day of a time zone; `together` is one hash over all of them.

    `text()` is what to send out: `read_heads` reads it again, however it was quoted in a mail.
    """

    day: date
    time_zone: str
    heads: tuple[Head, ...]
    together: str
    cases: int

    def text(self) -> str:
        """One line a case, then one over all."""
        last = f"{_TOGETHER} {self.day.isoformat()} {self.time_zone} {self.cases} {self.together}"
        return "\n".join([*map(str, self.heads), last])


def append(session: Session, line: Line) -> DecisionRecord:
    """Adds a line to the record of its case, inside the session's transaction; the session must be one that writes."""
    session.flush()
    before = _last(session, line.case_id)
    salted = {name: (secrets.token_hex(_SALT_BYTES), canonical(value)) for name, value in line.personal.items()}
    seq, number = (before.seq + 1 if before else 1), number_of(session, line.decision_id)
    body = canonical(
        {
            **line.said,
            "format": FORMAT,
            "case": line.case_id,
            "seq": seq,
            "number": number,
            "decision": line.decision_id,
            "kind": line.kind,
            "at": line.at,
            "by": line.by,
            "personal": {name: digest_of(salt, value) for name, (salt, value) in salted.items()},
        }
    )
    row = DecisionRecord(
        case_id=line.case_id,
        seq=seq,
        number=number,
        decision_id=line.decision_id,
        kind=line.kind,
        at=line.at,
        by=line.by,
        body=body,
        prev=before.hash if before else START,
        hash=hash_of(before.hash if before else START, body),
    )
    session.add(row)
    session.flush()
    for name, (salt, value) in salted.items():
        session.add(DecisionPersonal(record_id=row.id, name=name, salt=salt, value=value))
    session.flush()
    return row


def hash_of(prev: str, body: str) -> str:
    """The hash that a line has: over that of the line before and its own words."""
    return sha256(f"{prev}\n{body}")


def digest_of(salt: str, value: str) -> str:
    """What stands in a line for something personal."""
    return sha256(f"{salt}\n{value}")


def number_of(session: Session, decision_id: str) -> int:
    """The number of a decision on record; for a new one the next that is free."""
    known = session.scalar(select(DecisionRecord.number).where(DecisionRecord.decision_id == decision_id).limit(1))
    return known if known is not None else (session.scalar(select(func.max(DecisionRecord.number))) or 0) + 1


def forget_personal(session: Session, case_id: str) -> int:
    """Deletes what the record of a case says of people, and the salts; the record still verifies. Gives how many."""
    of_case = select(DecisionRecord.id).where(DecisionRecord.case_id == case_id)
    rows = session.scalars(select(DecisionPersonal).where(DecisionPersonal.record_id.in_(of_case))).all()
    for row in rows:
        session.delete(row)
    session.flush()
    return len(rows)


def heads(session: Session, day: date, time_zone: str = "UTC", *, only_of_day: bool = False) -> Heads:
    """How the record of every case ended on a day (of the city's `time_zone`), in the order of the cases' numbers.

    With `only_of_day` the list has only the cases to whose record that day added something, for a digest;
    `together` always covers all of them. Cost: one look at the last line of each case.
    """
    zone = ZoneInfo(time_zone)
    begins = datetime.combine(day, time(), zone)
    ends = datetime.combine(day + timedelta(days=1), time(), zone)
    newest = (
        select(DecisionRecord.case_id, func.max(DecisionRecord.seq).label("seq"))
        .where(DecisionRecord.at < ends)
        .group_by(DecisionRecord.case_id)
        .subquery()
    )
    found = session.execute(
        select(Case.number, DecisionRecord.seq, DecisionRecord.hash, DecisionRecord.at)
        .join(newest, (DecisionRecord.case_id == newest.c.case_id) & (DecisionRecord.seq == newest.c.seq))
        .join(Case, Case.id == DecisionRecord.case_id)
    ).all()
    rows = sorted(found, key=lambda row: str(row.number))
    all_heads = [Head(row.number, row.seq, row.hash) for row in rows]
    listed = [head for head, row in zip(all_heads, rows, strict=True) if not only_of_day or row.at >= begins]
    together = sha256("\n".join(map(str, all_heads)))
    return Heads(day, time_zone, tuple(listed), together, len(all_heads))


def read_heads(text: str) -> Heads | None:
    """Heads as they were sent out, whatever stands around them; None where no line over all of them is there."""
    found: list[Head] = []
    last: tuple[date, str, int, str] | None = None
    for words in (line.strip().lstrip("> |").split() for line in text.splitlines()):
        if len(words) == 5 and words[0] == _TOGETHER and _is_hash(words[4]) and words[3].isdigit():
            last = (date.fromisoformat(words[1]), words[2], int(words[3]), words[4])
        elif len(words) == 3 and words[1].isdigit() and _is_hash(words[2]):
            found.append(Head(words[0], int(words[1]), words[2]))
    return None if last is None else Heads(last[0], last[1], tuple(found), last[3], last[2])


def _is_hash(word: str) -> bool:
    return len(word) == len(START) and set(word) <= set("0123456789abcdef")


def _last(session: Session, case_id: str) -> DecisionRecord | None:
    lines = select(DecisionRecord).where(DecisionRecord.case_id == case_id)
    return session.scalars(lines.order_by(DecisionRecord.seq.desc()).limit(1)).first()
