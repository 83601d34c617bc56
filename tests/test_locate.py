"""Addresses are exact, misspelt (and the correction is said), ambiguous or unknown; nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from drawn_towns import drawn_layer, drawn_query

from gis_ce.city_rules import city_rules
from gis_ce.errors import PlaceAmbiguous, PlaceUnknown
from gis_ce.locate import AddressBook, normalised
from gis_ce.located import AddressDoubts
from layers.errors import CityFileError
from layers.model import City


def point(name: str, address: str | None, x: float, y: float = 0.0, unit: str | None = None) -> dict[str, object]:
    return {"id": name, "wkt": f"POINT ({x} {y})", "full_address": address, "unit": unit}


def lot(name: str, address: str | None, x: float) -> dict[str, object]:
    ring = f"{x} 0, {x + 50} 0, {x + 50} 100, {x} 100, {x} 0"
    return {"id": name, "wkt": f"POLYGON (({ring}))", "parcel_id": name, "situs_address": address}


@pytest.fixture(scope="module", name="book")
def _book() -> AddressBook:
    addresses = [
        point("A1", "129 Knollwood Dr", 10),
        point("A2", "131 KNOLLWOOD DR", 60),
        point("A3", "12 N Saint John Street", 110),
        point("A4", "40 OAK ST", 160),
        point("A5", "40 OAK ST", 900),
        point("A6", "50 OAK ST", 210),
        point("A7", "50 OAK ST", 210),
        point("A8", "60 OAK ST APT 2", 260),
        point("A9", None, 310),
        point("A10", "0 OAK ST", 360),
        point("A11", "OAK ST", 410),
        point("A12", "100-104 ELM ST", 460),
        point("A13", "70 OAK ST", 510, unit="1"),
        point("A14", "70 OAK ST", 530, unit="2"),
        point("A15", "5 N BROADWAY ST", 560),
        point("A16", "6 N BROADWAY ST", 580),
        point("A17", "6 S BROADWAY ST", 600),
        point("A18", "7 S BROADWAY", 620),
        point("A19", "12 HILLSIDE DR", 640),
        point("A20", "12 HILLSIDE CT", 660),
        point("A21", "9 PINE RD", 680),
        point("A22", "9 VINE RD", 700),
        point("A23", "20 MEADOWBROOK LN", 720),
        point("A24", "20 MEADOWBROOKS LN", 740),
        point("A25", "11 US 221A HWY", 760),
        point("A26", "15 PINE RD", 780),
        point("A27", "88 MAPLEWOOD AVE", 800),
    ]
    parcels = [lot("P1", "0 RIVER RD", 2000), lot("P2", "7 RIVER RD", 2100), lot("P3", "8 RIVER RD", 2200)]
    parcels += [lot("P4", "8 RIVER RD", 2300), lot("P5", "129 KNOLLWOOD DR", 2400)]
    layers = drawn_layer("address", addresses, sigma_ft=20.0), drawn_layer("parcel", parcels, sigma_ft=3.0)
    return AddressBook(drawn_query(*layers))


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("129 KNOLLWOOD DR", "A1"),
        ("129 knollwood drive", "A1"),
        ("  129   Knollwood   Dr. ", "A1"),
        ("129 Knollwood Drive, Forest City, NC 28043", "A1"),
        ("12 North St. John St", "A3"),
        ("50 Oak Street", "A6"),
        ("60 Oak Street, Apartment 2", "A8"),
        ("60 Oak St #2", "A8"),
        ("60 Oak St Unit 2, Forest City NC 28043", "A8"),
        ("129 Knollwood Dr Forest City NC 28043", "A1"),
        ("70 Oak St Apt 2", "A14"),
        ("0129 Knollwood Dr", "A1"),
        ("100-104 Elm Street", "A12"),
        ("102 Elm St", "A12"),
        ("11 US 221A Hwy", "A25"),
        ("88 Maplewood Av", "A27"),
        ("7 River Road", "P2"),
    ],
)
def test_an_address_is_found_however_it_is_spelt(book: AddressBook, written: str, found: str) -> None:
    assert book.find(written).feature_id == found


def test_the_address_layer_is_asked_before_the_parcels(book: AddressBook) -> None:
    assert book.find("129 KNOLLWOOD DR").how == "address point"
    assert book.find("7 RIVER RD").how == "parcel"


def test_a_place_is_no_better_located_than_how_it_was_found(book: AddressBook) -> None:
    assert book.find("129 KNOLLWOOD DR").sigma_ft == 20.0
    assert book.find("129 KNOLWOOD DR").sigma_ft == pytest.approx(np.hypot(20.0, 50.0))
    assert book.find("7 RIVER RD").sigma_ft == pytest.approx(np.hypot(3.0, 50.0))


def test_a_parcel_is_found_at_a_point_that_lies_in_it(book: AddressBook) -> None:
    place = book.find("7 RIVER RD").place
    assert place.geom_type == "Point"
    assert (2100 < place.x < 2150, 0 < place.y < 100) == (True, True)


@pytest.mark.parametrize(
    ("written", "found", "taken_for"),
    [
        ("129 Knolwood Dr", "A1", "129 KNOLLWOOD DR"),
        ("129 Knoll Wood Drive", "A1", "129 KNOLLWOOD DR"),
        ("129 Knollwodo Dr", "A1", "129 KNOLLWOOD DR"),
        ("129 Knollwood", "A1", "129 KNOLLWOOD DR"),
        ("129 Knollwood Dirve", "A1", "129 KNOLLWOOD DR"),
        ("88 Mapelwoood Ave", "A27", "88 MAPLEWOOD AVE"),
        ("5 Broadway", "A15", "5 N BROADWAY ST"),
        ("7 S Broadway St", "A18", "7 S BROADWAY"),
        ("15 Pine", "A26", "15 PINE RD"),
    ],
)
def test_a_misspelling_is_taken_where_only_one_street_can_be_meant_and_is_said(
    book: AddressBook, written: str, found: str, taken_for: str
) -> None:
    located = book.find(written)
    assert (located.feature_id, located.kind) == (found, "misspelt")
    assert located.told == f"address point, taken for {taken_for}"


@pytest.mark.parametrize(
    ("written", "candidates"),
    [
        ("40 Oak St", ("addresses A4", "A5")),
        ("70 Oak St", ("70 OAK ST # 1", "70 OAK ST # 2")),
        ("60 Oak St", ("60 OAK ST # 2",)),
        ("6 Broadway", ("6 N BROADWAY ST", "6 S BROADWAY ST")),
        ("12 Hillside", ("12 HILLSIDE DR", "12 HILLSIDE CT")),
        ("9-15 Pine Rd", ("9 PINE RD", "15 PINE RD")),
    ],
)
def test_what_can_be_several_is_listed_never_chosen(
    book: AddressBook, written: str, candidates: tuple[str, ...]
) -> None:
    with pytest.raises(PlaceAmbiguous) as refused:
        book.find(written)
    assert refused.value.candidates == candidates
    assert "name one by its position" in str(refused.value)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("129 Knollwood Ct", "Did you mean 129 KNOLLWOOD DR"),
        ("9 Fine Rd", "Did you mean 9 PINE RD or 9 VINE RD"),
        ("20 Meadowbrok Ln", "Did you mean 20 MEADOWBROOK LN or 20 MEADOWBROOKS LN"),
        ("11 US 222A Hwy", "Did you mean 11 US 221A HWY"),
        ("131 Knolwod Street", "Did you mean 131 KNOLLWOOD DR"),
        ("6 W Broadway St", "Did you mean 6 N BROADWAY ST or 6 S BROADWAY ST"),
        ("103 Elm St", "Did you mean 100-104 ELM ST"),
        ("130 Knollwood Dr", "Did you mean 129 KNOLLWOOD DR or 131 KNOLLWOOD DR"),
        ("40 Oak St", "is the address of 2 places (addresses A4, A5)"),
        ("8 River Rd", "is the address of 2 places (parcels P3, P4)"),
        ("50 Oak St, Apt 9", "Did you mean 50 OAK ST"),
        ("0 River Rd", "house number 0"),
        ("00 Oak St", "house number 0"),
        ("Oak St", "There is no address 'Oak St'"),
        ("17 Zebra Xylophone Pkwy", "Nothing on the map comes near"),
        ("", "The address is empty."),
        ("  ,  ", "There is no address"),
    ],
)
def test_what_is_not_exactly_there_is_refused_with_what_comes_near(book: AddressBook, written: str, words: str) -> None:
    with pytest.raises(PlaceUnknown) as refused:
        book.find(written)
    assert words in str(refused.value)


def test_many_are_found_as_one_by_one(book: AddressBook) -> None:
    found, reasons = book.find_all(["129 KNOLLWOOD DR", None, "40 OAK ST"])
    assert [place is not None for place in found] == [True, False, False]
    assert [reason is None for reason in reasons] == [True, False, False]


def test_without_layers_nothing_is_found() -> None:
    empty = AddressBook(drawn_query(drawn_layer("hydrant", [])))
    with pytest.raises(PlaceUnknown, match="Nothing on the map comes near"):
        empty.find("1 MAIN ST")


def test_one_spelling_of_an_address() -> None:
    assert normalised("100 North Main Street, Apt. #2") == "100 N MAIN ST APT 2"


@pytest.mark.parametrize("unit", ["Apt 9", "# 9", "Unit 9"])
def test_a_unit_is_never_taken_for_its_house(book: AddressBook, unit: str) -> None:
    with pytest.raises(PlaceUnknown, match="Did you mean 50 OAK ST"):
        book.find(f"50 Oak St {unit}")


def test_a_city_sets_itself_how_much_a_correction_adds() -> None:
    query = drawn_query(drawn_layer("address", [point("A1", "129 Knollwood Dr", 10)], sigma_ft=3.0))
    doubts = AddressDoubts(misspelt_sigma_ft=4.0)
    assert AddressBook(query, doubts).find("129 Knolwood Dr").sigma_ft == 5.0


def a_city(decision: dict[str, object]) -> City:
    tables: dict[str, dict[str, object]] = {"rules": {"pack": "nc-raleigh-2016"}, "decision": decision}
    return City("Smallville", "America/New_York", 2264, "NC", Path(), (), other=tables)


def test_the_city_file_says_what_each_way_of_finding_adds() -> None:
    doubts = city_rules(a_city({"confidence": 0.9, "misspelt_sigma_ft": 10, "crossing_sigma_ft": 8.5})).doubts
    assert doubts == AddressDoubts(misspelt_sigma_ft=10.0, crossing_sigma_ft=8.5)


@pytest.mark.parametrize("value", [-1, 1e9, "far", True, float("nan")])
def test_a_doubt_that_is_no_distance_is_refused(value: object) -> None:
    with pytest.raises(CityFileError, match=r"\[decision\] parcel_share: must lie between 0 and 5,000"):
        city_rules(a_city({"parcel_share": value}))
