"""Exhibits over HTTP and from the command line: the same page, and one clear sentence where there is none."""

from __future__ import annotations

import io
from pathlib import Path

import pdfplumber
import pytest
from case_doors import Doors, doors_of, ok, opened, own_store, problem
from command_line import runner
from PIL import Image
from small_town import Town, make_town


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(name="doors")
def _doors(town: Town, tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Doors:
    url = own_store(tmp_path, sqlite_template)
    monkeypatch.setenv("GIS_CE_CASES", url)
    return doors_of(town, url)


def test_the_exhibit_comes_as_a_page_and_as_a_picture(
    doors: Doors, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    number = opened(doors.here)
    answer = doors.here.get(f"/cases/{number}/exhibit.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'inline; filename="{number}-exhibit.pdf"'
    assert answer.headers["cache-control"] == "private, no-store"
    (page,) = pdfplumber.open(io.BytesIO(answer.content)).pages
    assert "Which facility and which address lie nearest?" in page.extract_text()
    picture = doors.here.get(f"/cases/{number}/exhibit.png")
    assert picture.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(picture.content)).size == (1275, 1650)
    run = runner(town, monkeypatch, capsys)
    file = tmp_path / "page.pdf"
    assert "1 inch = " in run("case", "exhibit", number, "-o", file).out
    assert file.read_bytes() == answer.content, "the same bytes by the command"
    assert run("case", "exhibit", number, "-o", tmp_path / "page.png").code == 0
    assert (tmp_path / "page.png").read_bytes() == picture.content
    assert "name a file that ends in .pdf, .png, .html, not" in run("case", "exhibit", number, "-o", "page.doc").line


def test_the_evidence_comes_as_one_file(
    doors: Doors, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    number = opened(doors.here)
    answer = doors.here.get(f"/cases/{number}/evidence.html")
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-disposition"] == f'attachment; filename="{number}-evidence.html"'
    assert answer.headers["content-security-policy"] == "sandbox allow-scripts"
    file = tmp_path / "evidence.html"
    assert runner(town, monkeypatch, capsys)("case", "exhibit", number, "-o", file).code == 0
    assert file.read_text("utf-8") == answer.text
    assert doors.public.get(f"/cases/{number}/evidence.html").status_code == 401


def test_it_says_in_a_sentence_why_there_is_none(doors: Doors) -> None:
    number = opened(doors.here)
    said = problem(doors.here.get(f"/cases/{number}/exhibit.pdf?check=tolerance_zone"), 409)
    assert said == (f"{number} has no answer of the check 'tolerance_zone'; it has nearest_asset_and_address.")
    assert "There is no case" in problem(doors.here.get("/cases/LEAK-1999-00001/exhibit.png"), 404)
    assert doors.here.get(f"/cases/{number}/exhibit.gif").status_code == 400
    assert doors.public.get(f"/cases/{number}/exhibit.pdf").status_code == 401
    nowhere = ok(doors.here.post("/cases", json={"type": "information_request"}), 201)["number"]
    assert "has no place yet" in problem(doors.here.get(f"/cases/{nowhere}/exhibit.pdf"), 409)


def test_a_case_of_another_lane_is_not_there(doors: Doors) -> None:
    number = opened(doors.here)
    crew = doors.add("mel", "meters")
    found = crew.get(f"/cases/{number}")
    assert crew.get(f"/cases/{number}/exhibit.pdf").status_code == found.status_code
