"""The distances by which a parcel belongs to a sewer line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gis_ce.file_errors import RuleFileError
from gis_ce.rules import Rule, RuleBook

SUBJECT = "sso_properties_on_line"


@dataclass(frozen=True, slots=True)
class LineRule:
    """How near a parcel's edge runs to a segment that it fronts on, over what length at least, and how far the end of
    a lateral may lie from what it joins; all in feet."""

    frontage_ft: float
    least_frontage_ft: float
    lateral_gap_ft: float
    rule: Rule


def line_rule(rulebook: RuleBook, day: date) -> LineRule:
    """The rule in force on a day; raises RuleFileError where the pack has none."""
    rule = rulebook.on(SUBJECT, day)
    if rule is None or rule.status == "missing":
        raise RuleFileError(f"{rulebook.pack}.yaml", [f"there is no rule on {SUBJECT} in force on {day}"])
    return distances(rule)


def distances(rule: Rule) -> LineRule:
    """The distances of a rule whose numbers are known."""
    return LineRule(rule.number("frontage_ft"), rule.number("least_frontage_ft"), rule.number("lateral_gap_ft"), rule)
