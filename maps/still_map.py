"""One map as a still picture: SVG with a true scale bar and a north arrow, the same bytes for the same shapes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from xml.sax.saxutils import escape

import shapely
from shapely.geometry.base import BaseGeometry

from maps.still_labels import Box, label_lines, placed_labels
from maps.still_shapes import HEIGHT, PER_INCH, WIDTH, Drawn, Frame, hatch_patterns, shape_lines, swatch

_LEGEND_ROW, _MARGIN = 22.0, 10.0
_FONT = 'font-family="Libertinus Serif, DejaVu Serif, serif"'
_NICE = (1.0, 2.0, 5.0)
_NOT_EXPLAINED = ("Right of way", "Parcels")


def frame_around(shapes: Sequence[BaseGeometry], least_ft: float) -> Frame:
    """The frame that shows some shapes with room around them, at least so many feet wide."""
    west, south, east, north = shapely.total_bounds(list(shapes)).tolist()
    width = max((east - west) * 1.3, (north - south) * 1.3 * WIDTH / HEIGHT, least_ft)
    height, x, y = width * HEIGHT / WIDTH, (west + east) / 2, (south + north) / 2
    return Frame(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def still_map(items: Sequence[Drawn], frame: Frame) -> bytes:
    """The picture as SVG in UTF-8; shapes are cut at the frame, a label that would lie on another is left out."""
    shown = cut_to(items, frame)
    legend, legend_height = legend_lines(shown, frame)
    bar, north = scale_bar(frame, bar_length_ft(frame)), north_arrow(frame)
    return svg_of(shown, frame, [*bar, *north, *legend], legend_height, [_bar_box(frame), _north_box(frame)])


def svg_of(shown: Sequence[Drawn], frame: Frame, furniture: Sequence[str], below: float, free: Sequence[Box]) -> bytes:
    """The drawing of shapes that lie within the frame, with what stands over it and so much room below it.

    Labels keep off the boxes in `free`.
    """
    height, labels = frame.height + below, placed_labels(shown, frame, free)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {frame.width:g} {height:g}" '
        f'width="{frame.width / PER_INCH:g}in" height="{height / PER_INCH:g}in" {_FONT}>',
        f'<defs><clipPath id="frame"><rect width="{frame.width:g}" height="{frame.height:g}"/></clipPath>'
        f"{''.join(hatch_patterns(shown))}</defs>",
        f'<rect width="{frame.width:g}" height="{height:g}" fill="#fff"/>',
        '<g clip-path="url(#frame)">',
        *(line for item in shown for line in shape_lines(item, frame)),
        *label_lines(labels),
        "</g>",
        f'<rect x="1" y="1" width="{frame.width - 2:g}" height="{frame.height - 2:g}" fill="none" stroke="#333" '
        'stroke-width="1.5"/>',
        *furniture,
        "</svg>",
    ]
    return "\n".join(lines).encode()


def cut_to(items: Sequence[Drawn], frame: Frame) -> list[Drawn]:
    """What of some shapes lies within a frame, in the order in which it is drawn: symbols over lines and areas.

    What only touches the frame is left out.
    """
    window = shapely.box(frame.west, frame.south, frame.east, frame.north)
    drawn = sorted(items, key=lambda item: (shapely.get_dimensions(item.geometry) == 0, item.look.order))
    cut = (replace(item, geometry=_cut(item.geometry, window)) for item in drawn)
    return [item for item in cut if not item.geometry.is_empty]


def _cut(shape: BaseGeometry, window: BaseGeometry) -> BaseGeometry:
    """A shape within a window, of its own kind: an area that touches along a line leaves no line."""
    left = shapely.intersection(shape, window)
    if shapely.get_dimensions(left) == shapely.get_dimensions(shape):
        return left
    return shapely.Polygon()


def bar_length_ft(frame: Frame) -> float:
    """The length of the scale bar: a round number of feet, about a fifth of the width."""
    most = (frame.east - frame.west) / 5
    power = 10 ** math.floor(math.log10(most))
    return float(max(step * power for step in _NICE if step * power <= most))


def scale_bar(frame: Frame, feet: float) -> Iterator[str]:
    """A bar of so many feet in the lower left corner."""
    length, y, x = feet * frame.per_ft, frame.height - 16, 16.0
    yield f'<rect x="6" y="{y - 30:g}" width="{length + 28:g}" height="40" fill="#fff" fill-opacity="0.85"/>'
    yield f'<path d="M{x:g} {y - 8:g}V{y:g}H{x + length:g}V{y - 8:g}" fill="none" stroke="#111" stroke-width="2"/>'
    middle = f'x="{x + length / 2:g}" y="{y - 10:g}" font-size="15" text-anchor="middle"'
    yield f'<text {middle} fill="#111">{feet:g} ft</text>'


def north_arrow(frame: Frame) -> Iterator[str]:
    """An arrow that points up, to the north of the grid, in the upper right corner."""
    x = frame.width - 30
    ground = f'<rect x="{x - 22:g}" y="6" width="44" height="74" fill="#fff" fill-opacity="0.85"/>'
    yield f'{ground}<path d="M{x:g} 14L{x + 11:g} 52L{x:g} 43L{x - 11:g} 52Z" fill="#111"/>'
    yield f'<text x="{x:g}" y="72" font-size="18" text-anchor="middle" fill="#111">N</text>'


def legend_lines(items: Sequence[Drawn], frame: Frame) -> tuple[list[str], float]:
    """What each kind of shape is, below the map; and how high that is."""
    kinds = {title_of(item): item for item in items if item.look.title not in _NOT_EXPLAINED}
    rows, x, y = [], _MARGIN, frame.height + _LEGEND_ROW
    for title, item in kinds.items():
        width = 52 + len(title) * 7.0
        if x + width > frame.width:
            x, y = _MARGIN, y + _LEGEND_ROW
        rows.append(swatch(item, x, y - 5))
        rows.append(f'<text x="{x + 36:g}" y="{y:g}" font-size="15" fill="#111">{escape(title)}</text>')
        x += width
    return rows, (y - frame.height + 8) if kinds else 0.0


def title_of(item: Drawn) -> str:
    """What a shape is; where it rests on a model, that it does."""
    return f"{item.look.title} (modelled)" if item.modelled else item.look.title


def _bar_box(frame: Frame) -> Box:
    return (0.0, frame.height - 48, bar_length_ft(frame) * frame.per_ft + 40, frame.height)


def _north_box(frame: Frame) -> Box:
    return (frame.width - 60, 0, frame.width, 90)
