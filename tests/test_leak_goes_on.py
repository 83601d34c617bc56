"""The page on the leak that goes on says what happens, command by command."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from command_line import runner
from conftest import ROOT
from small_town import make_town

_CLOSING = re.compile(r"\n\[closing\]\n(?:.+\n)+")
_LETTERHEAD = """
[letters]
department = "Public Utilities, Code Enforcement"
address = ["1 City Plaza", "Smallville, NC 28000"]
phone = "919-555-0100"
signatory = "Dana Field"
signatory_title = "Code Enforcement Supervisor"
"""
_README = "### The leak goes on: noticed, charged, heard, closed"


def commands_after(heading: str, page: str) -> list[str]:
    """The commands of the first block behind a heading of a page."""
    text = (ROOT / page).read_text("utf-8").partition(heading)[2]
    block = text.partition("```console\n")[2].partition("```")[0]
    return [line.removeprefix("$ gis-ce ") for line in block.splitlines() if line.startswith("$ gis-ce ")]


def test_the_readme_shows_commands_of_that_page_in_their_order() -> None:
    shown, whole = commands_after(_README, "README.md"), commands_after("# A leak goes on", "docs/a-leak-goes-on.md")
    assert len(shown) == 11
    assert shown == [command for command in whole if command in shown]


def test_the_leak_goes_on_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    town = make_town(tmp_path)
    text = town.city_file.read_text("utf-8")
    town.city_file.write_text(_CLOSING.sub("\n", text) + _LETTERHEAD, "utf-8")
    monkeypatch.chdir(tmp_path)
    run = runner(town, monkeypatch, capsys)
    commands = commands_after("# A leak goes on", "docs/a-leak-goes-on.md")
    number, ran = "", None
    for command in commands:
        words = [word.replace("LEAK-2026-00001", number) for word in shlex.split(command)]
        ran = run(*words)
        assert ran.code == 0, (command, ran.err)
        number = number or re.findall(r"LEAK-\d{4}-\d{5}", ran.out)[0]
    assert ran is not None
    (packet,) = tmp_path.glob("LEAK-*-packet/*.pdf")
    assert packet.read_bytes().startswith(b"%PDF")
    history: Any = " ".join(run("case", "history", number).out.split())
    for said in (
        "charged: investigation: $180.00",
        "appeal upheld",
        "hearing upheld",
        "shut off approved",
        "the responsible party was told",
    ):
        assert said in history, history
    shown = json.loads(run("case", "show", number, "--json").out)
    assert (shown["status"], shown["outcome"]) == ("closed", "end")
