"""One map as a still picture: SVG with a true scale bar and a north arrow, the same bytes for the same shapes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape, quoteattr

import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from maps.style import Look

WIDTH, HEIGHT = 936.0, 560.0
"""The size of the drawing in its own units, 144 to the inch: 6.5 x 3.9 in."""
_LEGEND_ROW, _MARGIN = 22.0, 10.0
_FONT = 'font-family="Libertinus Serif, DejaVu Serif, serif"'
_NICE = (1.0, 2.0, 5.0)
_SCALE = 1.35
"""Widths of lines in the style are screen pixels; on paper they are drawn a little larger."""


_WIDE, _NARROW = 0.7, 0.5
"""How wide a letter is, as a share of the size; capitals and figures are wider. Rather too much than too little."""


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
    """The part of the town that is drawn, in feet on the grid, with the ratio of the drawing."""

    west: float
    south: float
    east: float
    north: float

    @property
    def per_ft(self) -> float:
        """Units of the drawing to a foot; the same in both directions."""
        return WIDTH / (self.east - self.west)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A place in the drawing."""
        return round((x - self.west) * self.per_ft, 2), round((self.north - y) * self.per_ft, 2)


def frame_around(shapes: Sequence[BaseGeometry], least_ft: float) -> Frame:
    """The frame that shows some shapes with room around them, at least so many feet wide."""
    west, south, east, north = shapely.total_bounds(list(shapes)).tolist()
    width = max((east - west) * 1.3, (north - south) * 1.3 * WIDTH / HEIGHT, least_ft)
    height, x, y = width * HEIGHT / WIDTH, (west + east) / 2, (south + north) / 2
    return Frame(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def still_map(items: Sequence[Drawn], frame: Frame) -> bytes:
    """The picture as SVG in UTF-8; shapes are cut at the frame, a label that would lie on another is left out."""
    drawn = sorted(items, key=lambda item: item.look.order)
    window = shapely.box(frame.west, frame.south, frame.east, frame.north)
    cut = [replace(item, geometry=shapely.intersection(item.geometry, window)) for item in drawn]
    shown = [item for item in cut if not item.geometry.is_empty]
    legend, legend_height = _legend(shown)
    body = [line for item in shown for line in _shape(item, frame)]
    height = HEIGHT + legend_height
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" '
        f'width="{WIDTH / 144:g}in" height="{height / 144:g}in" {_FONT}>'
    )
    inside = f'x="1" y="1" width="{WIDTH - 2:g}" height="{HEIGHT - 2:g}"'
    frame_box = f'<rect {inside} fill="none" stroke="#333" stroke-width="1.5"/>'
    clip = f'<clipPath id="frame"><rect width="{WIDTH:g}" height="{HEIGHT:g}"/></clipPath>'
    lines = [
        head,
        f"<defs>{clip}{''.join(_patterns(shown))}</defs>",
        f'<rect width="{WIDTH:g}" height="{height:g}" fill="#fff"/>',
        '<g clip-path="url(#frame)">',
        *body,
        *_labels(shown, frame),
        "</g>",
        frame_box,
        *_scale_bar(frame),
        *_north(),
        *legend,
        "</svg>",
    ]
    return "\n".join(lines).encode()


def bar_length_ft(frame: Frame) -> float:
    """The length of the scale bar: a round number of feet, about a fifth of the width."""
    most = (frame.east - frame.west) / 5
    power = 10 ** math.floor(math.log10(most))
    return float(max(step * power for step in _NICE if step * power <= most))


def _shape(item: Drawn, frame: Frame) -> Iterator[str]:
    for part in shapely.get_parts(item.geometry):
        if isinstance(part, Point):
            yield _symbol(item.look, *frame.at(part.x, part.y))
        elif isinstance(part, Polygon):
            path = " ".join(_path(ring, frame) + "Z" for ring in (part.exterior, *part.interiors))
            yield from _area(item, path)
        elif isinstance(part, LineString):
            yield from _line(item.look, _path(part, frame))


