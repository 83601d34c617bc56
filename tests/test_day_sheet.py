"""The day sheet of an officer: which cases are on it, in which order, and a page that opens without a network."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from case_stores import copied
from desks import a_desk, later, leak, write
from drawn_pages import HOSTILE
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import sync_playwright

from gis_ce.actions.day_sheet import DaySheet, day_sheet
from gis_ce.actions.desk import Desk
from gis_ce.actions.opening import Opening, open_case
from gis_ce.case_store import CaseStore
from gis_ce.route import length_ft, short_route
from maps.day_sheet_page import day_sheet_page
from maps.standalone import refuse_outside_addresses

EAST_FT = (50, 850, 250, 650, 450)


@pytest.fixture(scope="module", name="store")
def _store(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseStore]:
    store = copied(sqlite_template, tmp_path_factory.mktemp("sheets"))
    desk = a_desk()
    for number, east in enumerate(EAST_FT):
        urgent = {"priority": 90} if number == 1 else {}
        leak(store, desk, east, 30, officer="ann", title=HOSTILE, **urgent)
    write(store, open_case, desk, Opening("information_request", officer="ann", title="By telephone"))
    leak(store, a_desk("bob"), 950, 30, officer="bob")
    yield store
    store.close()


@pytest.fixture(name="desk")
def _desk() -> Desk:
    return a_desk()


def sheet(store: CaseStore, desk: Desk, officer: str = "ann", **more: object) -> DaySheet:
    with store.reading() as session:
        return day_sheet(session, desk, officer, **more)  # type: ignore[arg-type]


def test_the_way_begins_with_the_most_urgent_and_goes_on_to_the_next(store: CaseStore, desk: Desk) -> None:
    found = sheet(store, desk)
    east = [round(stop.place.x - 1_150_000) for stop in found.stops if stop.place is not None]
    assert sorted(east) == sorted(EAST_FT)
    assert [stop.from_before_ft for stop in found.stops][1:] == pytest.approx(np.abs(np.diff(east)).tolist())
    assert east[0] == 850, "the most urgent"
    assert east == sorted(east, reverse=True)
    assert [stop.title for stop in found.nowhere] == ["By telephone"]


def test_too_many_cases_leave_out_the_least_urgent_and_say_so(store: CaseStore, desk: Desk) -> None:
    found = sheet(store, desk, most=2)
    assert len(found.stops) + len(found.nowhere) == 2
    assert found.left_out == 4
    assert "4 less urgent open cases are left out" in day_sheet_page(found, desk.grid)


def test_only_the_kinds_that_one_may_see_are_on_it(store: CaseStore, desk: Desk) -> None:
    found = sheet(store, desk, types=frozenset(("information_request",)))
    assert (len(found.stops), len(found.nowhere)) == (0, 1)


def test_an_officer_without_cases_gets_a_page_that_says_so(store: CaseStore, desk: Desk) -> None:
    page = day_sheet_page(sheet(store, desk, "nobody"), desk.grid)
    assert "No open case is assigned to nobody." in page
    assert "folium-map" not in page.partition("<body>")[2]


def test_the_page_asks_nobody_and_shows_markup_as_text(store: CaseStore, desk: Desk) -> None:
    page = day_sheet_page(sheet(store, later(desk, days=400)), desk.grid)
    refuse_outside_addresses(page)
    assert "<img src=x" not in page
    assert page == day_sheet_page(sheet(store, later(desk, days=400)), desk.grid)


@given(st.lists(st.tuples(st.floats(0, 5000), st.floats(0, 5000)), min_size=1, max_size=40))
def test_a_route_has_every_place_once_and_begins_with_the_first(places: list[tuple[float, float]]) -> None:
    xy = np.array(places)
    order = short_route(xy)
    assert sorted(order.tolist()) == list(range(len(places)))
    assert order[0] == 0
    assert order.tolist() == short_route(xy).tolist()


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=3, max_size=7, unique=True))
def test_a_route_is_nearly_as_short_as_can_be(places: list[tuple[int, int]]) -> None:
    xy = np.array(places, dtype=float)
    rest = range(1, len(places))
    best = min(length_ft(xy, np.array([0, *way])) for way in itertools.permutations(rest))
    assert length_ft(xy, short_route(xy)) <= 1.5 * best + 1e-6


def test_no_turn_of_a_piece_makes_the_route_shorter() -> None:
    xy = np.random.default_rng(7).uniform(0, 10_000, (200, 2))
    order = short_route(xy)
    length = length_ft(xy, order)
    for start, end in itertools.combinations(range(1, 200, 7), 2):
        turned = order.copy()
        turned[start : end + 1] = turned[start : end + 1][::-1]
        assert length_ft(xy, turned) >= length - 0.02
    assert length < 0.8 * np.sqrt(2) * 10_000 * 14, "200 places in a square lie about 0.71 sqrt(n A) apart in all"


@pytest.mark.heavy
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=("desk", "phone"))
def test_it_opens_with_the_network_cut(
    store: CaseStore, desk: Desk, chromium_path: str, tmp_path: Path, size: tuple[int, int]
) -> None:
    file = tmp_path / "day-sheet.html"
    html = day_sheet_page(sheet(store, later(desk, days=400)), desk.grid)
    file.write_text(html, encoding="utf-8")
    asked, said = list[str](), list[str]()
    with sync_playwright() as play:
        flags = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND"]
        browser = play.chromium.launch(executable_path=chromium_path, args=flags)
        page = browser.new_page(viewport={"width": size[0], "height": size[1]}, bypass_csp=True)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.goto(file.as_uri())
        page.wait_for_selector("#legend li")
        page.screenshot(path=str(tmp_path / "sheet.png"))
        assert page.locator(".leaflet-marker-icon .stop").all_inner_texts() == ["1", "2", "3", "4", "5"]
        assert page.locator("img").count() == 0
        found = Axe().run(page).response["violations"]
        browser.close()
    assert (asked, said) == ([file.as_uri()], [])
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
