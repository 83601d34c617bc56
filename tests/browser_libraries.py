"""Map libraries of other people, fetched by npm as they are pinned, for tests that open pages with them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from maps.vendoring import npm_commands

HERE = Path(__file__).resolve().parent / "browser"
_INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
_PINS = ("package.json", "package-lock.json", ".npmrc")


def libraries(folder: Path) -> Path:
    """The folder with the packages, fetched into `folder`; skips the test where no npm can."""
    for name in _PINS:
        shutil.copy(HERE / name, folder / name)
    said = "no npm on this machine"
    for command in npm_commands():
        done = subprocess.run([*command, *_INSTALL], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return folder / "node_modules"
        said = done.stderr.strip()[-400:]
    pytest.skip(f"the map libraries cannot be fetched: {said}")
