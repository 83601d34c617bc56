"""Crossings of streets: one point where there is one, a list where there are several, an error where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_towns import drawn_layer, drawn_query

from gis_ce.errors import PlaceAmbiguous, PlaceUnknown
from gis_ce.locate import AddressBook

SIGMA_FT = 3.0


def street(name: str, called: str | None, *points: tuple[float, float]) -> dict[str, object]:
    return {"id": name, "wkt": f"LINESTRING ({', '.join(f'{x} {y}' for x, y in points)})", "name": called}


@pytest.fixture(scope="module", name="book")
def _book() -> AddressBook:
    streets = [
        street("S1", "MAIN ST", (0, 0), (500, 0)),
        street("S2", "MAIN ST", (500, 0), (1000, 0)),
        street("S3", "Broadway Street", (500, -500), (500, 0)),
        street("S4", "BROADWAY ST", (500, 0), (500, 500)),
        street("S5", "OLD LOOP RD", (100, -50), (100, 80), (900, 80), (900, -50)),
        street("S6", "CHERRY LN", (300, 2), (300, 400)),
        street("S7", "N OAK AVE", (700, 0), (700, 300)),
        street("S8", "S OAK AVE", (700, 0), (700, -300)),
        street("S9", "DIVIDED HWY", (200, -300), (200, 300)),
        street("S10", "DIVIDED HWY", (240, -300), (240, 300)),
        street("S11", "FAR AWAY RD", (5000, 5000), (6000, 5000)),
        street("S12", "OAK AND VINE LN", (400, -100), (400, 100)),
        street("S13", None, (0, 0), (1, 1)),
    ]
    addresses = [{"id": "A1", "wkt": "POINT (10 10)", "full_address": "12 MAIN ST"}]
    return AddressBook(
        drawn_query(drawn_layer("street", streets, sigma_ft=SIGMA_FT), drawn_layer("address", addresses))
    )


@pytest.mark.parametrize(
    "written",
    [
        "MAIN ST & BROADWAY ST",
        "MAIN ST AT BROADWAY",
        "MAIN AND BROADWAY",
        "Broadway Street @ Main Street",
        "main st / broadway st, Forest City, NC",
        "corner of Main St and Broadway St",
        "Intersection of Main and Broadway",
        "MAIN ST & BRAODWAY ST",
    ],
)
def test_a_crossing_is_found_however_it_is_written(book: AddressBook, written: str) -> None:
    found = book.find(written)
    assert found.how == "intersection"
    assert (found.place.x, found.place.y) == pytest.approx((500, 0))


def test_what_is_left_out_or_misspelt_is_said(book: AddressBook) -> None:
    assert book.find("MAIN ST & BROADWAY ST").told == "intersection"
    assert book.find("MAIN AND BROADWAY").told == "intersection, taken for MAIN ST & BROADWAY ST"
    assert book.find("MAIN ST & BRAODWAY ST").told == "intersection, taken for MAIN ST & BROADWAY ST"


def test_a_crossing_is_as_good_as_half_a_street_and_a_correction_is_worse(book: AddressBook) -> None:
    assert book.find("MAIN ST & BROADWAY ST").sigma_ft == pytest.approx(np.hypot(SIGMA_FT, 15))
    assert book.find("MAIN ST & BRAODWAY ST").sigma_ft == pytest.approx(np.sqrt(SIGMA_FT**2 + 15**2 + 50**2))


def test_streets_that_nearly_meet_cross_where_they_come_nearest(book: AddressBook) -> None:
    found = book.find("MAIN ST & CHERRY LN")
    assert (found.place.x, found.place.y) == pytest.approx((300, 1))


def test_a_divided_road_crosses_once(book: AddressBook) -> None:
    found = book.find("DIVIDED HWY & MAIN ST")
    assert (found.place.x, found.place.y) == pytest.approx((220, 0))
    assert found.sigma_ft == pytest.approx(np.hypot(SIGMA_FT, 20))


def test_several_crossings_are_listed_from_west_to_east(book: AddressBook) -> None:
    with pytest.raises(PlaceAmbiguous) as refused:
        book.find("MAIN ST & OLD LOOP RD")
    assert refused.value.candidates == (
        "MAIN ST & OLD LOOP RD at 100 E 0 N",
        "MAIN ST & OLD LOOP RD at 900 E 0 N",
    )


def test_a_direction_left_out_can_be_either(book: AddressBook) -> None:
    with pytest.raises(PlaceAmbiguous) as refused:
        book.find("MAIN ST & OAK AVE")
    assert [text.partition(" at ")[0] for text in refused.value.candidates] == [
        "MAIN ST & N OAK AVE",
        "MAIN ST & S OAK AVE",
    ]


def test_a_street_may_have_and_in_its_name(book: AddressBook) -> None:
    assert book.find("Oak and Vine Ln & Main St").place.x == pytest.approx(400)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("MAIN ST & FAR AWAY RD", "MAIN ST and FAR AWAY RD do not cross on the map"),
        ("MAIN ST & MAIN ST", "do not cross"),
        ("MAIN ST & XYLOPHONE PKWY", "there is no street 'XYLOPHONE PKWY' on the map. No street's name comes near"),
        ("MAIN ST & CHARRRY LN", "Did you mean CHERRY LN"),
        ("12 MAIN ST & BROADWAY ST", "There is no address"),
    ],
)
def test_what_is_no_crossing_says_why(book: AddressBook, written: str, words: str) -> None:
    with pytest.raises(PlaceUnknown) as refused:
        book.find(written)
    assert words in str(refused.value)


def test_without_a_layer_of_streets_it_says_so() -> None:
    book = AddressBook(drawn_query(drawn_layer("address", [])))
    with pytest.raises(PlaceUnknown, match="no layer of streets here"):
        book.find("MAIN ST & BROADWAY ST")
