"""The clock of the service: cases go on once their deadlines have passed, and what nobody needs is cleared away."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy.exc import SQLAlchemyError

from api.case_office import CaseOffice
from api.repeating import Repeating
from gis_ce.access_rules import access_rules
from gis_ce.actions.carried_out import Done
from gis_ce.actions.desk import CLOCK, Actor
from gis_ce.actions.letter_service import count_receipts
from gis_ce.actions.passing import pass_deadlines
from gis_ce.actions.reminding import tell_reminders
from gis_ce.actions.uploads import expire
from gis_ce.attachments import pieces
from gis_ce.attachments.folder import clear_unfinished
from gis_ce.errors import CaseError
from gis_ce.idempotency import forget
from gis_ce.persons_seen import forget_accesses
from layers.errors import LayersError

EVERY_S = 60.0
_AT_ONCE, _TIDY_EACH = 100, 60
_KEYS_KEPT, _ARRIVES_WITHIN = timedelta(days=30), timedelta(days=1)
_LOG = logging.getLogger("gis_ce.api")


def pass_all(office: CaseOffice) -> list[Done]:
    """Lets every case go on whose deadline has passed, some at a time, so that other writers get their turn."""
    passed: list[Done] = []
    while True:
        with office.store.session() as session:
            desk = office.desk(Actor(CLOCK))
            count_receipts(session, desk)
            some = pass_deadlines(session, desk, _AT_ONCE)
            session.commit()
        passed += some
        if len(some) < _AT_ONCE:
            return passed


def remind_all(office: CaseOffice) -> list[str]:
    """Tells in the histories of cases which reminders have come, some at a time."""
    told: list[str] = []
    while True:
        with office.store.session() as session:
            some = tell_reminders(session, office.desk(Actor(CLOCK)), _AT_ONCE)
            session.commit()
        told += some
        if len(some) < _AT_ONCE:
            return told


def tidy(office: CaseOffice, now: datetime) -> None:
    """Forgets requests that nobody sends again by now and old accesses; clears files away that never came in full."""
    days = access_rules(office.city.city.other.get("access", {})).log_days
    with office.store.session() as session:
        forget(session, now - _KEYS_KEPT)
        late = expire(session, now)
        forget_accesses(session, now, days)
        session.commit()
    for upload in late:
        pieces.forget(office.attachments.path, upload)
    clear_unfinished(office.attachments.path, now - _ARRIVES_WITHIN)


class CaseClock(Repeating):
    """A thread that looks for passed deadlines at once and then again and again, until it is stopped."""

    def __init__(self, office: CaseOffice, every_s: float = EVERY_S) -> None:
        super().__init__("case clock", self._look, every_s)
        self._office, self._turns = office, count()

    def _look(self) -> None:
        turn = next(self._turns)
        try:
            passed, reminded = pass_all(self._office), remind_all(self._office)
            if turn % _TIDY_EACH == 0:
                tidy(self._office, datetime.now(UTC))
        except (CaseError, LayersError, SQLAlchemyError, OSError) as error:
            _LOG.error("Deadlines could not be looked at: %s", error)
            return
        for done in passed:
            _LOG.info("The deadline of %s has passed; it goes on at %s.", done.number, done.step)
        for number in reminded:
            _LOG.info("A deadline of %s is near.", number)
