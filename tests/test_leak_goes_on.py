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


def test_the_leak_goes_on_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    town = make_town(tmp_path)
    text = town.city_file.read_text("utf-8")
    town.city_file.write_text(_CLOSING.sub("\n", text), "utf-8")
    run = runner(town, monkeypatch, capsys)
    block = (ROOT / "docs" / "a-leak-goes-on.md").read_text("utf-8").partition("```console\n")[2].partition("```")[0]
    commands = [line.removeprefix("$ gis-ce ") for line in block.splitlines() if line.startswith("$ gis-ce ")]
    number, ran = "", None
    for command in commands:
        words = [word.replace("LEAK-2026-00001", number) for word in shlex.split(command)]
        ran = run(*words)
        assert ran.code == 0, (command, ran.err)
        number = number or re.findall(r"LEAK-\d{4}-\d{5}", ran.out)[0]
    assert ran is not None
    history: Any = " ".join(ran.out.split())
    for said in (
        "charged: investigation: $180.00",
        "hearing upheld",
        "shut off approved",
        "the responsible party was told",
    ):
        assert said in history, history
    shown = json.loads(run("case", "show", number, "--json").out)
    assert (shown["status"], shown["outcome"]) == ("closed", "end")
