"""`gis-ce rules`: the rules in force on a day, with their sources."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.padding import Padding

from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, out, text
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
    out().print(f"[bold]{text(opened.rules.rulebook.title)}[/bold], in force on {day}\n")
    for rule in found:
        out().print(f"[bold]{text(rule.id)}[/bold]  since {rule.effective_from}, {rule.status}")
        for line in (rule.citation, " ".join(rule.text.split())):
            out().print(Padding(text(line), (0, 0, 0, 4)), style="dim")


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
