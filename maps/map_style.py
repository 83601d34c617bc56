"""The look of the layers as a style for MapLibre and others: colours, dashes and zooms of data/style.yaml."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from maps.style import Look, style

Rule = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """One layer of a map: where its tiles are described, and what it is."""

    name: str
    role: str | None
    geometry: str
    tiles: str


def map_style(title: str, layers: Sequence[Shown]) -> Rule:
    """A style of version 8 without glyphs and sprites, so that nothing is asked of anybody else."""
    looks = style().roles
    drawn = [(looks[layer.role], layer) for layer in layers if layer.role is not None and layer.role in looks]
    drawn.sort(key=lambda pair: pair[0].order)
    return {
        "version": 8,
        "name": title,
        "sources": {layer.name: {"type": "vector", "url": layer.tiles} for _, layer in drawn},
        "layers": [
            {"id": "background", "type": "background", "paint": {"background-color": "#f2f0ea"}},
            *(rule for look, layer in drawn for rule in _rules(look, layer)),
        ],
    }


def _rules(look: Look, layer: Shown) -> list[Rule]:
    base = {"source": layer.name, "source-layer": layer.name, "minzoom": look.min_zoom}
    shown = {"visibility": "visible" if look.shown else "none"}
    if layer.geometry == "point":
        paint = {
            "circle-color": look.colour,
            "circle-radius": look.size / 3,
            "circle-stroke-color": "#ffffff",
            "circle-stroke-width": 1,
        }
        return [{**base, "id": layer.name, "type": "circle", "layout": shown, "paint": paint}]
    rules: list[Rule] = []
    if layer.geometry == "polygon" and look.fill:
        paint = {"fill-color": look.fill, "fill-opacity": look.fill_opacity}
        rules.append({**base, "id": f"{layer.name}-area", "type": "fill", "layout": shown, "paint": paint})
    if look.casing:
        paint = {"line-color": look.casing, "line-width": look.width + 1.5}
        rules.append({**base, "id": f"{layer.name}-casing", "type": "line", "layout": shown, "paint": paint})
    paint = {"line-color": look.colour, "line-width": look.width, **_dash(look)}
    return [*rules, {**base, "id": layer.name, "type": "line", "layout": shown, "paint": paint}]


def _dash(look: Look) -> Rule:
    """Dashes are counted in widths of the line there."""
    if not look.dash:
        return {}
    return {"line-dasharray": [round(float(part) / max(look.width, 1.0), 2) for part in look.dash.split()]}
