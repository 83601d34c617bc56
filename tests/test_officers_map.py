"""The officers' map in a real browser: list, map, filters and address agree; a case, its checks, what is here."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from drawn_pages import HOSTILE
from officers_page import DESK, ONLY_US, PHONE, WITHOUT_WEBGL, OfficersPage, look_with_axe
from playwright.sync_api import Browser, expect
from served import served
from small_town import make_town

pytestmark = pytest.mark.heavy

LEAK, DAMAGE, HEDGE = "Water on the curb", "Bore hit a main", "Hedge at a hydrant"
CASES = (
    ("leaks", "101 Main Street", LEAK, 90),
    ("leaks", "131 Main Street", HOSTILE, 60),
    ("damages", "131 Main Street", DAMAGE, 50),
    ("utility_obstructions", "151 Main Street", HEDGE, 30),
    ("sso", "181 Main Street", "Manhole overflowing", None),
)


@pytest.fixture(scope="module", name="address")
def _address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The service of the little town with five cases, running as it does for a user."""
    town = make_town(tmp_path_factory.mktemp("town"))
    with served(town.settings) as address:
        with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
            for kind, place, title, priority in CASES:
                body = {"type": kind, "place": {"address": place}, "title": title, "priority": priority}
                assert client.post("/cases", json=body).status_code == 201
        yield address


@pytest.fixture(name="desk")
def _desk(browser: Browser, address: str) -> Iterator[OfficersPage]:
    opened = OfficersPage(browser, address)
    yield opened
    opened.page.close()


def test_the_page_opens_with_map_and_list_and_asks_only_its_own_host(desk: OfficersPage) -> None:
    assert desk.count() == "5 of 5 open cases in view"
    assert desk.page.locator("body").get_attribute("data-map") == "drawn"
    assert desk.drawn("water_mains")
    assert {urlsplit(url).netloc for url in desk.asked if url.startswith("http")} == {urlsplit(desk.address).netloc}
    assert desk.said == []


def test_the_most_urgent_case_comes_first_and_only_what_the_map_shows_is_listed(desk: OfficersPage) -> None:
    assert desk.listed()[0].startswith("LEAK")
    assert desk.listed()[-1].startswith("SSO")
    assert desk.page.locator("#cases .case-title").all_inner_texts()[:4] == [LEAK, HOSTILE, DAMAGE, HEDGE]
    shapes = [mark.get_attribute("fill") for mark in desk.page.locator("#cases .case-mark :is(path, circle)").all()]
    assert shapes == ["#7a0019", "#8a4500", "#8a4500", "#24455c", "#4f5d66"]
    desk.open((50, 100), zoom=19.5)
    assert desk.count() == "1 of 5 open cases in view"
    assert desk.page.locator("#cases .case-title").all_inner_texts() == [LEAK]


def test_filters_change_list_map_and_address_together_and_the_address_opens_the_same(desk: OfficersPage) -> None:
    desk.page.select_option("#filter-type", "leaks")
    desk.page.select_option("#filter-priority", "1")
    desk.settle()
    assert desk.count() == "1 of 1 open cases in view"
    desk.page.wait_for_function("() => window.gisCe.map.queryRenderedFeatures({ layers: ['cases-mark'] }).length === 1")
    assert desk.drawn("cases-cluster") == []
    kept = desk.page.url
    desk.page.goto("about:blank")
    desk.page.goto(kept)
    desk.page.wait_for_selector("body[data-ready]")
    assert desk.count() == "1 of 1 open cases in view"
    assert desk.page.input_value("#filter-type") == "leaks"
    desk.page.fill("#filter-text", "no such words")
    assert desk.listed() == []


def test_a_case_opened_from_the_list_is_shown_on_the_map_with_its_checks(desk: OfficersPage) -> None:
    desk.page.locator("#cases button", has_text=DAMAGE).click()
    desk.opened()
    told = desk.page.locator("#view-case").inner_text()
    assert "131 Main Street" in told
    assert "Now:" in told
    x, y = desk.point((350, 120))
    box = desk.page.locator("#map").bounding_box()
    assert box is not None
    assert abs(x - (box["x"] + box["width"] / 2)) < 60
    assert abs(y - (box["y"] + box["height"] / 2)) < 60
    assert "case=DAM-" in desk.page.url


def test_pressing_a_check_draws_its_evidence_and_pressing_again_takes_it_away(desk: OfficersPage) -> None:
    desk.page.locator("#cases button", has_text=LEAK).click()
    desk.opened()
    check = desk.page.locator("#view-case button.finding").first
    check.click()
    desk.settle()
    sources = (
        "() => Object.keys(window.gisCe.map.getStyle().sources).filter((name) => name.startsWith('evidence-')).length"
    )
    assert desk.page.evaluate(sources) > 1
    assert check.get_attribute("aria-pressed") == "true"
    check.click()
    assert desk.page.evaluate(sources) == 0


def test_cases_at_one_point_can_each_be_opened(desk: OfficersPage) -> None:
    desk.open((350, 120), zoom=19)
    desk.page.wait_for_function("() => window.gisCe.map.queryRenderedFeatures({ layers: ['cases-mark'] }).length >= 2")
    desk.click((350, 120))
    expect(desk.page.locator("#status")).to_have_text("2 cases at this point.")
    assert sorted(name[:3] for name in desk.listed()) == ["DAM", "LEA"]
    desk.page.locator("#cases button", has_text=DAMAGE).click()
    desk.opened()


