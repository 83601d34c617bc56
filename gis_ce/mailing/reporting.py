"""What must be reported of an overflow, to whom and by when: the thresholds of the law and their clocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from gis_ce.rules import Cell, Rule, RuleBook

SUBJECT = "sso_reporting"
Terms = Mapping[str, Cell]
Answer = Literal["due", "not_due", "undecided"]


@dataclass(frozen=True, slots=True)
class Spill:
    """What is known of an overflow: gallons in all and to surface water (None: not noted), and since when the utility
    knows of it (an aware time)."""

    gallons: float | None
    to_surface_water_gal: float | None
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty: whether it is due, by when (None where no clock is on record), and why, in one sentence."""

    name: str
    what: str
    answer: Answer
    due_at: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Reporting:
    """All duties for an overflow, and the rule that they come from; None where no rule is in force."""

    duties: tuple[Duty, ...]
    rule: Rule | None


def reporting(rulebook: RuleBook, day: date, spill: Spill) -> Reporting:
    """The duties on the day of an overflow; what hangs on something that nobody noted is undecided and says so."""
    rule = rulebook.on(SUBJECT, day)
    if rule is None or rule.status == "missing":
        return Reporting((), None)
    return Reporting(tuple(_duty(name, terms, spill) for name, terms in rule.table("duties").items()), rule)


def _duty(name: str, terms: Terms, spill: Spill) -> Duty:
    answers = [_volume(terms, spill), _water(terms, spill)]
    said = " and ".join(words for _, words in answers if words)
    if any(answer == "not_due" for answer, _ in answers):
        answer: Answer = "not_due"
        said = next(words for each, words in answers if each == "not_due")
    elif any(each == "undecided" for each, _ in answers):
        answer = "undecided"
        said = " and ".join(words for each, words in answers if each == "undecided")
    else:
        answer, said = "due", said or "each overflow is reported"
    due_at = _due_at(terms, spill.known_at) if answer != "not_due" else None
    note = str(terms.get("note", ""))
    said = f"{said}; {note}" if answer == "due" and due_at is None and note else said
    return Duty(name, str(terms["what"]), answer, due_at, f"{said[:1].upper()}{said[1:]}.")


def _volume(terms: Terms, spill: Spill) -> tuple[Answer, str]:
    over, least = terms.get("over_gal"), terms.get("at_least_gal")
    if over is None and least is None:
        return "due", ""
    to_water = terms.get("surface_water") is True
    gallons, where = (spill.to_surface_water_gal, " to surface water") if to_water else (spill.gallons, "")
    limit = f"more than {float(over):,.0f} gallons" if over is not None else f"{float(least or 0):,.0f} gallons or more"
    if gallons is None:
        return "undecided", f"it is due from {limit}{where}, and how much was spilled is not noted"
    reached = gallons > float(over) if over is not None else gallons >= float(least or 0)
    said = f"{gallons:,.0f} gallons were spilled{where}, and it is due from {limit}"
    return ("due" if reached else "not_due"), said


def _water(terms: Terms, spill: Spill) -> tuple[Answer, str]:
    if terms.get("surface_water") is not True or "at_least_gal" in terms or "over_gal" in terms:
        return "due", ""
    if spill.to_surface_water_gal is None:
        return "undecided", "whether any of it reached surface water is not noted"
    if spill.to_surface_water_gal > 0:
        return "due", f"{spill.to_surface_water_gal:,.0f} gallons reached surface water"
    return "not_due", "none of it reached surface water"


def _due_at(terms: Terms, known_at: datetime) -> datetime | None:
    if "within_hours" in terms:
        return known_at + timedelta(hours=float(terms["within_hours"]))
    if "within_days" in terms:
        return known_at + timedelta(days=float(terms["within_days"]))
    return None
