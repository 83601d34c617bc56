"""How things look: one reading of data/style.yaml for folium pages, the town page and, later, tiles."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, get_args

import yaml

from gis_ce.checks.check import EvidenceKind
from gis_ce.network_marks import MarkKind
from layers.catalog import ROLE_BY_NAME
from layers.report import ChangeKind
from maps.errors import StyleError

STYLE_FILE = Path(__file__).resolve().parent / "data" / "style.yaml"
HATCHES = (None, "diagonal", "cross", "dots")
SETS = (None, "base", "water", "sewer")
SYMBOLS = (None, "disc", "ring", "bow_tie", "square", "dot", "target", "cross")


@dataclass(frozen=True, slots=True)
class Look:
    """How one role or one kind of evidence is drawn; sizes in pixels, the rest as in style.yaml."""

    title: str
    colour: str
    order: int
    width: float = 1.0
    dash: str | None = None
    casing: str | None = None
    fill: str | None = None
    fill_opacity: float = 0.0
    hatch: str | None = None
    modelled_hatch: str | None = None
    modelled_dash: str | None = None
    symbol: str | None = None
    letter: str | None = None
    size: int = 10
    arrows: bool = False
    label: tuple[str, ...] = ()
    label_colour: str | None = None
    label_always: bool = False
    min_zoom: int = 0
    label_zoom: int = 99
    set: str = "base"
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Style:
    """The look of every role, of evidence, remarks of an import, marks on a network, a mailing, and an exhibit."""

    roles: Mapping[str, Look]
    evidence: Mapping[str, Look]
    remarks: Mapping[str, Look]
    network: Mapping[str, Look]
    mailing: Mapping[str, Look]
    exhibit: Mapping[str, Look]

    def as_json(self) -> dict[str, dict[str, dict[str, object]]]:
        """The same for a page; null values left out."""
        sections = ("roles", "evidence", "remarks", "network")
        return {name: _plain(getattr(self, name)) for name in sections}


@functools.cache
def style() -> Style:
    """The style that ships with the product."""
    return read_style(STYLE_FILE)


def min_zoom(role: str) -> int | None:
    """From which zoom a role is drawn; None for a role that is not drawn."""
    look = style().roles.get(role)
    return None if look is None else look.min_zoom


def read_style(path: Path) -> Style:
    """Reads a style file; raises StyleError with all its mistakes."""
    mistakes: list[str] = []
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise StyleError(path.name, [" ".join(str(error).split())]) from error
    roles = [name for name, role in ROLE_BY_NAME.items() if role.geometry != "none"]
    read = Style(
        _looks(document, "roles", roles, mistakes),
        _looks(document, "evidence", get_args(EvidenceKind), mistakes),
        _looks(document, "remarks", ("rejected", "repaired", *get_args(ChangeKind)), mistakes),
        _looks(document, "network", get_args(MarkKind), mistakes),
        _looks(document, "mailing", ("mailed", "left_out", "line", "start"), mistakes),
        _looks(document, "exhibit", ("uncertainty", "photo", "mark", "this_map"), mistakes),
    )
    if mistakes:
        raise StyleError(path.name, mistakes)
    return read


def _looks(document: Any, section: str, wanted: Any, mistakes: list[str]) -> dict[str, Look]:
    entries = document.get(section) if isinstance(document, dict) else None
    if not isinstance(entries, dict):
        mistakes.append(f"{section}: this section is missing")
        return {}
    mistakes += [f"{section}.{name}: is missing" for name in wanted if name not in entries]
    mistakes += [f"{section}.{name}: is not drawn; known are {', '.join(wanted)}" for name in entries.keys() - wanted]
    looks = {name: _look(f"{section}.{name}", entry, mistakes) for name, entry in entries.items()}
    return {name: look for name, look in looks.items() if look is not None}


def _look(place: str, entry: Any, mistakes: list[str]) -> Look | None:
    known = {field.name for field in fields(Look)}
    if not isinstance(entry, dict):
        mistakes.append(f"{place}: is not a table")
        return None
    found = [f"{place}.{key}: unknown; known are {', '.join(sorted(known))}" for key in entry.keys() - known]
    found += [f"{place}.{key}: is missing" for key in ("title", "colour", "order") if key not in entry]
    choices = (("hatch", HATCHES), ("modelled_hatch", HATCHES), ("symbol", SYMBOLS), ("set", SETS))
    found += [
        f"{place}.{key}: {entry[key]!r} is none of {words}" for key, words in choices if entry.get(key) not in words
    ]
    mistakes += found
    return None if found else Look(**(entry | {"label": tuple(entry.get("label", ()))}))


def _plain(looks: Mapping[str, Look]) -> dict[str, dict[str, object]]:
    return {
        name: {key: value for key, value in asdict(look).items() if value not in (None, ())}
        for name, look in looks.items()
    }
