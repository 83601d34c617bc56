"""The page of a town in a real browser: under its policy, by view, by click, by key, at desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import shapely
from drawn_pages import HOSTILE
from opened_page import DESK, PHONE, Opened
from playwright.sync_api import Browser, Page, expect, sync_playwright
from served import served
from small_town import GRID, Town, lonlat, make_town

from api.wiring import open_city
from gis_ce.checks.all import CHECKS
from layers.grid import Grid
from maps.errors import VendorMissing
from maps.page import STATIC, opening_extent, town_page_html, town_script
from maps.vendored import fetched_files


@pytest.fixture(scope="module", autouse=True)
def _fetched() -> None:
    try:
        fetched_files()
    except VendorMissing as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    odd = [{"id": "ODD", "wkt": "POINT (950 -75)", "full_address": HOSTILE}]
    far = [{"id": f"F{n}", "wkt": f"POINT ({n * 5000} 90000)"} for n in range(10)]
    return make_town(
        tmp_path_factory.mktemp("town"), more={"odd_addresses": ("address", odd), "far_manholes": ("manhole", far)}
    )


@pytest.fixture(scope="module", name="address")
def _address(town: Town) -> Iterator[str]:
    """The address of the service, running as it does for a user."""
    with served(town.settings) as address:
        yield address


@pytest.fixture(scope="module", name="browser")
def _browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=chromium_path, args=flags)
        yield browser
        browser.close()


@pytest.fixture(name="desk")
def _desk(browser: Browser, address: str) -> Iterator[Opened]:
    opened = Opened(browser, address, DESK)
    yield opened
    opened.page.close()


@pytest.fixture(name="phone")
def _phone(browser: Browser, address: str) -> Iterator[Opened]:
    opened = Opened(browser, address, PHONE)
    yield opened
    opened.page.close()


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"], name="either")
def _either(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Opened]:
    opened = Opened(browser, address, request.param)
    yield opened
    opened.page.close()


def finding(page: Page, check: str) -> str:
    return page.locator("li.card", has=page.locator(f"[data-check={check}]")).inner_text()


def test_the_page_opens_without_an_error_and_asks_only_its_own_host(either: Opened) -> None:
    either.ask()
    assert either.said == []
    assert {urlsplit(request.url).netloc for request in either.requests if "://" in request.url} == {
        urlsplit(either.address).netloc
    }
    assert either.page.title() == "Smallville · GIS-CE"


def test_the_page_lives_under_a_policy_that_allows_no_inline_script(desk: Opened) -> None:
    policy = desk.answer.headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["script-src"] == rules["connect-src"] == "'self'"
    assert desk.page.locator("script:not([src])").count() == 0


def test_layers_are_fetched_by_view_and_never_as_a_whole(desk: Opened) -> None:
    asked = [urlsplit(request.url) for request in desk.requests if "/features" in request.url]
    assert asked
    lon, lat = lonlat(450, 0)
    for address in asked:
        box = [float(side) for side in parse_qs(address.query)["bbox"][0].split(",")]
        view = shapely.box(*box)
        assert view.contains(shapely.Point(lon, lat))
        assert max(box[2] - box[0], box[3] - box[1]) < 0.02
    assert desk.drawn()["parcels"] > 0
    assert desk.drawn()["far_manholes"] == 0


def test_a_layer_is_drawn_only_from_its_zoom_on(desk: Opened) -> None:
    desk.go((450, 0), zoom=14)
    assert (desk.drawn()["water_mains"], desk.drawn()["hydrants"], desk.drawn()["parcels"]) == (2, 0, 0)
    assert not any("/layers/hydrants/" in request.url for request in desk.requests[-30:] if "zoom=14" in request.url)
    desk.page.click("#tab-layers")
    assert "zoom in" in desk.page.locator("#layer-list li", has_text="Hydrants").inner_text()


def test_moving_the_map_fetches_the_new_view_and_keeps_it_in_the_address(desk: Opened) -> None:
    x, y = desk.map
    desk.page.mouse.move(x, y)
    desk.page.mouse.down()
    desk.page.mouse.move(x - 420, y, steps=4)
    with desk.page.expect_request(lambda request: "/features" in request.url):
        desk.page.mouse.up()
    desk.settle()
    assert not any("/here?" in request.url for request in desk.requests)
    _, _, lon = desk.page.url.partition("#")[2].split("/")
    assert float(lon) > lonlat(450, 0)[0]


def test_a_click_says_what_is_here(desk: Opened) -> None:
    desk.go((150, 120))
    desk.ask()
    told = desk.page.locator("#here").inner_text()
    assert "111 MAIN ST" in told
    assert "OWNER OF LOT N2" in told
    assert "HY-1" in told
    assert "outside" in finding(desk.page, "right_of_way")
    assert "60." in finding(desk.page, "right_of_way")
    assert desk.page.locator("li.card").count() == sum(not check.needs and not check.only_named for check in CHECKS)


def test_the_street_is_right_of_way_and_no_parcel(desk: Opened) -> None:
    desk.go((450, 30))
    desk.ask()
    facts = desk.page.locator("#here dl").first.inner_text()
    assert "none" in facts
    assert "inside" in finding(desk.page, "right_of_way")


def test_the_evidence_of_the_chosen_check_is_drawn_alone(desk: Opened) -> None:
    desk.go((150, 120))
    desk.ask()
    labels = desk.page.locator(".leaflet-labels-pane .map-label")
    expect(labels.filter(has_text="60.")).to_have_count(1)
    desk.page.click("[data-check=tolerance_zone]")
    expect(labels.filter(has_text="80.")).to_have_count(1)
    expect(labels.filter(has_text="60.")).to_have_count(0)
    assert desk.page.locator("[aria-pressed=true]").count() == 1


def test_the_place_clicked_is_the_place_answered(desk: Opened) -> None:
    desk.go((150, 120))
    with desk.page.expect_request(lambda request: "/here?" in request.url) as asked:
        desk.page.mouse.click(*desk.map)
    found = parse_qs(urlsplit(asked.value.url).query)
    there = Grid(GRID).from_lonlat(shapely.points([[float(found["lon"][0]), float(found["lat"][0])]]))
    meant = Grid(GRID).from_lonlat(shapely.points([lonlat(150, 120)]))
    assert shapely.distance(there, meant)[0] < 2.0


def test_by_keyboard_enter_asks_about_the_crosshair(desk: Opened) -> None:
    desk.go((150, 120))
    expect(desk.page.locator(".crosshair")).to_be_hidden()
    for _ in range(20):
        desk.page.keyboard.press("Tab")
        if desk.page.locator("#map_town:focus").count():
            break
    expect(desk.page.locator(".crosshair")).to_be_visible()
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_selector("#here .cards")
    assert "111 MAIN ST" in desk.page.locator("#here").inner_text()
    expect(desk.page.locator("#status")).to_contain_text("111 MAIN ST")
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator("#here .cards")).to_have_count(0)


def test_markup_in_the_data_stays_text(desk: Opened) -> None:
    desk.go((950, -75))
    desk.ask()
    assert HOSTILE in desk.page.locator("#here").inner_text()
    desk.page.click("[data-check=nearest_asset_and_address]")
    desk.settle()
    assert desk.page.locator("img").count() == 0
    assert desk.said == []


def test_a_layer_is_one_tap_away(desk: Opened) -> None:
    desk.page.click("#tab-layers")
    desk.page.locator("#layer-list li", has_text="Water mains").click()
    desk.settle()
    assert desk.drawn()["water_mains"] == 0
    desk.page.get_by_role("button", name="Sewer", exact=True).click()
    desk.settle()
    assert (desk.drawn()["hydrants"], desk.drawn()["water_mains"]) == (0, 0)
    assert desk.drawn()["sewer_mains"] == 1
    desk.page.get_by_role("button", name="Both", exact=True).click()
    desk.settle()
    assert desk.drawn()["water_mains"] == 2


def test_an_answer_that_fails_is_said_and_the_page_goes_on(desk: Opened) -> None:
    desk.page.route("**/here?*", lambda route: route.abort())
    desk.page.mouse.click(*desk.map)
    expect(desk.page.locator("[role=alert]")).to_contain_text("No answer")
    desk.page.unroute("**/here?*")
    desk.ask()


def test_a_dead_layer_is_named_and_the_others_are_drawn(desk: Opened) -> None:
    desk.page.route("**/layers/parcels/**", lambda route: route.abort())
    desk.go((450, 0))
    desk.page.click("#tab-layers")
    assert "not loaded" in desk.page.locator("#layer-list li", has_text="Parcels").inner_text()
    assert desk.drawn()["water_mains"] == 2


def test_everything_to_press_is_large_enough_for_a_finger(either: Opened) -> None:
    either.ask()
    either.page.click("#tab-layers")
    pressed = either.page.locator("button:visible, .leaflet-bar a:visible, .layer-row:visible")
    assert pressed.count() > 8
    for one in pressed.all():
        box = one.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, one.inner_text()


def test_on_a_phone_the_sheet_is_moved_by_its_button_and_the_place_stays_above_it(phone: Opened) -> None:
    panel = phone.page.locator("#panel")
    assert panel.get_attribute("data-stop") == "low"
    phone.go((150, 120))
    phone.ask(y=100)
    assert panel.get_attribute("data-stop") == "middle"
    phone.page.wait_for_timeout(600)
    sheet, place = panel.bounding_box(), phone.page.locator(".leaflet-evidence-pane .map-mark").first.bounding_box()
    assert sheet is not None
    assert place is not None
    assert place["y"] + place["height"] <= sheet["y"]
    phone.page.click("#sheet")
    assert panel.get_attribute("data-stop") == "high"
    phone.page.click("#sheet")
    assert panel.get_attribute("data-stop") == "low"


@pytest.mark.parametrize("width", [320, 390, 760, 1280])
def test_nothing_makes_the_page_scroll_sideways(browser: Browser, address: str, width: int) -> None:
    opened = Opened(browser, address, (width, 800))
    opened.ask()
    for locator in ("html", "#panel", ".panel-body > div:visible"):
        box = opened.page.locator(locator).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    opened.page.close()


def test_the_page_opens_on_the_middle_of_the_mains(town: Town) -> None:
    city = open_city(town.settings)
    extent = opening_extent(city.view("staff").query, city.grid)
    assert extent is not None
    west, south, east, north = extent
    lon, lat = lonlat(500, 20)
    assert (west + east) / 2 == pytest.approx(lon, abs=1e-4)
    assert (south + north) / 2 == pytest.approx(lat, abs=1e-4)


def test_the_markup_escapes_the_name_of_the_city() -> None:
    html = town_page_html(HOSTILE, (-82, 35, -81, 36))
    assert "<img" not in html
    assert '<html lang="en">' in html
    assert "user-scalable" not in html


def test_the_script_is_made_by_folium_and_is_the_same_every_time() -> None:
    assert "L.map(" in town_script()
    assert town_script() == town_script()
    assert "http" not in town_script()


def test_every_file_that_the_page_is_served_with_exists() -> None:
    assert all(path.is_file() for path in STATIC.values())
    assert {path.name for path in STATIC.values()} >= {"leaflet.js", "leaflet.css", "LICENSE", "town_map.js"}
