"""Stand-alone pages of networks: a trace, a shut-off, and the health of a network, each beside its map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from gis_ce.network_marks import Mark
from layers.grid import Grid
from layers.network.health import KINDS
from maps.evidence import collection
from maps.leaflet_map import MOST_FEATURES, Call, MapParts, map_parts
from maps.standalone import TEMPLATES, standalone_page
from maps.style import style

Told = Mapping[str, Any]

MOST_DRAWN = 3 * MOST_FEATURES
"""More than this makes the page slow; the plain mains are left out first, and the page says how many."""
_LISTED = 400


def trace_page(title: str, trace: Told, marks: Sequence[Mark], grid_epsg: int) -> str:
    """A trace as one file; `trace` is the message that the service answers."""
    return _page("trace", title, {"trace": trace}, marks, grid_epsg)


def isolation_page(title: str, found: Told, marks: Sequence[Mark], grid_epsg: int) -> str:
    """A shut-off as one file; `found` is the message that the service answers."""
    return _page("isolation", title, {"found": found}, marks, grid_epsg)


def network_page(title: str, health: Told, marks: Sequence[Mark], grid_epsg: int) -> str:
    """The health of a network as one file; its rows move the map to their place."""
    kinds = [(kind, heading, means) for kind, heading, means in KINDS if health["counts"][kind]]
    return _page("network", title, {"health": health, "kinds": kinds}, marks, grid_epsg)


def _page(name: str, title: str, told: Mapping[str, object], marks: Sequence[Mark], grid_epsg: int) -> str:
    drawn = _drawn(marks)
    column = TEMPLATES.get_template(f"{name}.html.j2").render(
        title=title, listed=_LISTED, left_out=_left_out(marks, drawn), **told
    )
    return standalone_page(title, Markup(column), _map(name, drawn, Grid(grid_epsg)))


def _map(name: str, marks: Sequence[Mark], grid: Grid) -> MapParts:
    properties: list[dict[str, object]] = [{"kind": mark.kind, "label": mark.label} for mark in marks]
    drawn = collection([mark.geometry for mark in marks], properties, grid)
    looks = style().as_json()["network"]
    used = {kind: looks[kind] for kind in sorted({mark.kind for mark in marks})}
    return map_parts(name, Call("showMarks", (used, drawn)))


def _drawn(marks: Sequence[Mark]) -> list[Mark]:
    """What the map draws, the most telling first to stay: findings and valves before plain mains and meters."""
    by_weight = sorted(marks, key=lambda mark: -style().network[mark.kind].order)[:MOST_DRAWN]
    return sorted(by_weight, key=lambda mark: style().network[mark.kind].order)


def _left_out(marks: Sequence[Mark], drawn: Sequence[Mark]) -> str:
    missing = Counter(mark.kind for mark in marks) - Counter(mark.kind for mark in drawn)
    return ", ".join(f"{style().network[kind].title.lower()} ({count:,})" for kind, count in missing.items())
