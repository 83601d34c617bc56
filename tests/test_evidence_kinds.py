"""Every kind of evidence that a check can give is styled, and drawn on both pages in a real browser."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import shapely
from opened_page import DESK, Opened
from playwright.sync_api import Browser, Route, sync_playwright
from served import served
from shapely.geometry.base import BaseGeometry
from small_town import Town, make_town, place

from gis_ce.checks.check import Evidence, EvidenceKind
from layers.grid import Grid
from maps.errors import VendorMissing
from maps.evidence import PageCheck, evidence_collection
from maps.folium_pages import evidence_page
from maps.style import style
from maps.vendored import fetched_files

CHECKS = Path(__file__).resolve().parent.parent / "gis_ce" / "checks"
KINDS: tuple[EvidenceKind, ...] = get_args(EvidenceKind)


def words_of(node: ast.AST) -> set[str]:
    """The texts that an expression can be."""
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def kinds_in(module: Path) -> set[str]:
    """The kinds of evidence that a module of a check makes; a variable counts by what it is annotated with."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Evidence":
            named = [keyword.value for keyword in node.keywords if keyword.arg == "kind"]
            found |= words_of((named or node.args[1:2])[0])
        annotated = isinstance(node, ast.AnnAssign) and isinstance(node.annotation, ast.Name)
        if annotated and node.annotation.id == "EvidenceKind" and node.value is not None:
            value = node.value
            found |= words_of(value.body) | words_of(value.orelse) if isinstance(value, ast.IfExp) else words_of(value)
    return found


def test_every_kind_of_evidence_in_a_check_is_styled_and_every_style_is_used() -> None:
    used = set().union(*(kinds_in(module) for module in CHECKS.glob("*.py")))
    assert used == set(style().evidence) == set(KINDS)


def shapes() -> list[BaseGeometry]:
    """A point, a line and an area near one place."""
    at = place(450, 120)
    return [at, shapely.LineString([at, place(480, 130)]), at.buffer(12)]


def evidence_of(kind: EvidenceKind) -> list[Evidence]:
    return [Evidence(shape, kind, f"{kind} {number}") for number, shape in enumerate(shapes())]


@pytest.fixture(scope="module", name="browser")
def _browser(chromium_path: str) -> Iterator[Browser]:
    try:
        fetched_files()
    except VendorMissing as error:
        pytest.skip(str(error))
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=chromium_path, args=flags)
        yield browser
        browser.close()


COUNT = """() => ["evidence", "evidence-areas", "marker"].map((name) => document
    .querySelectorAll(`.leaflet-${name}-pane path, .leaflet-${name}-pane .map-mark`).length).reduce((a, b) => a + b)"""


def test_the_evidence_page_draws_every_kind(browser: Browser, tmp_path: Path) -> None:
    told = ("Said.", "NC-1", "G.S. 1-1", "What it says.")
    checks = [
        PageCheck(kind, kind, "yes", None, 1.0, None, *told[1:], None, told[0], tuple(evidence_of(kind)))
        for kind in KINDS
    ]
    file = tmp_path / "page.html"
    file.write_text(evidence_page("Kinds", [], checks, 2264, {"mains": "mains/ab"}), encoding="utf-8")
    page = browser.new_page(viewport={"width": DESK[0], "height": DESK[1]})
    page.goto(file.as_uri())
    for kind in KINDS:
        page.click(f"button[data-check={kind}]")
        assert page.evaluate(COUNT) >= 3, kind
        assert style().evidence[kind].title in page.locator("#legend").inner_text(), kind
    page.close()


@pytest.fixture(scope="module", name="address")
def _address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    town: Town = make_town(tmp_path_factory.mktemp("town"))
    with served(town.settings) as address:
        yield address


@pytest.mark.parametrize("kind", KINDS)
def test_the_town_page_draws_every_kind(browser: Browser, address: str, kind: EvidenceKind) -> None:
    opened = Opened(browser, address, DESK)
    before = opened.page.evaluate(COUNT)

    def with_evidence(route: Route) -> None:
        answer = route.fetch().json()
        answer["findings"] = answer["findings"][:1]
        answer["findings"][0]["evidence"] = evidence_collection(evidence_of(kind), Grid(2264))
        route.fulfill(body=json.dumps(answer), content_type="application/json")

    opened.page.route("**/here?*", with_evidence)
    opened.ask()
    opened.page.locator("#here .cards button").first.click()
    opened.settle()
    assert opened.page.evaluate(COUNT) >= before + 2, kind
    assert opened.said == []
    opened.page.close()
