"""Still maps for letters and packets: what they show, that they are true to scale, and always the same."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely
from desks import town
from hypothesis import given
from hypothesis import strategies as st
from made_layers import EAST, NORTH
from made_networks import main, query_of

from maps.case_pictures import evidence_picture, mains_picture
from maps.mailing_map import mailing_map
from maps.still_map import WIDTH, Drawn, bar_length_ft, frame_around, still_map
from maps.style import style

PLACE = shapely.Point(EAST + 150, NORTH + 60)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0, 5000), st.floats(0, 5000), st.floats(20, 2000))
def test_a_frame_shows_its_shapes_at_one_scale_in_both_directions(
    x: float, y: float, width: float, height: float, least: float
) -> None:
    frame = frame_around([shapely.box(x, y, x + width, y + height)], least)
    assert frame.west <= x
    assert frame.east >= x + width
    assert frame.south <= y
    assert frame.north >= y + height
    corner, other = frame.at(frame.west, frame.north), frame.at(frame.east, frame.south)
    assert np.allclose([*corner, *other], [0, 0, 936, 560], atol=0.02)
    assert frame.east - frame.west >= least - 1e-6


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    frame = frame_around([PLACE], 500.0)
    drawing = still_map([Drawn(PLACE, style().evidence["site"])], frame).decode()
    bar = re.search(r"M16 536V544H([\d.]+)V536", drawing)
    assert bar is not None
    assert f">{bar_length_ft(frame):g} ft<" in drawing
    assert (float(bar[1]) - 16) / WIDTH * (frame.east - frame.west) == pytest.approx(bar_length_ft(frame), abs=0.01)


def test_the_map_of_mains_names_them_with_their_size() -> None:
    picture = mains_picture(town(), PLACE, "Mains")
    words = [node.text for node in ET.fromstring(picture.svg).iter("{http://www.w3.org/2000/svg}text")]
    assert {"N", "100 ft", "Water mains", "The place"} <= set(words)
    assert any(word and '"' in word for word in words)
    assert mains_picture(town(), PLACE, "Mains").svg == picture.svg


def test_labels_are_no_markup_and_none_lies_on_another() -> None:
    look = style().evidence["parcel"]
    box = PLACE.buffer(30)
    drawing = still_map([Drawn(box, look, '<script> & "x"', strong=True)] * 20, frame_around([box], 100.0)).decode()
    boxes = {(m[1], m[2]) for m in re.finditer(r'<text x="([\d.]+)" y="([\d.]+)" font-size="17"', drawing)}
    assert "<script>" not in drawing
    assert 1 <= len(boxes) <= 8


def test_evidence_is_drawn_and_nothing_is_none() -> None:
    shape = {"type": "Point", "coordinates": [EAST + 150, NORTH + 60]}
    told = {"kind": "site", "label": "place", "role": None, "modelled": False}
    picture = evidence_picture({"features": [{"geometry": shape, "properties": told}]}, town(), "Where it is")
    assert picture is not None
    assert b"The place" in picture.svg
    assert evidence_picture({}, town(), "") is None


def test_the_map_of_a_mailing_names_each_street_once_on_its_longest_piece_in_the_frame() -> None:
    pieces = [(0, 90), (90, 250), (250, 290)]
    streets = [
        {"id": f"M{n}", "wkt": f"LINESTRING ({a} 30, {b} 30)", "name": "MAIN ST"} for n, (a, b) in enumerate(pieces)
    ]
    far = {"id": "FAR", "wkt": "LINESTRING (290 30, 9000 30)", "name": "MAIN ST"}
    side = {"id": "SIDE", "wkt": "LINESTRING (100 30, 100 170)", "name": "SIDE AVE"}
    query = query_of(
        street=[*streets, far, side, {"id": "X", "wkt": "LINESTRING (50 30, 50 90)"}],
        parcel=[{"id": "P", "wkt": "POLYGON ((150 60, 190 60, 190 160, 150 160, 150 60))"}],
        sewer_main=[main("S", (120, 40), (260, 40))],
    )
    drawing = mailing_map(query, np.array([0]), np.array([], dtype=np.intp), np.array([0]), (EAST + 200, NORTH + 40))
    words = [node.text for node in ET.fromstring(drawing).iter("{http://www.w3.org/2000/svg}text")]
    assert (words.count("MAIN ST"), words.count("SIDE AVE")) == (2, 2)  # the letters, and the white edge under them
    assert "None" not in words


def test_a_label_in_capitals_lies_within_the_picture() -> None:
    look = style().roles["street"]
    corner = shapely.LineString([(EAST, NORTH), (EAST + 4, NORTH + 100)])
    frame = frame_around([corner, PLACE], 100.0)
    drawing = still_map([Drawn(corner, look, "NORTH COMMONWEALTH BLVD")], frame).decode()
    (x,) = {float(found) for found in re.findall(r'<text x="([\d.]+)"[^>]*font-size="14"', drawing)}
    assert x >= len("NORTH COMMONWEALTH BLVD") * 14 * 0.66 / 2
