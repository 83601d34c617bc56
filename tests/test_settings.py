"""The table of settings in the docs is the settings, word for word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.settings import Settings

DOCS = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
_ROW = re.compile(r"^\| `(GIS_CE_\w+)` \| (?:`([^`]*)`|none) \| (.*) \|$", re.MULTILINE)


def test_every_setting_stands_in_the_docs_with_its_default_and_meaning() -> None:
    documented = {name: (default or None, said) for name, default, said in _ROW.findall(DOCS.read_text("utf-8"))}
    fields = Settings.model_fields
    actual = {
        f"GIS_CE_{name.upper()}": (None if field.default is None else str(field.default), field.description)
        for name, field in fields.items()
    }
    assert documented == actual


def test_the_environment_overrides_the_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GIS_CE_DATA", str(tmp_path))
    monkeypatch.setenv("GIS_CE_PORT", "0")
    settings = Settings()
    assert (settings.data, settings.port) == (tmp_path, 0)
