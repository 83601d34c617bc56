"""The five checks held against PostGIS, on 2,000 hard places of each town, with nothing uncertain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from oracle_checks import (
    EASEMENT_ENCROACHMENT,
    OWN_ADDRESS,
    RIGHT_OF_WAY,
    WATER_AVAILABLE,
)
from oracle_places import hard_places, hard_structures
from oracle_questions import NEAREST
from oracle_tables import fetch, load_places
from oracle_towns import Town
from oracle_zones import deepest_zones

from gis_ce.assess import assess
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Findings, Sites
from gis_ce.rule_files import open_pack

_PLACES = 2000
_BOTH, _NEITHER = "both in the right of way and in a parcel", "neither in the right of way nor in a parcel"
Column = np.ndarray[Any, Any]


@pytest.fixture(scope="module")
def sites(town: Town) -> Sites:
    """Hard places with a shed at each; half of the cases are of 2010, under an older law."""
    places = hard_places(town.query, _PLACES)
    sheds = hard_structures(places)
    days = np.where(np.arange(_PLACES) % 2, np.datetime64("2026-03-02"), np.datetime64("2010-05-03"))
    hexes = shapely.to_wkb(sheds, hex=True).tolist()
    load_places(town.oracle, places, structure=("geometry", hexes), day=("date", days.tolist()))
    return Sites(places, sheds, np.zeros(_PLACES), days)


@pytest.fixture(scope="module")
def findings(town: Town, sites: Sites) -> dict[str, Findings]:
    checks = [check for check in CHECKS if not check.only_named]
    return assess(sites, town.query, open_pack("nc-raleigh-2016"), checks)


def _same(ours: Column, theirs: Column) -> None:
    """Equal to a millionth of a foot, and unknown where they are unknown."""
    np.testing.assert_allclose(ours.astype(float), theirs.astype(float), atol=1e-6, rtol=0)


def _rows(values: Column) -> list[int]:
    return [-1 if value is None else int(value) for value in values.tolist()]


def _answers(found: Findings) -> list[str | None]:
    return [found.answer_of(row) for row in range(len(found))]


def _tally(answers: list[Any]) -> dict[Any, int]:
    return {answer: answers.count(answer) for answer in set(answers)}


def test_right_of_way(town: Town, sites: Sites, findings: dict[str, Findings]) -> None:
    found, theirs = findings["right_of_way"], fetch(town.oracle, RIGHT_OF_WAY)
    touched, edge = np.array(_rows(theirs["touched"])), np.array(_rows(theirs["edge_of"]))
    in_parcel = theirs["in_parcel"].astype(bool)
    _same(found.measures.margin_ft, theirs["margin_ft"])
    assert found.measures.feature.tolist() == np.where(touched >= 0, touched, edge).tolist()
    expected = np.where(theirs["margin_ft"] >= -0.01, "inside", "outside").astype(object)
    expected[(touched >= 0) == in_parcel] = None
    assert _answers(found) == expected.tolist()
    assert len(_tally(_answers(found))) == 3
    for row in np.flatnonzero((touched >= 0) == in_parcel):
        assert (_BOTH if in_parcel[row] else _NEITHER) in str(found.reason_of(row))


def test_tolerance_zone(town: Town, sites: Sites, findings: dict[str, Findings]) -> None:
    found = findings["tolerance_zone"]
    role_of, feature, margin, half, wet = deepest_zones(town, len(sites))
    assert found.measures.facts["facility_role"].tolist() == role_of.tolist()
    assert found.measures.feature.tolist() == feature.tolist()
    _same(found.measures.margin_ft, margin)
    _same(found.measures.facts["half_width_ft"], half)
    assert found.measures.facts["subaqueous"].tolist() == wet.tolist()
    assert _answers(found) == np.where(margin >= -0.01, "within", "outside").tolist()
    assert (np.abs(margin) < 0.001).sum() > 5


def test_water_available(town: Town, sites: Sites, findings: dict[str, Findings]) -> None:
    found, theirs = findings["water_available"], fetch(town.oracle, WATER_AVAILABLE)
    on = theirs["place"].astype(int)
    assert np.flatnonzero(found.measures.facts["parcel_row"] >= 0).tolist() == on.tolist()
    assert found.measures.facts["parcel_row"][on].tolist() == theirs["parcel"].tolist()
    assert found.measures.feature[on].tolist() == _rows(theirs["main"])
    _same(found.measures.facts["distance_ft"][on], theirs["distance_ft"])
    expected = np.full(len(sites), None, dtype=object)
    all_yes, any_yes = theirs["all_yes"].astype(bool), theirs["any_yes"].astype(bool)
    expected[on] = np.where(all_yes, "yes", np.where(any_yes, None, "no"))
    assert _answers(found) == expected.tolist()
    assert len(_tally(_answers(found))) == 3


def test_easement_encroachment(town: Town, sites: Sites, findings: dict[str, Findings]) -> None:
    found, theirs = findings["easement_encroachment"], fetch(town.oracle, EASEMENT_ENCROACHMENT)
    facts = found.measures.facts
    depth = np.nan_to_num(theirs["depth_ft"].astype(float))
    distance = theirs["distance_ft"].astype(float)
    taken = depth > 0.01
    assert taken.sum() > _PLACES / 20
    _same(facts["depth_ft"], depth)
    _same(found.measures.margin_ft, np.where(taken, depth, -np.nan_to_num(distance, nan=1000.0)))
    chief, near = np.array(_rows(theirs["chief"])), np.array(_rows(theirs["nearest"]))
    assert found.measures.feature.tolist() == np.where(taken, chief, near).tolist()
    _same(facts["distance_ft"], distance)
    _same(facts["overlap_sqft"], np.nan_to_num(theirs["area_sqft"].astype(float)))
    _same(facts["overlap_percent"][taken], theirs["percent"][taken])
    _same(facts["all_easements_sqft"], np.nan_to_num(theirs["joint_sqft"].astype(float)))
    _same(facts["length_along_ft"][taken], theirs["along_ft"][taken])
    _same(facts["width_across_ft"][taken], theirs["across_ft"][taken])
    assert _answers(found) == np.where(taken, "yes", "no").tolist()


def test_nearest_asset_and_address(town: Town, sites: Sites, findings: dict[str, Findings]) -> None:
    facts = findings["nearest_asset_and_address"].measures.facts
    best, best_row = np.full(len(sites), np.inf), np.full(len(sites), -1)
    roles = ("water_main", "sewer_main", "lateral", "hydrant", "valve", "blowoff", "manhole", "meter")
    for role in (role for role in roles if town.query.has(role)):
        theirs = fetch(town.oracle, NEAREST.format(role=role), reach=2000.0)
        distance, row = _spread(theirs, "feature", len(sites))
        _same(facts[f"{role}_distance_ft"], distance)
        closer = np.nan_to_num(distance, nan=np.inf) < best - 0.01
        best[closer], best_row[closer] = distance[closer], row[closer]
    assert facts["facility_row"].tolist() == best_row.tolist()
    _same(facts["facility_distance_ft"], np.where(np.isfinite(best), best, np.nan))
    near, near_row = _spread(fetch(town.oracle, NEAREST.format(role="address"), reach=2000.0), "feature", len(sites))
    own, own_row = _spread(fetch(town.oracle, OWN_ADDRESS), "address", len(sites))
    assert facts["address_row"].tolist() == np.where(own_row >= 0, own_row, near_row).tolist()
    _same(facts["address_distance_ft"], np.where(own_row >= 0, own, near))


def _spread(theirs: dict[str, Column], name: str, count: int) -> tuple[Column, Column]:
    """Their distance and row for each place; NaN and -1 where they have none."""
    distance, row = np.full(count, np.nan), np.full(count, -1)
    at = theirs["place"].astype(int)
    distance[at], row[at] = theirs["distance_ft"].astype(float), theirs[name].astype(int)
    return distance, row
