"""The job that makes drafts of mailings: on demand, and on the schedule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from api.case_office import CaseOffice
from gis_ce.actions.desk import CLOCK, Actor
from gis_ce.actions.mailing_run import draft_for, overflows_without_mailing
from gis_ce.jobs import Job, Tell, Work, run

RUN = "mailing_run"


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
