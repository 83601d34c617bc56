"""Still maps for letters and packets: what they show, that they are true to scale, and always the same."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
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
from maps.still_labels import Label, box_of, label_lines, placed_labels
from maps.still_map import bar_length_ft, frame_around, north_arrow, still_map
from maps.still_shapes import WIDTH, Drawn
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


def boxes_of(labels: list[Label]) -> list[shapely.Geometry]:
    return [shapely.box(*box_of(each.text, each.x, each.y, each.size)) for each in labels]


def test_labels_are_no_markup() -> None:
    look = style().evidence["parcel"]
    box = PLACE.buffer(30)
    drawn = [Drawn(box, look, '<script> & "x"', strong=True)] * 20
    assert "<script>" not in still_map(drawn, frame_around([box], 100.0)).decode()


@given(
    st.lists(st.tuples(st.floats(-40, 40), st.floats(-25, 25), st.floats(0, 30)), min_size=1, max_size=8),
    st.booleans(),
)
def test_no_label_lies_on_another_over_the_edge_or_on_the_scale_bar(
    lines: list[tuple[float, float, float]], strong: bool
) -> None:
    look, frame = style().evidence["distance"], frame_around([PLACE], 100.0)
    drawn = [
        Drawn(shapely.LineString([(PLACE.x + x, PLACE.y + y), (PLACE.x + x + long, PLACE.y + y)]), look, "16.9 ft")
        for x, y, long in lines
    ]
    labels = placed_labels([replace(each, strong=strong) for each in drawn], frame, [(0, 500, 300, 560)])
    areas = boxes_of(labels)
    whole = shapely.box(0, 0, frame.width, frame.height)
    assert all(whole.contains(area) and area.intersection(shapely.box(0, 500, 300, 560)).area < 1 for area in areas)
    assert not any(one.intersection(other).area > 1 for one, other in combinations(areas, 2))
    assert labels if not strong else len(labels) == len(drawn), "what the picture is about is never left out"


def test_a_label_far_from_its_line_has_a_leader_to_it() -> None:
    look, frame = style().evidence["distance"], frame_around([PLACE], 100.0)
    short = shapely.LineString([(PLACE.x, PLACE.y), (PLACE.x + 1, PLACE.y)])
    many = placed_labels([Drawn(short, look, f"{number} ft", strong=True) for number in range(12)], frame)
    drawn = list(label_lines(many))
    assert len(many) == 12
    assert 1 <= sum(line.startswith("<path") for line in drawn) < 12


def test_a_parcel_that_only_touches_the_frame_is_left_out() -> None:
    frame = frame_around([PLACE], 100.0)
    beside = shapely.box(frame.east, frame.south, frame.east + 50, frame.north)
    look = style().roles["parcel"]
    assert b"fbfaf6" not in still_map([Drawn(beside, look)], frame)
    assert b"fbfaf6" in still_map([Drawn(beside.buffer(1), look)], frame)


def test_the_north_arrow_points_up() -> None:
    frame = frame_around([PLACE], 100.0)
    path, letter = north_arrow(frame)
    heights = [float(found) for found in re.findall(r"[ML][\d.]+ ([\d.]+)", path)]
    tip, *feet = heights
    assert tip == min(heights) < min(feet), "the tip is the highest point of it; y grows downwards"
    assert 'fill="#111">N<' in letter


def test_sewer_has_arrows_with_the_flow_and_water_none() -> None:
    frame = frame_around([PLACE], 500.0)
    east = shapely.LineString([(PLACE.x - 200, PLACE.y), (PLACE.x + 200, PLACE.y)])
    sewer = still_map([Drawn(east, style().roles["sewer_main"])], frame).decode()
    assert sewer.count("rotate(0.0)") >= 3
    assert still_map([Drawn(shapely.reverse(east), style().roles["sewer_main"])], frame).count(b"rotate(180.0)") >= 3
    assert b"rotate" not in still_map([Drawn(east, style().roles["water_main"])], frame)


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
    assert (words.count("MAIN ST"), words.count("SIDE AVE")) == (1, 1)
    assert "None" not in words


def test_a_label_in_capitals_lies_within_the_picture() -> None:
    look = style().roles["street"]
    corner = shapely.LineString([(EAST, NORTH), (EAST + 4, NORTH + 100)])
    frame = frame_around([corner, PLACE], 100.0)
    drawing = still_map([Drawn(corner, look, "NORTH COMMONWEALTH BLVD")], frame).decode()
    (x,) = {float(found) for found in re.findall(r'<text x="([\d.]+)"[^>]*font-size="14"', drawing)}
    assert x >= len("NORTH COMMONWEALTH BLVD") * 14 * 0.66 / 2
