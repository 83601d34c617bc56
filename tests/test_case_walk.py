"""A leak from its report to the closing of the damage case it becomes: as the README says it, and on the real town."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from command_line import Ran, runner
from conftest import ROOT
from small_town import Town

from api.cli.demo import make_demo
from api.settings import Settings
from layers.report import ImportFailure
from layers.versions import LayerStore

CITY = ROOT / "examples" / "forest-city" / "city.toml"
_HEADING = "### A leak at a demo-town address, in ten commands"
_NUMBER = re.compile(r"\b(LEAK|DAM)-\d{4}-")


def walk_of_the_readme() -> list[tuple[str, list[str]]]:
    """The commands of the README's walk, each with the lines that it prints there."""
    text = (ROOT / "README.md").read_text("utf-8").partition(_HEADING)[2]
    block = text.partition("```console\n")[2].partition("```")[0].replace("\\\n", " ")
    parts = [part.splitlines() for part in block.split("$ gis-ce ")[1:]]
    return [(lines[0], [line for line in lines[1:] if line != "..."]) for lines in parts]


def plain(text: str) -> str:
    """Words without what differs from day to day: the year of a case's number, and how lines were broken."""
    return " ".join(_NUMBER.sub(r"\1-YEAR-", text).split())


@pytest.fixture(scope="module", name="demo")
def _demo(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The made-up town that the README asks for."""
    settings = Settings(data=tmp_path_factory.mktemp("demo"))
    city, results = make_demo(settings, None, "town")
    assert not [result for result in results if isinstance(result, ImportFailure)]
    return Town(settings, city.city_file, city.store)


@pytest.fixture(name="run")
def _run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs commands on a town, in the folder of the project, on a case store of the test's own."""
    town: Town = request.getfixturevalue(request.param)
    folder = request.getfixturevalue("tmp_path")
    monkeypatch.setenv("GIS_CE_CASES", f"sqlite:///{folder / 'cases.sqlite'}")
    monkeypatch.setenv("GIS_CE_ATTACHMENTS", str(folder / "attachments"))
    monkeypatch.chdir(ROOT)
    return runner(town, monkeypatch, capsys)


def good(ran: Ran) -> str:
    assert ran.code == 0, ran.err
    return ran.out


@pytest.mark.parametrize("run", ["demo"], indirect=True)
def test_the_walk_of_the_readme_goes_as_it_is_written(run: Any) -> None:
    commands = walk_of_the_readme()
    assert len(commands) == 10
    numbers: dict[str, str] = {}
    for command, printed in commands:
        words = [_as_numbered(word, numbers) for word in shlex.split(command)]
        out = good(run(*words))
        numbers |= {found[0][:-5]: found[0] for found in re.finditer(r"\b(LEAK|DAM)-\d{4}-\d{5}", out)}
        said = plain(out)
        for line in printed:
            assert plain(line) in said, (command, out)
    damage = json.loads(good(run("case", "show", numbers[_head(numbers, "DAM")], "--json")))
    assert (damage["status"], damage["outcome"], damage["data"]["ticket_number"]) == ("closed", "end", "C260000885")
    states = {row["check"]: (row["proposed"], row["state"], row["answer"]) for row in damage["proposals"]}
    assert states["locate_ticket"] == ("yes", "confirmed", "yes")
    assert states["public_or_private"] == ("public", "confirmed", "public")
    assert states["tolerance_zone"][2] == "within"


def _head(numbers: dict[str, str], prefix: str) -> str:
    return next(head for head in numbers if head.startswith(prefix))


def _as_numbered(word: str, numbers: dict[str, str]) -> str:
    """A number of the README as it is this year."""
    if not _NUMBER.match(word):
        return word
    return numbers[_head(numbers, word.partition("-")[0])]


@pytest.fixture(scope="module", name="real")
def _real(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Forest City, imported as its city file declares."""
    data = tmp_path_factory.mktemp("real")
    return Town(Settings(data=data, city=CITY, city_data=real_data / "forest-city-nc"), CITY, LayerStore(data))


@pytest.mark.parametrize("run", ["real"], indirect=True)
def test_the_same_walk_on_the_real_town(run: Any, real: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIS_CE_CITY_DATA", str(real.settings.city_data))
    good(run("layers", "import", "--city", CITY))
    leak = json.loads(good(run("case", "open", "leaks", "--address", "270 Bentwood Drive", "--json")))
    assert leak["made"]["located"].startswith("address point")
    number = leak["number"]
    there = ("--at=-81.851097,35.329511", "--sigma-ft", "3", "--why", "seen at the site")
    moved = json.loads(good(run("case", "move", number, *there, "--json")))
    assert moved["made"]["revision"] == 1
    good(run("case", "answer", number, "comments=8 inch main"))
    now = json.loads(good(run("case", "show", number, "--json")))["now"]
    assert (now["step"], now["proposal"]["check"], now["proposal"]["proposed"]) == (
        "location",
        "right_of_way",
        "inside",
    )
    words = ("inside", "wd_investigation=A cut", "root_cause=Hit by a bore", "cause=contractor")
    closed = json.loads(good(run("case", "close", number, *words, "--json")))
    (damage,) = (other for step in closed for other in step["made"].get("opened", ()))
    assert "source missing" in good(run("research", *there[:1]))
    good(run("case", "answer", damage, "firm=DIGGERS LLC", "code_responds=yes", "--to", "ce_pictures"))
    good(run("case", "attach", damage, "docs/pictures/check-tolerance-zone.png", "--field", "code_pictures"))
    good(run("case", "answer", damage, "tolerance_zone=within", "--confirm", "--to", "ticket_exists"))
    asked = json.loads(good(run("case", "show", damage, "--json")))["now"]["proposal"]
    assert (asked["check"], asked["proposed"]) == ("locate_ticket", None)
    assert asked["reason"].startswith("The layer locate_ticket is not there; without it nothing is clear.")
    rest = ("ticket_exists=no", "evidence_of_utility=yes", "potholing=no", "damage_ticket=na", "city_repairs=yes")
    last = ("root_cause=No ticket", "liability=The contractor", "action=no_action")
    why = ("--no-photo", "Covered again", "--not-told", "The firm gets the report")
    assert "cannot close yet: attach an 'after' photo" in run("case", "close", damage, *rest, *last).line
    good(run("case", "close", damage, *rest, *last, *why))
    told = json.loads(good(run("case", "show", damage, "--json")))
    assert (told["status"], told["data"]["property"]) == ("closed", "public")
    assert "case closed: End" in good(run("case", "history", damage))
