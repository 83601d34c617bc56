"""The little town with amounts in its rules: a daily penalty for leaks, and a fee; for tests of money."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from desks import Desk, a_desk, rules

from gis_ce.rules import Rule

PENALTIES: dict[str, Any] = {
    "leak_not_repaired": {"meaning": "leak not repaired", "amount_cents": 10_000, "per": "day", "case_types": "leaks"},
    "meter": {"meaning": "tampering", "amount_cents": 50_000, "per": "violation", "case_types": "meter_violations"},
}
FEES: dict[str, Any] = {"water_tap": {"meaning": "water tap, 3/4 inch", "amount_cents": 125_000}}


def money_rule(subject: str, table: dict[str, Any], **more: Any) -> Rule:
    """A row of the city's own pack."""
    values: dict[str, Any] = {
        "id": f"our-{subject}",
        "subject": subject,
        "jurisdiction": "NC",
        "effective_from": date(2025, 7, 1),
        "effective_to": None,
        "status": "confirmed",
        "limit_included": True,
        "citation": "Our Code 8-2010",
        "text": "Each day is a separate offence.",
        "source_url": None,
        "grade": "A",
        "read_on": date(2026, 1, 2),
        "values": table,
        "text_is": "ordinance",
    }
    return Rule(**values | more)


def charging_desk(*rows: Rule, **more: Any) -> Desk:
    """A desk in a town whose own rules set amounts."""
    own = rows or (money_rule("civil_penalty", {"penalties": PENALTIES}), money_rule("fees", {"fees": FEES}))
    book = rules().rulebook
    subjects = {row.subject for row in own}
    kept = tuple(row for row in book.rules if row.subject not in subjects)
    desk = a_desk(**more)
    return replace(desk, rules=replace(desk.rules, rulebook=replace(book, rules=(*kept, *own))))
