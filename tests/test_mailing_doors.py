"""Mailings by command and over HTTP: from an overflow to letters and labels; the public sees none of it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from case_doors import Doors, doors_of, ok, own_store, problem, town_day
from command_line import runner
from pypdf import PdfReader
from sewer_street import make_street_town
from small_town import Town, lonlat

from gis_ce.case_store import CaseStore, open_store


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_street_town(tmp_path_factory.mktemp("street"))


@pytest.fixture(name="url")
def _url(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = own_store(tmp_path, sqlite_template)
    monkeypatch.setenv("GIS_CE_CASES", url)
    return url


@pytest.fixture(name="run")
def _run(town: Town, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return runner(town, monkeypatch, capsys)


@pytest.fixture(name="doors")
def _doors(town: Town, url: str) -> Doors:
    return doors_of(town, url)


@pytest.fixture(name="store")
def _store(url: str) -> Iterator[CaseStore]:
    store = open_store(url, 2264)
    yield store
    store.close()


def _good(ran: Any) -> str:
    assert ran.code == 0, ran.err + ran.out
    return str(ran.out)


def _overflow(run: Any) -> str:
    lon, lat = lonlat(300, 30)
    opened = json.loads(_good(run("case", "open", "sso", "--at", f"{lon},{lat}", "--json")))
    return str(opened["number"])


def _words(pdf: Path) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(pdf).pages]


def test_five_commands_from_a_new_overflow_to_letters_and_labels(run: Any, tmp_path: Path) -> None:
    case = _overflow(run)
    made = json.loads(_good(run("mailing", "new", case, "--json")))
    number = made["number"]
    assert (made["counts"]["letters"], made["trace"]["segments"]) == (10, ["SM-1", "SM-2"])
    assert "looked through" in _good(run("mailing", "review", number, "--done"))
    frozen = _good(run("mailing", "freeze", number))
    assert re.search(r"frozen with 10 letters; SHA-256 [0-9a-f]{64}", frozen)
    letters, labels = tmp_path / "letters.pdf", tmp_path / "labels.pdf"
    assert _good(run("mailing", "letters", number, "-o", letters)).strip() == str(letters)
    assert _good(run("mailing", "labels", number, "-o", labels)).strip() == str(labels)

    pages = _words(letters)
    assert len(pages) == 10
    order = ["100 MAIN ST", "101 MAIN ST", "102 MAIN ST", "103 MAIN ST", "104 MAIN ST", "105 MAIN ST UNIT A"]
    order += ["105 MAIN ST UNIT B", "106 MAIN ST", "107 MAIN ST", "PO BOX 7"]
    assert [street in page for street, page in zip(order, pages, strict=True)] == [True] * 10
    assert all(number in page and case in page and "It does not say that your property" in page for page in pages)
    assert "DRAFT" not in pages[0]
    (sheet,) = _words(labels)
    assert sheet.count("MAIN ST") == 9
    assert "BIG FIRM LLC" in sheet


def test_the_rest_of_the_commands(run: Any, tmp_path: Path, store: CaseStore) -> None:
    case = _overflow(run)
    number = json.loads(_good(run("mailing", "new", case, "--json")))["number"]
    shown = _good(run("mailing", "review", number))
    assert "Lateral LAT-N1 (32.0 ft) joins it to SM-1" in " ".join(shown.split())
    assert "Fronts on SM-3, nearer than" in " ".join(shown.split())
    assert run("mailing", "labels", number).line.endswith("labels are printed once it is frozen.")
    assert "DRAFT" in "".join(_words(_letters(run, number, tmp_path)))
    assert "is struck" in _good(run("mailing", "strike", number, "1", "--why", "moved"))
    assert "is kept" in _good(run("mailing", "keep", number, "1", "--why", "moved back"))
    words = ("--name", "Ida Jay", "--address", "99 Main Street", "--place", "Smallville", "--state", "NC")
    assert "is added" in _good(run("mailing", "add", number, *words, "--zip", "28000", "--why", "asked"))
    assert run("mailing", "freeze", number).line == f"{number} is draft; look it through first (review)."
    _good(run("mailing", "review", number, "--done"))
    _good(run("mailing", "freeze", number))
    house, whole = tmp_path / "house.csv", tmp_path / "whole.xlsx"
    assert "11 rows" in run("mailing", "file", number, "-o", house).err
    _good(run("mailing", "file", number, "-o", whole, "--whole"))
    rows = list(csv.DictReader(house.open(encoding="utf-8-sig")))
    assert (rows[0]["name"], rows[0]["address"], rows[0]["zip"]) == ("IDA JAY", "99 MAIN ST", "28000")
    sheet = openpyxl.load_workbook(whole).worksheets[0]
    assert {cell.value for cell in sheet["B"]} >= {"kept", "left_out"}
    assert [cell.value for cell in sheet["A"]][:3] == ["position", 1, 2]
    assert sheet.auto_filter.ref == f"A1:R{sheet.max_row}"
    assert sheet.column_dimensions["O"].width > sheet.column_dimensions["A"].width
    svg = tmp_path / "map.svg"
    _good(run("mailing", "map", number, "-o", svg))
    assert "Sewer line followed" in svg.read_text()
    today = town_day(json.loads(_good(run("mailing", "show", number, "--json")))["frozen_at"])
    logged = _good(run("mailing", "log", number, "--mailed", today))
    assert "11 letters" in logged
    assert f"{case} stands at response" in logged
    assert "come back" in _good(run("mailing", "returned", number, "2", "--why", "vacant"))
    story = _good(run("mailing", "log", number))
    assert "its content still has this hash" in " ".join(story.split())
    assert "Overflows on the line: 1 in the 365 days before the mailing" in " ".join(story.split())
    assert number in _good(run("mailing", "list", "--state", "mailed"))
    assert store.check() == []


def _letters(run: Any, number: str, folder: Path) -> Path:
    path = folder / "draft.pdf"
    _good(run("mailing", "letters", number, "-o", path))
    return path


def test_the_same_over_http_with_a_stream_of_rows(doors: Doors) -> None:
    lon, lat = lonlat(300, 30)
    here = doors.here
    case = ok(here.post("/cases", json={"type": "sso", "place": {"lon": lon, "lat": lat}}), 201)["number"]
    made = ok(here.post("/mailings", json={"case": case}, headers={"Idempotency-Key": "k"}), 201)
    again = ok(here.post("/mailings", json={"case": case}, headers={"Idempotency-Key": "k"}), 201)
    assert (again["number"], again["repeated"]) == (made["number"], True)
    base = f"/mailings/{made['number']}"
    with here.stream("GET", f"{base}/rows") as response:
        assert response.headers["content-type"].startswith("application/x-ndjson")
        rows = [json.loads(line) for line in response.iter_lines()]
    assert len(rows) == sum(made["counts"].values())
    table = list(csv.DictReader(io.StringIO(here.get(f"{base}/list.csv?whole=true").content.decode("utf-8-sig"))))
    assert [(row["position"], row["name"]) for row in table] == [(str(row["position"]), row["name"]) for row in rows]
    assert problem(here.post(f"{base}/freeze"), 409) == f"{made['number']} is draft; look it through first (review)."
    ok(here.post(f"{base}/rows/1", json={"decision": "strike", "why": "moved"}))
    added = {
        "name": "Ida Jay",
        "address": "99 Main St",
        "city": "S",
        "state": "NC",
        "zip_code": "28000",
        "why": "asked",
    }
    ok(here.post(f"{base}/rows", json=added), 201)
    assert "abroad" not in problem(here.post(f"{base}/rows", json=added | {"zip_code": "1"}), 422)
    ok(here.post(f"{base}/review"))
    frozen = ok(here.post(f"{base}/freeze"))
    assert (frozen["state"], frozen["holds"], frozen["counts"]["struck"]) == ("frozen", True, 1)
    for path, start in (("letters.pdf", b"%PDF"), ("labels.pdf", b"%PDF"), ("list.csv", b"\xef\xbb\xbf"),
                        ("list.xlsx?whole=true", b"PK"), ("map.svg", b"<svg")):  # fmt: skip
        answer = here.get(f"{base}/{path}")
        assert answer.status_code == 200, answer.text
        assert answer.content.startswith(start)
        assert answer.headers["cache-control"] == "private, no-store"
    mailed = ok(here.post(f"{base}/mailed", json={"mailed_on": town_day(frozen["frozen_at"])}))
    assert mailed["overflows"]["before"] == [case]
    ok(here.post(f"{base}/returned", json={"row": "1", "why": "unknown"}))
    assert [line["number"] for line in ok(here.get("/mailings"))["mailings"]] == [made["number"]]
    assert problem(here.get("/mailings/ML-1-1"), 404) == "There is no mailing 'ML-1-1'."


def test_what_is_to_be_reported_and_how_traceable_it_is(doors: Doors, run: Any) -> None:
    case = _overflow(run)
    asked = {"gallons": 1000, "surface_gallons": 1000, "known_at": "2026-03-02T10:00:00-05:00"}
    duties = {each["name"]: each for each in ok(doors.here.get(f"/overflows/{case}/reporting", params=asked))["duties"]}
    assert duties["verbal_report_volume"]["answer"] == "not_due"
    assert duties["press_release"]["due_at"] == "2026-03-03T10:00:00-05:00"
    assert duties["public_notice"]["answer"] == "not_due"
    assert "undecided" in _good(run("mailing", "reporting", case))
    found = ok(doors.here.get(f"/overflows/{case}/traceable"))
    assert found["connections"] == 8
    assert "no finding against anybody" in found["sentence"]
    assert "no finding against anybody" in " ".join(_good(run("mailing", "traceable", case)).split())


def test_jobs_are_made_listed_and_not_tried_again_where_they_are_done(run: Any) -> None:
    assert "No job has run yet" in _good(run("jobs", "list"))
    case = _overflow(run)
    (made,) = json.loads(_good(run("mailing", "run", "--json")))
    assert (made["state"], made["done"], made["of"]) == ("done", 1, 1)
    assert made["results"][0].startswith(f"{case}: ML-")
    shown = " ".join(_good(run("jobs", "list")).split())
    assert made["id"] in shown
    assert "1/1" in shown
    assert run("jobs", "retry", made["id"]).line.endswith(
        "is done; only one that failed or was stopped is tried again."
    )
    assert run("jobs", "retry", "x").line == "There is no job 'x'."


def test_what_takes_a_while_shows_a_bar_on_a_terminal_and_none_in_a_file(
    run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    case = _overflow(run)
    assert run("mailing", "new", case).err.count("tracing the line") == 0
    monkeypatch.setenv("FORCE_COLOR", "1")
    number = json.loads(_good(run("mailing", "list", "--json")))["mailings"][0]["number"]
    for words, said in (
        (("mailing", "letters", number, "-o", tmp_path / "l.pdf"), "setting 10 letters"),
        (("mailing", "map", number, "-o", tmp_path / "m.svg"), "drawing the map"),
        (("mailing", "run"), "looking"),
        (("trace", "upstream", "--manhole", "MH-3"), "following the sewers"),
    ):
        ran = run(*words)
        assert ran.code == 0
        assert said in ran.err, words
        assert "\N{BOX DRAWINGS HEAVY HORIZONTAL}" in ran.err, words


def test_no_address_of_the_service_tells_the_public_who_is_on_a_list(doors: Doors) -> None:
    lon, lat = lonlat(300, 30)
    case = ok(doors.here.post("/cases", json={"type": "sso", "place": {"lon": lon, "lat": lat}}), 201)["number"]
    number = ok(doors.here.post("/mailings", json={"case": case}), 201)["number"]
    ok(doors.here.post(f"/mailings/{number}/review"))
    digest = ok(doors.here.post(f"/mailings/{number}/freeze"))["digest"]
    known = {"mailing": number, "case": case, "number": case, "ending": "csv"}
    secret = re.compile(f"NORA|TESS|HARE|Nora|{number}|{digest}|LAT-")
    walked = [
        re.sub(r"{(\w+)[^}]*}", lambda found: known.get(found[1], "1"), path)
        for path, methods in doors.app.openapi()["paths"].items()
        if "get" in methods
    ]
    held = [each["id"] for each in ok(doors.here.get("/collections"))["collections"]]
    assert {"laterals", "parcels"} <= set(held)
    walked += [f"/collections/{name}/items?limit=1000&f={form}" for name in held for form in ("json", "csv")]
    told = 0
    for asked in walked:
        answer = doors.public.get(asked)
        assert answer.status_code < 500, asked
        assert not secret.search(answer.text.replace(asked, "")), asked
        told += answer.status_code == 200
    assert (len(walked) > 60, told > 15) == (True, True)


def test_the_public_sees_no_mailing(doors: Doors) -> None:
    lon, lat = lonlat(300, 30)
    case = ok(doors.here.post("/cases", json={"type": "sso", "place": {"lon": lon, "lat": lat}}), 201)["number"]
    number = ok(doors.here.post("/mailings", json={"case": case}), 201)["number"]
    paths = doors.app.openapi()["paths"].items()
    routes = [
        (method, path) for path, methods in paths if path.startswith(("/mailings", "/overflows")) for method in methods
    ]
    assert len(routes) > 14
    for method, path in routes:
        filled = path.format(mailing=number, row="1", ending="csv", case=case)
        answer = doors.public.request(method, filled, json={} if method == "post" else None)
        assert answer.status_code == 401, (method, filled)
        assert not re.search(r"ASH|MAIN ST|SM-", answer.text)
    bob = doors.add("bob", "meters")
    assert "bob is field" in problem(bob.post(f"/mailings/{number}/review"), 403)
