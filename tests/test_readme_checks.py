"""The README shows every check: a picture from the demo town, under a heading with a paragraph."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from gis_ce.checks.all import CHECKS

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
NAMES = {check.name for check in CHECKS}


def _shown() -> dict[str, str]:
    """The table of the script that draws the pictures; not imported, since that wants a browser."""
    tree = ast.parse((PICTURES / "draw_checks.py").read_text("utf-8"))
    tables = [node for node in tree.body if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "SHOWN"]
    found = ast.literal_eval(tables[0].value) if tables[0].value else {}
    return {str(name): str(situation) for name, situation in found.items()}


def test_every_check_is_drawn_from_the_demo_town() -> None:
    assert set(_shown()) == NAMES
    drawn = {path.stem.removeprefix("check-").replace("-", "_") for path in PICTURES.glob("check-*.png")}
    assert drawn == NAMES


def test_every_picture_stands_in_the_readme_after_a_paragraph_of_its_own_section() -> None:
    sections = re.split(r"^#+ .*$", (ROOT / "README.md").read_text("utf-8"), flags=re.MULTILINE)
    for name in NAMES:
        picture = f"](docs/pictures/check-{name.replace('_', '-')}.png)"
        (section,) = [text for text in sections if picture in text]
        words = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", section[: section.index(picture)])
        assert len(words.split()) > 10, name
