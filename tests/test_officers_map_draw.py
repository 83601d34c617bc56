"""Drawing a structure on the officers' map: by mouse, finger and numbers, and what it takes of an easement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest
import shapely
from made_layers import GRID
from officers_page import PHONE, OfficersPage, look_with_axe
from playwright.sync_api import Browser, Page, expect
from served import served
from small_town import features, lonlat, make_town

from layers.grid import Grid

pytestmark = pytest.mark.heavy

MODELLED = {"id": "EM-1", "wkt": "POLYGON ((650 60, 670 60, 670 210, 650 210, 650 60))", "basis": "modelled"}
SHED = ((255, 100), (275, 140))
SIZES = [PHONE, (360, 640), (820, 1180)]


@pytest.fixture(scope="module", name="address")
def _address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    easements: Any = ("easement", [*features()["easements"], MODELLED])
    town = make_town(tmp_path_factory.mktemp("town"), more={"easements": easements})
    with served(town.settings) as address:
        yield address


@pytest.fixture(name="desk")
def _desk(browser: Browser, address: str) -> Iterator[OfficersPage]:
    opened = drawing(OfficersPage(browser, address))
    yield opened
    assert opened.said == []
    opened.page.close()


def drawing(opened: OfficersPage, at: tuple[float, float] = (262, 120)) -> OfficersPage:
    """The tool opened over the recorded easement, near enough that a pixel is a fifth of a foot."""
    opened.open(at, zoom=21)
    opened.page.click("#tool-draw")
    opened.page.wait_for_selector("#draw[data-ready]")
    return opened


def answered(page: Page, times: int) -> str:
    """The verdict, once the service has answered so many times."""
    page.wait_for_function(
        "times => Number(document.querySelector('#draw-told').dataset.answers ?? 0) >= times", arg=times
    )
    return page.locator("#draw-verdict").inner_text()


def facts(page: Page) -> dict[str, str]:
    names, values = (page.locator(f"#draw-facts {tag}").all_inner_texts() for tag in ("dt", "dd"))
    return dict(zip(names, values, strict=True))


def square_feet(text: str) -> float:
    return float(text.split(maxsplit=1)[0].replace(",", ""))


def north_up(corner: tuple[float, float], opposite: tuple[float, float]) -> float:
    """The square feet of the rectangle that lies north up between two corners of the town."""
    box = shapely.box(*lonlat(*corner), *lonlat(*opposite))
    return float(Grid(GRID).from_lonlat(np.array([box], dtype=object))[0].area)


def test_a_rectangle_by_mouse_is_measured_by_the_service_and_the_case_keeps_it(desk: OfficersPage) -> None:
    page = desk.page
    for corner in SHED:
        page.mouse.move(*desk.point(corner))
        desk.click(corner)
    assert answered(page, 1).startswith("On an easement: takes ")
    told = facts(page)
    assert square_feet(told["Structure"]) == pytest.approx(north_up(*SHED), rel=0.01)
    assert 500 < square_feet(told["Area taken"]) < 650
    assert told["Easement"] == "EA-1 (recorded)"
    assert {"Depth", "Free width left", "To the pipe", "Along and across"} <= set(told)
    desk.settle()
    labels = "() => window.gisCe.map.querySourceFeatures('evidence-labels').map((one) => one.properties.label)"
    assert any(label.endswith(" sq ft") for label in page.evaluate(labels))
    page.fill("#draw-title", "Shed over the line")
    page.click("#draw-case [data-type=encroachment_request]")
    desk.opened()
    assert "ENC-" in page.locator("#view-case").inner_text()
    number = page.url.split("case=")[1].split("&")[0]
    kept = httpx.get(f"{desk.address}/cases/{number}", trust_env=False).json()
    assert kept["title"] == "Shed over the line"
    assert kept["place"]["structure"]["type"] == "Polygon"
    assert len(kept["place"]["structure"]["coordinates"][0]) == 5


def test_dragging_the_shape_off_the_easement_turns_the_verdict_and_undo_brings_it_back(desk: OfficersPage) -> None:
    page = desk.page
    for corner in SHED:
        page.mouse.move(*desk.point(corner))
        desk.click(corner)
    assert answered(page, 1).startswith("On an easement")
    page.mouse.move(*desk.point((265, 120)))
    page.mouse.down()
    for x in (267, 275, 283, 288):
        page.mouse.move(*desk.point((x, 120)))
    page.mouse.up()
    assert answered(page, 2).startswith("On no easement: ")
    page.click("#draw-undo")
    assert answered(page, 3).startswith("On an easement")


def test_an_outline_a_fence_and_a_tree_are_each_drawn(desk: OfficersPage) -> None:
    page = desk.page
    page.click("[data-kind=polygon]")
    for corner in ((255, 105), (266, 105), (266, 115), (258, 125)):
        desk.click(corner)
    assert page.locator("#draw-verdict").count() == 0
    page.click("#draw-finish")
    assert "On an easement: takes " in answered(page, 1)
    page.click("[data-kind=linestring]")
    for post in ((246, 120), (280, 121)):
        desk.click(post)
    page.click("#draw-finish")
    assert "of it lie in EA-1" in answered(page, 2)
    page.click("[data-kind=point]")
    desk.click((262, 112))
    answered(page, 3)
    assert square_feet(facts(page)["Structure"]) == pytest.approx(13, abs=1)


@pytest.mark.parametrize("size", SIZES, ids=["390x844", "360x640", "820x1180"])
def test_by_touch_nothing_ends_before_finish_is_pressed(browser: Browser, address: str, size: tuple[int, int]) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    opened = drawing(OfficersPage(browser, address, size, page=context.new_page()))
    page = opened.page
    page.click("[data-kind=polygon]")
    if page.locator("#sheet").is_visible():
        page.locator("#sheet").click()
        page.locator("#sheet").click()
    opened.settle()
    corners = [(256, 125), (268, 125), (268, 137), (256, 137)]
    for count, corner in enumerate(corners, start=1):
        page.touchscreen.tap(*opened.point(corner))
        expect(page.locator("#draw-bar")).to_have_attribute("data-points", str(count))
    page.locator("#draw-undo").tap()
    expect(page.locator("#draw-bar")).to_have_attribute("data-points", "3")
    page.touchscreen.tap(*opened.point(corners[-1]))
    expect(page.locator("#draw-bar")).to_have_attribute("data-points", "4")
    assert page.locator("#draw-verdict").count() == 0
    for name in ("finish", "undo", "cancel"):
        box = page.locator(f"#draw-{name}").bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        assert 0 <= box["x"] <= box["x"] + box["width"] <= size[0]
    page.locator("#draw-finish").tap()
    assert answered(page, 1).startswith("On an easement")
    assert square_feet(facts(page)["Structure"]) == pytest.approx(144, rel=0.06)
    page.locator("#draw-cancel").tap()
    expect(page.locator("#draw-verdict")).to_have_count(0)
    assert opened.said == []
    context.close()


def test_by_numbers_with_the_keyboard_alone(browser: Browser, address: str) -> None:
    opened = OfficersPage(browser, address)
    opened.open((660, 120), zoom=20)
    page = opened.page
    page.keyboard.press("d")
    page.wait_for_selector("#draw[data-ready]")
    page.locator("#draw-width").focus()
    for value in ("10", "24", "90"):
        page.keyboard.press("Control+a")
        page.keyboard.type(value)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert answered(page, 1).startswith("On an easement: takes 200 sq ft")
    assert square_feet(facts(page)["Structure"]) == pytest.approx(240, rel=0.005)
    expect(page.locator("#draw-told")).to_contain_text("Verify the recorded easement before any letter")
    page.locator("#draw-width").fill("no")
    page.locator("#draw-width").press("Enter")
    expect(page.locator("#draw-numbers [role=alert]")).to_be_visible()
    page.click("[data-kind=linestring]")
    page.locator("#map canvas").focus()
    for _ in range(2):
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowRight")
        opened.settle()
    expect(page.locator("#draw-bar")).to_have_attribute("data-points", "2")
    page.locator("#draw-finish").focus()
    page.keyboard.press("Enter")
    answered(page, 2)
    page.keyboard.press("Escape")
    expect(page.locator("#view-cases")).to_be_visible()
    page.close()


def test_leaving_the_tool_keeps_the_shape_and_clears_the_map(desk: OfficersPage) -> None:
    page = desk.page
    page.locator("#draw-numbers button").click()
    answered(page, 1)
    page.click("#view-draw .back")
    drawn = "() => window.gisCe.map.getStyle().layers.filter((one) => /^(td-|evidence-)/.test(one.id)).length"
    assert page.evaluate(drawn) == 0
    page.click("#tool-draw")
    answered(page, 2)
    assert page.evaluate(drawn) > 0


def test_axe_finds_nothing_while_drawing_and_in_the_fact_sheet(browser: Browser, address: str) -> None:
    for size in ((1280, 800), PHONE):
        opened = drawing(OfficersPage(browser, address, size))
        look_with_axe(opened.page, "drawing")
        opened.page.locator("#draw-numbers button").click()
        answered(opened.page, 1)
        opened.page.wait_for_selector("#draw-case [data-type]")
        look_with_axe(opened.page, "fact sheet")
        assert opened.page.evaluate("() => document.documentElement.scrollWidth") <= size[0]
        opened.page.close()
