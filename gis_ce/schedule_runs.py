"""Runs of schedules, kept in the case store: one process does them, each has its begin, its end and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from gis_ce.alone import Turn, alone
from gis_ce.case_store import CaseStore
from gis_ce.errors import CaseError, SchedulesBusy
from gis_ce.tables import ScheduleRun
from layers.errors import LayersError

_TURN = Turn("schedules", 0x6769_7373)
"""Its key is `giss`."""
_CUT_OFF = "The process that did it ended before it was done."
EXPECTED = (CaseError, LayersError, SQLAlchemyError, OSError)
"""What a run may fail with; anything else is a mistake of the program, and ends the run too."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run; `said` is what came of it in words, None while it is under way."""

    id: int
    name: str
    by: str
    begun_at: datetime
    ended_at: datetime | None
    outcome: str
    said: str | None

    @property
    def failed(self) -> bool:
        """Whether it did not come to a good end."""
        return self.outcome in ("failed", "cut_off")

    @property
    def unfinished(self) -> bool:
        """Whether it is to be tried again, unless somebody is still at it: who can become the one runner knows."""
        return self.outcome != "done"


def one_runner(store: CaseStore) -> AbstractContextManager[None]:
    """Holds the right to do what is on the schedule; raises SchedulesBusy where another process does it."""
    busy = SchedulesBusy("Another process does what is on the schedule just now; see `gis-ce schedule list`.")
    return alone(store.engine.url, _TURN, busy)


def run(store: CaseStore, name: str, by: str, act: Callable[[], str]) -> Run:
    """Does one thing and keeps what came of it. Call it as the one runner: what still seems to run was cut off."""
    with store.session() as session:
        for left in session.scalars(select(ScheduleRun).where(ScheduleRun.outcome == "running")):
            left.outcome, left.ended_at, left.said = "cut_off", datetime.now(UTC), _CUT_OFF
        row = ScheduleRun(name=name, by=by, begun_at=datetime.now(UTC), outcome="running")
        session.add(row)
        session.commit()
        number = row.id
    outcome, said = "failed", "It ended by a mistake of the program: see the log."
    try:
        outcome, said = "done", act()
    except EXPECTED as error:
        said = f"{error}"
    finally:
        ended = _ended(store, number, outcome, said)
    return ended


def _ended(store: CaseStore, number: int, outcome: str, said: str) -> Run:
    with store.session() as session:
        row = session.get_one(ScheduleRun, number)
        row.outcome, row.ended_at, row.said = outcome, datetime.now(UTC), said
        session.commit()
        return _run(row)


def last_runs(session: Session) -> Mapping[str, Run]:
    """The last run of each schedule that ever ran."""
    newest = select(func.max(ScheduleRun.id)).group_by(ScheduleRun.name)
    return {row.name: _run(row) for row in session.scalars(select(ScheduleRun).where(ScheduleRun.id.in_(newest)))}


def last_done(session: Session) -> Mapping[str, datetime]:
    """When each schedule was last done as it should."""
    done = select(ScheduleRun.name, func.max(ScheduleRun.ended_at).label("at")).where(ScheduleRun.outcome == "done")
    return {row.name: row.at for row in session.execute(done.group_by(ScheduleRun.name))}


def runs(session: Session, most: int = 50, name: str | None = None) -> list[Run]:
    """The runs there were, newest first."""
    wanted = select(ScheduleRun).order_by(ScheduleRun.id.desc()).limit(most)
    return [_run(row) for row in session.scalars(wanted if name is None else wanted.where(ScheduleRun.name == name))]


def forget_runs(session: Session, now: datetime, keep: timedelta) -> int:
    """Deletes runs that began longer ago, but never the last of a schedule; how many."""
    newest = select(func.max(ScheduleRun.id)).group_by(ScheduleRun.name)
    old = delete(ScheduleRun).where(ScheduleRun.begun_at < now - keep, ScheduleRun.id.not_in(newest))
    return int(session.connection().execute(old).rowcount)


def _run(row: ScheduleRun) -> Run:
    return Run(row.id, row.name, row.by, row.begun_at, row.ended_at, row.outcome, row.said)
