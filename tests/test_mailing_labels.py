"""Labels lie where Avery 5160 has them; what is too long gets smaller, or is told."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gis_ce.mailing.labels import Label, corner_in, label_sheets

SHORT = ("ANN LEE", "100 MAIN ST", "RALEIGH NC 27601")
LONG = "THE VERY REVEREND AND RIGHT HONOURABLE COUNTESS ALEXANDRINA WILHELMINA OF THE NORTHERN HIGHLANDS"


def _words(pdf: bytes, folder: Path) -> list[tuple[int, float, float, float, float, str]]:
    """Page, left, top, right, bottom in inches, and the word, as another program reads them."""
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext here: make services installs it")
    file = folder / "labels.pdf"
    file.write_bytes(pdf)
    ran = subprocess.run(["pdftotext", "-bbox", str(file), "-"], check=True, capture_output=True, text=True)
    found, page = [], 0
    for line in ran.stdout.splitlines():
        page += "<page " in line
        if match := re.search(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*)</word>', line):
            found.append((page, *(float(match[at]) / 72 for at in range(1, 5)), match[5]))
    return found  # type: ignore[return-value]


def test_thirty_a_sheet_each_within_its_own_label(tmp_path: Path) -> None:
    labels = [Label(number, (f"N{number}", f"{number} MAIN ST", f"RALEIGH NC {number:05d}")) for number in range(1, 62)]
    made = label_sheets(labels, "Labels")
    assert (made.sheets, made.too_long) == (3, ())
    words = _words(made.pdf, tmp_path)
    names = {word: (page, left, top, right, bottom) for page, left, top, right, bottom, word in words}
    for label in labels:
        page, place = divmod(label.position - 1, 30)
        west, north = corner_in(place)
        for word in (label.lines[0], f"{label.position:05d}"):
            on, left, top, right, bottom = names[word]
            assert on == page + 1
            assert west < left < right < west + 2.625
            assert north < top < bottom < north + 1.0


def test_the_first_sheet_may_be_begun_already(tmp_path: Path) -> None:
    (_, left, top, _, _, _), *_ = _words(label_sheets([Label(1, SHORT)], "Labels", first=30).pdf, tmp_path)
    west, north = corner_in(29)
    assert (west, north) == (5.6875, 9.5)
    assert west < left < west + 0.2
    assert top > north


@pytest.mark.parametrize("words", [3, 6, 8])
def test_a_long_name_gets_smaller_or_takes_two_lines(words: int, tmp_path: Path) -> None:
    name = " ".join(LONG.split()[:words])
    made = label_sheets([Label(1, (name, *SHORT[1:]))], "Labels")
    assert made.too_long == ()
    found = _words(made.pdf, tmp_path)
    assert [word for *_, word in found] == [*name.split(), *" ".join(SHORT[1:]).split()]
    assert max(right for _, _, _, right, _, _ in found) < 0.1875 + 2.625


def test_what_fits_at_no_legible_size_is_told_and_not_cut_off() -> None:
    made = label_sheets([Label(1, SHORT), Label(2, (LONG * 2, *SHORT[1:])), Label(3, SHORT)], "Labels")
    assert (made.too_long, made.sheets) == ((2,), 1)


def test_the_same_labels_are_the_same_bytes() -> None:
    assert label_sheets([Label(1, SHORT)], "Labels").pdf == label_sheets([Label(1, SHORT)], "Labels").pdf
