"""Utilities on parcels, owners and meters of whole towns held against PostGIS, on 2,000 hard places each."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from oracle_land import OWNER_KEY, SAME_OWNER
from oracle_places import hard_places
from oracle_services import METER_SIDE, NO_LATERALS, UTILITY_PRESENT
from oracle_shapes import beside_polygons, rings_around
from oracle_tables import fetch, load_places
from oracle_towns import Town

from gis_ce.assess import assess
from gis_ce.checks import meter_side, same_owner, utility_present
from gis_ce.checks.check import Check, Findings, Sites
from gis_ce.rule_files import open_pack
from layers.grid import Geometries

_PLACES = 2000
Column = np.ndarray[Any, Any]


def _asked(town: Town, check: Check, places: Geometries, **details: Column) -> Findings:
    columns = {name: ("text", values.tolist()) for name, values in details.items()}
    load_places(town.oracle, places, **columns)
    nothing = np.full(len(places), None, dtype=object)
    days = np.full(len(places), np.datetime64("2026-03-02"))
    sites = Sites(places, nothing, np.zeros(len(places)), days, {f"{name}_owner": of for name, of in details.items()})
    return assess(sites, town.query, open_pack("nc-raleigh-2016"), [check])[check.name]


def _answers(found: Findings) -> list[str | None]:
    return [found.answer_of(row) for row in range(len(found))]


def _same(ours: Column, theirs: Column) -> None:
    np.testing.assert_allclose(ours.astype(float), theirs.astype(float), atol=1e-6, rtol=0)


def test_utilities_on_parcels_are_as_postgis_finds_them(town: Town) -> None:
    found = _asked(town, utility_present.CHECK, hard_places(town.query, _PLACES, 51))
    theirs, facts = fetch(town.oracle, UTILITY_PRESENT), found.measures.facts
    rows = theirs["place"].astype(int)
    expected: list[str | None] = [None] * _PLACES
    for row, every, some in zip(rows, theirs["all_yes"], theirs["any_yes"], strict=True):
        expected[row] = "yes" if every else None if some else "no"
    assert _answers(found) == expected
    _same(found.measures.margin_ft[rows], theirs["margin_ft"])
    for ours, name in (
        ("water_main_ft", "water_ft"),
        ("sewer_main_ft", "sewer_ft"),
        ("easement_sqft", "easement_sqft"),
    ):
        _same(facts[ours][rows], theirs[name])
    assert min(expected.count(answer) for answer in ("yes", "no", None)) > _PLACES / 20


def test_owners_are_compared_as_postgis_compares_them(town: Town) -> None:
    parcels = town.query.features("parcel")
    places = beside_polygons(shapely.get_geometry(parcels.geometry, 0), _PLACES, 52)
    near = town.query.nearest("parcel", places, reach_ft=100.0)
    names = np.full(_PLACES, None, dtype=object)
    names[near.place] = parcels.texts("owner_name")[near.feature]
    turned = [" ".join(reversed(str(name).split())) if name else None for name in names]
    other = np.where(np.arange(_PLACES) % 3, np.array(turned, dtype=object), np.roll(names, 7))
    other[[name is None for name in other]] = "NOBODY IN PARTICULAR"
    found = _asked(town, same_owner.CHECK, places, other=other)
    town.oracle.execute(OWNER_KEY)
    theirs = fetch(town.oracle, SAME_OWNER)
    expected: list[str | None] = [None] * _PLACES
    for row, same, unnamed, differs in zip(*(theirs[n] for n in ("place", "same", "unnamed", "differs")), strict=True):
        expected[row] = None if unnamed or differs else "yes" if same else "no"
    assert _answers(found) == expected
    assert min(expected.count(answer) for answer in ("yes", "no", None)) > _PLACES / 20


def test_the_side_of_the_meter_is_as_postgis_measures_it(town: Town) -> None:
    random = np.random.default_rng(53)
    meters = random.choice(town.query.features("meter").geometry, _PLACES * 3 // 4)
    near = rings_around(meters, random.choice([0.0, 0.5, 5.0, 30.0], len(meters)), 54)
    places = np.concatenate([near, hard_places(town.query, _PLACES - len(near), 55)])
    found = _asked(town, meter_side.CHECK, places)
    town.oracle.execute(NO_LATERALS)
    theirs = fetch(town.oracle, METER_SIDE)
    margin = theirs["margin_ft"].astype(float)
    _same(found.measures.margin_ft, margin)
    assert (found.measures.facts["basis"] == "lateral").tolist() == theirs["along"].tolist()
    expected = np.where(margin >= -0.01, "front", "behind").astype(object)
    expected[np.isnan(margin) | theirs["differ"].astype(bool)] = None
    assert _answers(found) == expected.tolist()
    assert min(expected.tolist().count(answer) for answer in ("front", "behind")) > _PLACES / 20
    assert None in expected
    assert theirs["along"].any() == town.query.has("lateral")
