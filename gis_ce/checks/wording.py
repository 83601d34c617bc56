"""The words that all explanations share."""

from __future__ import annotations

import math

from gis_ce.checks.check import Findings


def feet(distance_ft: float) -> str:
    """A distance for people: `87.3 ft`, `1,204 ft`."""
    return f"{distance_ft:,.0f} ft" if abs(distance_ft) >= 1000 else f"{distance_ft:,.1f} ft"


def number(value: float) -> str:
    """A number without needless digits: `100`, `2.33`."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def answered(question: str, findings: Findings, row: int, fact: str) -> str:
    """`Question: answer (fact).`, or why it is undecided; says so where the rule is unconfirmed."""
    answer = findings.answer_of(row)
    reason = findings.reason_of(row)
    said = f"{question}: {answer} ({fact})." if answer else f"{question}: undecided ({fact}). {reason or ''}".rstrip()
    return " ".join([said, *_uncertainty(findings, row), *rule_note(findings, row)])


def _uncertainty(findings: Findings, row: int) -> list[str]:
    probability = float(findings.probability[row])
    sigma = float(findings.sigma_ft[row])
    if math.isnan(probability) or sigma <= 0:
        return []
    return [f"Position good to {feet(sigma)} (one sigma); probability {_percent(probability)}."]


def _percent(probability: float) -> str:
    return "over 99.9 %" if probability > 0.999 else f"{100 * probability:.1f} %"


def rule_note(findings: Findings, row: int) -> list[str]:
    """That the rule is unconfirmed, where it is."""
    rule = findings.rule_of(row)
    if rule is not None and rule.status == "unconfirmed":
        return [f"Rule {rule.id} is unconfirmed: nobody has recorded reading its official text."]
    return []
