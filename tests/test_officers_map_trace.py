"""Tracing on the officers' map: equal to the service, honest about what is doubtful, and a mailing frozen from it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from officers_page import DESK, PHONE, OfficersPage, look_with_axe
from playwright.sync_api import Browser, Page, expect
from served import served
from sewer_street import ROLES, rows
from small_town import make_town

pytestmark = pytest.mark.heavy

REVERSED = [
    {"id": "R1", "facility_id": "R1", "wkt": "LINESTRING (0 -200, 200 -200)", "upstream_node": "RA",
     "downstream_node": "RB", "upstream_invert_ft": 99.0, "downstream_invert_ft": 98.0},
    {"id": "R2", "facility_id": "R2", "wkt": "LINESTRING (400 -200, 200 -200)", "upstream_node": "RC",
     "downstream_node": "RB", "upstream_invert_ft": 97.0, "downstream_invert_ft": 98.0},
    {"id": "Q1", "facility_id": "Q1", "wkt": "LINESTRING (0 -300, 200 -300)", "upstream_node": "QA",
     "downstream_node": "QB"},
    {"id": "Q2", "facility_id": "Q2", "wkt": "LINESTRING (400 -300, 200 -300)", "upstream_node": "QC",
     "downstream_node": "QB"},
]  # fmt: skip
"""R2 is recorded against its fall, so that it is told; of Q2 nothing tells."""
NODES = [
    {"id": f"{line}{at}", "facility_id": f"{line}{at}", "wkt": f"POINT ({x} {y})"}
    for line, y in (("R", -200), ("Q", -300))
    for at, x in (("A", 0), ("B", 200), ("C", 400))
]
VALVES = [{"id": f"V{n}", "facility_id": f"V{n}", "wkt": f"POINT ({x} 20)"} for n, x in ((1, 100), (2, 500), (3, 900))]


@pytest.fixture(scope="module", name="address")
def _address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    layers: dict[str, Any] = {name: (ROLES[name], list(found)) for name, found in rows().items()}
    layers["sewer_mains"][1].extend(REVERSED)
    layers["manholes"][1].extend(NODES)
    layers["valves"] = ("valve", VALVES)
    staff = ("water_mains", "valves", "laterals", "sewer_mains")
    town = make_town(tmp_path_factory.mktemp("town"), more=layers, staff=staff)
    with served(town.settings) as address:
        yield address


@pytest.fixture(name="desk")
def _desk(browser: Browser, address: str) -> Iterator[OfficersPage]:
    opened = tracing(OfficersPage(browser, address))
    yield opened
    assert opened.said == []
    opened.page.close()


def tracing(opened: OfficersPage, at: tuple[float, float] = (300, 30), zoom: float = 17.5) -> OfficersPage:
    opened.open(at, zoom=zoom)
    opened.page.click("#tool-trace")
    return opened


def answered(page: Page, times: int = 1) -> str:
    """The verdict, once the service has answered so many times."""
    page.wait_for_function(
        "times => Number(document.querySelector('#trace-told').dataset.answers ?? 0) >= times", arg=times
    )
    return page.locator("#trace-verdict").inner_text()


def told(address: str, path: str, **query: Any) -> Any:
    return httpx.get(f"{address}{path}", params=query, trust_env=False).raise_for_status().json()


def test_a_trace_from_a_manhole_shows_what_the_service_says(desk: OfficersPage, tmp_path: Path) -> None:
    page = desk.page
    desk.click((600, 30))
    said = answered(page)
    trace, parcels = (told(desk.address, path, manhole="MH-3") for path in ("/trace/upstream", "/trace/parcels"))
    count = len(parcels["parcels"])
    assert (
        said
        == f"Upstream: {len(trace['segments'])} mains, {trace['length_ft']:.1f} ft (182.9 m), {count} parcels to mail."
    )
    page.wait_for_function("() => window.gisCe.map.loaded()")
    desk.settle()
    lines = "() => window.gisCe.map.querySourceFeatures('trace-lines').map((one) => one.properties.name)"
    assert sorted(set(page.evaluate(lines))) == sorted(one["name"] for one in trace["segments"])
    painted = "() => window.gisCe.map.getPaintProperty('trace-lines-known', 'line-color')"
    assert page.evaluate(painted) == "#ffd400"
    fill = "() => window.gisCe.map.getPaintProperty('trace-parcels-fill', 'fill-opacity')"
    assert page.evaluate(fill) == 0.45
    assert [one["label"] for one in desk.drawn("trace-count-symbol")] == [f"{count} to mail"]
    assert page.locator("#trace-parcels li").count() == count
    with page.expect_download() as download:
        page.click("#trace-csv")
    download.value.save_as(tmp_path / "parcels.csv")
    table = list(csv.DictReader((tmp_path / "parcels.csv").read_text("utf-8-sig").splitlines()))
    assert [row["parcel_id"] for row in table] == [row["parcel_id"] for row in parcels["parcels"]]


def test_a_distance_and_the_other_way_are_asked_again(desk: OfficersPage) -> None:
    page = desk.page
    desk.click((600, 30))
    answered(page)
    page.fill("#trace-within", "250")
    page.keyboard.press("Enter")
    limited = told(desk.address, "/trace/upstream", manhole="MH-3", within_ft=250)
    page.locator("#trace-within").blur()
    assert f"{limited['length_ft']:.1f} ft" in answered(page, 2)
    page.click("[data-way=downstream]")
    answered(page, 3)
    expect(page.locator("#trace-doubts")).to_contain_text("nothing flows on from this place")


def test_a_pipe_recorded_against_its_fall_warns_and_one_that_nothing_tells_of_does_not_end_in_silence(
    desk: OfficersPage,
) -> None:
    desk.open((200, -240), zoom=17.5)
    page = desk.page
    page.click("#tool-trace")
    desk.click((400, -200))
    assert "This is not the whole answer" in answered(page)
    assert "R2" in page.locator("#trace-doubts").inner_text()
    assert page.locator("#trace-facts").inner_text().count("R2") == 1
    desk.open((200, -240), zoom=17.5)
    page.click("#tool-trace")
    desk.click((400, -300))
    assert answered(page).startswith("Upstream: 0 mains")
    assert "This is not the whole answer" in answered(page)
    expect(page.locator("#trace-doubts")).to_contain_text("its direction is recorded the wrong way")


def test_by_keyboard_a_trace_starts_at_a_hit_of_the_search_or_at_the_crosshair(desk: OfficersPage) -> None:
    page = desk.page
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    page.keyboard.press("/")
    page.keyboard.type("mh-2")
    page.wait_for_selector("#hits [role=option]")
    page.keyboard.press("Enter")
    assert answered(page).startswith("Upstream: 2 mains")
    desk.settle()
    page.locator("#map canvas").focus()
    page.keyboard.press("Enter")
    answered(page, 2)
    assert "snapped" in page.locator("#trace-facts").inner_text()
    page.keyboard.press("Escape")
    expect(page.locator("#view-cases")).to_be_visible()
    left = "() => window.gisCe.map.getStyle().layers.filter((one) => one.id.startsWith('trace-')).length"
    assert page.evaluate(left) == 0


def test_a_shut_off_names_the_valves_that_the_service_names(desk: OfficersPage) -> None:
    page = desk.page
    page.click("[data-way=isolate]")
    desk.click((300, 20))
    assert answered(page).startswith("Close 2 valves: V1, V2.")
    desk.settle()
    kinds = {one["kind"] for one in desk.drawn("trace-points-symbol")}
    assert {"close", "start", "hydrant_out"} <= kinds
    assert "HY-1" in page.locator("#trace-facts").inner_text()


def test_a_mailing_is_made_decided_looked_through_and_frozen_from_the_map(desk: OfficersPage) -> None:
    page = desk.page
    desk.click((600, 30))
    answered(page)
    page.get_by_role("button", name="Open an overflow here, and its mailing").click()
    expect(page.locator("#trace-mailing h3")).to_have_text("Mailing ML-2026-00001: draft")
    row = page.locator("details[data-status=kept] li", has_text="CY DOLE")
    row.get_by_role("button").click()
    assert page.locator("details[data-status=struck]").count() == 0
    row.locator("input").fill("He was told at the door")
    row.get_by_role("button").click()
    expect(page.locator("details[data-status=struck]")).to_contain_text("He was told at the door")
    page.get_by_role("button", name="I have looked through this list").click()
    page.get_by_role("button", name="Freeze the list").click()
    letters = page.get_by_role("link", name="Letters")
    expect(letters).to_have_attribute("href", "/mailings/ML-2026-00001/letters.pdf")
    kept = told(desk.address, "/mailings/ML-2026-00001")
    assert (kept["state"], kept["counts"]["struck"], kept["holds"]) == ("frozen", 1, True)
    labels = httpx.get(f"{desk.address}/mailings/ML-2026-00001/labels.pdf", trust_env=False)
    assert labels.content.startswith(b"%PDF")
    look_with_axe(page, "frozen mailing")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_in_a_trace_and_nothing_scrolls_sideways(
    browser: Browser, address: str, size: tuple[int, int]
) -> None:
    opened = tracing(OfficersPage(browser, address, size))
    page = opened.page
    look_with_axe(page, "before a trace")
    page.fill("#search", "mh-3")
    page.wait_for_selector("#hits [role=option]")
    page.keyboard.press("Enter")
    answered(page)
    page.wait_for_selector("#trace-mailing button")
    look_with_axe(page, "trace")
    page.click("[data-way=isolate]")
    page.fill("#search", "v2")
    page.wait_for_selector("#hits [role=option]")
    page.keyboard.press("Enter")
    answered(page, 2)
    look_with_axe(page, "shut off")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= size[0]
    nav = page.locator(".tools").bounding_box()
    assert nav is not None
    for tool in page.locator(".tools .tool").all():
        box = tool.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= nav["x"] + nav["width"] + 1
    assert opened.said == []
    page.close()
