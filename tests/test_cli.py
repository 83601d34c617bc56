"""The command line: one place in words, and one clear line on a mistake."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import shapely
from command_line import runner
from rich.console import Console
from small_town import EAST, NORTH, SECRETS, Town, lonlat, make_town, place

from api.cli import screen

LON, LAT = lonlat(150, 120)


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(name="run")
def _run(town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return runner(town, monkeypatch, capsys)


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


@pytest.mark.parametrize("width", [80, 120])
def test_no_table_is_cut_at_the_width_of_a_terminal(run: Any, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for words in (("layers", "list"), ("layers", "show", "parcels"), ("check", "--address", "111 MAIN ST")):
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
