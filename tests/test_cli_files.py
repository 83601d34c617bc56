"""A file of cases on the command line: every row answered or listed, in every kind of file."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import geopandas
import pyarrow.parquet as pq
import pytest
from command_line import runner
from small_town import Town, lonlat, make_town, place


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(name="run")
def _run(town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return runner(town, monkeypatch, capsys)


def write_csv(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


def cases(folder: Path) -> Path:
    rows: list[dict[str, object]] = [
        {"case": f"00{n}", "lon": lonlat(n * 90, 120)[0], "lat": lonlat(n * 90, 120)[1], "address": ""}
        for n in range(9)
    ]
    rows += [{"case": "x1", "lon": "", "lat": "", "address": "111 Main St"}]
    rows += [{"case": "x2", "lon": "", "lat": "", "address": "111 Mian St"}]
    return write_csv(folder / "cases.csv", rows)


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".gpkg", ".geojson"])
def test_a_file_of_cases_is_answered_row_by_row(run: Any, tmp_path: Path, suffix: str) -> None:
    output = tmp_path / f"findings{suffix}"
    ran = run("check", cases(tmp_path), "-o", output)
    assert ran.code == 0, ran.err
    assert "1 of 11 rows could not be located" in " ".join(ran.err.split())
    if suffix == ".csv":
        found: Any = list(csv.DictReader(output.open(encoding="utf-8")))
    elif suffix == ".parquet":
        found = pq.read_table(output).to_pylist()
    else:
        found = geopandas.read_file(output).to_dict("records")
    assert [row["case"] for row in found] == [*(f"00{n}" for n in range(9)), "x1", "x2"]
    assert [row["right_of_way"] for row in found][:10] == ["outside"] * 10
    assert "Did you mean 111 MAIN ST" in found[10]["problem"]
    assert found[0]["layer_versions"].startswith("addresses/")
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "cases.csv", output])


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".parquet"])
@pytest.mark.parametrize("grid", [2264, 4269])
def test_cases_may_be_a_map_file_on_any_grid(run: Any, tmp_path: Path, suffix: str, grid: int) -> None:
    frame = geopandas.GeoDataFrame({"case": ["a", "b"]}, geometry=[place(150, 120), place(150, 30)], crs=2264)
    path = tmp_path / f"cases{suffix}"
    moved = frame.to_crs(4326 if suffix == ".geojson" else grid)
    moved.to_parquet(path) if suffix == ".parquet" else moved.to_file(path)
    assert run("check", path, "-o", tmp_path / "out.csv").code == 0
    found = list(csv.DictReader((tmp_path / "out.csv").open(encoding="utf-8")))
    assert [row["right_of_way"] for row in found] == ["outside", "inside"]
    assert float(found[0]["water_available_distance_ft"]) == pytest.approx(40.0, abs=0.01)


def test_shapes_in_a_file_are_structures_too(run: Any, tmp_path: Path) -> None:
    shapes = [place(260, 100).buffer(4), place(500, 100).buffer(4)]
    geopandas.GeoDataFrame({"case": ["a", "b"]}, geometry=shapes, crs=2264).to_file(tmp_path / "sheds.gpkg")
    assert run("check", tmp_path / "sheds.gpkg", "-o", tmp_path / "out.csv").code == 0
    found = list(csv.DictReader((tmp_path / "out.csv").open(encoding="utf-8")))
    assert [row["easement_encroachment"] for row in found] == ["yes", "no"]


def test_the_counts_of_a_file_are_there_for_machines(run: Any, tmp_path: Path) -> None:
    told = json.loads(run("check", cases(tmp_path), "-o", tmp_path / "out.csv", "--json").out)
    assert told["rows"] == 11
    assert told["not_located"][0]["row"] == 11
    undecided = [count for count in told["counts"] if count["reason"] == "The place has no position; locate it first."]
    assert {count["check"] for count in undecided} >= {"right_of_way", "tolerance_zone", "water_available"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\nx\n", "Nothing in the table says where the cases lie"),
        ("lon,lat\n", "has no rows"),
        ("lon,lat\n1,2,3\n", "is not a table in CSV"),
        ("", "is not a table in CSV"),
    ],
)
def test_a_file_that_is_no_table_of_cases_is_refused(run: Any, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "cases.csv").write_text(text, "utf-8")
    assert said in run("check", tmp_path / "cases.csv", "-o", tmp_path / "out.csv").line
    assert not (tmp_path / "out.csv").exists()


def test_findings_never_go_over_the_cases(run: Any, tmp_path: Path) -> None:
    path = cases(tmp_path)
    assert "the file of cases itself" in run("check", path, "-o", path).line
    assert "findings are written as .csv" in run("check", path, "-o", tmp_path / "out.docx").line
    assert "There is no folder" in run("check", path, "-o", tmp_path / "no" / "out.csv").line
