"""Mailings as messages: the same for HTTP and for `--json`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from api.case_places import Message
from gis_ce.actions.desk import Desk
from gis_ce.actions.mailing_overflows import before_and_after
from gis_ce.mailing.content import digest_of
from gis_ce.mailing.kept import counts_of, events_of, rows_of
from gis_ce.mailing.reporting import Reporting
from gis_ce.tables import Case, Mailing, MailingRow


def mailing_line(mailing: Mailing, case: str) -> Message:
    """A mailing as a line of a list."""
    return {
        "number": mailing.number,
        "case": case,
        "state": mailing.state,
        "automatic": mailing.automatic,
        "made_at": _plain(mailing.made_at),
        "made_by": mailing.made_by,
        "mailed_on": _plain(mailing.mailed_on),
    }


def mailing_message(session: Session, desk: Desk, mailing: Mailing) -> Message:
    """One mailing without its rows: how far the line was followed, what it rests on, who did what, and counts.

    `holds` says of a frozen one whether its content still has the hash that it was frozen with.
    """
    case = session.get_one(Case, mailing.case_id)
    holds = None
    if mailing.digest is not None:
        holds = digest_of(mailing, rows_of(session, mailing)) == mailing.digest
    return mailing_line(mailing, case.number) | {
        "id": mailing.id,
        "reach": mailing.reach,
        "trace": mailing.trace,
        "versions": mailing.versions,
        "letter": mailing.letter,
        "counts": counts_of(session, mailing),
        "reviewed_at": _plain(mailing.reviewed_at),
        "reviewed_by": mailing.reviewed_by,
        "frozen_at": _plain(mailing.frozen_at),
        "frozen_by": mailing.frozen_by,
        "digest": mailing.digest,
        "holds": holds,
        "overflows": _overflows(session, desk, mailing),
        "events": [
            {"at": _plain(event.at), "by": event.by, "kind": event.kind, "text": event.text}
            for event in events_of(session, mailing)
        ],
    }


def _overflows(session: Session, desk: Desk, mailing: Mailing) -> Message | None:
    found = before_and_after(session, desk, mailing)
    if found is None:
        return None
    before, after = ([each.number for each in some] for some in (found.before, found.after))
    days = {"days_before": found.days_before, "days_after": found.days_after}
    return {"sentence": found.sentence, "before": before, "after": after, **days}


def row_message(row: MailingRow) -> Message:
    """One row of a mailing."""
    names = ("position", "status", "kind", "standing", "name", "delivery", "city", "state", "zip_code", "vacant")
    found: dict[str, Any] = {name: getattr(row, name) for name in names}
    return found | {
        "parcels": row.why.get("parcels", []),
        "remark": row.remark,
        "decided_by": row.by,
        "reason": row.reason,
    }


def _plain(value: datetime | date | None) -> str | None:
    return None if value is None else value.isoformat()


def reporting_message(found: Reporting, desk: Desk) -> Message:
    """The duties for an overflow, times in the city's zone."""
    zone = desk.processes.time.zone
    rule = found.rule
    return {
        "duties": [
            {
                "name": duty.name,
                "what": duty.what,
                "answer": duty.answer,
                "due_at": _plain(duty.due_at.astimezone(zone)) if duty.due_at else None,
                "why": duty.why,
            }
            for duty in found.duties
        ],
        "rule": None
        if rule is None
        else {"id": rule.id, "citation": rule.citation, "status": rule.status, "text": rule.text},
    }
