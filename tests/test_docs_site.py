"""The pages of `docs/` as a site: it builds, says what the code says, and loads nothing from outside."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from api.cli import command_line
from gis_ce.checks.all import CHECKS
from gis_ce.process_files import shipped_names
from gis_ce.rule_files import shipped_packs

ROOT = Path(__file__).resolve().parent.parent
GUIDES = [*sorted((ROOT / "docs").glob("for-*.md")), ROOT / "docs" / "tutorial.md"]
_LOADED = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)=[\"']?(https?:)?//", re.IGNORECASE)
_STYLED = re.compile(r"(?:@import|url\()\s*[\"']?(?:https?:)?//")


@pytest.fixture(scope="module", name="site")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=_quiet())
    assert built.returncode == 0, built.stderr
    return folder


def _quiet() -> dict[str, str]:
    return {**os.environ, "NO_MKDOCS_2_WARNING": "1"}


@pytest.mark.heavy
def test_the_reference_has_every_check_rule_pack_process_and_command(site: Path) -> None:
    checks = (site / "reference" / "checks.html").read_text("utf-8")
    assert [check.name for check in CHECKS if f"<code>{check.name}</code>" not in checks] == []
    rules = (site / "reference" / "rules.html").read_text("utf-8")
    assert [pack for pack in shipped_packs() if f'<h2 id="{pack}"' not in rules] == []
    assert [name for name in shipped_names() if not (site / "reference" / f"process-{name}.html").exists()] == []
    commands = (site / "reference" / "commands.html").read_text("utf-8")
    assert [name for name in paths_of_commands() if f'id="{name.replace(" ", "-")}"' not in commands] == []


@pytest.mark.heavy
def test_the_site_loads_nothing_from_outside_and_leaves_no_link_hanging(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > len(GUIDES)
    assert [page.name for page in pages if _LOADED.search(page.read_text("utf-8"))] == []
    styles = list(site.rglob("*.css"))
    assert [style.name for style in styles if _STYLED.search(style.read_text("utf-8"))] == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_the_commands_that_a_guide_names_exist(guide: Path) -> None:
    known = set(paths_of_commands())
    named = re.findall(r"gis-ce ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)?)", guide.read_text("utf-8"))
    assert named, guide.name
    unknown = [words for words in named if not {f"gis-ce {words}", f"gis-ce {words.split()[0]}"} & known]
    assert unknown == []


def paths_of_commands() -> Iterator[str]:
    """Every command by all its words: `gis-ce mailing new`."""
    whole = typer.main.get_command(command_line([]))
    for name, command in getattr(whole, "commands", {}).items():
        yield f"gis-ce {name}"
        for below in getattr(command, "commands", {}):
            yield f"gis-ce {name} {below}"
