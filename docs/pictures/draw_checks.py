"""Draws the picture of each check in the README, from the demo town: `python docs/pictures/draw_checks.py`.

Wants the demo town (`gis-ce demo`), and a Chromium for the screenshots.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from playwright.sync_api import Browser, sync_playwright

from api.settings import Settings
from api.wiring import OpenCity, open_city
from gis_ce.batch import feature_ids
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Sites, by_name
from layers.demo_town import Situation, read_situations
from maps.evidence import page_check
from maps.folium_pages import evidence_page

HERE = Path(__file__).parent
DAY = date(2026, 11, 1)
SIZE = {"width": 1100, "height": 560}
SHOWN: dict[str, str] = {
    "right_of_way": "leak_in_street",
    "tolerance_zone": "damage_on_main",
    "properly_located": "damage_on_main",
    "locate_ticket": "dig_on_ticket",
    "contractor_tickets_nearby": "dig_on_ticket",
    "public_or_private": "leak_in_street",
    "meter_side": "dig_beside_main",
    "water_available": "house_beyond_100_ft_of_water",
    "sewer_available": "house_beyond_100_ft_of_water",
    "services_available": "house_beyond_100_ft_of_water",
    "utility_present": "building_on_easement",
    "easement_exists": "building_on_easement",
    "easement_encroachment": "building_on_easement",
    "asset_clearance": "shrub_at_hydrant",
    "nearest_asset_and_address": "leak_in_street",
    "jurisdiction": "outside_town",  # from there, the nearest place just off the limits
    "same_owner": "building_on_easement",
    "sso_properties_on_line": "leak_in_street",
}
"""The situation of the demo town in which each check is shown."""
STORIES = {
    "sso_properties_on_line": "A sewer overflow in the middle of a street.",
    "jurisdiction": "A place 60 ft east of the town's limits.",
}
"""What is told of the place instead of its own story."""


def draw() -> None:
    """Writes one picture a check beside this file."""
    city = open_city(Settings(), None)
    situations = read_situations(city.city_file.parent)
    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for check, name in SHOWN.items():
            page = Path(folder) / f"{check}.html"
            page.write_text(_page(city, check, situations[name]), encoding="utf-8")
            _shoot(browser, page, HERE / f"check-{check.replace('_', '-')}.png")
        browser.close()


def _page(city: OpenCity, name: str, situation: Situation) -> str:
    view = city.view("staff")
    check = by_name(CHECKS, name)
    if check is None:
        raise SystemExit(f"there is no check {name}")
    sites = _sites(city, name, situation)
    found = view.assess(sites, [check])[name]
    account = view.explain(check, sites, found, 0)
    shown = page_check(check, found, 0, account, feature_ids(found, view.query)[0])
    story = STORIES.get(name, situation.story)
    facts = [("Place", story), ("Day", DAY.isoformat())]
    return evidence_page(story, facts, [shown], city.city.grid_epsg)


def _sites(city: OpenCity, check: str, situation: Situation) -> Sites:
    place = _place(city, check, shapely.Point(situation.easting_ft, situation.northing_ft))
    building = situation.facts.get("building_id")
    features = city.view("staff").query.features("building")
    structure = features.geometry[features.ids == building][0] if building else None
    days = np.array([DAY], dtype="datetime64[D]")
    return Sites(_one(place), _one(structure), np.array([0.5]), days, _details(check, place))


def _place(city: OpenCity, check: str, place: shapely.Point) -> shapely.Point:
    """The situation's place; for the limits one just off them, so that they are in view."""
    if check != "jurisdiction":
        return place
    limits = shapely.union_all(city.view("staff").query.features("jurisdiction").geometry)
    edge = shapely.get_point(shapely.shortest_line(limits, place), 0)
    return shapely.Point(edge.x + 60, edge.y)


def _details(check: str, place: shapely.Point) -> dict[str, Any]:
    """What the officer brings along: the mark and the exposed pipe at a damage, what stands at a hydrant."""
    mark = shapely.LineString([(place.x - 20, place.y + 3), (place.x + 20, place.y + 4)])
    brought: dict[str, dict[str, object]] = {
        "properly_located": {"exposed": place, "marks": mark},
        "asset_clearance": {"obstruction": "vegetation"},
        "same_owner": {"other_owner": "HOLLINSEN CORA"},
    }
    return {name: _one(value) for name, value in brought.get(check, {}).items()}


def _one(value: object) -> np.ndarray[Any, np.dtype[np.object_]]:
    column = np.empty(1, dtype=object)
    column[0] = value
    return column


def _shoot(browser: Browser, page: Path, picture: Path) -> None:
    tab = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
    tab.goto(page.as_uri())
    tab.wait_for_timeout(1200)
    tab.screenshot(path=str(picture))
    tab.close()


if __name__ == "__main__":
    draw()
