"""What the map said of a case as one file, as a notebook's map and table, and as pages of the hearing packet."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pdfplumber
import pytest
from axe_playwright_python.sync_playwright import Axe
from case_stores import copied
from desks import a_desk, write
from drawn_pages import HOSTILE
from exhibited_cases import ALL, TOLD, exhibit_in, opened
from playwright.sync_api import sync_playwright

from api.case_evidence import evidence_of_case
from api.case_packets import packet_of
from gis_ce.actions.desk import Actor, Desk
from gis_ce.actions.notes import add_note
from gis_ce.case_store import CaseStore
from gis_ce.roles import Rights, rights_of
from maps.case_evidence import COLUMNS, CaseEvidence
from maps.exhibit_map import WIDTH_IN
from maps.folium_pages import case_map, case_page
from maps.standalone import refuse_outside_addresses


@pytest.fixture(scope="module", name="store")
def _store(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseStore]:
    store = copied(sqlite_template, tmp_path_factory.mktemp("evidence"))
    yield store
    store.close()


@pytest.fixture(scope="module", name="desk")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return a_desk(folder=tmp_path_factory.mktemp("attachments"))


@pytest.fixture(scope="module", name="number")
def _number(store: CaseStore, desk: Desk) -> str:
    number = opened(store, desk, TOLD["water hit"], HOSTILE)
    write(store, add_note, desk, number, HOSTILE)
    return number


def evidence(store: CaseStore, desk: Desk, number: str, rights: Rights = ALL) -> CaseEvidence:
    with store.reading() as session:
        return evidence_of_case(session, desk, number, rights)


def hostile(case: CaseEvidence) -> CaseEvidence:
    """The same with markup in every label and sentence."""
    checks = tuple(
        replace(
            check,
            sentence=HOSTILE,
            rule_text=HOSTILE,
            evidence=tuple(replace(item, label=HOSTILE) for item in check.evidence),
        )
        for check in case.checks
    )
    return replace(case, checks=checks, facts=(*case.facts, ("Address", HOSTILE)))


def test_the_page_has_every_answer_once_and_asks_nobody(store: CaseStore, desk: Desk, number: str) -> None:
    case = evidence(store, desk, number)
    assert [check.name for check in case.checks] == ["nearest_asset_and_address", "tolerance_zone"]
    page = case_page(case)
    refuse_outside_addresses(page)
    assert "Presumptive: measured from the line on the map" in page
    assert "Not quoted: nobody had recorded reading" in page
    assert page == case_page(evidence(store, desk, number)), "the same text every time"


def test_markup_stays_text_on_the_page_and_in_a_notebook(store: CaseStore, desk: Desk, number: str) -> None:
    case = hostile(evidence(store, desk, number))
    for text in (case_page(case), case_map(case).get_root().render(), case.frame().to_html(escape=False)):
        assert "<img src=x" not in text.replace("\\u003c", "[")


def test_findings_are_a_table_of_shapes_on_the_grid(store: CaseStore, desk: Desk, number: str) -> None:
    frame = evidence(store, desk, number).frame()
    assert list(frame.columns) == [*COLUMNS, "geometry"]
    assert frame.crs.to_epsg() == 2264
    zone = frame[(frame.check == "tolerance_zone") & (frame.kind == "zone")]
    assert zone.label.tolist() == ["tolerance zone ±2.33 ft, presumptive"]
    assert set(frame[frame.check == "tolerance_zone"].answer) == {"Within"}


def test_a_notebooks_map_has_a_layer_for_each_check(store: CaseStore, desk: Desk, number: str) -> None:
    drawn = case_map(evidence(store, desk, number)).get_root().render()
    assert "Does the place lie within the tolerance zone? Within" in drawn
    assert drawn.count("L.featureGroup(") == 2
    assert "tileLayer(" not in drawn


def test_who_may_not_read_names_gets_none(store: CaseStore, desk: Desk) -> None:
    number = opened(store, desk, TOLD["owner"])
    crew = replace(desk, actor=Actor("mel", frozenset(("field",))))
    kept = evidence(store, crew, number, rights_of(("field",)))
    page = case_page(kept)
    assert "OWNER OF LOT" not in page
    assert "SOMEBODY ELSE" not in page
    assert next(check for check in kept.checks if check.name == "same_owner").evidence == ()
    assert "OWNER OF LOT" in case_page(evidence(store, desk, number))


def test_the_packet_has_the_exhibits_at_full_size_when_asked(store: CaseStore, desk: Desk, number: str) -> None:
    with store.reading() as session:
        plain = packet_of(session, desk, number)
        packet = packet_of(session, desk, number, lambda _, __: desk.query)
    assert "Evidence at scale" not in " ".join(words(plain.pdf))
    pages = [
        page for page in pdfplumber.open(io.BytesIO(packet.pdf)).pages if "Exhibit DAM" in (page.extract_text() or "")
    ]
    assert len(pages) == 2
    scale = exhibit_in(store, desk, number).map.feet_per_inch
    last = pages[-1]
    assert f"1 inch = {scale} feet" in last.extract_text()
    assert any(abs(each["width"] - 72 * WIDTH_IN) < 2 for each in last.rects), "drawn at its own size"
    assert re.search(r"Page \d+ of \d+", last.extract_text())


def words(pdf: bytes) -> list[str]:
    return [page.extract_text() or "" for page in pdfplumber.open(io.BytesIO(pdf)).pages]


@pytest.mark.heavy
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=("desk", "phone"))
def test_the_file_opens_with_the_network_cut(
    store: CaseStore, desk: Desk, number: str, chromium_path: str, tmp_path: Path, size: tuple[int, int]
) -> None:
    file = tmp_path / "evidence.html"
    file.write_text(case_page(hostile(evidence(store, desk, number))), encoding="utf-8")
    asked, said = list[str](), list[str]()
    with sync_playwright() as play:
        flags = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND"]
        browser = play.chromium.launch(executable_path=chromium_path, args=flags)
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, offline=True)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.goto(file.as_uri())
        page.wait_for_selector("#legend li")
        assert page.locator("img").count() == 0
        assert HOSTILE in page.locator("main").inner_text()
        page.click("button[data-check=tolerance_zone]")
        assert page.locator("path.leaflet-interactive, svg path").count() > 3
        page.screenshot(path=str(tmp_path / "evidence.png"))
        browser.close()
    assert asked == [file.as_uri()]
    assert said == []


@pytest.mark.heavy
def test_everybody_can_read_the_file(
    store: CaseStore, desk: Desk, number: str, chromium_path: str, tmp_path: Path
) -> None:
    file = tmp_path / "evidence.html"
    html = case_page(evidence(store, desk, number))
    policy = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
    file.write_text(policy.sub("", html), encoding="utf-8")  # axe is a script that the page's policy would not run
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(file.as_uri())
        page.wait_for_selector("#legend li")
        found = Axe().run(page).response["violations"]
        browser.close()
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
