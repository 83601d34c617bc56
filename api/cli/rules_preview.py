"""`gis-ce rules preview`: what turns where the same places are asked under two packs, or on two days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import shapely
import typer

from api.cli.case_files import read_case_file
from api.cli.check import chosen
from api.cli.decisions_preview import PackChange, preview_past
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside, out, table, text
from api.errors import ApiError
from api.settings import Settings
from api.wiring import OpenCity, open_city
from gis_ce.assess import applicable
from gis_ce.case_table import read_cases
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Sites
from gis_ce.city_rules import other_book
from gis_ce.positions import Terms
from gis_ce.rule_preview import Turned
from gis_ce.rule_preview import preview as turned_by
from layers.features import Texts

_LISTED = 10


@dataclass(frozen=True, slots=True)
class Places:
    """The places asked, each with what to call it."""

    sites: Sites
    names: Texts
    lost: int = 0


def preview(  # noqa: PLR0913, PLR0917 - the options of the command
    cases: Annotated[
        Path | None,
        typer.Argument(metavar="CASES", help="A file of cases as for gis-ce check; without it, every address point."),
    ] = None,
    to_pack: Annotated[str | None, typer.Option("--to-pack", metavar="PACK", help="The pack to turn to.")] = None,
    from_pack: Annotated[
        str | None, typer.Option("--from-pack", metavar="PACK", help="The pack before; without it, the city's.")
    ] = None,
    to_day: Annotated[
        datetime | None, typer.Option("--to-day", metavar="DATE", formats=["%Y-%m-%d"], help="The day to turn to.")
    ] = None,
    from_day: Annotated[
        datetime | None,
        typer.Option("--from-day", metavar="DATE", formats=["%Y-%m-%d"], help="The day before; without it, today."),
    ] = None,
    checks: Annotated[str | None, typer.Option("--checks", help="Names of checks, with commas; else all.")] = None,
    decisions: Annotated[
        bool, typer.Option("--decisions", help="Ask the past decisions of cases, each as of its own day.")
    ] = False,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Ask the same places under two packs or on two days, and list which answers turn.

    With --decisions the places are those of decisions on record, and what would turn is listed with its case.
    """
    if to_pack is None and to_day is None:
        raise ApiError("Say what is to change: --to-pack PACK, or --to-day DATE.")
    if decisions:
        if cases is not None or from_day is not None:
            raise ApiError("Past decisions have their own places and days: leave CASES and --from-day out.")
        chosen(checks)
        preview_past(PackChange(from_pack, to_pack, to_day.date() if to_day else None), checks, city, json)
        return
    opened = open_city(Settings(), city)
    before = opened.rules.rulebook if from_pack is None else other_book(opened.city, from_pack)
    after = before if to_pack is None else other_book(opened.city, to_pack)
    first = from_day.date() if from_day else opened.today()
    days = (first, to_day.date() if to_day else first)
    view = opened.view("staff")
    places = _addresses(opened, first) if cases is None else _cases(opened, cases, first)
    asked = chosen(checks) or applicable(CHECKS, places.sites)
    found = turned_by(places.sites, view.query, before, after, asked, days=days, confidence=view.confidence)
    if json:
        as_json(_message(places, found, (before.pack, after.pack), days))
        return
    _show(places, found, f"{before.pack} on {days[0]}", f"{after.pack} on {days[1]}")


def _addresses(city: OpenCity, day: date) -> Places:
    query = city.view("staff").query
    if not query.has("address"):
        raise ApiError("There is no layer of addresses here: name a file of cases.")
    points = query.features("address")
    nothing = np.full(len(points), None, dtype=object)
    days = np.full(len(points), np.datetime64(day))
    return Places(Sites(points.geometry, nothing, points.sigma_ft, days), points.texts("full_address"))


def _cases(city: OpenCity, path: Path, day: date) -> Places:
    rows = read_case_file(path, None, city.grid)
    read = read_cases(rows, Terms(day), city.view("staff").addresses, city.grid)
    kept = np.flatnonzero(~shapely.is_missing(read.sites.place))
    names = np.array([f"row {row + 1:,}" for row in kept.tolist()], dtype=object)
    return Places(read.sites.take(kept), names, len(rows) - len(kept))


def _show(places: Places, found: Sequence[Turned], before: str, after: str) -> None:
    out().print(f"{len(places.sites):,} places, from {text(before)} to {text(after)}.\n", soft_wrap=True)
    if places.lost:
        aside().print(f"[yellow]{places.lost:,} rows could not be located[/yellow] and are left out.")
    if not found:
        out().print("No answer turns.")
        return
    counts = table("Check", "Before", "After", "Places", right=("Places",))
    for turned in found:
        for (was, will_be), count in Counter(zip(turned.before, turned.after, strict=True)).most_common():
            counts.add_row(turned.check.replace("_", " "), text(was), text(will_be), f"{count:,}")
    out().print(counts)
    listed = table("Place", "Check", "Before", "After")
    for turned in found:
        for row in range(min(len(turned), _LISTED)):
            name = places.names[turned.site[row]] or "(no address)"
            listed.add_row(text(name), turned.check.replace("_", " "), *_sides(turned, row))
    out().print(listed)
    if any(len(turned) > _LISTED for turned in found):
        out().print(f"[dim]The first {_LISTED} of each check; --json has all.[/dim]")


def _sides(turned: Turned, row: int) -> tuple[str, str]:
    pairs = ((turned.before, turned.margin_before_ft), (turned.after, turned.margin_after_ft))
    first, second = (
        text(words[row]) + (f" ({margin[row]:,.1f} ft)" if np.isfinite(margin[row]) else "") for words, margin in pairs
    )
    return first, second


def _message(
    places: Places, found: Sequence[Turned], packs: tuple[str, str], days: tuple[date, date]
) -> dict[str, object]:
    return {
        "places": len(places.sites),
        "not_located": places.lost,
        "before": {"pack": packs[0], "day": days[0].isoformat()},
        "after": {"pack": packs[1], "day": days[1].isoformat()},
        "turned": [
            {
                "check": turned.check,
                "place": places.names[site],
                "before": turned.before[row],
                "after": turned.after[row],
                "rule_before": turned.rule_before[row],
                "rule_after": turned.rule_after[row],
            }
            for turned in found
            for row, site in enumerate(turned.site.tolist())
        ],
    }
