"""`gis-ce config`: what would embarrass a city in production."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, many, out, text
from api.production import Asked, embarrassments
from api.settings import Settings
from api.wiring import has_cases, open_cases, open_city
from gis_ce.store_checks import Finding

app = typer.Typer(help="Look at the settings before other people depend on them.", no_args_is_help=True)


@app.callback()
def config() -> None:
    """Look at the settings before other people depend on them."""


@app.command("check")
def check(
    backup_days: Annotated[int, typer.Option(min=1, help="How many days old the last backup may be.")] = 2,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Say what would embarrass you in production: plain http, weak secrets, no accounts, layers that are stale or
    shown to everybody, no backup.

    Ends with exit code 1 where something is grave.
    """
    settings = Settings()
    opened = open_city(settings, city, tested=False)
    store = open_cases(settings, opened.city) if has_cases(settings, opened.city) else None
    found = embarrassments(Asked(settings, opened, store, datetime.now(UTC), backup_days))
    if json:
        as_json({"city": opened.city.name, "findings": [asdict(each) for each in found]})
    else:
        _print(opened.city.name, found)
    if any(each.severity == "error" for each in found):
        sys.exit(1)


def _print(name: str, found: list[Finding]) -> None:
    for each in found:
        colour = "red" if each.severity == "error" else "yellow"
        out().print(f"[{colour}]{each.severity}[/{colour}] {text(each.what)}")
        out().print(f"    [bold]Next:[/bold] {text(each.next_step)}")
    out().print(f"{text(name)}: {many(len(found), 'finding') if found else 'nothing to be ashamed of'}.")
