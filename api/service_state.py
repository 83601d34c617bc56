"""The state of a service in figures: how old its layers are, whether its store answers, what waits for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from api.case_office import CaseOffice
from api.metrics import Reading
from api.wiring import OpenCity
from gis_ce.actions.desk import CLOCK, Actor, Desk
from gis_ce.actions.due_list import due_list
from gis_ce.errors import CaseError
from gis_ce.jobs import listed
from gis_ce.schedule_runs import last_done, last_runs
from gis_ce.tables import Case, Decision, WebhookDelivery

_MOST_JOBS = 1000
_AGE = ("gis_ce_layer_age_days", "Days since the data of a layer were as they are.")
_STALE = ("gis_ce_layer_stale", "1 where a layer is older than its city allows.")
_UP = ("gis_ce_case_store_up", "1 where the store of cases answers.")
_OPEN = ("gis_ce_cases_open", "Cases that are not closed.")
_DUE = ("gis_ce_deadlines", "What has its time, by how near that is.")
_FLIPS = ("gis_ce_flips_waiting", "Decisions that turned on a new layer version and wait for a signature.")
_JOBS = ("gis_ce_jobs", "The latest jobs by their state.")
_HOOKS = ("gis_ce_webhooks_waiting", "Messages to other systems that are not delivered yet.")


_RUN_OK = ("gis_ce_schedule_ok", "1 where the last run of a schedule was done as it should, 0 where it was not.")
_RUN_AGE = ("gis_ce_schedule_age_seconds", "Seconds since a schedule was last done as it should.")


def state_of(city: OpenCity, office: Callable[[], CaseOffice]) -> Iterator[Reading]:
    """Everything that can be read just now; a store that does not answer is a figure too."""
    yield from _layers(city)
    try:
        opened = office()
        with opened.store.reading() as session:
            readings = [*_cases(session, opened.desk(Actor(CLOCK))), *_schedules(session, datetime.now(UTC))]
        readings += _jobs(opened)
    except (CaseError, SQLAlchemyError, OSError):
        yield *_UP, {}, 0
        return
    yield *_UP, {}, 1
    yield from readings


def store_answers(office: Callable[[], CaseOffice]) -> None:
    """Raises StoreNotReady or an error of the database where the case store does not answer."""
    with office().store.reading() as session:
        session.execute(select(1))


def _layers(city: OpenCity) -> Iterator[Reading]:
    today = city.today()
    for name, layer in city.view("staff").layers.items():
        days = (today - layer.version.as_of).days
        limit = layer.description.stale_after_days
        yield *_AGE, {"layer": name}, days
        yield *_STALE, {"layer": name}, float(limit is not None and days > limit)


def _cases(session: Session, desk: Desk) -> Iterator[Reading]:
    yield *_OPEN, {}, _count(session, Case.id, Case.closed_at.is_(None))
    states = Counter(due.state for due in due_list(session, desk))
    for state in ("overdue", "due_soon", "later"):
        yield *_DUE, {"state": state}, states[state]
    yield *_FLIPS, {}, _count(session, Decision.id, Decision.state == "to_sign")
    yield *_HOOKS, {}, _count(session, WebhookDelivery.id, WebhookDelivery.state == "waiting")


def _count(session: Session, column: object, where: object) -> int:
    return session.scalar(select(func.count(column)).where(where)) or 0  # type: ignore[arg-type]


def _schedules(session: Session, now: datetime) -> Iterator[Reading]:
    for name, run in last_runs(session).items():
        if run.outcome != "running":
            yield *_RUN_OK, {"schedule": name}, float(not run.failed)
    for name, at in last_done(session).items():
        yield *_RUN_AGE, {"schedule": name}, (now - at).total_seconds()


def _jobs(office: CaseOffice) -> list[Reading]:
    states = Counter(job.state for job in listed(office.store.engine.url, _MOST_JOBS))
    return [(*_JOBS, {"state": state}, count) for state, count in sorted(states.items())]
