"""Where the labels of a still picture go: none over another, over a symbol or over the edge."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from maps.still_shapes import Drawn, Frame

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in the drawing."""

STRONG, PLAIN = 17.0, 14.0
"""The sizes of labels: of what the picture is about, and of what lies around."""
_WIDE, _NARROW = 0.7, 0.5
"""How wide a letter is, as a share of the size; capitals and figures are wider. Rather too much than too little."""
_EDGE, _BOLD = 4.0, 2.0
_RINGS = (1.6, 2.8, 4.2, 6.0, 8.5, 11.5, 15.0)
_ALONG = (0.5, 0.35, 0.65, 0.2, 0.8)
_LEADER_FROM = 34.0


@dataclass(frozen=True, slots=True)
class Label:
    """A label that has found its place: the middle of its base line; `at` is what it speaks of."""

    text: str
    x: float
    y: float
    size: float
    colour: str
    at: tuple[float, float]


def placed_labels(items: Sequence[Drawn], frame: Frame, taken: Sequence[Box] = ()) -> list[Label]:
    """Labels with their places: what the picture is about first, then the most important of what lies around.

    What it is about always finds a place while there is one in the drawing, farther off where it must; a label
    of what lies around is left out where it is not free nearby. `taken` are boxes that stay free.
    """
    free = _Free(frame, [*taken, *_symbols(items, frame)], _measured(items, frame))
    wanted = sorted((item for item in items if item.label), key=lambda item: (not item.strong, -item.look.order))
    found = []
    for item in wanted:
        size = STRONG if item.strong else PLAIN
        place = free.place_for(item, size)
        if place is not None:
            x, y, at = place
            colour = item.look.label_colour or (item.look.colour if item.look.colour != "#ffffff" else "#222")
            found.append(Label(item.label, x, y, size, colour, at))
    return found


def label_lines(labels: Sequence[Label]) -> Iterator[str]:
    """Labels as SVG, each on a white halo; one that lies away from its thing has a thin line to it."""
    for each in labels:
        (x, y), middle = each.at, each.y - each.size * 0.3
        left, right = each.x - width_of(each.text, each.size) / 2, each.x + width_of(each.text, each.size) / 2
        end = min(max(x, left), right), each.y + each.size * 0.25 if y > middle else each.y - each.size * 0.85
        if math.dist((x, y), end) > _LEADER_FROM:
            yield f'<path d="M{x:g} {y:g}L{end[0]:g} {end[1]:g}" stroke="{each.colour}" stroke-width="1"/>'
    for each in labels:
        text = escape(each.text)
        common = f'x="{each.x:g}" y="{each.y:g}" font-size="{each.size:g}" text-anchor="middle"'
        yield f'<text {common} fill="{each.colour}" stroke="#fff" stroke-width="4" paint-order="stroke">{text}</text>'


def width_of(text: str, size: float) -> float:
    """How wide a text is at most."""
    return size * sum(_WIDE if letter.isupper() or letter.isdigit() else _NARROW for letter in text)


def box_of(text: str, x: float, y: float, size: float) -> Box:
    """The box around a text whose base line has its middle at x, y."""
    half = width_of(text, size) / 2
    return x - half, y - size, x + half, y + 0.3 * size


class _Free:
    """What is free of a drawing so far."""

    def __init__(self, frame: Frame, taken: Sequence[Box], lines: Sequence[BaseGeometry]) -> None:
        self.frame, self.taken, self.lines = frame, list(taken), shapely.union_all(list(lines))

    def place_for(self, item: Drawn, size: float) -> tuple[float, float, tuple[float, float]] | None:
        """The first place that is free, off the measured lines if it can; None where there is none."""
        half = width_of(item.label, size) / 2
        if half * 2 > self.frame.width - 2 * _EDGE:
            return None
        second = None
        for x, y, at in _candidates(item, self.frame, size, half):
            inside = min(max(x, half + _EDGE), self.frame.width - half - _EDGE)
            box = box_of(item.label, inside, y, size)
            if box[1] < 2 or box[3] > self.frame.height - 2 or any(_overlap(box, other) for other in self.taken):
                continue
            if not shapely.box(*box).intersects(self.lines):
                return self._took(box, inside, y, at)
            second = second or (box, inside, y, at)
        return self._took(*second) if second else None

    def _took(self, box: Box, x: float, y: float, at: tuple[float, float]) -> tuple[float, float, tuple[float, float]]:
        self.taken.append(box)
        return round(x, 2), round(y, 2), at


def _candidates(
    item: Drawn, frame: Frame, size: float, half: float
) -> Iterator[tuple[float, float, tuple[float, float]]]:
    """Places for a label, the best first: beside the thing; for what the picture is about farther and farther off."""
    anchors = [frame.at(*anchor) for anchor in _anchors(item.geometry)]
    if shapely.get_dimensions(item.geometry) == 2:
        yield from ((x, y + 0.35 * size, (x, y)) for x, y in anchors)
    for x, y in anchors:
        for down in (-0.7 * size, 1.3 * size):
            yield x, y + down, (x, y)
        for side in (-1, 1):
            yield x + side * (half + 0.9 * size), y + 0.35 * size, (x, y)
        for down in (-2.0 * size, 2.6 * size):
            yield x, y + down, (x, y)
    for ring in _RINGS if item.strong else _RINGS[:2]:
        x, y = anchors[0]
        for turn in range(16):
            angle = math.pi * turn / 8
            away = ring * size
            yield x + math.cos(angle) * (half + away), y + 0.35 * size - math.sin(angle) * away, (x, y)


def _anchors(shape: BaseGeometry) -> list[tuple[float, float]]:
    """Where the label of a shape may belong: along its longest line, or inside it."""
    lines = [part for part in shapely.get_parts(shape) if isinstance(part, LineString)]
    if not lines:
        inside = shape.representative_point()
        return [(inside.x, inside.y)]
    longest = max(lines, key=lambda line: line.length)
    points = shapely.line_interpolate_point(longest, np.array(_ALONG), normalized=True)
    return [(float(point.x), float(point.y)) for point in points]


def _symbols(items: Sequence[Drawn], frame: Frame) -> Iterator[Box]:
    """The boxes of symbols: a label over one hides it."""
    for item in items:
        for part in shapely.get_parts(item.geometry):
            if isinstance(part, Point) and item.look.symbol:
                (x, y), radius = frame.at(part.x, part.y), item.look.size * 0.6
                yield x - radius, y - radius, x + radius, y + radius


def _measured(items: Sequence[Drawn], frame: Frame) -> list[BaseGeometry]:
    """The lines that were measured and those of pipes, in the drawing."""
    bold = (item for item in items if item.strong or item.look.width >= _BOLD)
    lines = [part for item in bold for part in shapely.get_parts(item.geometry) if isinstance(part, LineString)]
    return [LineString([frame.at(x, y) for x, y in shapely.get_coordinates(line).tolist()]) for line in lines]


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
