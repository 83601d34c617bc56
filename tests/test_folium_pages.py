"""The stand-alone pages: one file, no request to anybody, every string shown as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import folium
import pytest
import shapely
from drawn_pages import HOSTILE, drawn_checks, import_report
from playwright.sync_api import Page, Request, sync_playwright

from maps.errors import OutsideAddress, StyleError, VendorMissing
from maps.folium_pages import evidence_page, import_report_page
from maps.leaflet_map import MOST_FEATURES
from maps.standalone import page_modules, refuse_outside_addresses
from maps.style import STYLE_FILE, min_zoom, read_style, style
from maps.vendored import fetched_files

SIZES = ((1280, 800), (390, 844))


@pytest.fixture(autouse=True)
def _fetched() -> None:
    try:
        fetched_files()
    except VendorMissing as error:
        pytest.skip(str(error))


def an_evidence_page() -> str:
    return evidence_page(
        f"227 Main Street {HOSTILE}", [("Owner", HOSTILE)], drawn_checks(), 2264, {"mains": "mains/ab"}
    )


class Opened:
    """A page opened from a file, with all it said and asked for."""

    def __init__(self, page: Page, html: str, folder: Path) -> None:
        self.page, self.said, self.asked = page, list[str](), list[str]()
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", lambda dialog: self.said.append(f"dialog {dialog.message}"))
        page.on("request", self._note)
        file = folder / "page.html"
        file.write_text(html, encoding="utf-8")
        page.goto(file.as_uri())
        page.wait_for_selector("#legend li")

    def _note(self, request: Request) -> None:
        if urlsplit(request.url).scheme != "file":
            self.asked.append(request.url)


@pytest.fixture(params=SIZES, ids=("desk", "phone"))
def page(request: pytest.FixtureRequest, chromium_path: str) -> Iterator[Page]:
    """A page of a real browser for which no host exists."""
    width, height = request.param
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND"]
        browser = playwright.chromium.launch(executable_path=chromium_path, args=flags)
        yield browser.new_page(viewport={"width": width, "height": height})
        browser.close()


def test_the_evidence_page_asks_nobody_for_anything_and_says_nothing_wrong(page: Page, tmp_path: Path) -> None:
    opened = Opened(page, an_evidence_page(), tmp_path)
    assert (opened.said, opened.asked) == ([], [])


def test_the_import_report_asks_nobody_for_anything_and_says_nothing_wrong(page: Page, tmp_path: Path) -> None:
    opened = Opened(page, import_report_page(import_report(tmp_path)), tmp_path)
    assert (opened.said, opened.asked) == ([], [])


def test_markup_in_any_string_stays_text(page: Page, tmp_path: Path) -> None:
    opened = Opened(page, an_evidence_page(), tmp_path)
    page.click("button[data-check=nearest_asset_and_address]")
    assert page.locator("img").count() == 0
    assert page.locator("h1").inner_text() == f"227 Main Street {HOSTILE}"
    assert page.locator("dd").first.inner_text() == HOSTILE
    assert HOSTILE in page.locator(".map-label").all_inner_texts()
    assert HOSTILE in page.locator("main").inner_text()
    assert opened.said == []


def test_markup_in_an_import_stays_text(page: Page, tmp_path: Path) -> None:
    opened = Opened(page, import_report_page(import_report(tmp_path)), tmp_path)
    assert page.locator("img").count() == 0
    assert page.locator(".warning").first.inner_text() == HOSTILE
    assert opened.said == []


def test_a_button_shows_the_evidence_of_its_check_alone(page: Page, tmp_path: Path) -> None:
    Opened(page, an_evidence_page(), tmp_path)
    assert page.locator("button[aria-pressed=true]").get_attribute("data-check") == "right_of_way"
    page.click("button[data-check=tolerance_zone]")
    labels = page.locator(".map-label").all_inner_texts()
    assert "16.9 ft" in labels
    assert "5.0 ft" not in labels
    assert page.locator("button[aria-pressed=true]").count() == 1


def test_a_modelled_easement_looks_different_from_a_recorded_one(page: Page, tmp_path: Path) -> None:
    Opened(page, an_evidence_page(), tmp_path)
    page.click("button[data-check=easement_encroachment]")
    assert page.locator("#legend").inner_text().count("Easement (modelled)") == 1
    assert page.locator("path[fill^='url(#hatch-dots']").count() == 1
    assert page.locator("path[fill^='url(#hatch-diagonal']").count() == 0


def test_no_label_lies_on_another_or_on_the_place(page: Page, tmp_path: Path) -> None:
    Opened(page, an_evidence_page(), tmp_path)
    for name in ("right_of_way", "tolerance_zone", "easement_encroachment"):
        page.click(f"button[data-check={name}]")
        shown = [one for one in page.locator(".map-label span").all() if one.is_visible()]
        boxes = [one.bounding_box() for one in [*shown, *page.locator(".map-mark svg").all()]]
        areas = [shapely.box(b["x"], b["y"], b["x"] + b["width"], b["y"] + b["height"]) for b in boxes if b]
        touching = [
            i for i, area in enumerate(areas[: len(shown)]) for other in areas[i + 1 :] if area.intersects(other)
        ]
        assert touching == [], name


def test_nothing_is_wider_than_the_screen(page: Page, tmp_path: Path) -> None:
    Opened(page, an_evidence_page(), tmp_path)
    scrolled = page.locator("html").bounding_box()
    size = page.viewport_size
    assert scrolled is not None
    assert size is not None
    assert scrolled["width"] <= size["width"]
    for button in page.locator("button:visible, .leaflet-control-zoom a").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44


def test_a_page_can_be_read_by_everybody() -> None:
    html = an_evidence_page()
    assert '<html lang="en">' in html
    assert html.count("<h1") == html.count("<main>") == html.count("<title>") == 1
    assert "user-scalable" not in html
    assert "maximum-scale" not in html
    assert 'scope="row"' in html


def test_no_address_is_left_that_a_browser_would_send_for() -> None:
    for html in (an_evidence_page(), import_report_page(import_report(Path()))):
        assert re.findall(r"""(?:src|href)\s*=\s*["']?\s*(?:https?:)?//""", html) == []