def _path(line: LineString, frame: Frame) -> str:
    return "M" + "L".join("{:g} {:g}".format(*frame.at(x, y)) for x, y in shapely.get_coordinates(line).tolist())


def _area(item: Drawn, path: str) -> Iterator[str]:
    look, hatch = item.look, _hatch(item)
    fill = f'fill="{look.fill}" fill-opacity="{look.fill_opacity:g}"' if look.fill else 'fill="none"'
    dash = look.modelled_dash if item.modelled and look.modelled_dash else look.dash
    yield f'<path d="{path}" {fill} fill-rule="evenodd" {_stroke(look, dash)}/>'
    if hatch:
        yield f'<path d="{path}" fill="url(#{hatch})" fill-rule="evenodd" stroke="none"/>'


def _hatch(item: Drawn) -> str | None:
    name = item.look.modelled_hatch if item.modelled and item.look.modelled_hatch else item.look.hatch
    return f"{name}-{item.look.colour.removeprefix('#')}" if name else None


def _line(look: Look, path: str) -> Iterator[str]:
    if look.casing:
        wide = (look.width + 2.4) * _SCALE
        yield f'<path d="{path}" fill="none" stroke="{look.casing}" stroke-width="{wide:g}"/>'
    yield f'<path d="{path}" fill="none" {_stroke(look, look.dash)} stroke-linejoin="round"/>'


def _stroke(look: Look, dash: str | None) -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'stroke="{look.colour}" stroke-width="{look.width * _SCALE:g}"{dashed}'


def _symbol(look: Look, x: float, y: float) -> str:
    radius = look.size * 0.55
    circle = f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}"'
    if look.symbol == "target":
        cross = f"M{x - radius:g} {y:g}H{x + radius:g}M{x:g} {y - radius:g}V{y + radius:g}"
        return (
            f'{circle} fill="{look.fill}" fill-opacity="0.25" stroke="{look.colour}" stroke-width="3"/>'
            f'<path d="{cross}" stroke="{look.colour}" stroke-width="2"/>'
        )
    filled = "#fff" if look.symbol == "ring" else look.colour
    mark = f'{circle} fill="{filled}" stroke="{look.colour}" stroke-width="1.8"/>'
    if not look.letter:
        return mark
    ink, size = (look.colour if look.symbol == "ring" else "#fff"), radius * 1.5
    place = f'x="{x:g}" y="{y + size * 0.34:g}" font-size="{size:g}" text-anchor="middle"'
    return f'{mark}<text {place} fill="{ink}">{look.letter}</text>'


def _patterns(items: Sequence[Drawn]) -> Iterator[str]:
    marks = {
        "diagonal": '<path d="M-2 10L10 -2M4 16L16 4" stroke="{c}" stroke-width="0.8"/>',
        "cross": '<path d="M0 12L12 0M0 0L12 12" stroke="{c}" stroke-width="0.9"/>',
        "dots": '<circle cx="6" cy="6" r="1.3" fill="{c}"/>',
    }
    for name in sorted({hatch for item in items if (hatch := _hatch(item))}):
        kind, _, colour = name.rpartition("-")
        mark = marks[kind].format(c=f"#{colour}")
        yield f'<pattern id="{name}" width="12" height="12" patternUnits="userSpaceOnUse">{mark}</pattern>'


def _labels(items: Sequence[Drawn], frame: Frame) -> Iterator[str]:
    """The most important first: evidence over what lies around; none over another or over the edge."""
    taken: list[tuple[float, float, float, float]] = [_bar_box(frame), (WIDTH - 60, 0, WIDTH, 90)]
    wanted = sorted((item for item in items if item.label), key=lambda item: (not item.strong, -item.look.order))
    for item in wanted:
        size = 17.0 if item.strong else 14.0
        place = _free(item, frame, size, taken)
        if place is None:
            continue
        x, y = place
        colour = item.look.label_colour or (item.look.colour if item.look.colour != "#ffffff" else "#222")
        text = escape(item.label)
        common = f'x="{x:g}" y="{y:g}" font-size="{size:g}" text-anchor="middle"'
        yield f'<text {common} stroke="#fff" stroke-width="4" stroke-linejoin="round" fill="#fff">{text}</text>'
        yield f'<text {common} fill="{colour}">{text}</text>'


