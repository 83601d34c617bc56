"""The periods that processes leave to the city: their defaults, what they are and where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from gis_ce.file_errors import ProcessFileError
from gis_ce.process import Length
from gis_ce.process_deadlines import read_length

_FILE = "process_settings.yaml"


@dataclass(frozen=True, slots=True)
class Setting:
    """A period by its name, with what it is for and where its default comes from."""

    name: str
    length: Length
    what: str
    source: str


@cache
def shipped_settings() -> tuple[Setting, ...]:
    """The settings that come with the product, with their defaults."""
    text = (files("gis_ce") / "data" / _FILE).read_text(encoding="utf-8")
    return tuple(_setting(name, row) for name, row in yaml.safe_load(text).items())


def default_settings() -> dict[str, Length]:
    """The periods of a city that sets none."""
    return {setting.name: setting.length for setting in shipped_settings()}


def _setting(name: str, row: Mapping[str, str]) -> Setting:
    length = read_length(row["length"])
    if length is None:
        raise ProcessFileError(_FILE, [f"{name}: {row['length']!r} is no period"])
    return Setting(name, length, row["what"], row["source"])
