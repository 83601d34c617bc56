"""Bad input to every request on cases: one clear sentence, and nothing half-written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from case_doors import LEAK, Doors, does, doors_of, opened, own_store, problem
from case_rows import rows_of
from made_pictures import jpeg, png_claiming
from small_town import Town, make_town

NUMBER = "LEAK-2026-00001"
BOW = {"type": "Polygon", "coordinates": [[[-81.9, 35.3], [-81.8, 35.4], [-81.8, 35.3], [-81.9, 35.4], [-81.9, 35.3]]]}
POINT = {"type": "Point", "coordinates": [-81.9, 35.3]}
FAR = "-80.0,35.0,-79.9,35.1"


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module", name="standing")
def _standing(town: Town, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> tuple[Doors, str]:
    """A service with a leak that stands at its first decision, and its number."""
    doors = doors_of(town, own_store(tmp_path_factory.mktemp("bad"), sqlite_template))
    number = opened(doors.here)
    does(doors.here, number)("site_visit", comments="wet")
    return doors, number


@pytest.fixture(name="doors")
def _doors(standing: tuple[Doors, str]) -> Iterator[Doors]:
    """That service; whatever is sent, no row of its store may be another afterwards."""
    doors, _ = standing
    store = doors.app.state.office().store
    before = rows_of(store)
    yield doors
    assert rows_of(store) == before


@pytest.fixture(name="number")
def _number(standing: tuple[Doors, str]) -> str:
    return standing[1]


def opening(**more: Any) -> dict[str, Any]:
    return LEAK | more


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({}, 400, "type: is missing."),
        ([], 400, "the body: "),
        ("leaks", 400, "the body: "),
        (opening(type="leeks"), 404, "There is no process 'leeks'; did you mean leaks?"),
        (opening(kind="x"), 400, "kind: extra inputs are not permitted."),
        (opening(type=""), 400, "type: "),
        (opening(event_on="2099-01-01"), 422, "which lies after today"),
        (opening(event_on="soon"), 400, "event_on: "),
        (opening(title="x" * 201), 400, "title: "),
        (opening(description="x" * 20_001), 400, "description: "),
        (opening(title="a\0b"), 422, "NUL"),
        (opening(priority=101), 400, "priority: "),
        (opening(priority="high"), 400, "priority: "),
        (opening(officer="nobody"), 422, "There is no active user 'nobody'"),
        (opening(id="short"), 422, "the id 'short' is none"),
        (opening(id="../../etc/passwd"), 422, "is none"),
        (opening(place={}), 422, "Say where in exactly one way"),
        (opening(place={"address": "111 Main St", "lon": -81.8, "lat": 35.3}), 422, "exactly one way"),
        (opening(place={"lon": -81.8}), 400, "lon and lat go together; one of them is missing."),
        (opening(place={"easting_ft": 1}), 400, "easting_ft and northing_ft go together"),
        (opening(place={"lon": 200, "lat": 35}), 400, "place.lon: "),
        (opening(place={"lon": -81.8, "lat": 35.3, "datum": "NAD27"}), 400, "place.datum: "),
        (opening(place={"lon": -81.8, "lat": 35.3, "datum": "GPS"}), 422, "sigma_ft"),
        (opening(place={"lon": -81.8, "lat": 35.3, "sigma_ft": -1}), 400, "place.sigma_ft: "),
        (opening(place={"easting_ft": -81.8, "northing_ft": 35.3}), 422, "These are degrees, not feet"),
        (opening(place={"address": "9 NOWHERE LN"}), 404, "There is no address"),
        (opening(place={"address": "7 Double Ct"}), 404, "is the address of 2 places"),
        (opening(place={"address": " "}), 404, ""),
        (opening(place={"parcel_id": "NO SUCH"}), 404, "There is no parcel 'NO SUCH'"),
        (opening(place={"geometry": {"type": "Circle", "coordinates": [1, 2]}}), 400, "place.geometry.type: "),
        (opening(place={"geometry": {"type": "Point", "coordinates": []}}), 400, "geometry: it is not a GeoJSON Point"),
        (opening(place={"geometry": {"type": "Point", "coordinates": [1e6, 5e5]}}), 400, 'say crs: "grid"'),
        (
            opening(place={"geometry": {"type": "Point", "coordinates": [1, 2]}, "crs": "grid"}),
            400,
            "degrees, not feet",
        ),
        (opening(place={"geometry": BOW}), 400, "geometry: it is not a valid Polygon"),
        (opening(structure=BOW), 400, "structure: it is not a valid Polygon"),
        (opening(details={"colour": "red"}), 422, "colour is no detail of a place"),
        (opening(details={"obstruction": "cow"}), 422, "obstruction is one of"),
        (opening(parties=[{"role": "witness", "name": "X"}]), 400, "parties.0.role: "),
        (opening(parties=[{"role": "owner"}]), 422, "A party has a name or a firm at least."),
        (opening(parties=[{"role": "other", "name": "X"}] * 51), 400, "parties: "),
    ],
)
def test_a_case_that_cannot_be_opened(doors: Doors, body: Any, status: int, said: str) -> None:
    assert said in problem(doors.here.post("/cases", json=body), status)


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("steps", {}, 400, "step: is missing."),
        ("steps", {"step": "location"}, 422, "still to answer: inside or outside"),
        ("steps", {"step": "location", "answer": "left"}, 422, "'left' is not one of inside, outside"),
        ("steps", {"step": "location", "answer": "inside"}, 422, "To answer inside, say why."),
        ("steps", {"step": "location", "answer": "inside", "why": "  "}, 422, "say why"),
        ("steps", {"step": "site_visit"}, 409, "not at site_visit"),
        ("steps", {"step": "moon"}, 409, "Leaks has no step moon"),
        ("steps", {"step": "location", "answer": "outside", "fields": {"x": 1}}, 422, "x is not asked for here"),
        ("steps", {"step": "location", "answer": ["outside"]}, 400, "answer: "),
        ("steps", {"step": "location", "answer": "outside", "fields": []}, 400, "fields: "),
        ("fields", {"step": "location", "fields": {}}, 400, "fields: "),
        ("fields", {"step": "location", "fields": {"comments": "x"}}, 422, "comments is not asked for here"),
        ("end-wait", {"why": "x"}, 409, "there is no wait to end"),
        ("end-wait", {}, 400, "why: is missing."),
        ("extend-wait", {"until": "2099-01-01", "why": "x"}, 409, "no deadline runs"),
        ("extend-wait", {"until": "later", "why": "x"}, 400, "until: "),
        ("corrections", {"why": "x"}, 422, "Say which: the answer of a step, or the value of a field."),
        ("corrections", {"why": "x", "field": "comments", "step": "location"}, 422, "Say which"),
        ("corrections", {"why": "", "field": "comments", "value": "dry"}, 422, "Say why"),
        ("corrections", {"why": "x", "field": "coments", "value": "dry"}, 422, "did you mean comments?"),
        ("corrections", {"why": "x", "field": "comments", "value": 7}, 422, "comments is a text, not 7"),
        ("corrections", {"why": "x", "step": "location", "answer": "inside"}, 422, "was not answered in this case"),
        ("reopen", {"why": "x"}, 409, "it is not closed"),
        ("assign", {}, 400, "officer: is missing."),
        ("assign", {"officer": "nobody"}, 422, "There is no active user"),
        ("priority", {"priority": -1, "why": "x"}, 400, "priority: "),
        ("priority", {"priority": 1, "why": " "}, 422, "Say why"),
        ("move", {"why": "x"}, 400, "place: is missing."),
        ("move", {"place": {"address": "111 Main St"}, "why": " "}, 422, "Say why"),
        ("move", {"place": {"address": "9 NOWHERE LN"}, "why": "x"}, 404, "There is no address"),
        ("site", {}, 422, "Nothing was given"),
        ("site", {"structure": BOW}, 400, "not a valid Polygon"),
        ("site", {"details": {"marked_diameter_in": "wide"}}, 422, "marked_diameter_in is a number above 0"),
        ("proposals/none", {}, 404, "No such answer is to be reviewed"),
        ("notes", {"text": "  "}, 422, "The note is empty."),
        ("notes", {"text": "x" * 20_001}, 400, "text: "),
        ("notes", {"text": "x", "corrects": "none"}, 422, "has no note 'none' to correct"),
        ("notes", {"text": "half of a pair: \ud800"}, 400, ""),
        ("parties", {"role": "owner"}, 422, "A party has a name or a firm at least."),
        ("links", {"other": "DAM-2026-00009", "kind": "related"}, 404, "There is no case 'DAM-2026-00009'."),
        ("links", {"other": "DAM-2026-00009", "kind": "handover"}, 400, "kind: "),
        ("references", {"system": "EnerGov", "reference": " "}, 422, "A reference names a system and a record"),
        ("references", {"system": "EnerGov", "reference": "7", "url": "javascript:x"}, 422, "begins with https://"),
    ],
)
def test_a_change_that_cannot_be(doors: Doors, number: str, path: str, body: Any, status: int, said: str) -> None:
    sent = body if isinstance(body, dict) else {}
    if body.get("text", "").endswith("\ud800"):
        content = b'{"text": "half of a pair: \\ud800"}'
        response = doors.here.post(f"/cases/{number}/notes", content=content)
        assert problem(response, response.status_code)
        assert response.status_code in (400, 422)
        return
    assert said in problem(doors.here.post(f"/cases/{number}/{path}", json=sent), status)


def test_a_case_cannot_be_linked_to_itself(doors: Doors, number: str) -> None:
    sent = doors.here.post(f"/cases/{number}/links", json={"other": number, "kind": "related"})
    assert problem(sent, 409) == "A case cannot be linked to itself."


@pytest.mark.parametrize(
    ("name", "content", "status", "said"),
    [
        ("photo.jpg", b"", 422, "is empty"),
        ("photo.jpg", b"MZ\0\0", 422, "is a program by its content"),
        ("photo.exe", b"MZ\0\0", 422, "Files that end in .exe are not taken"),
        ("photo.png", jpeg(), 422, "is not a PNG picture as its name says"),
        ("photo.jpg", jpeg()[:200], 422, "is damaged or was cut short"),
        ("wide.png", png_claiming(60_000, 60_000), 413, "pixels"),
        ("../../x.jpg/", jpeg(), 422, "is no name of a file"),
        ("page.txt", b"<script>alert(1)</script>", 422, "is a web page or a program"),
    ],
)
def test_a_file_that_is_not_taken(doors: Doors, number: str, name: str, content: bytes, status: int, said: str) -> None:
    folder = doors.app.state.office().attachments.path
    sent = doors.here.post(f"/cases/{number}/attachments", files={"file": (name, content, "image/jpeg")})
    assert said in problem(sent, status)
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_file_for_a_field_that_is_not_asked_for(doors: Doors, number: str) -> None:
    files = {"file": ("a.txt", b"hello\n", "text/plain")}
    sent = doors.here.post(f"/cases/{number}/attachments", files=files, data={"field": "photos"})
    assert "photos is not asked for here" in problem(sent, 422)


def test_no_file_or_two_or_no_form(doors: Doors, number: str) -> None:
    path = f"/cases/{number}/attachments"
    assert problem(doors.here.post(path), 400) == "file: is missing."
    assert problem(doors.here.post(path, json={}), 400) == "file: is missing."
    assert "file" in problem(doors.here.post(path, data={"file": "words"}), 400)
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert problem(doors.here.post(path, content=b"--y\r\nnothing", headers=broken), 400)


def test_a_file_that_is_too_large_is_refused_by_its_own_limit(doors: Doors, number: str) -> None:
    files = {"file": ("a.txt", b"a" * 50_500_000, "text/plain")}
    assert "is larger than 50 MB" in problem(doors.here.post(f"/cases/{number}/attachments", files=files), 413)
    files = {"file": ("a.txt", b"a" * 52_000_000, "text/plain")}
    assert "at most 51,000,000 bytes" in problem(doors.here.post(f"/cases/{number}/attachments", files=files), 413)
    assert "at most 32,000,000 bytes" in problem(doors.here.post("/cases", content=b" " * 32_000_001), 413)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"typ": "leaks"}, "typ: extra inputs are not permitted."),
        ({"type": "leeks"}, "There is no type 'leeks'; did you mean leaks?"),
        ({"status": "shut"}, "status: "),
        ({"priority": "high"}, "priority: "),
        ({"opened_from": "yesterday"}, "opened_from: "),
        ({"older_than_days": -1}, "older_than_days: "),
        ({"bbox": "1,2,3"}, "bbox: give four numbers"),
        ({"bbox": "a,b,c,d"}, "bbox: give four numbers"),
        ({"bbox": "-81,35,-82,36"}, "west < east"),
        ({"bbox": "nan,nan,nan,nan"}, "bbox"),
        ({"bbox": FAR, "area": "{}"}, "Give one area"),
        ({"area": "{}"}, "area: give a GeoJSON Polygon"),
        ({"area": "[" * 5000}, "area: give a GeoJSON Polygon"),
        ({"area": '{"type": "Point", "coordinates": [1, 2]}'}, "area: give a GeoJSON Polygon"),
        ({"area": '{"type": "Polygon", "coordinates": "x"}'}, "area: give a GeoJSON Polygon"),
        ({"area": '{"type": "Feature", "geometry": null}'}, "area: give a GeoJSON Polygon"),
        ({"near": "1,2"}, "near and within_ft go together"),
        ({"near": "here", "within_ft": 5}, "near: give two numbers"),
        ({"near": "1,2", "within_ft": -5}, "within_ft: "),
        ({"limit": 0}, "limit: "),
        ({"limit": 501}, "limit: "),
        ({"next": "zzz"}, "The page asked for is none of ours"),
        ({"next": "\u00fc\u00fc\u00fc\u00fc"}, "The page asked for is none of ours"),
        ({"next": "MjAyNi0wMS0wMQ"}, "The page asked for is none of ours"),
        ({"text": ""}, "text: "),
    ],
)
def test_a_list_that_cannot_be(doors: Doors, asked: dict[str, Any], said: str) -> None:
    assert said in problem(doors.here.get("/cases", params=asked), 400)


@pytest.mark.parametrize("end", ["", "/proposals", "/events", "/notes", "/letters", "/deadlines", "/attachments"])
def test_a_case_that_is_not_there(doors: Doors, end: str) -> None:
    assert problem(doors.here.get(f"/cases/LEAK-1999-00001{end}"), 404) == "There is no case 'LEAK-1999-00001'."
    assert problem(doors.here.get(f"/cases/{'x' * 81}{end}"), 400)
    assert doors.here.get("/cases/LEAK-1999-00001/process.svg").status_code == 404


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        (f"/cases/{NUMBER}/attachments/none", 404, "has no attachment 'none'"),
        (f"/cases/{NUMBER}/attachments/..%2f..%2fetc%2fpasswd", 404, ""),
        (f"/cases/{NUMBER}/events?next=-1", 400, "next: "),
        (f"/cases/{NUMBER}/events?next=soon", 400, "next: "),
        (f"/cases/{NUMBER}/events?limit=1001", 400, "limit: "),
        (f"/cases/{NUMBER}/events?next=99999999999999999999", 400, "next: "),
        ("/registers/sso_lok", 404, "did you mean sso_log?"),
        ("/registers/sso_log?status=open", 400, "SSO Log has no status 'open'"),
        ("/registers/sso_log?type=leaks", 400, "SSO Log has no type 'leaks'"),
        ("/registers/sso_log?next=zzz", 400, "The page asked for is none of ours"),
        ("/registers/sso_log?since=soon", 400, "since: "),
        ("/registers/sso_log?bbox=1", 400, "bbox: give four numbers"),
        ("/registers/sso_log?colour=red", 400, "colour: extra inputs are not permitted."),
        ("/exports/cases.pdf", 400, "ending: "),
        ("/exports/cases.csv?colour=red", 400, "colour: extra inputs are not permitted."),
        ("/exports/cases.csv?limit=3", 400, "limit: extra inputs are not permitted."),
        ("/exports/registers/sso_lok.csv", 404, "did you mean sso_log?"),
        ("/exports/registers/sso_log.csv?status=open", 400, "SSO Log has no status 'open'"),
        ("/processes/leeks", 404, "There is no process 'leeks'"),
        ("/processes/leeks.svg", 404, "There is no process 'leeks'"),
    ],
)
def test_a_question_that_cannot_be(doors: Doors, number: str, path: str, status: int, said: str) -> None:
    assert said in problem(doors.here.get(path.replace(NUMBER, number)), status)


@pytest.mark.parametrize("path", ["steps", "notes", "move", "corrections"])
def test_what_is_not_json(doors: Doors, number: str, path: str) -> None:
    headers = {"Content-Type": "application/json"}
    for content in (b"{", b"\xff\xfe", b"[" * 100_000):
        sent = doors.here.post(f"/cases/{number}/{path}", content=content, headers=headers)
        assert problem(sent, 400)
    assert "as application/json" in problem(doors.here.post(f"/cases/{number}/{path}", content=b"{}"), 400)
    assert problem(doors.here.put(f"/cases/{number}/{path}", json={}), 405)
