"""From a template to a PDF: what comes out, that it is always the same, and what is refused."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from PIL import Image
from pypdf import PdfReader

from gis_ce.errors import TypesettingRefused
from gis_ce.typesetting import Template, typeset

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
HEAD = '#set document(title: "Trial")\n#set text(lang: "en")\n#let data = json("data.json")\n'
ONE = Template(
    "trial", HEAD + '#import "part.typ": greet\n#greet(data.name)', {"part.typ": "#let greet(n) = [Dear #n]"}
)


def test_the_data_stand_in_the_pdf_as_plain_text():
    pdf = PdfReader(io.BytesIO(typeset(ONE, {"name": "Ms. #strong[O'Hara] é"}, made_at=AT)))
    assert "Dear Ms. #strong[O'Hara] é" in pdf.pages[0].extract_text()


def test_the_day_of_making_is_the_one_given():
    pdf = PdfReader(io.BytesIO(typeset(ONE, {"name": "A"}, made_at=AT)))
    assert pdf.metadata is not None
    assert pdf.metadata.creation_date == AT


def test_another_process_makes_the_same_bytes(tmp_path):
    given = "typeset(ONE, {'name': 'A'}, made_at=AT)"
    source = f"import sys; from tests.test_typesetting import *; sys.stdout.buffer.write({given})"
    env = {**os.environ, "TZ": "Pacific/Auckland", "SOURCE_DATE_EPOCH": "5", "PYTHONHASHSEED": "7"}
    made = subprocess.run([sys.executable, "-c", source], env=env, capture_output=True, check=True).stdout
    assert made == typeset(ONE, {"name": "A"}, made_at=AT)


def test_a_picture_is_drawn_by_its_name():
    buffer = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(buffer, "PNG")
    template = Template("picture", HEAD + '#image("map.png", alt: "A map", width: 2in)')
    pdf = PdfReader(io.BytesIO(typeset(template, {}, {"map.png": buffer.getvalue()}, made_at=AT)))
    assert [image.image.size for image in pdf.pages[0].images if image.image] == [(30, 20)]


@pytest.mark.parametrize(
    ("source", "data", "says"),
    [
        ("#data.nobody", {}, 'The template bad, line 4: dictionary does not contain key "nobody"'),
        ("#data.name", {"name": "你好"}, "could not be displayed"),
        ('#image("map.png", alt: "A map")', {}, "line 4: file not found"),
        ('#read("/etc/passwd")', {}, "file not found"),
        ('#import "@preview/cetz:0.3.0": canvas', {}, "imports only files of its own folder"),
        ("#data.name", {"name": AT}, "no plain values"),
        ("#data.name", {"name": float("nan")}, "no plain values"),
        ("#let", {}, "line 4"),
    ],
)
def test_what_comes_to_no_pdf_is_refused_with_its_place(source, data, says):
    with pytest.raises(TypesettingRefused) as refused:
        typeset(Template("bad", HEAD + source), data, made_at=AT)
    assert says in str(refused.value)


def test_a_picture_with_a_path_for_a_name_is_refused():
    with pytest.raises(TypesettingRefused, match=r"named like map\.png"):
        typeset(ONE, {"name": "A"}, {"../map.png": b""}, made_at=AT)
