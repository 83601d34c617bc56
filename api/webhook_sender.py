"""The thread of the service that tells other systems of events: again and again, until it is stopped."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from api.case_office import CaseOffice
from api.repeating import Repeating
from gis_ce.actions.webhooks import claim_due, forget_delivered, make_messages, note_sent
from gis_ce.errors import CaseError
from gis_ce.tables import Webhook
from gis_ce.webhook_sending import send

EVERY_S = 2.0
KEPT = timedelta(days=30)
_LOG = logging.getLogger("gis_ce.api")


def send_due(office: CaseOffice, inside: bool) -> int:
    """Makes messages of new events and sends those whose time has come; how many tries.

    A message is claimed before it is sent and noted after: one that a crash has cut off is sent again, with its id.
    """
    tries = 0
    while True:
        now = datetime.now(UTC)
        with office.store.reading() as session:
            if not _any(session):
                return tries
        with office.store.session() as session:
            session.connection()
            seen = make_messages(session, now)
            claimed = claim_due(session, now)
            forget_delivered(session, now - KEPT)
            session.commit()
        for each in claimed:
            sent = send(each.url, each.secret, each.id, each.payload, datetime.now(UTC), inside)
            with office.store.session() as session:
                session.connection()
                note_sent(session, each.id, sent, datetime.now(UTC))
                session.commit()
            tries += 1
        if not claimed and not seen:
            return tries


def _any(session: Session) -> bool:
    return session.scalars(select(Webhook.id).where(Webhook.active).limit(1)).first() is not None


class WebhookSender(Repeating):
    """The thread itself."""

    def __init__(self, office: CaseOffice, inside: bool, every_s: float = EVERY_S) -> None:
        super().__init__("webhooks", self._send, every_s, first_s=every_s)
        self._office, self._inside = office, inside

    def _send(self) -> None:
        try:
            send_due(self._office, self._inside)
        except (CaseError, SQLAlchemyError, OSError) as error:
            _LOG.error("Webhooks could not be sent: %s", error)
