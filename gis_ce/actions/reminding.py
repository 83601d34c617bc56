"""Reminders of deadlines: set by an officer, told by the clock, listed until the wait is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import refuse_other_lane, take
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import tell, tell_change
from gis_ce.actions.listing import page_read, page_written
from gis_ce.actions.passing import pass_if_due
from gis_ce.clock import named
from gis_ce.errors import FilterRefused, NotNow, StepRefused
from gis_ce.process_deadlines import local_day, said_at
from gis_ce.process_engine import standing
from gis_ce.tables import Case, Deadline

MOST_REMINDERS = 500


@dataclass(frozen=True, slots=True)
class Reminder:
    """A running deadline of which its officer is to be reminded."""

    case: Case
    deadline: Deadline


@dataclass(frozen=True, slots=True)
class Reminders:
    """Reminders, the nearest deadline first; `after` asks for the next page, None where there is none."""

    reminders: tuple[Reminder, ...]
    after: str | None


def set_reminder(
    session: Session, desk: Desk, case: str, on: date | None, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Says on which day to remind of the running deadline, or (None) that nobody needs to be reminded.

    Raises NotNow where no deadline runs, StepRefused for a day that has passed or lies behind the last.
    """

    def act() -> Done:
        hand = take(session, desk, case, seen)
        pass_if_due(session, desk, hand)
        refuse_other_lane(hand.process, hand.state.step, desk.actor)
        running = session.scalars(_running(hand.case)).one_or_none()
        if running is None:
            raise NotNow(f"{standing(hand.process, hand.state)}; no deadline runs.")
        running.remind_at, running.reminded_at = _at(desk, running, on), None
        text = f"remind on {named(on)} of {running.arithmetic}" if on else "no reminder of the deadline"
        tell_change(session, hand.case, desk.act, "reminder_set", text, on=on.isoformat() if on else None)
        return done(session, hand.case, remind_on=on.isoformat() if on else None)

    asked = {"case": case, "on": on.isoformat() if on else None, "seen": seen}
    return carried_out(session, desk, "set_reminder", asked, key, act)


def tell_reminders(session: Session, desk: Desk, limit: int = 100) -> list[str]:
    """Writes into the histories of cases that a reminder has come, once each; returns their numbers.

    At most `limit` at once: commit, and call again until none is left.
    """
    come = (
        select(Deadline, Case)
        .join(Case, Case.id == Deadline.case_id)
        .where(Deadline.state == "running", Deadline.remind_at <= desk.now, Deadline.reminded_at.is_(None))
        .order_by(Deadline.remind_at, Deadline.id)
        .limit(limit)
    )
    told = []
    for deadline, case in session.execute(come).all():
        deadline.reminded_at = desk.now
        text = f"reminder: this ends {said_at(deadline.due_at, desk.processes.time)} ({deadline.arithmetic})"
        data = {"deadline": deadline.id, "due_at": deadline.due_at.isoformat(), "officer": case.officer}
        tell(session, case, desk.clock, "reminded", text, **data)
        told.append(case.number)
    return told


def reminders(
    session: Session, until: datetime, officer: str | None = None, after: str | None = None, limit: int = 100
) -> Reminders:
    """One page of the running deadlines of which one is to be reminded by then; raises FilterRefused."""
    if not 1 <= limit <= MOST_REMINDERS:
        raise FilterRefused(f"A page has 1 to {MOST_REMINDERS:,} reminders, not {limit}.")
    query = (
        select(Case, Deadline)
        .join(Deadline, Deadline.case_id == Case.id)
        .where(Deadline.state == "running", Deadline.remind_at <= until)
        .order_by(Deadline.due_at, Deadline.id)
        .limit(limit + 1)
    )
    if officer is not None:
        query = query.where(Case.officer == officer)
    if after is not None:
        query = query.where(tuple_(Deadline.due_at, Deadline.id) > page_read(after))
    rows = [Reminder(case, deadline) for case, deadline in session.execute(query)]
    return Reminders(tuple(rows[:limit]), _next(rows, limit))


def _next(rows: Sequence[Reminder], limit: int) -> str | None:
    last = rows[limit - 1].deadline if len(rows) > limit else None
    return page_written(last.due_at, last.id) if last is not None else None


def _running(case: Case) -> Select[Deadline]:
    return select(Deadline).where(Deadline.case_id == case.id, Deadline.state == "running")


def _at(desk: Desk, running: Deadline, on: date | None) -> datetime | None:
    """The start of that day in the city."""
    if on is None:
        return None
    last = local_day(running.due_at, desk.processes.time)
    if on < desk.today:
        raise StepRefused(f"{named(on)} has passed; today is {named(desk.today)}.")
    if on > last:
        raise StepRefused(f"{named(on)} is after the deadline, whose last day is {named(last)}.")
    return datetime.combine(on, time(), desk.processes.time.zone)
