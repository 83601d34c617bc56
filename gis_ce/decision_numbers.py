"""Decisions by the number they have on record, and lists of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.case_changes import case_named
from gis_ce.errors import DecisionUnknown, FilterRefused
from gis_ce.tables import Case, Decision, DecisionRecord

MOST_LISTED = 1000


@dataclass(frozen=True, slots=True)
class Listed:
    """One decision in a list."""

    number: int
    case: str
    case_status: str
    row: Decision
    recorded_at: datetime


def decision_named(session: Session, name: str) -> Decision:
    """The decision of a number on record, or of an id; raises DecisionUnknown."""
    wanted = name.strip()
    found = session.get(Decision, wanted)
    if found is None and wanted.isdigit() and len(wanted) < 10:
        line = select(DecisionRecord.decision_id).where(DecisionRecord.number == int(wanted)).limit(1)
        known = session.scalar(line)
        found = None if known is None else session.get(Decision, known)
    if found is None:
        raise DecisionUnknown(f"There is no decision {wanted[:80]!r} on record; `gis-ce decisions list` has them all.")
    return found


def lines_of(session: Session, row: Decision) -> Sequence[DecisionRecord]:
    """All lines of a decision, oldest first."""
    wanted = select(DecisionRecord).where(DecisionRecord.decision_id == row.id).order_by(DecisionRecord.seq)
    return session.scalars(wanted).all()


def listed_as(session: Session, row: Decision) -> Listed:
    """A decision as a list has it; raises DecisionUnknown for one of the time before the record."""
    line = next(iter(lines_of(session, row)), None)
    case = case_named(session, row.case_id)
    if line is None:
        raise DecisionUnknown("This decision was made before decisions were kept on record.")
    return Listed(line.number, case.number, case.status, row, line.at)


def decisions_listed(
    session: Session,
    case: str | None = None,
    state: str | None = None,
    check: str | None = None,
    *,
    after: int = 0,
    limit: int = 200,
) -> list[Listed]:
    """Decisions on record by their numbers, those after number `after`; raises CaseUnknown, FilterRefused."""
    if not 1 <= limit <= MOST_LISTED:
        raise FilterRefused(f"A page has 1 to {MOST_LISTED:,} decisions, not {limit}.")
    wanted = (
        select(DecisionRecord.number, Case.number, Case.status, Decision, DecisionRecord.at)
        .join(Decision, Decision.id == DecisionRecord.decision_id)
        .join(Case, Case.id == DecisionRecord.case_id)
        .where(DecisionRecord.kind.in_(("proposed", "re-evaluated", "adopted")), DecisionRecord.number > after)
        .order_by(DecisionRecord.number)
        .limit(limit)
    )
    if case is not None:
        wanted = wanted.where(DecisionRecord.case_id == case_named(session, case).id)
    if state is not None:
        wanted = wanted.where(Decision.state == state)
    if check is not None:
        wanted = wanted.where(Decision.check == check)
    return [Listed(*row) for row in session.execute(wanted)]
