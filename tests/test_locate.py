"""Addresses are found exactly or not at all; a guess is only ever offered."""

from __future__ import annotations

import pytest
from drawn_towns import drawn_layer, drawn_query

from gis_ce.errors import PlaceUnknown
from gis_ce.locate import AddressBook, normalised


def point(name: str, address: str | None, x: float, y: float = 0.0) -> dict[str, object]:
    return {"id": name, "wkt": f"POINT ({x} {y})", "full_address": address}


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
        ("7 River Road", "P2"),
    ],
)
def test_an_address_is_found_however_it_is_spelt(book: AddressBook, written: str, found: str) -> None:
    assert book.find(written).feature_id == found


def test_the_address_layer_is_asked_before_the_parcels(book: AddressBook) -> None:
    assert book.find("129 KNOLLWOOD DR").how == "address point"
    assert book.find("7 RIVER RD").how == "parcel"


def test_a_place_is_no_better_located_than_its_layer(book: AddressBook) -> None:
    assert book.find("129 KNOLLWOOD DR").sigma_ft == 20.0
    assert book.find("7 RIVER RD").sigma_ft == 3.0


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("129 Knolwood Dr", "Did you mean 129 KNOLLWOOD DR"),
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
