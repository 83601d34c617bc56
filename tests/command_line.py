"""Runs the command line inside the test, and says how it ended."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from small_town import Town

from api.cli import main


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


def runner(town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """A function that runs `gis-ce` with the given words, on the data of a town."""
    monkeypatch.setenv("GIS_CE_DATA", str(town.settings.data))
    monkeypatch.setenv("COLUMNS", "100")

    def run(*words: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["gis-ce", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Ran(int(ended.value.code or 0), printed.out, printed.err)

    return run
