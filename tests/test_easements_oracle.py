"""Easements held against PostGIS, on 2,000 hard places, fences, posts and sheds of each town."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from oracle_checks import DEPTH, OURS
from oracle_easements import EASEMENT_EDGES, EASEMENT_EXISTS, LYING
from oracle_places import hard_places, hard_structures
from oracle_shapes import beside_polygons, fences
from oracle_tables import fetch, load_places
from oracle_towns import Town

from gis_ce.assess import assess
from gis_ce.checks import easement_encroachment, easement_exists
from gis_ce.checks.check import Check, Findings, Sites
from gis_ce.rule_files import open_pack
from layers.grid import Geometries

_PLACES = 2000
_FAR_FT = 1000.0
_JOINED_FT = 100.0
_DAY = np.datetime64("2026-03-02")
Column = np.ndarray[Any, Any]


def _places(town: Town) -> Geometries:
    """Three in four at easements' edges and corners, the rest at the other hard places of a town."""
    at_easements = beside_polygons(town.query.features("easement").geometry, _PLACES * 3 // 4, 11)
    return np.concatenate([at_easements, hard_places(town.query, _PLACES - len(at_easements), 12)])


def _asked(town: Town, check: Check, places: Geometries, structures: Geometries) -> Findings:
    hexes = [None if shape is None else shapely.to_wkb(shape, hex=True) for shape in structures]
    load_places(town.oracle, places, structure=("geometry", hexes))
    sites = Sites(places, structures, np.zeros(len(places)), np.full(len(places), _DAY))
    return assess(sites, town.query, open_pack("nc-raleigh-2016"), [check])[check.name]


def _same(ours: Column, theirs: Column) -> None:
    np.testing.assert_allclose(ours.astype(float), theirs.astype(float), atol=1e-6, rtol=0)


def _rows(values: Column) -> Column:
    return np.array([-1 if value is None else int(value) for value in values.tolist()])


def _answers(found: Findings) -> list[str | None]:
    return [found.answer_of(row) for row in range(len(found))]


def test_easements_at_a_place_are_as_postgis_finds_them(town: Town) -> None:
    places = _places(town)
    found = _asked(town, easement_exists.CHECK, places, np.full(len(places), None, dtype=object))
    town.oracle.execute(EASEMENT_EDGES)
    theirs = fetch(town.oracle, EASEMENT_EXISTS)
    own, joined = (np.nan_to_num(theirs[name].astype(float), nan=_FAR_FT) for name in ("edge_ft", "joined_ft"))
    inside = theirs["inside"].astype(bool)
    margin = np.where(inside, np.maximum(own, np.minimum(joined, _JOINED_FT)), -own)
    _same(found.measures.margin_ft, margin)
    touched, edge_of = _rows(theirs["touched"]), _rows(theirs["edge_of"])
    assert found.measures.feature.tolist() == np.where(touched >= 0, touched, edge_of).tolist()
    assert found.measures.facts["easements_here"].tolist() == theirs["here"].tolist()
    assert _answers(found) == np.where(margin >= -0.01, "yes", "no").tolist()
    assert (np.abs(margin) < 0.02).sum() > _PLACES / 4
    assert (joined > own + 1.0)[inside].sum() > 10, "no place lies at a seam between easements"


@pytest.mark.parametrize("kind", ["sheds", "fences", "posts"])
def test_structures_lie_in_easements_as_postgis_measures_them(town: Town, kind: str) -> None:
    places = _places(town)
    structures = {"sheds": hard_structures(places), "fences": fences(places, 13), "posts": places}[kind]
    found = _asked(town, easement_encroachment.CHECK, places, structures)
    theirs = fetch(town.oracle, LYING.format(ours=OURS, depth=DEPTH))
    facts, chief = found.measures.facts, _rows(theirs["chief"])
    stands = chief >= 0
    depth, distance = theirs["depth_ft"].astype(float), theirs["distance_ft"].astype(float)
    assert found.measures.feature.tolist() == np.where(stands, chief, _rows(theirs["nearest"])).tolist()
    _same(found.measures.margin_ft, np.where(stands, depth, -np.nan_to_num(distance, nan=_FAR_FT)))
    assert _answers(found) == np.where(stands, "yes", "no").tolist()
    assert _PLACES / 4 < stands.sum() < _PLACES * 0.95
    taken = {"sheds": "overlap_sqft", "fences": "line_inside_ft", "posts": "overlap_sqft"}[kind]
    _same(facts[taken][stands], theirs["size"][stands])
    for ours, name in (("length_along_ft", "along_ft"), ("width_across_ft", "across_ft")):
        _same(facts[ours][stands], theirs[name][stands])
    for ours, name in (("free_left_ft", "left_ft"), ("free_right_ft", "right_ft")):
        _same(facts[ours][stands], theirs[name][stands])
    _same(facts["pipe_clearance_ft"], theirs["pipe_ft"])
    if kind == "fences":
        assert facts["crossings"][stands].tolist() == _rows(theirs["crossings"][stands]).tolist()
        np.testing.assert_allclose(
            facts["crossing_angle_deg"][stands], theirs["angle_deg"][stands].astype(float), atol=1e-5, rtol=0
        )
        assert (facts["crossings"] > 1).sum() > 20
