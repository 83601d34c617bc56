"""The commands on the page about mailings do on the made-up town what the page prints."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from pypdf import PdfReader

from api.cli import main

PAGE = (ROOT / "docs" / "mailings.md").read_text("utf-8")


def _printed() -> list[list[str]]:
    """The commands of the first block, without their remarks."""
    block = PAGE.partition("```console\n")[2].partition("```")[0]
    lines = [line.removeprefix("$ ").partition("  #")[0] for line in block.splitlines() if line.startswith("$ ")]
    return [shlex.split(line) for line in lines]


@pytest.mark.heavy
def test_five_commands_in_a_town_of_20_000_parcels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GIS_CE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    said = []
    for words in (["gis-ce", "demo"], *_printed()):
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert not ended.value.code, printed.err
        said.append(" ".join(printed.out.split()))
    told = " ".join(PAGE.split())
    told = told[told.index("*The blocked segment") + 1 :].partition("*")[0]
    reach, letters, left_out = re.split(r"(?<=ft\.) |, (?=\d+ neighbours)", told)
    assert reach in said[2]
    assert letters in said[2]
    assert left_out.rstrip(".") in said[2]
    count = int(letters.split()[0])
    assert len(PdfReader(tmp_path / "ML-2026-00001-letters.pdf").pages) == count
    sheets = PdfReader(tmp_path / "ML-2026-00001-labels.pdf").pages
    labels = " ".join(page.extract_text() for page in sheets)
    assert labels.count("DEMO TOWN NC") + labels.count("NOWHERE NC") == count
