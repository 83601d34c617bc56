"""The command line: answers on the screen, files of findings, and one clear line on a mistake."""

from __future__ import annotations

import csv
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import geopandas
import httpx
import pyarrow.parquet as pq
import pytest
import shapely
from rich.console import Console
from small_town import EAST, NORTH, SECRETS, Town, lonlat, make_town, place, write_sources

from api.cli import main, screen

LON, LAT = lonlat(150, 120)


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


class Ran:
    """What a command printed, and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def line(self) -> str:
        """The one line of a mistake."""
        assert self.code == 1, self.err + self.out
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("gis-ce: ")
        return self.err.removeprefix("gis-ce: ").strip()


@pytest.fixture(name="run")
def _run(town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.setenv("GIS_CE_DATA", str(town.settings.data))
    monkeypatch.setenv("COLUMNS", "100")

    def run(*words: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["gis-ce", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Ran(int(ended.value.code or 0), printed.out, printed.err)

    return run


def write_csv(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_place_is_answered_in_words(run: Any) -> None:
    ran = run("check", "--at", f"{LON},{LAT}", "--on", "2026-11-01")
    assert ran.code == 0, ran.err
    assert "Water within 100 ft: yes (40.0 ft)" in " ".join(ran.out.split())


@pytest.mark.parametrize("how", [("--xy", f"{EAST + 150},{NORTH + 120}"), ("--address", "111 Main Street")])
def test_a_place_can_be_said_in_feet_or_by_its_address(run: Any, how: tuple[str, str]) -> None:
    answer = json.loads(run("check", *how, "--json", "--checks", "right_of_way, water_available").out)
    (told,) = answer["places"]
    assert [found["answer"] for found in told["findings"]] == ["outside", "yes"]
    assert told["findings"][0]["margin_ft"] == pytest.approx(-60.0, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "text", "answer"),
    [
        ("shed.wkt", place(260, 100).buffer(4).wkt, "yes"),
        ("shed.geojson", shapely.to_geojson(place(500, 100).buffer(4)), "no"),
        ("fence.wkt", shapely.LineString([place(240, 100), place(280, 100)]).wkt, "yes"),
    ],
)
def test_a_structure_is_read_from_its_file(run: Any, tmp_path: Path, name: str, text: str, answer: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    told = json.loads(run("check", "--structure", tmp_path / name, "--checks", "easement_encroachment", "--json").out)
    assert told["places"][0]["findings"][0]["answer"] == answer


def test_a_point_with_a_radius_is_a_structure(run: Any) -> None:
    where = f"{EAST + 260},{NORTH + 100}"
    ran = run("check", "--xy", where, "--radius-ft", "3", "--checks", "easement_encroachment", "--json")
    assert json.loads(ran.out)["places"][0]["findings"][0]["answer"] == "yes"


def test_the_evidence_is_written_as_one_page(run: Any, tmp_path: Path) -> None:
    page = tmp_path / "evidence.html"
    ran = run("check", "--address", "111 MAIN ST", "--map", page)
    if "make setup" in ran.err or "set-up" in ran.err:
        pytest.skip("the page's files have not been fetched: run make setup")
    assert ran.code == 0, ran.err
    assert "Water within 100 ft" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check",), "exactly one of --at LON,LAT, --xy E,N and --address"),
        (("check", "--at", "1,2", "--address", "x"), "exactly one of"),
        (("check", "--at", "here"), "--at here: give LON,LAT in degrees, with a comma between."),
        (("check", "--at", f"{EAST},{NORTH}"), "not degrees"),
        (("check", "--xy", "-82,35"), "for degrees there is --at"),
        (("check", "--at", "nan,nan"), "give two numbers"),
        (("check", "--address", "111 MIAN ST"), "Did you mean 111 MAIN ST"),
        (("check", "--address", "7 Double Ct"), "is the address of 2 places (addresses D1, D2)"),
        (("check", "--address", "0 Main St"), "house number 0"),
        (("check", "--at", "-82,35", "--checks", "luck"), "There is no check 'luck'; the checks are: right_of_way"),
        (("check", "--at", "-82,35", "--datum", "WGS72"), "There is no datum 'WGS72'"),
        (("check", "--at", "-82,35", "--on", "tomorrow"), "--on"),
        (("check", "--at", "-82,35", "--sigma-ft", "-1"), "--sigma-ft"),
        (("check", "--structure", "no-such-file.wkt"), "There is no file no-such-file.wkt."),
        (("check", "no-such-file.csv", "-o", "x.csv"), "There is no file no-such-file.csv."),
        (("check", "cases.csv"), "-o findings.csv"),
        (("check", "cases.csv", "-o", "x.csv", "--at", "1,2"), "leave out --at"),
        (("check", "--nonsense"), "No such option"),
        (("nonsense",), "No such command"),
        (("layers", "show", "gold"), "There is no layer 'gold'; the published layers are: addresses"),
        (("layers", "diff", "parcels"), "only one version"),
        (("layers", "diff", "parcels", "zzz"), "is no version of parcels"),
        (("layers", "import", "gold"), "The city file declares no layer 'gold'"),
        (("demo", "--size", "hut"), "There is no size 'hut'; there are hamlet, town, city, metro."),
    ],
)
def test_a_mistake_is_one_clear_line(run: Any, words: tuple[str, ...], said: str) -> None:
    assert said in run(*words).line


def test_a_city_file_with_mistakes_lists_them_all(run: Any, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('[city]\nname = "X"\ngrid = 4326\n', "utf-8")
    ran = run("layers", "list", "--city", tmp_path / "bad.toml")
    assert ran.code == 1
    assert ran.err.startswith(f"gis-ce: {tmp_path / 'bad.toml'} has ")
    assert ran.err.count("\n") > 2


def test_without_a_city_the_way_to_one_is_told(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIS_CE_DATA", str(tmp_path))
    assert "gis-ce demo" in run("check", "--at", "-82,35").line


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


def test_layers_are_listed_shown_and_ruled(run: Any) -> None:
    assert "water_mains" in run("layers", "list").out
    assert {layer["name"] for layer in json.loads(run("layers", "list", "--json").out)} >= {"water_mains", "parcels"}
    shown = json.loads(run("layers", "show", "parcels", "--json").out)
    assert shown["description"]["role"] == "parcel"
    assert "EPSG:2264" in run("layers", "show", "parcels").out
    assert "nc-tolerance-zone-2014" in run("rules", "--on", "2020-01-01").out
    assert any(rule["id"] == "nc-right-of-way" for rule in json.loads(run("rules", "--json").out))


def test_layers_are_imported_compared_examined_and_pruned(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_town(tmp_path)
    write_sources(tmp_path)
    monkeypatch.setenv("GIS_CE_DATA", str(made.settings.data))
    ran = run("layers", "import", "parcels", "water_mains", "--json")
    assert ran.code == 0, ran.err
    assert [report["rows_written"] for report in json.loads(ran.out)] == [20, 2]
    assert len(made.store.history("parcels")) == 2
    assert "added" in run("layers", "diff", "parcels").out
    assert set(json.loads(run("layers", "diff", "parcels", "--json").out)) >= {"added", "removed", "moved", "changed"}
    examined = run("layers", "doctor", "--json")
    assert all(finding["next_step"] for finding in json.loads(examined.out))
    assert len(json.loads(run("layers", "prune", "--keep", "1", "--json").out)) == 2


def test_an_import_that_fails_says_which_layer_and_keeps_the_version(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_town(tmp_path)
    monkeypatch.setenv("GIS_CE_DATA", str(made.settings.data))
    before = made.store.current()["parcels"]
    ran = run("layers", "import", "parcels")
    assert ran.code == 1
    assert ran.err.splitlines()[-1] == "gis-ce: 1 of 1 layers failed: parcels."
    assert made.store.current()["parcels"] == before


@pytest.mark.parametrize("width", [80, 120])
def test_no_table_is_cut_at_the_width_of_a_terminal(run: Any, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for words in (("layers", "list"), ("layers", "show", "parcels"), ("check", "--address", "111 MAIN ST"), ("rules",)):
        printed = run(*words).out
        assert "…" not in printed
        assert max(map(len, printed.splitlines())) <= width


def test_markup_in_data_stays_text() -> None:
    console = Console(width=80, record=True)
    made = screen.table("Name")
    made.add_row(screen.text("[red]OWNER[/red] [link=x]"))
    console.print(made)
    assert "[red]OWNER[/red]" in console.export_text()


def test_help_explains_every_command(run: Any) -> None:
    for words in ((), ("check",), ("serve",), ("demo",), ("rules",), ("layers",), ("layers", "import")):
        ran = run(*words, "--help")
        assert ran.code == 0
        assert "Usage: gis-ce" in ran.out


def environment(town: Town) -> dict[str, str]:
    root = str(Path(__file__).resolve().parent.parent)
    return {**os.environ, "GIS_CE_DATA": str(town.settings.data), "PYTHONPATH": root, "COLUMNS": "80"}


COMMAND = [sys.executable, "-c", "from api.cli import main; main()"]


def test_the_command_itself_ends_with_code_1_and_one_line(town: Town) -> None:
    ran = subprocess.run([*COMMAND, "check"], env=environment(town), capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)


def test_the_shell_can_complete_commands(town: Town) -> None:
    asked = {"_GIS_CE_COMPLETE": "complete_bash", "COMP_WORDS": "gis-ce la", "COMP_CWORD": "1"}
    ran = subprocess.run(COMMAND, env=environment(town) | asked, capture_output=True, text=True, check=False)
    assert ran.stdout.split() == ["layers"]


def test_the_service_starts_prints_its_address_and_answers_this_machine_as_staff(town: Town) -> None:
    serving = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"], env=environment(town), stdout=subprocess.PIPE, text=True, bufsize=1
    )
    try:
        assert serving.stdout is not None
        line = serving.stdout.readline()
        address = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
        assert _asked(address)["caller"] == "staff"
        assert httpx.get(f"{address}/health", headers={"X-Forwarded-For": "127.0.0.1"}).json()["caller"] == "public"
        public = httpx.get(f"{address}/layers", headers={"Host": "gis.city.example"}).text
        assert [word for word in SECRETS if word in public] == []
    finally:
        serving.terminate()
        serving.wait(timeout=20)


def _asked(address: str) -> dict[str, Any]:
    for _ in range(100):
        try:
            return dict(httpx.get(f"{address}/health").json())
        except httpx.ConnectError:
            time.sleep(0.05)
    raise AssertionError("the service does not answer")


def test_a_port_that_is_taken_is_said_so(run: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run("serve", "--port", port).line == f"Port {port} is taken; choose another one with --port."
