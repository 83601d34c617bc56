"""The checks on land, services and owners held against PostGIS, on drawn towns and with no uncertainty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pytest
from conftest import postgis_schema
from land_town import OWNERS, PUBLIC, land_places, land_town
from oracle_land import (
    AVAILABLE,
    FRONTAGE,
    JURISDICTION,
    METER_SIDE,
    OWNER_KEY,
    PUBLIC_OR_PRIVATE,
    SAME_OWNER,
    UTILITY_PRESENT,
)
from oracle_places import hard_places
from oracle_tables import Connection, fetch, load_layers, load_places
from oracle_towns import Town

from gis_ce.assess import assess
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Findings, Sites, by_name
from gis_ce.owner_names import OwnerPatterns
from gis_ce.owners import with_owners
from gis_ce.rule_files import open_pack
from layers.demo_town.words import TOWN_SPELLINGS

_PLACES = 1000
_DAY = date(2026, 3, 2)
_ASKED = (
    "water_available",
    "sewer_available",
    "services_available",
    "utility_present",
    "public_or_private",
    "same_owner",
    "jurisdiction",
    "meter_side",
)
Column = np.ndarray[Any, Any]


@dataclass(frozen=True)
class _Land:
    connection: Connection
    sites: Sites
    findings: dict[str, Findings]


@pytest.fixture(scope="module", params=[1, 2, 3])
def land(request: pytest.FixtureRequest, postgis_dsn: str) -> Iterator[_Land]:
    """A drawn town asked at 1,000 places, in our layers and in PostGIS; three towns make 3,000."""
    query = land_town(request.param)
    places = land_places(query, _PLACES, request.param)
    other = np.random.default_rng(request.param).choice(np.array(OWNERS[:7], dtype=object), len(places))
    day = np.full(len(places), np.datetime64(_DAY))
    nothing = np.full(len(places), None, dtype=object)
    sites = Sites(places, nothing, np.zeros(len(places)), day, {"other_owner": other})
    checks = [check for name in _ASKED if (check := by_name(CHECKS, name)) is not None]
    with postgis_schema(postgis_dsn) as connection:
        load_layers(connection, query)
        load_places(connection, places, other=("text", other.tolist()))
        connection.execute(OWNER_KEY)
        yield _Land(connection, sites, assess(sites, query, open_pack("nc-raleigh-2016"), checks))


def _answers(found: Findings) -> list[str | None]:
    return [found.answer_of(row) for row in range(len(found))]


def _said(rows: Column, all_yes: Column, any_yes: Column, count: int) -> list[str | None]:
    said: list[str | None] = [None] * count
    for row, every, some in zip(rows.tolist(), all_yes.tolist(), any_yes.tolist(), strict=True):
        said[row] = "yes" if every else None if some else "no"
    return said


def _same(ours: Column, theirs: Column) -> None:
    np.testing.assert_allclose(ours.astype(float), theirs.astype(float), atol=1e-6, rtol=0)


def _available(land: _Land, service: str) -> list[str | None]:
    theirs = fetch(land.connection, AVAILABLE.format(role=f"{service}_main"))
    found = land.findings[f"{service}_available"]
    rows, facts = theirs["place"], found.measures.facts
    said = _said(rows, theirs["all_yes"], theirs["any_yes"], len(found))
    assert _answers(found) == said
    assert np.flatnonzero(facts["parcel_row"] >= 0).tolist() == rows.tolist()
    _same(found.measures.margin_ft[rows], 100.0 - theirs["distance_ft"])
    _same(facts["site_distance_ft"][rows], theirs["site_ft"])
    assert found.measures.feature[rows].tolist() == theirs["main"].tolist()
    one = ~theirs["sided"].astype(bool)
    assert facts["crosses_parcels"][rows][one].tolist() == theirs["ids"][one].tolist()
    assert one.sum() > len(rows) / 2
    return said


def test_availability_is_as_postgis_answers(land: _Land) -> None:
    _assert_available(land)


def _assert_available(land: _Land) -> None:
    water, sewer = (_available(land, service) for service in ("water", "sewer"))
    joint = {("yes", "yes"): "both", ("yes", "no"): "water_only", ("no", "yes"): "sewer_only", ("no", "no"): "neither"}
    expected = [joint.get((one, other)) for one, other in zip(water, sewer, strict=True)]
    assert _answers(land.findings["services_available"]) == expected


@pytest.mark.parametrize("service", ["water", "sewer"])
def test_frontages_are_as_postgis_measures_them(land: _Land, service: str) -> None:
    theirs = fetch(land.connection, FRONTAGE.format(role=f"{service}_main"))
    facts = land.findings[f"{service}_available"].measures.facts
    length = dict(zip(theirs["parcel"].tolist(), theirs["length_ft"].tolist(), strict=True))
    distance = dict(zip(theirs["parcel"].tolist(), theirs["distance_ft"].tolist(), strict=True))
    rows = np.flatnonzero(facts["parcel_row"] >= 0)
    parcels = facts["parcel_row"][rows].tolist()
    np.testing.assert_allclose(facts["frontage_ft"][rows], [length.get(p, 0.0) for p in parcels], atol=1e-3, rtol=0)
    expected = np.array([distance.get(p, np.nan) for p in parcels], dtype=float)
    np.testing.assert_allclose(facts["frontage_distance_ft"][rows], expected, atol=1e-3, rtol=0)
    assert np.isfinite(expected).sum() > 100


def test_utilities_on_parcels_are_as_postgis_finds_them(land: _Land) -> None:
    theirs = fetch(land.connection, UTILITY_PRESENT)
    found = land.findings["utility_present"]
    rows, facts = theirs["place"], found.measures.facts
    assert _answers(found) == _said(rows, theirs["all_yes"], theirs["any_yes"], len(found))
    _same(found.measures.margin_ft[rows], theirs["margin_ft"])
    _same(facts["water_main_ft"][rows], theirs["water_ft"])
    _same(facts["sewer_main_ft"][rows], theirs["sewer_ft"])
    _same(facts["easement_sqft"][rows], theirs["easement_sqft"])


def test_public_and_private_land_is_as_postgis_tells_it(land: _Land) -> None:
    _assert_public_or_private(land, PUBLIC)


def _assert_public_or_private(land: _Land, public: Sequence[str]) -> None:
    theirs = fetch(land.connection, PUBLIC_OR_PRIVATE, public=list(public))
    found = land.findings["public_or_private"]
    expected = [None if open_ else said for said, open_ in zip(theirs["class"], theirs["undecided"], strict=True)]
    assert _answers(found) == expected
    known = np.flatnonzero(found.answer >= 0)
    _same(found.measures.margin_ft[known], theirs["margin_ft"][known])
    assert set(expected) == {"public", "private", None}


def test_owners_are_compared_as_postgis_compares_them(land: _Land) -> None:
    theirs = fetch(land.connection, SAME_OWNER)
    found = land.findings["same_owner"]
    expected: list[str | None] = [None] * len(found)
    for row, same, unnamed, differs in zip(
        *(theirs[name].tolist() for name in ("place", "same", "unnamed", "differs")), strict=True
    ):
        expected[row] = None if unnamed or differs else "yes" if same else "no"
    assert _answers(found) == expected
    assert expected.count("yes") > 10


def test_limits_are_as_postgis_finds_them(land: _Land) -> None:
    _assert_limits(land)


def _assert_limits(land: _Land) -> None:
    theirs = fetch(land.connection, JURISDICTION)
    found = land.findings["jurisdiction"]
    assert [answer == "inside" for answer in _answers(found)] == theirs["inside"].tolist()
    _same(found.measures.margin_ft, theirs["margin_ft"])
    assert found.measures.facts["name"].tolist() == theirs["name"].tolist()


def test_the_side_of_the_meter_is_as_postgis_measures_it(land: _Land) -> None:
    theirs = fetch(land.connection, METER_SIDE)
    found = land.findings["meter_side"]
    _same(found.measures.margin_ft, theirs["margin_ft"])
    margin = theirs["margin_ft"].astype(float)
    expected = [
        None if np.isnan(feet) or differ else "front" if feet >= -0.01 else "behind"
        for feet, differ in zip(margin.tolist(), theirs["differ"].tolist(), strict=True)
    ]
    assert _answers(found) == expected
    along = [basis == "lateral" for basis in found.measures.facts["basis"]]
    assert along == theirs["along"].tolist()
    assert 100 < sum(along) < len(along) - 100


def test_two_thousand_hard_places_of_a_town_are_answered_as_postgis_answers(town: Town) -> None:
    places = hard_places(town.query, 2000)
    load_places(town.oracle, places)
    town.oracle.execute(OWNER_KEY)
    nothing = np.full(len(places), None, dtype=object)
    sites = Sites(places, nothing, np.zeros(len(places)), np.full(len(places), np.datetime64(_DAY)))
    asked = ("water_available", "sewer_available", "services_available", "public_or_private", "jurisdiction")
    checks = [check for name in asked if (check := by_name(CHECKS, name)) is not None]
    rules = with_owners(open_pack("nc-raleigh-2016"), OwnerPatterns(_PUBLIC_HERE))
    land = _Land(town.oracle, sites, assess(sites, town.query, rules, checks))
    _assert_available(land)
    _assert_public_or_private(land, [*_PUBLIC_HERE, *_PUBLIC_BY_PACK, *TOWN_SPELLINGS])
    _assert_limits(land)


_PUBLIC_HERE = ("RUTHERFORD COUNTY", "FOREST CITY HOUSING AUTHORITY")
_PUBLIC_BY_PACK = (
    "FOREST CITY TOWN OF",
    "TOWN OF FOREST CITY",
    "NORTH CAROLINA DEPT OF TRANS",
    "NORTH CAROLINA DEPT OF TRANSPORTATION",
    "NC DEPT OF TRANSPORTATION",
    "N C DEPT OF TRANSPORTATION",
    "DEPT. OF TRANSPORTATION",
    "NORTH CAROLINA STATE OF",
    "RUTHERFORD COUNTY BOARD OF EDUCATION",
)
"""As the town's roll writes those that the pack's patterns name."""
