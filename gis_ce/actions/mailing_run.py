"""Drafts for all overflows that have none: what runs by night, or when somebody asks for it. It mails nothing."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.desk import CLOCK, Actor, Desk
from gis_ce.actions.mailing_making import SSO, new_mailing
from gis_ce.errors import MailingRefused
from gis_ce.tables import Case, Mailing, Site
from layers.errors import TraceRefused

_ELSEWHERE = {"contractor_damage": "yes", "traceable": "yes"}
"""Answers after which a case gets no letters to a whole line."""


def overflows_without_mailing(session: Session) -> list[str]:
    """The numbers of open overflows with a place and without any mailing, the oldest first.

    Not those whose damage or cause is traced to somebody: they go another way on the map.
    """
    has_one = select(Mailing.case_id)
    wanted = (
        select(Case.number, Case.answers)
        .join(Site, Site.case_id == Case.id)
        .where(Case.type == SSO, Case.status == "open", Site.geometry.is_not(None), Case.id.not_in(has_one))
        .order_by(Case.opened_at, Case.number)
    )
    return [
        number
        for number, answers in session.execute(wanted)
        if not any(answers.get(step) == word for step, word in _ELSEWHERE.items())
    ]


def draft_for(session: Session, desk: Desk, case: str) -> str:
    """Makes the draft of one overflow, where there is none yet; says what came of it. The caller commits."""
    by_clock = replace(desk, actor=Actor(CLOCK))
    try:
        made = new_mailing(session, by_clock, case, automatic=True).made
    except (MailingRefused, TraceRefused) as error:
        return f"{case}: no draft. {error}"
    return f"{case}: {made['mailing']} with {made['counts']['letters']} letters."
