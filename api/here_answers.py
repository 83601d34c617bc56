"""Checks of a place on the map as messages, with words, rule and evidence; and the nearest facilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from api.access import View
from api.answers import Message, account_message, finding_messages, rule_note
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Check, Findings, Sites
from gis_ce.checks.nearby import ASSET_ROLES
from layers.grid import Grid


def here_findings(
    sites: Sites, view: View, found: Mapping[str, Findings], grid: Grid, checks: Sequence[Check] = CHECKS
) -> list[Message]:
    """What was found at the first of some sites, in the order of the checks."""
    messages = []
    for check in (check for check in checks if check.name in found):
        findings = found[check.name]
        rule = findings.rule_of(0)
        message = finding_messages(findings, view)[0]
        del message["facts"], message["rule_id"], message["sigma_ft"]
        message |= account_message(check, sites, view, findings, 0, grid)
        messages.append(message | {"rule": rule_note(rule) if rule else None})
    return messages


def nearest_facilities(facts: Message) -> list[Message]:
    """The nearest facility of each role, by what the check of the nearest assets found, the nearest first."""
    near = [
        {"role": role, "id": facts[f"{role}_id"], "distance_ft": facts[f"{role}_distance_ft"]}
        for role in ASSET_ROLES
        if f"{role}_id" in facts
    ]
    return sorted(near, key=lambda item: item["distance_ft"])
