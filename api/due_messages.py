"""What has its time, contacts and what runs beside the steps, as messages."""

from __future__ import annotations

from api.case_places import Message
from gis_ce.actions.due_list import Due
from gis_ce.actions.proceedings import Running
from gis_ce.tables import Contact


def due_message(due: Due) -> Message:
    """One thing that has its time."""
    return {
        "kind": due.kind,
        "state": due.state,
        "due_at": due.at.isoformat(),
        "number": due.number,
        "type": due.type,
        "category": due.category,
        "officer": due.officer,
        "what": due.what,
        "arithmetic": due.said,
    }


def contact_message(row: Contact) -> Message:
    """One contact of the log."""
    return {
        "id": row.id,
        "at": row.at.isoformat(),
        "by": row.by,
        "direction": row.direction,
        "channel": row.channel,
        "party": row.party_id,
        "text": row.text,
        "due_at": row.due_at.isoformat() if row.due_at else None,
        "arithmetic": row.arithmetic,
        "answers": row.answers,
        "tells_closing": row.tells_closing,
    }


def proceeding_message(running: Running) -> Message:
    """A proceeding with what became of it."""
    row = running.row
    return {
        "id": row.id,
        "kind": row.kind,
        "at": row.at.isoformat(),
        "by": row.by,
        "officer": row.officer,
        "on": row.on_day.isoformat() if row.on_day else None,
        "due_at": row.due_at.isoformat() if row.due_at else None,
        "text": row.text,
        "data": row.data,
        "ended": running.ended,
        "entries": [
            {
                "kind": entry.kind,
                "at": entry.at.isoformat(),
                "by": entry.by,
                "on": entry.on_day.isoformat() if entry.on_day else None,
                "text": entry.text,
                "data": entry.data,
                "ends": entry.ends,
            }
            for entry in running.entries
        ],
    }
