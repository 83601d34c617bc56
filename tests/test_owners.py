"""Owners as tax rolls and city files write them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gis_ce.city_rules import city_rules
from gis_ce.owner_names import OwnerPatterns, owner_key, patterns_of, plain_name, same_owner
from layers.errors import CityFileError
from layers.model import City

CITY = City("Town", "America/New_York", 2264, "NC", Path(), (), other={"rules": {"pack": "nc-raleigh-2016"}})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("FOREST CITY TOWN OF", "TOWN OF FOREST CITY"),
        ("Forest City, Town of", "Twn. of Forest City"),
        ("SMITH JOHN A", "John A. Smith"),
        ("SMITH, JOHN A ET UX", "SMITH JOHN A ETUX"),
        ("N C DEPT OF TRANS", "North Carolina Department of Transportation"),
        ("NC DEPT OF TRANSPORTATION", "N.C. DEPT. OF TRANSP."),
        ("NORTH CAROLINA STATE OF", "State of North Carolina"),
        ("MILL, INC.", "The Mill Incorporated"),
        ("O'NEIL PAT", "ONEIL PAT"),
    ],
)
def test_two_ways_to_write_one_owner_are_one_owner(one: str, other: str) -> None:
    assert same_owner(one, other)
    assert owner_key(one) == owner_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("TOWN OF FOREST CITY", "FOREST CITY HOUSING AUTHORITY"),
        ("SMITH JOHN A", "SMITH JOHN B"),
        ("RUTHERFORD COUNTY", "RUTHERFORD CO ARTS COUNCIL INC"),
        (None, None),
        ("", ""),
        ("SMITH JOHN A", None),
    ],
)
def test_two_owners_or_no_name_are_not_one_owner(one: str | None, other: str | None) -> None:
    assert not same_owner(one, other)


def test_a_plain_name_is_plain_already() -> None:
    for name in ("FOREST CITY TOWN OF", "Smith, John", "NC DEPT OF TRANS", "*BOARD OF EDUC"):
        assert plain_name(plain_name(name)) == plain_name(name)


def test_patterns_tell_public_from_private_and_say_when_they_cannot() -> None:
    patterns = OwnerPatterns(("TOWN OF *", "RUTHERFORD COUNTY"), ("TOWN OF PINES HOMEOWNERS ASSN",), ("UNKNOWN*",))
    assert patterns.class_of("FOREST CITY TOWN OF") == "public"
    assert patterns.class_of("Rutherford County") == "public"
    assert patterns.class_of("HOSPICE OF RUTHERFORD COUNTY") == "private"
    assert patterns.class_of("TOWN OF PINES HOMEOWNERS ASSOCIATION") == "private"
    assert [patterns.class_of(name) for name in (None, "", " - ", "Unknown heirs")] == ["unknown"] * 4


def test_the_owners_of_a_city_file_are_added_to_those_of_the_pack() -> None:
    other = {**CITY.other, "owners": {"public": ["RUTHERFORD COUNTY"], "private": ["TOWN OF PINES LLC"]}}
    rule = city_rules(replace(CITY, other=other)).rulebook.of("public_or_private")[0]
    patterns = patterns_of(rule)
    assert patterns.class_of("Rutherford County") == "public"
    assert patterns.class_of("TOWN OF FOREST CITY") == "public"
    assert patterns.class_of("TOWN OF PINES LLC") == "private"
    assert patterns_of(city_rules(CITY).rulebook.of("public_or_private")[0]).class_of("Rutherford County") == "private"


def test_all_mistakes_in_the_table_of_owners_are_told_at_once() -> None:
    owners = {"public": ["*", 3], "private": "TOWN", "city": ["TOWN OF *"]}
    with pytest.raises(CityFileError) as refused:
        city_rules(replace(CITY, other={"rules": {}, "owners": owners}))
    said = str(refused.value)
    for part in ("[rules] pack", "[owners] city", "'*' is not a name", "3 is not a name", "must be a list of names"):
        assert part in said


def test_an_owner_cannot_be_both_public_and_private() -> None:
    owners = {"public": ["TOWN OF PINES"], "private": ["Pines, Town of"]}
    with pytest.raises(CityFileError, match="is under public as well"):
        city_rules(replace(CITY, other={**CITY.other, "owners": owners}))
