"""Address labels on sheets of Avery 5160: thirty a sheet, each 2 5/8 by 1 inch, as a PDF."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.pagesizes import LETTER
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

INCH = 72.0
COLUMNS, ROWS = 3, 10
A_SHEET = COLUMNS * ROWS
WIDTH_IN, HEIGHT_IN = 2.625, 1.0
LEFT_IN, TOP_IN = 0.1875, 0.5
ACROSS_IN, DOWN_IN = 2.75, 1.0
"""From one label's left or top edge to the next one's."""
_INSET_IN = 0.12
_FONT, _LARGEST, _SMALLEST, _STEP = "Helvetica", 10.0, 7.0, 0.5
_LEADING, _MOST_LINES = 1.18, 5


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on one label; `position` is the row of the list it is for."""

    position: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelSheets:
    """The sheets as a PDF, how many there are, and the positions of rows that do not fit on a label at any legible
    size: they are left out, so that nothing is cut off unseen."""

    pdf: bytes
    sheets: int
    too_long: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Set:
    """Lines with the size in points at which they fit."""

    lines: tuple[str, ...]
    size: float


def label_sheets(labels: Sequence[Label], title: str, first: int = 1) -> LabelSheets:
    """The sheets of some labels in their order, row by row; `first` is the first free label of the first sheet.

    A line that is too long makes its label's letters smaller, down to 7 points; a name may take two lines.
    """
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=LETTER, invariant=1)
    canvas.setTitle(title)
    place, too_long = first - 1, []
    for label in labels:
        fitted = _fitted(label.lines)
        if fitted is None:
            too_long.append(label.position)
            continue
        if place and place % A_SHEET == 0:
            canvas.showPage()
        _draw(canvas, fitted, place % A_SHEET)
        place += 1
    canvas.showPage()
    canvas.save()
    return LabelSheets(stream.getvalue(), max(1, -(-place // A_SHEET)), tuple(too_long))


def corner_in(place: int) -> tuple[float, float]:
    """The left and the top edge of a label (0 to 29) in inches from the sheet's left and top."""
    row, column = divmod(place, COLUMNS)
    return LEFT_IN + column * ACROSS_IN, TOP_IN + row * DOWN_IN


def _draw(canvas: Canvas, fitted: _Set, place: int) -> None:
    left, top = corner_in(place)
    height = len(fitted.lines) * fitted.size * _LEADING
    above = (HEIGHT_IN * INCH - height) / 2
    canvas.setFont(_FONT, fitted.size)
    for number, line in enumerate(fitted.lines):
        base = LETTER[1] - top * INCH - above - fitted.size * (0.93 + number * _LEADING)
        canvas.drawString((left + _INSET_IN) * INCH, base, line)


def _fitted(lines: tuple[str, ...]) -> _Set | None:
    size = _size(lines)
    if size is not None:
        return _Set(lines, size)
    for at in range(1, len(lines[0].split()) if len(lines) < _MOST_LINES else 0):
        words = lines[0].split()
        parted = (" ".join(words[:-at]), " ".join(words[-at:]), *lines[1:])
        size = _size(parted)
        if size is not None:
            return _Set(parted, size)
    return None


def _size(lines: tuple[str, ...]) -> float | None:
    """The largest size at which all lines fit, None where there is none."""
    width, height = (WIDTH_IN - 2 * _INSET_IN) * INCH, HEIGHT_IN * INCH - 2.0
    widest = max(stringWidth(line, _FONT, 1.0) for line in lines)
    size = _LARGEST
    while size >= _SMALLEST:
        if widest * size <= width and len(lines) * size * _LEADING <= height:
            return size
        size -= _STEP
    return None
