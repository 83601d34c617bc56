"""The job that makes drafts of mailings: on demand, and every night while the service runs."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, time
from threading import Event, Thread
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from api.case_office import CaseOffice
from gis_ce.actions.desk import CLOCK, Actor
from gis_ce.actions.mailing_run import draft_for, overflows_without_mailing
from gis_ce.errors import CaseError
from gis_ce.jobs import Job, Tell, Work, listed, run
from gis_ce.mailing.settings import mailing_settings
from layers.errors import LayersError

RUN = "mailing_run"
NIGHT = time(2, 0)
"""When the nightly run begins, by the city's clock."""
EVERY_S = 300.0
_LOG = logging.getLogger("gis_ce.api")


def mailing_run(office: CaseOffice) -> Work:
    """Drafts for all overflows without a mailing, case by case; what is there already stays."""

    def plan() -> list[str]:
        with office.store.reading() as session:
            return overflows_without_mailing(session)

    def each(case: str) -> str:
        desk = office.desk(Actor(CLOCK))
        with office.store.session() as session:
            session.connection()
            said = draft_for(session, replace(desk, now=datetime.now(UTC)), case)
            session.commit()
        return said

    return Work(RUN, plan, each)


def run_mailings(office: CaseOffice, tell: Tell | None = None) -> list[Job]:
    """Goes on with a run that was cut off, then makes drafts for all overflows without one; raises JobsBusy."""
    return run(office.store.engine.url, mailing_run(office), tell)


def is_due(jobs: list[Job], now: datetime, zone: ZoneInfo) -> bool:
    """Whether a nightly run should begin: one was cut off, or it is past the hour and none began since."""
    if any(job.name == RUN and job.state in ("running", "waiting") for job in jobs):
        return True
    local = now.astimezone(zone)
    tonight = datetime.combine(local.date(), NIGHT, zone)
    return local >= tonight and not any(job.name == RUN and job.begun_at >= tonight for job in jobs)


class NightlyMailings:
    """A thread that makes drafts every night, and goes on with a run that a crash has cut off."""

    def __init__(self, office: CaseOffice, every_s: float = EVERY_S) -> None:
        self._office, self._every_s, self._stopped = office, every_s, Event()
        self._thread = Thread(target=self._run, name="nightly mailings", daemon=True)

    def start(self) -> None:
        """Begin, where the city's file does not say that there is no nightly run."""
        if mailing_settings(self._office.city.city.other.get("mailing", {})).nightly:
            self._thread.start()

    def stop(self) -> None:
        """End, once the run in hand is done."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._every_s):
            try:
                self.look(datetime.now(UTC))
            except (CaseError, LayersError, SQLAlchemyError, OSError) as error:
                _LOG.error("The nightly mailings could not be made: %s", error)

    def look(self, now: datetime) -> list[Job]:
        """Runs if it is time; the jobs that were done."""
        url, zone = self._office.store.engine.url, ZoneInfo(self._office.city.city.time_zone)
        with self._office.store.reading() as session:
            nothing_new = not overflows_without_mailing(session)
        jobs = listed(url)
        if not is_due(jobs, now, zone) or (nothing_new and not any(job.state == "running" for job in jobs)):
            return []
        done = run_mailings(self._office)
        for job in done:
            _LOG.info(
                "The nightly mailings are %s: %s", job.state, "; ".join(job.results) or job.error or "nothing new"
            )
        return done
