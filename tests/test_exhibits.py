"""Exhibits for a hearing, measured on the paper: scale, north, labels, what they say, and to whom."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pdfplumber
import pytest
import shapely
import zxingcpp
from case_stores import copied
from desks import a_desk, write
from exhibited_cases import ALL, TOLD, exhibit_in, opened
from hypothesis import given
from hypothesis import strategies as st
from made_layers import EAST, GRID, NORTH
from PIL import Image
from qgis_python import python_of_qgis

from api.case_exhibits import exhibit_of
from gis_ce.actions.desk import Actor, Desk
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.parties import PartyGiven, add_party
from gis_ce.case_store import CaseStore
from gis_ce.errors import ExhibitRefused
from gis_ce.roles import rights_of
from layers.errors import VersionMissing
from layers.grid import Grid
from layers.query import LayerQuery
from maps.exhibit import Exhibit, exhibit, qr_text
from maps.exhibit_frame import SCALES_FT, engineers_scale, frame_at
from maps.exhibit_map import HEIGHT_IN, WIDTH_IN, true_north
from maps.geo_pdf import viewport_of

KINDS = [name for name in TOLD if name != "owner"]
FIELD = rights_of(("field",))


@pytest.fixture(scope="module", name="store")
def _store(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseStore]:
    store = copied(sqlite_template, tmp_path_factory.mktemp("exhibits"))
    yield store
    store.close()


@pytest.fixture(scope="module", name="desk")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return a_desk(folder=tmp_path_factory.mktemp("attachments"))


@pytest.fixture(scope="module", name="numbers")
def _numbers(store: CaseStore, desk: Desk) -> dict[str, str]:
    return {name: opened(store, desk, told) for name, told in TOLD.items()}


@pytest.fixture(scope="module", name="made")
def _made(store: CaseStore, desk: Desk, numbers: dict[str, str]) -> dict[str, tuple[Exhibit, bytes]]:
    drawn = {name: exhibit_in(store, desk, number, TOLD[name].check) for name, number in numbers.items()}
    return {name: (each, each.pdf()) for name, each in drawn.items()}


def page_of(pdf: bytes) -> pdfplumber.page.Page:
    document = pdfplumber.open(io.BytesIO(pdf))
    assert len(document.pages) == 1
    return document.pages[0]


def words_of(pdf: bytes) -> str:
    return " ".join(page_of(pdf).extract_text().split())


@pytest.mark.parametrize("name", KINDS)
def test_an_inch_on_the_paper_is_as_many_feet_as_it_says(made: dict[str, tuple[Exhibit, bytes]], name: str) -> None:
    drawn, pdf = made[name]
    scale = drawn.map.feet_per_inch
    assert scale in SCALES_FT
    assert f"1 inch = {scale:,} feet" in words_of(pdf)
    assert f"{scale} ft" in words_of(pdf), "the bar is an inch long"
    page = page_of(pdf)
    bars = [each for each in page.curves if each["height"] < 6 and abs(each["width"] - 72) < 0.05]
    assert len(bars) == 1
    viewport = viewport_of(pdf)
    left, bottom, right, top = (float(value) for value in viewport["/BBox"])
    assert any(
        np.allclose((each["x0"], each["y0"], each["x1"], each["y1"]), (left, bottom, right, top), atol=1.0)
        for each in page.rects
    ), "the frame of the map lies where the PDF says that the map is"
    latlon = np.array([float(value) for value in viewport["/Measure"]["/GPTS"]]).reshape(4, 2)
    corners = Grid(GRID).from_lonlat(np.asarray(shapely.points(latlon[:, ::-1]), dtype=object))
    wide, high = corners[0].distance(corners[3]), corners[0].distance(corners[1])
    assert wide / ((right - left) / 72) == pytest.approx(scale, rel=1e-5)
    assert high / ((top - bottom) / 72) == pytest.approx(scale, rel=1e-5)
    assert corners[1].y > corners[0].y, "north is up"


def test_what_was_measured_is_as_long_on_the_paper_as_it_says(made: dict[str, tuple[Exhibit, bytes]]) -> None:
    drawn, pdf = made["leak"]
    dashed = [each for each in page_of(pdf).lines if each["stroking_color"] == pytest.approx(17 / 255)]
    assert "30.0 ft" in words_of(pdf)
    lengths = [np.hypot(each["width"], each["height"]) / 72 * drawn.map.feet_per_inch for each in dashed]
    assert any(length == pytest.approx(30.0, abs=0.1) for length in lengths), lengths


@pytest.mark.parametrize("name", KINDS)
def test_its_words_can_be_selected_and_none_is_cut_off_or_over_another(
    made: dict[str, tuple[Exhibit, bytes]], name: str
) -> None:
    drawn, pdf = made[name]
    page, said = page_of(pdf), words_of(pdf)
    for text in (drawn.facts.number, drawn.facts.question, drawn.facts.answer, drawn.facts.hash):
        assert text in said
    chars = [each for each in page.chars if each["text"].strip()]
    assert min(each["x0"] for each in chars) >= 35
    assert max(each["x1"] for each in chars) <= 612 - 35
    assert min(each["top"] for each in chars) >= 30
    assert max(each["bottom"] for each in chars) <= 792 - 30
    words = page.extract_words(use_text_flow=True, keep_blank_chars=True, x_tolerance=2)
    boxes = [
        (each["text"], shapely.box(each["x0"], each["top"] + 1.5, each["x1"], each["bottom"] - 1.5)) for each in words
    ]
    covered = [(a, b) for (a, one), (b, other) in combinations(boxes, 2) if one.intersection(other).area > 1.0]
    assert covered == []


@pytest.mark.parametrize("name", ["water hit", "undecided"])
def test_made_again_it_is_the_same_bytes(
    store: CaseStore, desk: Desk, numbers: dict[str, str], made: dict[str, tuple[Exhibit, bytes]], name: str
) -> None:
    again = exhibit_in(store, replace(desk, actor=Actor("bob", desk.actor.lanes)), numbers[name])
    assert again.pdf() == made[name][1]
    assert again.png() == made[name][0].png()


def test_it_warns_of_what_is_less_than_it_looks(made: dict[str, tuple[Exhibit, bytes]]) -> None:
    said = {name: words_of(pdf) for name, (_, pdf) in made.items()}
    presumptive = "Presumptive: measured from the line on the map, not from the locator's marks."
    assert presumptive in said["water hit"]
    assert presumptive not in said["marked hit"]
    assert "Locator's mark" in said["marked hit"]
    assert "Undecided by the map: The position is too uncertain" in said["undecided"]
    assert "nobody has confirmed it yet" in said["leak"]
    assert "nobody has confirmed it yet" not in said["undecided"]


def test_a_rule_that_nobody_has_read_is_not_quoted(made: dict[str, tuple[Exhibit, bytes]], desk: Desk) -> None:
    rules = {rule.id: rule for rule in desk.rules.rulebook.rules}
    for name in KINDS:
        drawn, pdf = made[name]
        row = next(each for each in drawn.facts.rule if "in force from" in each)
        rule = next(each for each in rules.values() if each.id in row)
        quoted = " ".join(rule.text.split())[:60] in words_of(pdf)
        assert quoted == (rule.status == "confirmed"), name


def test_photos_stand_where_they_were_taken_and_look_the_true_way(made: dict[str, tuple[Exhibit, bytes]]) -> None:
    drawn, pdf = made["water hit"]
    assert [found["text"] for found in page_of(pdf).search("Photo [12]")] == ["Photo 1", "Photo 2"], (
        "the northern first"
    )
    turned = true_north(shapely.Point(EAST, NORTH), Grid(GRID))
    west = Grid(GRID).to_lonlat(np.array([shapely.Point(EAST, NORTH)], dtype=object))[0].x < -79
    assert 0.2 < abs(turned) < 3
    assert (turned > 0) == west, "west of the middle meridian of the grid true north lies to the right"
    assert [photo.bearing for photo in drawn.facts.photos] == [90.0, 0.0]


def test_the_qr_code_says_the_case_and_the_hash_of_its_last_line(made: dict[str, tuple[Exhibit, bytes]]) -> None:
    drawn, _ = made["leak"]
    read = zxingcpp.read_barcodes(Image.open(io.BytesIO(drawn.png())))
    assert [found.text for found in read] == [qr_text(drawn.facts)]
    assert drawn.facts.hash.upper() in qr_text(drawn.facts)


def test_who_may_not_read_names_sees_none(store: CaseStore, desk: Desk, numbers: dict[str, str]) -> None:
    crew = replace(desk, actor=Actor("mel", frozenset(("meters",))))
    kept = exhibit_in(store, crew, numbers["owner"], "same_owner", FIELD)
    assert "kept for those who may read names" in words_of(kept.pdf())
    assert "OWNER OF LOT" not in words_of(kept.pdf())
    assert "SOMEBODY" not in words_of(kept.pdf())
    assert "OWNER OF LOT" in words_of(exhibit_in(store, desk, numbers["owner"], "same_owner").pdf())
    assert exhibit_in(store, crew, numbers["water hit"], rights=FIELD).facts.photos == ()


def test_who_reported_it_is_not_named(store: CaseStore, desk: Desk) -> None:
    number = opened(store, desk, TOLD["leak"], "Rita Reporter saw water")
    write(store, add_party, desk, number, PartyGiven("reporter", "Rita Reporter"))
    said = words_of(exhibit_in(store, desk, number).pdf())
    assert "(reporter) saw water" in said
    assert "Rita" not in said
    assert "saw water" not in words_of(exhibit_in(store, desk, number, rights=FIELD).pdf())


def test_the_newest_answer_is_shown_or_the_one_that_is_asked_for(
    store: CaseStore, desk: Desk, numbers: dict[str, str]
) -> None:
    assert exhibit_in(store, desk, numbers["leak"]).facts.question == "Does the place lie inside the right of way?"
    other = exhibit_in(store, desk, numbers["leak"], "nearest_asset_and_address")
    assert other.facts.question != "Does the place lie inside the right of way?"
    with pytest.raises(ExhibitRefused, match="has no answer of the check 'meter_side'; it has nearest_asset"):
        exhibit_in(store, desk, numbers["leak"], "meter_side")


def test_a_case_of_which_the_map_has_said_nothing_shows_its_place(store: CaseStore, desk: Desk) -> None:
    number = opened(store, desk, TOLD["leak"])
    facts = replace(exhibit_in(store, desk, number).facts, features=(), rule=(), hash="", record="", layers={})
    said = words_of(exhibit(facts, None, desk.query).pdf())
    assert "This exhibit shows no decision on record." in said
    assert "The place" in said
    without = write(store, open_case, desk, Opening("information_request")).number
    with pytest.raises(ExhibitRefused, match="has no place yet"):
        exhibit_in(store, desk, without)


def test_layers_that_are_kept_no_longer_are_said(store: CaseStore, desk: Desk, numbers: dict[str, str]) -> None:
    def gone(*_: object) -> LayerQuery:
        raise VersionMissing("It is kept no longer.")

    with store.reading() as session:
        drawn = exhibit_of(session, desk, gone, numbers["leak"], ALL)
    assert "kept no longer: its evidence is drawn over those of today" in words_of(drawn.pdf())


def test_long_words_are_made_to_fit(desk: Desk, made: dict[str, tuple[Exhibit, bytes]]) -> None:
    facts = made["water hit"][0].facts
    long = replace(
        facts,
        title="A very long title of a case " * 8,
        question="Does the place, as far as it is known, " * 4,
        answer="Neither the one nor the other of them",
        sentence=("The map says a great many things. " * 40)[:900] + " END-OF-SENTENCE",
        warnings=tuple(f"{each} A warning that goes on and on, for reasons of its own." for each in facts.warnings) * 3,
        rule=(("Whoever digs shall dig with care. " * 40)[:900] + " END-OF-RULE", "A citation of some length " * 8),
        facts=facts.facts * 2,
    )
    pdf = exhibit(long, desk.query, desk.query).pdf()
    page, said = page_of(pdf), words_of(pdf)
    assert "END-OF-SENTENCE" in said
    assert "END-OF-RULE" in said
    tops = {word["text"]: word for word in page.extract_words()}
    assert tops["END-OF-RULE"]["bottom"] < tops["Layers"]["top"]
    assert max(each["x1"] for each in page.chars) <= 612 - 35


@given(
    st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)), min_size=1, max_size=6),
    st.floats(0.5, 11),
    st.floats(0.5, 11),
)
def test_a_scale_is_that_of_an_engineer_and_what_matters_fits(
    points: list[tuple[float, float]], width_in: float, height_in: float
) -> None:
    shapes = [shapely.Point(point) for point in points]
    scale = engineers_scale(shapes, width_in, height_in)
    frame = frame_at(shapes, scale, width_in, height_in)
    assert scale in SCALES_FT
    assert (frame.east - frame.west) / width_in == pytest.approx(scale)
    assert (frame.north - frame.south) / height_in == pytest.approx(scale)
    fits = all(frame.west <= p.x <= frame.east and frame.south <= p.y <= frame.north for p in shapes)
    assert fits or scale == SCALES_FT[-1]


@pytest.mark.clients
def test_gdal_reads_where_the_map_lies(made: dict[str, tuple[Exhibit, bytes]], tmp_path: Path) -> None:
    drawn, pdf = made["leak"]
    file = tmp_path / "exhibit.pdf"
    file.write_bytes(pdf)
    program = (
        "import json, sys; from osgeo import gdal; gdal.UseExceptions(); d = gdal.OpenEx(sys.argv[1]); "
        "print(json.dumps([d.GetGeoTransform(), d.GetSpatialRef().GetAuthorityCode(None), d.RasterXSize]))"
    )
    found = subprocess.run([python_of_qgis(), "-c", program, str(file)], check=True, capture_output=True, text=True)
    transform, code, pixels = json.loads(found.stdout)
    frame = drawn.map.frame
    feet = transform[1] * pixels / 8.5
    assert code == str(GRID)
    assert feet == pytest.approx(drawn.map.feet_per_inch, rel=1e-3)
    left_in = (frame.west - transform[0]) / drawn.map.feet_per_inch
    assert left_in == pytest.approx(0.5, abs=0.005)
    assert (frame.east - frame.west, frame.north - frame.south) == pytest.approx(
        (WIDTH_IN * drawn.map.feet_per_inch, HEIGHT_IN * drawn.map.feet_per_inch)
    )
