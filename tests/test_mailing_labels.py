"""Labels lie where Avery 5160 has them; what is too long gets smaller, or is told."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader
from reportlab.pdfbase.pdfmetrics import stringWidth

from gis_ce.mailing.labels import Label, corner_in, label_sheets

SHORT = ("ANN LEE", "100 MAIN ST", "RALEIGH NC 27601")
LONG = "THE VERY REVEREND AND RIGHT HONOURABLE COUNTESS ALEXANDRINA WILHELMINA OF THE NORTHERN HIGHLANDS"


def _lines(pdf: bytes) -> list[tuple[int, float, float, float, float, str]]:
    """Page, left, top, right and bottom in inches, and the line, as another program reads the PDF."""
    found: list[tuple[int, float, float, float, float, str]] = []
    for number, page in enumerate(PdfReader(io.BytesIO(pdf)).pages, start=1):

        def line(text: str, _: Any, matrix: Any, __: Any, size: float, on: int = number) -> None:
            if text.strip():
                left, base, width = (
                    matrix[4] / 72,
                    11 - matrix[5] / 72,
                    stringWidth(text.strip(), "Helvetica", size) / 72,
                )
                found.append((on, left, base - 0.72 * size / 72, left + width, base + 0.21 * size / 72, text.strip()))

        page.extract_text(visitor_text=line)
    return found


def test_thirty_a_sheet_each_within_its_own_label() -> None:
    labels = [Label(number, (f"N{number}", f"{number} MAIN ST", f"RALEIGH NC {number:05d}")) for number in range(1, 62)]
    made = label_sheets(labels, "Labels")
    assert (made.sheets, made.too_long) == (3, ())
    words = _lines(made.pdf)
    names = {word: (page, left, top, right, bottom) for page, left, top, right, bottom, word in words}
    for label in labels:
        page, place = divmod(label.position - 1, 30)
        west, north = corner_in(place)
        for word in label.lines:
            on, left, top, right, bottom = names[word]
            assert on == page + 1
            assert west < left < right < west + 2.625
            assert north < top < bottom < north + 1.0


def test_the_first_sheet_may_be_begun_already() -> None:
    (_, left, top, _, _, _), *_ = _lines(label_sheets([Label(1, SHORT)], "Labels", first=30).pdf)
    west, north = corner_in(29)
    assert (west, north) == (5.6875, 9.5)
    assert west < left < west + 0.2
    assert top > north


@pytest.mark.parametrize("words", [3, 6, 8])
def test_a_long_name_gets_smaller_or_takes_two_lines(words: int) -> None:
    name = " ".join(LONG.split()[:words])
    made = label_sheets([Label(1, (name, *SHORT[1:]))], "Labels")
    assert made.too_long == ()
    found = _lines(made.pdf)
    assert " ".join(word for *_, word in found) == " ".join((name, *SHORT[1:]))
    assert max(right for _, _, _, right, _, _ in found) < 0.1875 + 2.625


def test_what_fits_at_no_legible_size_is_told_and_not_cut_off() -> None:
    made = label_sheets([Label(1, SHORT), Label(2, (LONG * 2, *SHORT[1:])), Label(3, SHORT)], "Labels")
    assert (made.too_long, made.sheets) == ((2,), 1)


def test_the_same_labels_are_the_same_bytes() -> None:
    assert label_sheets([Label(1, SHORT)], "Labels").pdf == label_sheets([Label(1, SHORT)], "Labels").pdf
