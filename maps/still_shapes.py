"""Shapes of a still picture as SVG: lines, areas, symbols and hatches, the same text for the same shapes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import shapely
from shapely import LineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from maps.style import Look

WIDTH, HEIGHT = 936.0, 560.0
"""The size of a letter's drawing in its own units, 144 to the inch: 6.5 x 3.9 in."""
PER_INCH = 144.0
_SCALE = 1.35
"""Widths of lines in the style are screen pixels; on paper they are drawn a little larger."""
_ARROWS_EVERY, _ARROW = 110.0, 6.5
_HATCHES = {
    "diagonal": '<path d="M-2 10L10 -2M4 16L16 4" stroke="{c}" stroke-width="0.8"/>',
    "cross": '<path d="M0 12L12 0M0 0L12 12" stroke="{c}" stroke-width="0.9"/>',
    "dots": '<circle cx="6" cy="6" r="1.3" fill="{c}"/>',
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One shape on the grid in feet, how it looks, and its label (empty: none)."""

    geometry: BaseGeometry
    look: Look
    label: str = ""
    modelled: bool = False
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the town that is drawn, in feet on the grid, and the size of the drawing in its units.

    Both have the same ratio, so that the scale is one in both directions.
    """

    west: float
    south: float
    east: float
    north: float
    width: float = WIDTH
    height: float = HEIGHT

    @property
    def per_ft(self) -> float:
        """Units of the drawing to a foot; the same in both directions."""
        return self.width / (self.east - self.west)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A place in the drawing."""
        return round((x - self.west) * self.per_ft, 2), round((self.north - y) * self.per_ft, 2)


def shape_lines(item: Drawn, frame: Frame) -> Iterator[str]:
    """A shape as SVG."""
    for part in shapely.get_parts(item.geometry):
        if isinstance(part, Point):
            yield symbol(item.look, *frame.at(part.x, part.y))
        elif isinstance(part, Polygon):
            path = " ".join(_path(ring, frame) + "Z" for ring in (part.exterior, *part.interiors))
            yield from _area(item, path)
        elif isinstance(part, LineString):
            yield from line(item.look, _path(part, frame))
            if item.look.arrows:
                yield from _arrows(item.look, part, frame)


def hatch_patterns(items: Sequence[Drawn]) -> Iterator[str]:
    """The hatches that some shapes are filled with, as definitions of SVG."""
    for name in sorted({hatch for item in items if (hatch := _hatch(item))}):
        kind, _, colour = name.rpartition("-")
        mark = _HATCHES[kind].format(c=f"#{colour}")
        yield f'<pattern id="{name}" width="12" height="12" patternUnits="userSpaceOnUse">{mark}</pattern>'


def swatch(item: Drawn, x: float, y: float) -> str:
    """A small sample of how something looks, 28 units wide, for a legend."""
    look = item.look
    if look.symbol and isinstance(item.geometry, Point | MultiPoint):
        return symbol(look, x + 14, y, size=min(look.size, 16))
    if isinstance(item.geometry, Polygon | MultiPolygon):
        corners = f"M{x:g} {y - 6:g}H{x + 28:g}V{y + 6:g}H{x:g}Z"
        return "".join(_area(item, corners, least_opacity=0.15))
    return "".join(line(look, f"M{x:g} {y:g}H{x + 28:g}"))


def line(look: Look, path: str) -> Iterator[str]:
    """A path in a look, over its casing."""
    if look.casing:
        wide = (look.width + 2.4) * _SCALE
        yield f'<path d="{path}" fill="none" stroke="{look.casing}" stroke-width="{wide:g}"/>'
    yield f'<path d="{path}" fill="none" {_stroke(look, look.dash)} stroke-linejoin="round"/>'


def symbol(look: Look, x: float, y: float, size: float | None = None) -> str:
    """A point in a look: disc, ring, square, bow tie or target, with its letter."""
    radius = (size or look.size) * 0.55
    if look.symbol == "target":
        return _target(look, x, y, radius)
    filled = "#fff" if look.symbol == "ring" else look.colour
    paint = f'fill="{filled}" stroke="{look.colour}" stroke-width="1.8"'
    if look.symbol == "bow_tie":
        path = f"M{x - radius:g} {y - radius * 0.7:g}V{y + radius * 0.7:g}L{x + radius:g} {y - radius * 0.7:g}"
        return f'<path d="{path}V{y + radius * 0.7:g}Z" {paint}/>'
    if look.symbol == "square":
        side = radius * 1.8
        mark = f'<rect x="{x - side / 2:g}" y="{y - side / 2:g}" width="{side:g}" height="{side:g}" {paint}/>'
    else:
        mark = f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" {paint}/>'
    if not look.letter:
        return mark
    ink, tall = (look.colour if look.symbol == "ring" else "#fff"), radius * 1.5
    place = f'x="{x:g}" y="{y + tall * 0.34:g}" font-size="{tall:g}" text-anchor="middle"'
    return f'{mark}<text {place} fill="{ink}">{look.letter}</text>'


def _target(look: Look, x: float, y: float, radius: float) -> str:
    cross = f"M{x - radius:g} {y:g}H{x + radius:g}M{x:g} {y - radius:g}V{y + radius:g}"
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{look.fill}" fill-opacity="0.25" '
        f'stroke="{look.colour}" stroke-width="3"/>'
        f'<path d="{cross}" stroke="{look.colour}" stroke-width="2"/>'
    )


def _path(shape: LineString, frame: Frame) -> str:
    return "M" + "L".join("{:g} {:g}".format(*frame.at(x, y)) for x, y in shapely.get_coordinates(shape).tolist())


def _area(item: Drawn, path: str, least_opacity: float = 0.0) -> Iterator[str]:
    look, hatch = item.look, _hatch(item)
    opacity = max(look.fill_opacity, least_opacity)
    fill = f'fill="{look.fill}" fill-opacity="{opacity:g}"' if look.fill else 'fill="none"'
    dash = look.modelled_dash if item.modelled and look.modelled_dash else look.dash
    yield f'<path d="{path}" {fill} fill-rule="evenodd" {_stroke(look, dash)}/>'
    if hatch:
        yield f'<path d="{path}" fill="url(#{hatch})" fill-rule="evenodd" stroke="none"/>'


def _hatch(item: Drawn) -> str | None:
    name = item.look.modelled_hatch if item.modelled and item.look.modelled_hatch else item.look.hatch
    return f"{name}-{item.look.colour.removeprefix('#')}" if name else None


def _stroke(look: Look, dash: str | None) -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'stroke="{look.colour}" stroke-width="{look.width * _SCALE:g}"{dashed}'


def _arrows(look: Look, shape: LineString, frame: Frame) -> Iterator[str]:
    """Small heads along a line in the direction of its points, which is that of the flow."""
    length = shape.length * frame.per_ft
    count = int(length // _ARROWS_EVERY) or (1 if length > 4 * _ARROW else 0)
    for number in range(count):
        share = (number + 0.5) / count
        here, ahead = (shape.interpolate(min(share + more, 1.0), normalized=True) for more in (0.0, 0.5 / length))
        x, y = frame.at(here.x, here.y)
        turn = math.degrees(math.atan2(here.y - ahead.y, ahead.x - here.x))
        head = f"M{-_ARROW:g} {-_ARROW * 0.75:g}L{_ARROW:g} 0L{-_ARROW:g} {_ARROW * 0.75:g}Z"
        yield f'<path d="{head}" fill="{look.colour}" transform="translate({x:g} {y:g}) rotate({turn:.1f})"/>'