def _free(
    item: Drawn, frame: Frame, size: float, taken: list[tuple[float, float, float, float]]
) -> tuple[float, float] | None:
    """Where a label is free of others; None where it is nowhere."""
    point = _middle(item.geometry)
    x, y = frame.at(point.x, point.y)
    half = size * sum(_WIDE if letter.isupper() or letter.isdigit() else _NARROW for letter in item.label) / 2
    x = min(max(x, half + 4), WIDTH - half - 4)
    for down in (-0.7 * size, 1.3 * size, -2.0 * size, 2.6 * size, 0.35 * size, 3.9 * size, -3.3 * size):
        box = (x - half, y + down - size, x + half, y + down + 0.3 * size)
        inside = box[1] >= 2 and box[3] <= HEIGHT - 2 and half * 2 < WIDTH - 8
        if inside and not any(_overlap(box, other) for other in taken):
            taken.append(box)
            return round(x, 2), round(y + down, 2)
    return None


def _middle(shape: BaseGeometry) -> Point:
    """Where the label of a shape belongs: half way along its longest line, or inside it."""
    lines = [part for part in shapely.get_parts(shape) if isinstance(part, LineString)]
    if not lines:
        return shape.representative_point()
    longest = max(lines, key=lambda line: line.length)
    return Point(longest.interpolate(0.5, normalized=True))


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _bar_box(frame: Frame) -> tuple[float, float, float, float]:
    return (0.0, HEIGHT - 48, bar_length_ft(frame) * frame.per_ft + 40, HEIGHT)


def _scale_bar(frame: Frame) -> Iterator[str]:
    feet = bar_length_ft(frame)
    length, y, x = feet * frame.per_ft, HEIGHT - 16, 16.0
    yield f'<rect x="6" y="{HEIGHT - 46:g}" width="{length + 28:g}" height="40" fill="#fff" fill-opacity="0.85"/>'
    yield f'<path d="M{x:g} {y - 8:g}V{y:g}H{x + length:g}V{y - 8:g}" fill="none" stroke="#111" stroke-width="2"/>'
    said = f"{feet:g} ft"
    yield f'<text x="{x + length / 2:g}" y="{y - 10:g}" font-size="15" text-anchor="middle" fill="#111">{said}</text>'


def _north() -> Iterator[str]:
    x = WIDTH - 30
    yield f'<path d="M{x:g} 14L{x + 11:g} 52L{x:g} 43L{x - 11:g} 52Z" fill="#111"/>'
    yield f'<text x="{x:g}" y="72" font-size="18" text-anchor="middle" fill="#111">N</text>'


def _legend(items: Sequence[Drawn]) -> tuple[list[str], float]:
    """What each kind of shape is, below the map; and how high that is."""
    looks = {item.look.title: item.look for item in items if item.look.title not in ("Right of way", "Parcels")}
    rows, x, y = [], _MARGIN, HEIGHT + _LEGEND_ROW
    for title, look in looks.items():
        width = 48 + len(title) * 8.2
        if x + width > WIDTH:
            x, y = _MARGIN, y + _LEGEND_ROW
        rows.append(_swatch(look, x, y - 5))
        rows.append(f'<text x="{x + 36:g}" y="{y:g}" font-size="15" fill="#111">{escape(title)}</text>')
        x += width
    return rows, (y - HEIGHT + 8) if looks else 0.0


def _swatch(look: Look, x: float, y: float) -> str:
    if look.symbol:
        return _symbol(replace(look, size=min(look.size, 16)), x + 14, y)
    if look.fill:
        box = f'x="{x:g}" y="{y - 6:g}" width="28" height="12"'
        fill = f"fill={quoteattr(look.fill)} fill-opacity='{max(look.fill_opacity, 0.15):g}'"
        return f"<rect {box} {fill} {_stroke(look, look.dash)}/>"
    return "".join(_line(look, f"M{x:g} {y:g}H{x + 28:g}"))
