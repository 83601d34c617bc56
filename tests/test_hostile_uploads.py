"""Hostile files, forms and queries at every door that takes them: a sentence each, and nothing written."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from case_doors import HERE, LEAK, doors_of, own_store
from case_rows import rows_of
from command_line import runner
from fastapi.testclient import TestClient
from hostile import DEEP, DIGITS, ring
from kept_files import files
from made_pictures import archive, jpeg, png_claiming, workbook_with
from old_cases import MAPPING
from small_town import Town, lonlat, make_town, write_sources

ESRI = "/arcgis/rest/services/gis-ce/FeatureServer/0/query"
OPEN311 = "/open311/v2/requests.json"
LON, LAT = lonlat(50, 20)
INTAKE = '\n[open311]\nagency = "Smallville Utilities"\nper_hour = 1000\n'
FLOOD = b"0" * 60_000_000
CSV = b"CASE_NO,KIND,ADDRESS\nCE-1,Water Leak,111 Main Street\n"


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    town = make_town(tmp_path_factory.mktemp("town"))
    town.city_file.write_text(town.city_file.read_text("utf-8") + INTAKE, "utf-8")
    return town


@pytest.fixture(scope="module", name="app")
def _app(town: Town, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Any:
    doors = doors_of(town, own_store(tmp_path_factory.mktemp("hostile"), sqlite_template))
    assert doors.here.post("/cases", json=LEAK).status_code == 201
    doors.here.post("/checks", json={"geometry": {"type": "Point", "coordinates": [LON, LAT]}})
    return doors.app


@pytest.fixture(name="client")
def _client(app: Any, town: Town) -> Iterator[TestClient]:
    """Who sits at the machine; afterwards no row and no file is another, and the service still answers."""
    client = TestClient(app, base_url="http://127.0.0.1:8000", client=HERE, raise_server_exceptions=False)
    store = app.state.office().store
    before = rows_of(store), files(town.settings.data)
    yield client
    assert (rows_of(store), files(town.settings.data)) == before
    assert client.get("/cases/LEAK-2026-00001").status_code == 200


def said(answer: Any) -> str:
    """The sentence of a refusal."""
    assert 400 <= answer.status_code < 500, answer.text[:300]
    found = answer.json()
    sentence = found[0]["description"] if isinstance(found, list) else found["detail"]
    assert 0 < len(sentence) < 4_000
    assert "Traceback" not in sentence
    return str(sentence)


def many_members() -> bytes:
    return archive({f"word/{number}.xml": b"<a/>" for number in range(20_000)}, zipfile.ZIP_STORED)


ATTACHED: dict[str, tuple[str, bytes]] = {
    "nothing": ("photo.jpg", b""),
    "half a picture": ("photo.jpg", jpeg()[:300]),
    "a program named as a picture": ("photo.jpg", b"MZ\x90\x00" + b"\0" * 200),
    "a page named as a picture": ("photo.png", b"<html><script>alert(1)</script></html>"),
    "a picture with a script": ("plan.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "very many pixels": ("plan.png", png_claiming(100_000, 100_000)),
    "a flood in a letter": ("letter.docx", workbook_with({"word/document.xml": FLOOD})),
    "very many members": ("letter.docx", many_members()),
    "a zip": ("files.zip", archive({"a": b"b"})),
    "a path out of a zip": ("sheet.xlsx", archive({"../../etc/passwd": b"x", "[Content_Types].xml": b"<a/>"})),
    "a compressed file": ("notes.txt", gzip.compress(b"words")),
    "bytes that are no text": ("notes.txt", bytes(range(256)) * 10),
    "a broken paper": ("letter.pdf", b"%PDF-1.7\n1 0 obj\n<<"),
}
OLD_CASES: dict[str, tuple[str, bytes]] = {
    "nothing": ("old.csv", b""),
    "only a head": ("old.csv", CSV[:20]),
    "bytes that are no text": ("old.csv", bytes(range(256)) * 40),
    "UTF-16": ("old.csv", CSV.decode().encode("utf-16")),
    "a NUL": ("old.csv", CSV.replace(b"Main", b"Ma\0in")),
    "a quotation without end": ("old.csv", CSV.replace(b"CE-1,", b'CE-1,"')),
    "twice the same column": ("old.csv", CSV.replace(b"KIND", b"CASE_NO")),
    "a field without end": ("old.csv", CSV + b"x" * 300_000),
    "half a workbook": ("old.xlsx", workbook_with({})[:400]),
    "a flood in a workbook": ("old.xlsx", workbook_with({"xl/worksheets/sheet1.xml": FLOOD})),
    "a table named as a workbook": ("old.xlsx", CSV),
    "another kind": ("old.exe", CSV),
}
MAPPINGS: dict[str, bytes] = {
    "nothing": b"",
    "no text": b"\xff\xfe\x00",
    "a tag that makes an object": b"!!python/object/apply:os.system ['true']",
    "aliases that grow": b"a: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(b"%c: &%c [%s]\n" % (c, c, b",".join([b"*%c" % (c - 1)] * 9)) for c in range(98, 107)),
    "deep lists": b"[" * DEEP,
    "a list": b"- a\n- b\n",
    "too long": b"#" * 300_000,
    "an unknown key": MAPPING.encode() + b"\nshell: true\n",
}


@pytest.mark.parametrize("kind", ATTACHED)
def test_no_hostile_file_is_attached(client: TestClient, kind: str) -> None:
    name, content = ATTACHED[kind]
    sent = {"file": (name, content, "image/jpeg")}
    assert said(client.post("/cases/LEAK-2026-00001/attachments", files=sent)).endswith(".")


@pytest.mark.parametrize("kind", OLD_CASES)
def test_no_hostile_file_of_old_cases_comes_in(client: TestClient, kind: str) -> None:
    name, content = OLD_CASES[kind]
    sent = {"file": (name, content, "text/csv"), "mapping": ("m.yaml", MAPPING.encode(), "text/yaml")}
    assert said(client.post("/imports/cases", files=sent))


@pytest.mark.parametrize("kind", MAPPINGS)
def test_no_hostile_mapping_is_followed(client: TestClient, kind: str) -> None:
    sent = {"file": ("old.csv", CSV, "text/csv"), "mapping": ("m.yaml", MAPPINGS[kind], "text/yaml")}
    assert said(client.post("/imports/cases", files=sent))


@pytest.mark.parametrize(
    "body", [b"", b"--x", b"--x\r\n\r\n", b'--x\r\nContent-Disposition: form-data; name="file"\r\n']
)
@pytest.mark.parametrize("path", ["/cases/LEAK-2026-00001/attachments", "/imports/cases", OPEN311])
def test_a_form_that_is_cut_off_is_refused(client: TestClient, path: str, body: bytes) -> None:
    assert said(client.post(path, content=body, headers={"Content-Type": "multipart/form-data; boundary=x"}))


@pytest.mark.parametrize(
    "more",
    [
        {"lat": "NaN"},
        {"lat": "1e999"},
        {"lat": "9" * DIGITS},
        {"lat": LAT, "long": "0x10"},
        {"lat": ["35", "36"]},
        {"service_code": "leak\0"},
        {"description": "a\0b"},
        {"description": "x" * 200_000},
        {"email": "x" * 100_000},
        {"media_url": "javascript:alert(1)"},
        {"media_url": "file:///etc/passwd"},
        {"service_code": "../../leak"},
        {f"field{number}": "x" for number in range(300)},
    ],
)
def test_no_hostile_report_of_the_public_opens_a_case(client: TestClient, more: dict[str, Any]) -> None:
    report = {"service_code": "leak", "lat": LAT, "long": LON, "description": "Water"} | more
    assert said(client.post(OPEN311, data=report))


def filters() -> dict[str, Any]:
    """Filters that cannot be answered."""
    inner: Any = {"op": "=", "args": [{"property": "parcel_id"}, "N1"]}
    for _ in range(400):
        inner = {"op": "not", "args": [inner]}
    polygon = {"type": "Polygon", "coordinates": [ring(500, LON, LAT)[:-2]]}
    return {
        "deep": inner,
        "no operator": {"args": []},
        "no list": {"op": "and", "args": "x"},
        "no number of arguments": {"op": "=", "args": []},
        "another kind": {"op": "=", "args": [{"property": "parcel_id"}, {"x": []}]},
        "an open ring": {"op": "s_intersects", "args": [{"property": "geometry"}, polygon]},
        "no shape": {"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Circle"}]},
        "a number for a name": {"op": "=", "args": [{"property": 7}, 7]},
        "an unknown name": {"op": "=", "args": [{"property": "owner_ssn"}, 7]},
        "a NUL": {"op": "=", "args": [{"property": "parcel_id"}, "a\0"]},
    }


RAW = [
    '{"op": "=", "args": [{"property": "parcel_id"}, NaN]}',
    "[" * 3_000,
    "{",
    "null",
    "1e999",
    '"\\ud800"',
    "\ufeff",
]


@pytest.mark.parametrize("written", [*map(json.dumps, filters().values()), *RAW])
def test_no_hostile_filter_is_answered_with_features(client: TestClient, written: str) -> None:
    asked = {"filter": written, "filter-lang": "cql2-json"}
    assert said(client.get("/collections/parcels/items", params=asked)).endswith(".")


@pytest.mark.parametrize(
    "asked",
    [
        {"where": "(" * 3_000 + "1=1" + ")" * 3_000},
        {"where": "1=1; DROP TABLE cases"},
        {"where": "id = 'a\0'"},
        {"where": "NOT " * 1_000 + "1=1"},
        {"where": "x" * 9_000},
        {"objectIds": ",".join(["1"] * 20_000)},
        {"objectIds": "9" * DIGITS},
        {"geometry": json.dumps({"rings": [ring(60_000, 2_100_000, 700_000)]})},
        {"geometry": json.dumps({"rings": [ring(25_000, 2_100_000, 700_000)]})},
        {"geometry": '{"x": 1e999, "y": 0}'},
        {"geometry": '{"rings": ' + "[" * 900 + "]" * 900 + "}"},
        {"geometry": "[" * DEEP},
        {"geometry": "NaN,NaN"},
        {"geometry": '{"x": "1", "y": {}}'},
        {"geometry": "0,0", "inSR": "9" * DIGITS},
        {"geometry": "0,0", "inSR": '{"wkid": [1]}'},
        {"resultOffset": "9" * DIGITS},
        {"outFields": "'; --"},
        {f"field{number}": "x" for number in range(300)},
    ],
)
def test_no_hostile_query_of_an_esri_client_is_answered_with_rows(client: TestClient, asked: dict[str, str]) -> None:
    """These clients take an error in an answer of status 200; a form that is none at all is refused as everywhere."""
    answer = client.post(ESRI, data={"f": "json", **asked})
    if answer.status_code != 200:
        assert said(answer)
        return
    assert set(answer.json()) == {"error"}
    assert 400 <= answer.json()["error"]["code"] < 500


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip"])
def test_a_compressed_body_is_never_unpacked(client: TestClient, encoding: str) -> None:
    packed = gzip.compress(FLOOD)
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    assert said(client.post("/checks", content=packed, headers=headers))


def layers_files(folder: Path) -> dict[str, bytes]:
    """Files that cannot be a town's layers, made of one that is."""
    write_sources(folder)
    good = (folder / "town.gpkg").read_bytes()
    deep = b'{"type": "FeatureCollection", "features": ' + b"[" * DEEP + b"]" * DEEP + b"}"
    nan = b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
    nan += b'{"type":"Polygon","coordinates":[[[NaN,1],[2,Infinity],[3,4],[NaN,1]]]}}]}'
    flood = BytesIO()
    with zipfile.ZipFile(flood, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("town.gpkg", b"0" * 1_000)
        packed.infolist()[0].file_size = 900_000_000_000
    return {
        "town.gpkg": good[: len(good) // 3],
        "empty.gpkg": b"",
        "text.gpkg": b"SQLite format 3\0" + b"\xff" * 4_000,
        "deep.geojson": deep,
        "nan.geojson": nan,
        "half.geojson": deep[:100],
        "types.geojson": b'{"type": "FeatureCollection", "features": [{"geometry": 7, "properties": []}]}',
        "path.zip": archive({"../../../tmp/evil.gpkg": good}),
        "flood.zip": flood.getvalue(),
        "half.zip": archive({"town.gpkg": good})[:500],
        "page.gpkg": b"<html>Sign in</html>",
    }


def published(town: Town) -> dict[str, bytes]:
    """Every file of the layers with its bytes, but for the lock that whoever writes takes."""
    found = {path.name: path.read_bytes() for path in files(town.store.folder)}
    return {name: content for name, content in found.items() if not name.endswith(".lock")}


def test_no_hostile_file_of_layers_is_published(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run, before = runner(town, monkeypatch, capsys), published(town)
    for name, content in layers_files(tmp_path).items():
        (tmp_path / name).write_bytes(content)
        text = town.city_file.read_text("utf-8").replace("town.gpkg", name)
        (tmp_path / "city.toml").write_text(text, "utf-8")
        ran = run("layers", "import", "parcels", "--city", tmp_path / "city.toml")
        assert ran.code == 1, name
        assert "Traceback" not in ran.err + ran.out
        assert name in ran.err, ran.err
        assert published(town) == before, name
    assert not [path for path in files(tmp_path.parent) if path.name == "evil.gpkg"]
