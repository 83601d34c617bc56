"""All that is on the schedule of the office, and the thread that does it in time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from api.case_office import CaseOffice
from api.mailing_jobs import run_mailings
from api.repeating import Repeating
from api.scheduled.backups import back_up_all, drill_newest
from api.scheduled.digests import write_digests
from api.scheduled.layers import recheck, sync_layers
from api.scheduled.retention import clear_old
from api.settings import Settings
from api.wiring import backups_folder, digests_folder
from gis_ce.actions.desk import CLOCK
from gis_ce.errors import ScheduleFailed, SchedulesBusy, ScheduleUnknown
from gis_ce.mailing.settings import mailing_settings
from gis_ce.schedule_runs import EXPECTED, Run, last_runs, one_runner, run
from gis_ce.schedule_times import When, is_due, rhythms

EVERY_S = 30.0
_LOG = logging.getLogger("gis_ce.api")


@dataclass(frozen=True, slots=True)
class Schedule:
    """One thing on the schedule: what it is, its rhythm as shipped, and what does it and says what came of it."""

    name: str
    what: str
    rhythm: str
    act: Callable[[Settings, CaseOffice], str]


def _mailings(_: Settings, office: CaseOffice) -> str:
    if not mailing_settings(office.city.city.other.get("mailing", {})).nightly:
        return "The city's file says that there is no nightly run ([mailing] nightly = false)."
    jobs = run_mailings(office)
    said = "; ".join(job.error or f"{job.done} of {job.of} drafts made" for job in jobs)
    if any(job.state == "failed" for job in jobs):
        raise ScheduleFailed(said)
    return f"{said}."


def _digests(settings: Settings, office: CaseOffice) -> str:
    return write_digests(office, digests_folder(settings, office.city.city))


def _retention(settings: Settings, office: CaseOffice) -> str:
    return clear_old(office, digests_folder(settings, office.city.city), datetime.now(UTC))


def _backup(settings: Settings, office: CaseOffice) -> str:
    folder = backups_folder(settings, office.city.city)
    return back_up_all(office, folder, settings.backups_kept, datetime.now(UTC))


def _drill(settings: Settings, office: CaseOffice) -> str:
    return drill_newest(office, backups_folder(settings, office.city.city))


SCHEDULES: tuple[Schedule, ...] = (
    Schedule("backup", "Back cases and attached files up.", "30 0 * * *", _backup),
    Schedule("drill", "Bring the newest backup back elsewhere and prove it.", "30 1 * * 0", _drill),
    Schedule("mailings", "Make drafts of mailings for overflows.", "0 2 * * *", _mailings),
    Schedule(
        "layers",
        "Fetch, publish and check all layers, and look at decisions again.",
        "off",
        lambda _, o: sync_layers(o),
    ),
    Schedule("recheck", "Hold decisions against the current layers.", "0 4 * * *", lambda _, o: recheck(o)),
    Schedule("digests", "Write the digests of the day.", "0 6 * * *", _digests),
    Schedule("retention", "Delete what is kept for a time only.", "15 5 * * *", _retention),
)
"""Everything there is, in the order in which it is done when several are due."""


def rhythms_of(settings: Settings) -> dict[str, When]:
    """The rhythm of each schedule; raises ScheduleRefused for settings with a mistake."""
    return rhythms(settings.schedules or "", {each.name: each.rhythm for each in SCHEDULES})


def run_named(settings: Settings, office: CaseOffice, name: str, by: str) -> Run:
    """Does one thing now, whether it is due or not; raises ScheduleUnknown, SchedulesBusy."""
    found = next((each for each in SCHEDULES if each.name == name), None)
    if found is None:
        raise ScheduleUnknown(f"There is no schedule {name[:60]!r}; there are {', '.join(s.name for s in SCHEDULES)}.")
    with one_runner(office.store):
        return _run(settings, office, found, by)


def run_due(settings: Settings, office: CaseOffice, now: datetime) -> list[Run]:
    """Does all that is due, one after the other; nothing where another process is at it."""
    if not _due(settings, office, now):
        return []
    try:
        with one_runner(office.store):  # what was due may have been done by another until the turn came
            return [_run(settings, office, each, CLOCK) for each in _due(settings, office, now)]
    except SchedulesBusy:
        return []


def _due(settings: Settings, office: CaseOffice, now: datetime) -> list[Schedule]:
    zone, times = ZoneInfo(office.city.city.time_zone), rhythms_of(settings)
    with office.store.reading() as session:
        before = last_runs(session)
    return [each for each in SCHEDULES if _is_due(times[each.name], before.get(each.name), now, zone)]


def _is_due(rhythm: When, last: Run | None, now: datetime, zone: ZoneInfo) -> bool:
    if last is None:
        return is_due(rhythm, None, False, now, zone)
    return is_due(rhythm, last.begun_at, last.unfinished, now, zone)


def _run(settings: Settings, office: CaseOffice, schedule: Schedule, by: str) -> Run:
    done = run(office.store, schedule.name, by, lambda: schedule.act(settings, office))
    _LOG.log(logging.ERROR if done.failed else logging.INFO, "%s: %s. %s", done.name, done.outcome, done.said)
    return done


class Schedules(Repeating):
    """A thread that does what is due, until it is stopped; several processes may have one, only one works."""

    def __init__(self, settings: Settings, office: CaseOffice, every_s: float = EVERY_S) -> None:
        super().__init__("schedules", self._look, every_s, first_s=min(every_s, 5.0))
        self._settings, self._office = settings, office
        rhythms_of(settings)

    def _look(self) -> None:
        try:
            run_due(self._settings, self._office, datetime.now(UTC))
        except EXPECTED as error:
            _LOG.error("What is on the schedule could not be done: %s", error)
