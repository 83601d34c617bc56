"""How far the line of an overflow goes: the city's choice, kept with the rule on which the list rests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from gis_ce.checks.line_rule import SUBJECT
from gis_ce.rules import Rule, RuleBook, Value

Reach = Literal["upstream", "segment"]
REACHES: tuple[Reach, ...] = ("upstream", "segment")


@dataclass(frozen=True, slots=True)
class LineReach:
    """The blocked segment and all upstream of it (at most `upstream_ft` along the pipes, where given), or that segment
    alone; `both_sides` takes in what may lie upstream where the direction is not known."""

    reach: Reach = "upstream"
    upstream_ft: float | None = None
    both_sides: bool = False

    @property
    def sentence(self) -> str:
        """How far the line is followed, in words."""
        if self.reach == "segment":
            said = "The blocked segment alone"
        elif self.upstream_ft is None:
            said = "The blocked segment and everything upstream of it"
        else:
            said = f"The blocked segment and {self.upstream_ft:,.0f} ft upstream of it along the pipes"
        return f"{said}{', with both sides where the direction is unknown' if self.both_sides else ''}."


def with_line_reach(rulebook: RuleBook, reach: LineReach) -> RuleBook:
    """The same rules, with the city's choice in those on the properties of a line."""
    values: dict[str, Value] = {"reach": reach.reach, "both_sides": reach.both_sides}
    if reach.upstream_ft is not None:
        values["upstream_ft"] = reach.upstream_ft
    rules = (_with(rule, values) if rule.subject == SUBJECT else rule for rule in rulebook.rules)
    return replace(rulebook, rules=tuple(rules))


def line_reach(rule: Rule) -> LineReach:
    """The choice that a rule carries; upstream without end where it carries none."""
    reach: Reach = "segment" if rule.word("reach") == "segment" else "upstream"
    upstream_ft = rule.number("upstream_ft") if "upstream_ft" in rule.values else None
    return LineReach(reach, upstream_ft, rule.holds("both_sides"))


def _with(rule: Rule, values: dict[str, Value]) -> Rule:
    return replace(rule, values={**rule.values, **values})
