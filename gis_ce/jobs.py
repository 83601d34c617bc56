"""Jobs that outlast a crash: what was begun is gone on with, step by step, by the next who looks.

All that is known of jobs lies in the case store's own database (SQLite: the same file; PostgreSQL: the schema
`dbos`), so a backup holds them too. DBOS keeps them; nothing else in the program speaks to it. A step that was cut
off is done again, so each must be of no effect where it was done before.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sqlalchemy import URL, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from gis_ce.alone import Turn, alone
from gis_ce.errors import CaseError, JobFailed, JobsBusy, JobUnknown
from layers.errors import LayersError

if TYPE_CHECKING:
    from dbos import DBOSClient

State = Literal["waiting", "running", "done", "failed", "stopped"]
SCHEMA = "dbos"
_STATES: dict[str, State] = {"SUCCESS": "done", "ERROR": "failed", "CANCELLED": "stopped", "PENDING": "running"}
_STATES |= {"ENQUEUED": "waiting", "DELAYED": "waiting", "MAX_RECOVERY_ATTEMPTS_EXCEEDED": "failed"}
_PLAN, _EACH = "plan", "each"
_TURN = Turn("jobs", 0x6769_736A)
"""Its key is `gisj`."""
_LOOK_S, _AGAIN_S, _TRIES, _MOST = 0.1, 0.2, 5, 200
_VERSION = "1"
"""Of the form of jobs, not of the program: a job that an older program began is gone on with by a newer one."""
Tell = Callable[[int, int, str], None]
Result = TypeVar("Result")
_PASSING = (CaseError, LayersError, OSError, SQLAlchemyError)
"""Mistakes that may be gone by the next try."""


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of job: `plan` says what there is to do, `each` does one of it and says what came of it in a sentence.

    Both may be called again after a crash, and `each` again after an error, up to five times.
    """

    name: str
    plan: Callable[[], list[str]]
    each: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Job:
    """One job: how many of its steps are done of how many, and what came of them or what went wrong."""

    id: str
    name: str
    state: State
    begun_at: datetime
    ended_at: datetime | None
    done: int
    of: int
    results: tuple[str, ...]
    error: str | None


def run(url: URL, work: Work, tell: Tell | None = None) -> list[Job]:
    """Goes on with what was cut off of this kind, then does a new job; all that were done, the oldest first.

    `tell` hears steps done, steps in all, and the last result. Raises JobsBusy where somebody else does jobs now.
    """
    with _running(url, [work]) as runner:
        before = [runner.wait(name, tell) for name in runner.left()]
        return [*before, runner.wait(runner.start(work), tell)]


def go_on(url: URL, works: Sequence[Work], tell: Tell | None = None) -> list[Job]:
    """Goes on with whatever was cut off, and begins nothing new. Raises JobsBusy."""
    with _running(url, works) as runner:
        return [runner.wait(name, tell) for name in runner.left()]


def retry(url: URL, works: Sequence[Work], job: str, tell: Tell | None = None) -> Job:
    """A new job that goes on where one failed or was stopped; what that one did is not done again.

    Raises JobUnknown, JobsBusy.
    """
    with _running(url, works) as runner:
        found = runner.job(job)
        if found.state not in ("failed", "stopped"):
            raise JobUnknown(f"The job {job} is {found.state}; only one that failed or was stopped is tried again.")
        return runner.wait(runner.resume(job), tell)


def listed(url: URL, limit: int = 50) -> list[Job]:
    """The jobs that there were, newest first; none in a database in which no job ever ran."""
    if not _has_tables(url):
        return []
    with contextlib.closing(_Client(url)) as client:
        return client.jobs(limit)


class _Client:
    """A look at the jobs of a database."""

    def __init__(self, url: URL) -> None:
        from dbos import DBOSClient, DBOSPortableJSONSerializer  # noqa: PLC0415 - takes a second to load

        self._client: DBOSClient = DBOSClient(
            system_database_url=_address(url), dbos_system_schema=SCHEMA, serializer=DBOSPortableJSONSerializer()
        )

    def close(self) -> None:
        self._client.destroy()

    def jobs(self, limit: int = _MOST, **wanted: Any) -> list[Job]:
        return [self._job(row) for row in self._client.list_workflows(limit=limit, sort_desc=True, **wanted)]

    def resume(self, job: str) -> str:
        """The id of a job that takes over what another did, and goes on from its first step that failed."""
        steps = self._client.list_workflow_steps(job)
        failed = [step["function_id"] for step in steps if step["error"] is not None]
        start = min(failed, default=max((step["function_id"] for step in steps), default=0) + 1)
        return str(self._client.fork_workflow(job, start, application_version=_VERSION).get_workflow_id())

    def _job(self, row: Any) -> Job:
        steps = self._client.list_workflow_steps(row.workflow_id)
        planned = next((step["output"] for step in steps if step["function_name"] == f"{row.name}.{_PLAN}"), None)
        results = [str(step["output"]) for step in steps if step["function_name"] == f"{row.name}.{_EACH}"]
        begun, ended = (_moment(at) for at in (row.created_at, row.completed_at))
        return Job(
            row.workflow_id,
            row.name,
            _STATES.get(row.status, "waiting"),
            begun or datetime.now(UTC),
            ended,
            len(results),
            len(planned or ()),
            tuple(results),
            str(row.error) if row.error is not None else None,
        )


