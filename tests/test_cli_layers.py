"""Layers on the command line: import, list, show, compare, examine, prune."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import runner
from small_town import Town, make_town, write_sources


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(name="run")
def _run(town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return runner(town, monkeypatch, capsys)


def test_layers_are_listed_and_shown(run: Any) -> None:
    assert "water_mains" in run("layers", "list").out
    assert {layer["name"] for layer in json.loads(run("layers", "list", "--json").out)} >= {"water_mains", "parcels"}
    shown = json.loads(run("layers", "show", "parcels", "--json").out)
    assert shown["description"]["role"] == "parcel"
    assert "EPSG:2264" in run("layers", "show", "parcels").out


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
    assert len(json.loads(run("layers", "prune", "--keep", "1", "--json").out)["deleted"]) == 2


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
