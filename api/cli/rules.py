"""`gis-ce rules`: the rules in force on a day, with their sources."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, out, table, text
from api.settings import Settings
from api.wiring import open_city
from gis_ce.rules import Rule


def rules(
    on: Annotated[
        datetime | None, typer.Option("--on", metavar="DATE", formats=["%Y-%m-%d"], help="Day; without it, today.")
    ] = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Show which rules are in force on a day, and where they come from."""
    opened = open_city(Settings(), city)
    day = on.date() if on else opened.today()
    found = [rule for rule in opened.rules.rulebook.rules if rule.in_force(day)]
    if json:
        as_json([_message(rule) for rule in found])
        return
    shown = table("Rule", "Subject", "Since", "Status", "Source", title=f"{opened.rules.rulebook.title}, on {day}")
    for rule in found:
        shown.add_row(
            text(rule.id), rule.subject.replace("_", " "), str(rule.effective_from), rule.status, text(rule.citation)
        )
    out().print(shown)


def _message(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "subject": rule.subject,
        "effective_from": rule.effective_from.isoformat(),
        "effective_to": rule.effective_to.isoformat() if rule.effective_to else None,
        "status": rule.status,
        "citation": rule.citation,
        "text": rule.text,
        "values": dict(rule.values),
    }
