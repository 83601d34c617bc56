"""Process maps on the command line: list, show, check, draw, paths."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import runner
from process_walks import MAPS, RIGHT
from small_town import Town, make_town


@pytest.fixture(name="town")
def _town(tmp_path: Path) -> Town:
    made = make_town(tmp_path)
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "mine.yaml").write_text(RIGHT, "utf-8")
    made.city_file.write_text(made.city_file.read_text("utf-8") + '\n[processes]\nfolder = "maps"\n', "utf-8")
    return made


@pytest.fixture(name="run")
def _run(town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return runner(town, monkeypatch, capsys)


def test_shipped_maps_and_the_citys_own_are_listed(run: Any) -> None:
    lines = {line["process"]: line for line in json.loads(run("process", "list", "--json").out)}
    assert set(lines) == {*MAPS, "mine"}
    assert (lines["leaks"]["title"], lines["leaks"]["prefix"], lines["leaks"]["steps"]) == ("Leaks", "LEAK", 25)
    assert "A process of ours (own)" in run("process", "list").out


def test_the_maps_can_be_looked_at_without_any_city(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIS_CE_DATA", str(tmp_path / "nothing"))
    assert len(json.loads(run("process", "list", "--json").out)) == 16
    assert "WD to Make Repairs" in run("process", "show", "leaks").out


def test_the_steps_of_a_map_are_shown(run: Any) -> None:
    shown = " ".join(run("process", "show", "leaks").out.split())
    assert "notate repair_cost (money, required)" in shown
    assert "check right_of_way" in shown
    assert "inside: wd_to_repair" in shown
    assert "guess: where Non-Contractor leads" in shown
    message = json.loads(run("process", "show", "hydrant_meters", "--json").out)
    (step,) = [step for step in message["steps"] if step["step"] == "confiscate_unmetered"]
    assert (step["processes"], step["returns"]) == (["confiscate_hydrant_meter"], True)
    assert message["lanes"][0] == {"lane": "reporter", "title": "Internal/External", "recorded_by": ["ce"]}


def test_every_map_can_be_shown(run: Any) -> None:
    for name in (*MAPS, "mine"):
        assert json.loads(run("process", "show", name, "--json").out)["process"] == name


def test_a_definition_is_checked_and_its_mistakes_are_listed(run: Any, tmp_path: Path) -> None:
    good = tmp_path / "good.yaml"
    good.write_text(RIGHT, "utf-8")
    assert "good" in run("process", "check", good).out
    bad = tmp_path / "bad.yaml"
    bad.write_text(RIGHT.replace("lane: wd\n", "lane: wdd\n").replace("prefix: MINE", "prefix: m"), "utf-8")
    ran = run("process", "check", good, bad)
    assert ran.line == f"1 of 2 definitions cannot be used: {bad}."
    assert "line 4: mine: prefix must be" in ran.out
    assert "line 16: mine.repair: there is no lane 'wdd'; did you mean 'wd'?" in ran.out
    told = json.loads(run("process", "check", bad, "--json").out)
    assert [len(verdict["mistakes"]) for verdict in told] == [2]


def test_all_definitions_are_checked_where_none_is_named(run: Any, town: Town) -> None:
    assert run("process", "check").out.count("good") == 17
    (town.city_file.parent / "maps" / "mine.yaml").write_text(RIGHT.replace("next: open", "next: opn"), "utf-8")
    assert run("process", "check").line == "1 of 17 definitions cannot be used: mine."
    assert "has mistakes; gis-ce process check" in " ".join(run("process", "list").out.split())
    assert run("process", "show", "leaks").code == 0
    assert "there is no step 'opn'" in run("process", "show", "mine").err


def test_a_map_is_drawn_into_a_file_or_onto_the_screen(run: Any, tmp_path: Path) -> None:
    ran = run("process", "draw", "leaks", "-o", tmp_path / "leaks.svg")
    assert "leaks.svg shows leaks." in ran.out
    assert (tmp_path / "leaks.svg").read_text("utf-8") in run("process", "draw", "leaks").out
    assert run("process", "draw", "mine").out.startswith("<svg")


def test_the_ways_through_a_map_are_counted_and_listed(run: Any) -> None:
    assert "| leaks | 25 | 30 | 7 | end (7) |" in run("process", "paths").out
    assert "location: inside, cause: natural; closes at end" in run("process", "paths", "leaks").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "leeks"), "There is no process 'leeks'; did you mean 'leaks'?"),
        (("draw", "leeks"), "There is no process 'leeks'"),
        (("check", "none.yaml"), "There is no file none.yaml."),
        (("draw", "leaks", "-o", "/nowhere/x.svg"), "/nowhere/x.svg: No such file or directory."),
        (("nonsense",), "No such command"),
    ],
)
def test_a_mistake_is_one_clear_line(run: Any, words: tuple[str, ...], said: str) -> None:
    assert said in run("process", *words).line


@pytest.mark.parametrize("width", [80, 120])
def test_no_table_is_cut_at_the_width_of_a_terminal(run: Any, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for words in (("list",), *(("show", name) for name in MAPS)):
        printed = run("process", *words).out
        assert "…" not in printed
        assert max(map(len, printed.splitlines())) <= width