class _Runner(_Client):
    """Does jobs, one after the other, for as long as it is held."""

    def __init__(self, url: URL, works: Sequence[Work]) -> None:
        from dbos import DBOS  # noqa: PLC0415

        super().__init__(url)
        self._jobs = {work.name: _as_workflow(work) for work in works}
        self._left = self._unfinished() if _has_tables(url) else []
        DBOS.launch()

    def _unfinished(self) -> list[str]:
        return [job.id for job in reversed(self.jobs(status=["PENDING", "ENQUEUED"]))]

    def left(self) -> list[str]:
        """The jobs that were cut off; they are gone on with since the runner began."""
        return self._left

    def start(self, work: Work) -> str:
        from dbos import DBOS, SetWorkflowID  # noqa: PLC0415

        name = f"{work.name}-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}"
        with SetWorkflowID(name):
            DBOS.start_workflow(self._jobs[work.name])
        return name

    def job(self, name: str) -> Job:
        found = self.jobs(workflow_ids=[name])
        if not found:
            raise JobUnknown(f"There is no job {name[:80]!r}.")
        return found[0]

    def wait(self, name: str, tell: Tell | None) -> Job:
        while True:
            job = self.job(name)
            if tell is not None:
                tell(job.done, job.of, job.results[-1] if job.results else "")
            if job.state not in ("running", "waiting"):
                return job
            time.sleep(_LOOK_S)


def _as_workflow(work: Work) -> Callable[[], list[str]]:
    from dbos import DBOS  # noqa: PLC0415

    @DBOS.step(name=f"{work.name}.{_PLAN}")
    def plan() -> list[str]:
        return _tried(work.plan)

    @DBOS.step(name=f"{work.name}.{_EACH}")
    def each(item: str) -> str:
        return _tried(lambda: work.each(item))

    def job() -> list[str]:
        return [each(item) for item in plan()]

    return DBOS.workflow(name=work.name)(job)


def _tried(act: Callable[[], Result]) -> Result:
    """What an act gives; where it fails it is tried again, a little later each time. Raises JobFailed."""
    for number in range(_TRIES - 1):
        try:
            return act()
        except _PASSING:
            time.sleep(_AGAIN_S * 2**number)
    try:
        return act()
    except _PASSING as error:
        raise JobFailed(f"Tried {_TRIES} times: {error}") from error


@contextlib.contextmanager
def _running(url: URL, works: Sequence[Work]) -> Iterator[_Runner]:
    from dbos import DBOS, DBOSPortableJSONSerializer  # noqa: PLC0415

    with _alone(url):
        _silent()
        DBOS(
            config={
                "name": "gis-ce",
                "system_database_url": _address(url),
                "dbos_system_schema": SCHEMA,
                "application_version": _VERSION,
                "executor_id": "gis-ce",
                "log_level": "CRITICAL",
                "enable_otlp": False,
                "use_listen_notify": False,
                "serializer": DBOSPortableJSONSerializer(),
            }
        )
        runner = _Runner(url, works)
        try:
            yield runner
        finally:
            runner.close()
            DBOS.destroy(destroy_registry=True)


def _silent() -> None:
    """The library writes to no stream: what went wrong is in the job, and a stream may be closed by now."""
    logger = logging.getLogger("dbos")
    logger.handlers[:] = [logging.NullHandler()]
    logger.propagate = False
    logger.setLevel(logging.CRITICAL)


@contextlib.contextmanager
def _alone(url: URL) -> Iterator[None]:
    """Only one process does jobs, else two would go on with the same one; a killed one lets go. Raises JobsBusy."""
    busy = JobsBusy("Somebody else does jobs just now (perhaps the service); see `gis-ce jobs list`, and try again.")
    with alone(url, _TURN, busy):
        yield


def _has_tables(url: URL) -> bool:
    engine = create_engine(url, poolclass=NullPool)
    sqlite = "SELECT count(*) FROM sqlite_master WHERE name = 'workflow_status'"
    postgis = f"SELECT count(*) FROM pg_tables WHERE schemaname = '{SCHEMA}' AND tablename = 'workflow_status'"
    with engine.connect() as connection:
        return bool(connection.exec_driver_sql(sqlite if engine.dialect.name == "sqlite" else postgis).scalar_one())


def _address(url: URL) -> str:
    plain = url if url.get_backend_name() == "sqlite" else url.set(drivername="postgresql+psycopg")
    return plain.render_as_string(hide_password=False)


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
