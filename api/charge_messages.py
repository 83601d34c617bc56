"""Charges, the unpaid and statements as messages."""

from __future__ import annotations

from collections.abc import Sequence

from api.case_places import Message
from api.case_records import party_message
from gis_ce.actions.charge_rows import Charged
from gis_ce.actions.unpaid import Statement, Unpaid, total_open_cents
from gis_ce.tables import ChargeEntry


def charge_message(each: Charged) -> Message:
    """A charge with where it stands, and what became of it."""
    row, now = each.charge, each.standing
    return {
        "id": row.id,
        "kind": row.kind,
        "what": row.what,
        "basis": row.basis,
        "at": row.at.isoformat(),
        "by": row.by,
        "due_on": _day(row.due_on),
        "party": row.party_id,
        "per_day_cents": row.per_day_cents,
        "deadline_on": _day(row.deadline_on),
        "first_day_on": _day(row.first_day_on),
        "rule": row.rule or None,
        "days": now.days,
        "arithmetic": now.said,
        "charged_cents": now.charged_cents,
        "paid_cents": now.paid_cents,
        "waived_cents": now.waived_cents,
        "balance_cents": now.balance_cents,
        "stayed": now.stayed,
        "running": now.running,
        "entries": [_entry(entry) for entry in each.entries],
    }


def statement_message(found: Statement) -> Message:
    """The statement of a case."""
    return {
        "number": found.number,
        "title": found.title,
        "address": found.address,
        "on": found.on.isoformat(),
        "owed_by": party_message(found.owed_by) if found.owed_by else None,
        "charged_cents": found.charged_cents,
        "paid_cents": found.paid_cents,
        "waived_cents": found.waived_cents,
        "stayed_cents": found.stayed_cents,
        "balance_cents": found.balance_cents,
        "to_pay_cents": found.to_pay_cents,
        "charges": [charge_message(each) for each in found.charges],
    }


def unpaid_message(rows: Sequence[Unpaid]) -> Message:
    """The list of the unpaid."""
    return {"unpaid": [_unpaid(row) for row in rows], "open_cents": total_open_cents(rows)}


def _unpaid(row: Unpaid) -> Message:
    return {
        "number": row.case.number,
        "type": row.case.type,
        "officer": row.case.officer,
        "status": row.case.status,
        "address": row.address,
        "owed_by": party_message(row.owed_by) if row.owed_by else None,
        "days_overdue": row.days_overdue,
        "charge": charge_message(row.charged),
    }


def _entry(entry: ChargeEntry) -> Message:
    return {
        "kind": entry.kind,
        "on": entry.on_day.isoformat(),
        "at": entry.at.isoformat(),
        "by": entry.by,
        "amount_cents": entry.amount_cents,
        "reference": entry.reference,
        "text": entry.text,
    }


def _day(day: object) -> str | None:
    return str(day) if day is not None else None