def test_a_cluster_zooms_in_until_its_cases_split(desk: OfficersPage) -> None:
    desk.open((450, 120), zoom=13)
    desk.page.wait_for_function(
        "() => window.gisCe.map.queryRenderedFeatures({ layers: ['cases-cluster'] }).length > 0"
    )
    (cluster,) = desk.drawn("cases-cluster")
    assert (cluster["point_count"], cluster["worst"]) == (5, 1)
    desk.click((450, 120))
    desk.page.wait_for_function("() => window.gisCe.map.getZoom() > 13.5 && !window.gisCe.map.isMoving()")
    desk.page.wait_for_function("() => window.gisCe.map.queryRenderedFeatures({ layers: ['cases-mark'] }).length > 0")


def test_a_click_beside_the_cases_says_what_is_here_and_which_cases_are_near(desk: OfficersPage) -> None:
    desk.click((250, 160))
    expect(desk.page.locator("#here .cards")).to_be_visible()
    assert "121 MAIN ST" in desk.page.locator("#here").inner_text().upper()
    near = desk.page.locator("#near").inner_text()
    assert DAMAGE in near
    assert LEAK in near
    assert "Manhole" not in near


def test_by_keyboard_search_finds_and_enter_asks_about_the_crosshair(desk: OfficersPage) -> None:
    desk.page.keyboard.press("/")
    desk.page.keyboard.type("hy-1")
    expect(desk.page.locator("#hits [role=option]")).to_have_text(["HY-1hydrant"])
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#here .cards")).to_be_visible()
    assert "HY-1" in desk.page.locator("#here").inner_text()
    desk.page.locator("#map canvas").focus()
    desk.page.keyboard.press("ArrowUp")
    desk.settle()
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#here .cards")).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator("#view-cases")).to_be_visible()
    desk.page.fill("#search", "nothing of that name")
    expect(desk.page.locator("#hits")).to_have_text("No match")


def test_escape_goes_back_to_the_row_it_came_from_and_single_keys_can_be_switched_off(desk: OfficersPage) -> None:
    row = desk.page.locator("#cases button").nth(1)
    number = row.get_attribute("data-number")
    row.focus()
    desk.page.keyboard.press("Enter")
    desk.opened()
    desk.page.keyboard.press("Escape")
    focused = "() => document.activeElement.dataset.number"
    assert desk.page.evaluate(focused) == number
    desk.page.keyboard.press("ArrowUp")
    assert desk.page.evaluate(focused) == desk.listed()[0]
    desk.page.keyboard.press("l")
    expect(desk.page.locator("#view-layers")).to_be_visible()
    desk.page.keyboard.press("?")
    desk.page.uncheck("#single-keys")
    desk.page.keyboard.press("l")
    expect(desk.page.locator("#view-help")).to_be_visible()


def test_a_layer_is_one_tap_away_and_presets_choose_many(desk: OfficersPage) -> None:
    desk.page.click("#tool-layers")
    desk.page.locator("#layer-list li", has_text="Water mains").locator("input").uncheck()
    desk.page.wait_for_function("() => !window.gisCe.map.queryRenderedFeatures({ layers: ['water_mains'] }).length")
    desk.page.get_by_role("button", name="Water", exact=True).click()
    desk.page.wait_for_function("() => window.gisCe.map.queryRenderedFeatures({ layers: ['water_mains'] }).length > 0")
    assert desk.drawn("sewer_mains") == []


def test_markup_in_a_case_stays_text(desk: OfficersPage) -> None:
    desk.page.locator("#cases button", has_text="<img").click()
    desk.opened()
    assert HOSTILE in desk.page.locator("#view-case").inner_text()
    assert desk.page.locator("#panel img").count() == 0
    assert desk.said == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_in_any_state(browser: Browser, address: str, size: tuple[int, int]) -> None:
    opened = OfficersPage(browser, address, size)
    page = opened.page
    look_with_axe(page, "list")
    page.evaluate("() => document.querySelector('#cases button').click()")
    opened.opened()
    look_with_axe(page, "case")
    page.click("#tool-layers")
    look_with_axe(page, "layers")
    page.click("#tool-help")
    look_with_axe(page, "help")
    page.fill("#search", "main")
    page.wait_for_selector("#hits [role=option]")
    look_with_axe(page, "search")
    page.close()


def test_on_a_phone_nothing_scrolls_sideways_and_all_is_large_enough_for_a_finger(
    browser: Browser, address: str
) -> None:
    for width in (320, 390):
        opened = OfficersPage(browser, address, (width, 844))
        page = opened.page
        page.click("#sheet")
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        assert "open cases in view" in page.locator("#sheet-title").inner_text()
        page.click("#fold")
        expect(page.locator("#filter-type")).to_be_visible()
        for one in page.locator("button:visible, select:visible").all():
            box = one.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 44, one.inner_text()
        page.close()


def test_without_webgl_list_search_and_case_still_work(browser: Browser, chromium_path: str, address: str) -> None:
    without = browser.browser_type.launch(executable_path=chromium_path, args=["--no-sandbox", ONLY_US, *WITHOUT_WEBGL])
    opened = OfficersPage(without, address)
    expect(opened.page.locator("#no-map")).to_be_visible()
    assert opened.count() == "5 open cases"
    opened.page.locator("#cases button", has_text=DAMAGE).click()
    expect(opened.page.locator("#view-case h2")).to_have_text(DAMAGE)
    opened.page.click("#view-case .back")
    opened.page.fill("#search", "hy-1")
    opened.page.locator("#hits [role=option]").click()
    expect(opened.page.locator("#here .cards")).to_be_visible()
    without.close()