@pytest.mark.parametrize(
    "markup",
    [
        "<script src='https://example.org/x.js'></script>",
        "<link rel=stylesheet href=//example.org/x.css>",
        "<img src=picture.png>",
        "<style>a { background: url(x.png) }</style>",
        "<style>@import 'x.css';</style>",
        "<p style='background: url(x.png)'>",
    ],
)
def test_a_page_that_would_ask_another_host_is_refused(markup: str) -> None:
    with pytest.raises(OutsideAddress):
        refuse_outside_addresses(f"<main>{markup}</main>")


def test_a_page_runs_no_script_but_ours() -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', an_evidence_page())
    assert policy is not None
    assert "unsafe-inline" not in policy[1].split("script-src")[1].split(";")[0]
    assert policy[1].startswith("default-src &#39;none&#39;") or policy[1].startswith("default-src 'none'")


def test_a_page_is_the_same_text_every_time() -> None:
    assert an_evidence_page() == an_evidence_page()


def test_making_a_page_leaves_the_links_of_folium_as_they_were() -> None:
    before = list(folium.Map.default_js), list(folium.Map.default_css)
    an_evidence_page()
    assert (folium.Map.default_js, folium.Map.default_css) == before


def test_a_large_import_draws_a_limited_sample_and_says_so(tmp_path: Path) -> None:
    html = import_report_page(import_report(tmp_path, sample=3 * MOST_FEATURES))
    assert html.count('"type": "Feature"') <= MOST_FEATURES
    assert re.search(r"Map: 1,9\d\d of \d+,\d+ features shown", html)
    assert len(html) < 2_000_000


def test_the_import_of_a_table_has_no_map(page: Page, tmp_path: Path) -> None:
    table = replace(import_report(tmp_path, sample=0), layer="accounts", role="account", sample=())
    file = tmp_path / "page.html"
    file.write_text(import_report_page(table), encoding="utf-8")
    page.goto(file.as_uri())
    assert "there is no map" in page.locator("main").inner_text()
    assert page.locator("#legend, .folium-map, script").count() == 0


def test_what_is_too_much_to_draw_is_counted(tmp_path: Path) -> None:
    first = drawn_checks()[0]
    many = replace(first, evidence=first.evidence * 900)
    html = evidence_page("Many", [], [many], 2264)
    assert html.count('"type": "Feature"') == MOST_FEATURES
    assert "1600 things were too many to draw" in html


def test_our_modules_join_into_one_without_imports() -> None:
    assert re.findall(r"^(?:import|export)\b", page_modules(), re.MULTILINE) == []


def test_the_style_draws_every_role_that_has_a_geometry() -> None:
    assert min_zoom("water_main") == 13
    assert min_zoom("permit") is None
    orders = [look.order for look in style().roles.values()]
    assert len(set(orders)) == len(orders)


def test_a_broken_style_lists_all_its_mistakes(tmp_path: Path) -> None:
    text = STYLE_FILE.read_text().replace("symbol: disc", "symbol: disk").replace("hatch: cross", "hatchh: cross")
    file = tmp_path / "style.yaml"
    file.write_text(text.replace("  parcel: {title: Parcels, ", "  parcel: {", 1))
    with pytest.raises(StyleError) as raised:
        read_style(file)
    assert "roles.parcel.title: is missing" in str(raised.value)
    assert "evidence.encroached.hatchh: unknown" in str(raised.value)
    assert "roles.hydrant.symbol: 'disk' is none of" in str(raised.value)


def contrast(first: str, second: str) -> float:
    """The contrast of two colours as WCAG counts it."""
    lights = sorted((luminance(first), luminance(second)), reverse=True)
    return (lights[0] + 0.05) / (lights[1] + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("role", ["water_main", "sewer_main", "hydrant", "valve", "manhole", "meter", "easement"])
def test_facilities_stand_out_on_parcels_and_on_the_right_of_way(role: str) -> None:
    colour, roles = style().roles[role].colour, style().roles
    assert contrast(colour, roles["parcel"].fill or "") >= 5
    assert contrast(colour, roles["right_of_way"].fill or "") >= 4


def test_water_and_sewer_differ_by_more_than_colour() -> None:
    water, sewer = style().roles["water_main"], style().roles["sewer_main"]
    assert (water.dash, water.arrows) != (sewer.dash, sewer.arrows)
