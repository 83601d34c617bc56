"""What is written into the history of a mailing: events, which are never changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from gis_ce.actions.desk import Desk
from gis_ce.tables import Mailing, MailingEvent, MailingRow


def tell_mailing(
    session: Session, desk: Desk, mailing: Mailing, kind: str, text: str, row: MailingRow | None = None, **data: Any
) -> None:
    """Writes one thing that happened to a mailing, or to a row of it."""
    session.flush()
    session.add(
        MailingEvent(
            mailing_id=mailing.id,
            at=desk.now,
            by=desk.actor.name,
            kind=kind,
            row_id=row.id if row is not None else None,
            text=text,
            data=data,
        )
    )
    session.flush()
