"""Old cases over HTTP: planned, brought in once, refused as a whole, and only by those who may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import case_stores
import pytest
from case_doors import Doors, doors_of, ok, opened, own_store, problem
from case_rows import rows_of
from made_pictures import archive, jpeg
from old_cases import MAPPING, write_csv, write_xlsx
from small_town import Town, make_town

from api.case_exchange_schemas import ImportAnswer
from api.routers import imports

ROWS: list[Mapping[str, Any]] = [
    {"CASE_NO": "CE-1", "ADDRESS": "111 Main Street", "SUMMARY": "Main hit by a bore"},
    {"CASE_NO": "CE-2", "KIND": "Water Leak", "ADDRESS": "9 Nowhere Ln"},
]
BAD: list[Mapping[str, Any]] = [{"CASE_NO": f"B-{row}", "KIND": "Noise"} for row in range(30)]


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(name="doors", params=["sqlite", "postgis"])
def _doors(request: pytest.FixtureRequest, town: Town, tmp_path: Path, sqlite_template: Path) -> Iterator[Doors]:
    if request.param == "sqlite":
        yield doors_of(town, own_store(tmp_path, sqlite_template))
        return
    url = request.getfixturevalue("postgis_case_url")
    case_stores.emptied(url).close()
    yield doors_of(town, url)


def sent(path: Path, mapping: str | None = MAPPING) -> dict[str, Any]:
    files: dict[str, Any] = {"file": (path.name, path.read_bytes(), "application/octet-stream")}
    return files if mapping is None else files | {"mapping": ("energov.yaml", mapping.encode(), "text/yaml")}


def bring(client: Any, path: Path, mapping: str | None = MAPPING, key: str | None = None, **words: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/imports/cases", files=sent(path, mapping), data=words, headers=headers)


def rows(folder: Path, content: Sequence[Mapping[str, Any]]) -> Path:
    return write_csv(folder / "old.csv", content)


def test_a_file_is_planned_then_brought_in_and_never_twice(doors: Doors, tmp_path: Path) -> None:
    client, path = doors.here, rows(tmp_path, ROWS)
    planned = ok(bring(client, path, plan="true"))
    ImportAnswer.model_validate(planned)
    assert (planned["written"], planned["cases"], planned["bad"]) == (False, 2, [])
    assert "9 Nowhere Ln" in planned["remarks"][0]
    assert ok(client.get("/cases"))["cases"] == []
    first = ok(bring(client, path, key="i"))
    assert (first["written"], first["cases"], first["already"]) == (True, 2, 0)
    assert ok(bring(client, path, key="i")) == first, "the same request again"
    again = ok(bring(client, path))
    assert (again["cases"], again["already"], again["changed"]) == (0, 2, 0)
    listed = ok(client.get("/cases", params={"text": "hit by a bore"}))["cases"]
    assert [case["number"] for case in listed] == ["DAM-2019-00001"]


def test_one_bad_row_keeps_all_out_unless_one_says_so(doors: Doors, tmp_path: Path) -> None:
    client, path = doors.here, rows(tmp_path, [*ROWS, *BAD])
    said = problem(bring(client, path), 422)
    assert said.startswith("30 rows of old.csv cannot be brought in; nothing was written:\n  row 4 (B-0): ")
    assert said.endswith("and 10 more; with plan all are listed")
    assert len(ok(bring(client, path, plan="true"))["bad"]) == 30
    assert ok(client.get("/cases"))["cases"] == []
    assert ok(bring(client, path, without_bad="true"))["cases"] == 2


def test_an_export_comes_back_without_a_mapping(town: Town, sqlite_template: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    here, there = (doors_of(town, own_store(folder, sqlite_template)).here for folder in (tmp_path, tmp_path / "other"))
    number = opened(here)
    exported = tmp_path / "cases.xlsx"
    exported.write_bytes(here.get("/exports/cases.xlsx").content)
    assert ok(bring(there, exported, None))["cases"] == 1
    assert ok(there.get(f"/cases/{number}"))["title"] == "Water on the curb"


def test_what_cannot_be_brought_in(
    town: Town, sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors = doors_of(town, own_store(tmp_path, sqlite_template))
    client, good = doors.here, rows(tmp_path, ROWS)
    ok(client.get("/cases"))
    store = doors.app.state.office().store
    before = rows_of(store)
    assert problem(client.post("/imports/cases"), 400) == "file: is missing."
    assert "is no export of this program: say with a mapping" in problem(bring(client, good, None), 400)
    assert "mapping file" in problem(bring(client, good, "format: 1\nsystem: [\n"), 422)
    other = MAPPING.replace("row: CASE_NO", "row: CASE_NUMBER")
    assert "has no column CASE_NUMBER" in problem(bring(client, good, other), 422)
    assert "at most 200,000 bytes" in problem(bring(client, good, "#" * 200_001), 400)
    assert "not a mapping file in UTF-8" in problem(
        client.post("/imports/cases", files=sent(good) | {"mapping": ("m.yaml", b"\xff\xfe", "text/yaml")}), 400
    )
    for name, content, status, words in (
        ("old.pdf", b"%PDF-", 422, "old cases are read from .csv and .xlsx"),
        ("old.csv", b"", 422, "is empty"),
        ("..", b"a,b\n1,2\n", 422, "old cases are read from"),
        ("../../etc/old.csv", b"\0\1\2", 422, "old.csv"),
        ("old.xlsx", jpeg(), 422, "old.xlsx"),
        ("old.xlsx", archive({"xl/workbook.xml": b"\0" * 30_000_000}), 413, "times its size"),
    ):
        files = sent(good) | {"file": (name, content, "text/csv")}
        assert words in problem(client.post("/imports/cases", files=files), status), name
    monkeypatch.setattr(imports, "MOST_ROWS", 1)
    assert "has 2 rows; at most 1 at once. Split it." in problem(bring(client, good), 400)
    big = sent(good) | {"file": ("old.csv", b"a" * 33_000_000, "text/csv")}
    assert "at most 32,000,000 bytes" in problem(client.post("/imports/cases", files=big), 413)
    assert rows_of(store) == before


def test_only_those_of_the_lane_admin_bring_cases_in(town: Town, sqlite_template: Path, tmp_path: Path) -> None:
    doors = doors_of(town, own_store(tmp_path, sqlite_template))
    officer, admin = doors.add("ann", "ce"), doors.add("root", "admin", "ce")
    path = write_xlsx(tmp_path / "old.xlsx", ROWS)
    assert bring(doors.public, path).status_code == 401
    assert problem(bring(officer, path), 403) == "This is for the roles admin; ann is officer."
    assert problem(bring(officer, path, plan="true"), 403) == "This is for the roles admin; ann is officer."
    assert ok(bring(admin, path))["cases"] == 2
