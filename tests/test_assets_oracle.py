"""Clearances around assets held against PostGIS, on 2,000 hard obstructions of each town, with nothing uncertain."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from drawn_towns import drawn_layer, drawn_query
from oracle_assets import AROUND, BEFORE_OUTLET, STRAIGHT
from oracle_places import hard_structures
from oracle_shapes import BESIDE_FT, fences, rings_around
from oracle_tables import fetch, load_places
from oracle_towns import Town

from gis_ce.assess import assess
from gis_ce.checks import asset_clearance
from gis_ce.checks.check import Sites
from gis_ce.rule_files import open_pack
from layers.grid import Geometries

_PLACES = 2000
_WANTED = (
    (asset_clearance.RING, STRAIGHT, 3.0, "true"),
    (asset_clearance.OUTLET, BEFORE_OUTLET, 5.0, "true"),
    (asset_clearance.VEHICLE, STRAIGHT, 15.0, "p.what = 'vehicle'"),
    (asset_clearance.VEGETATION, STRAIGHT, 5.0, "p.what = 'vegetation'"),
)
_WITHOUT_RULE = ("valve", "manhole", "meter")
_UNKNOWN_FT = 5.0
_NOTHING_FT = 50.0


def _obstructions(town: Town) -> tuple[Geometries, Geometries]:
    """Places about as far from hydrants and other assets as the rules want; sheds at some, fences at others."""
    random = np.random.default_rng(31)
    hydrants, others = (
        np.concatenate([town.query.features(role).geometry for role in roles]) for roles in (["hydrant"], _WITHOUT_RULE)
    )
    near = np.concatenate([random.choice(hydrants, _PLACES * 4 // 5), random.choice(others, _PLACES // 5)])
    away = random.choice([0.1, 3.0, 5.0, 15.0, 50.0], _PLACES) + random.choice(BESIDE_FT, _PLACES)
    places = rings_around(near, np.abs(away), 32)
    kind = random.integers(0, 4, _PLACES)
    structures = np.select([kind == 0, kind == 1], [hard_structures(places), fences(places, 33)], None)
    return places, structures


def test_clearances_are_as_postgis_measures_them(town: Town) -> None:
    places, structures = _obstructions(town)
    words = np.array([None, "vehicle", "vegetation", "structure", "utility"], dtype=object)
    what = words[np.arange(_PLACES) % len(words)]
    days = np.full(_PLACES, np.datetime64("2026-03-02"))
    sites = Sites(places, structures, np.zeros(_PLACES), days, {"obstruction": what})
    shapes = np.where(shapely.is_missing(structures), places, structures)
    hexes = shapely.to_wkb(shapes, hex=True).tolist()
    load_places(town.oracle, places, shape=("geometry", hexes), what=("text", what.tolist()))
    found = assess(sites, town.query, open_pack("nc-raleigh-2016"), [asset_clearance.CHECK])["asset_clearance"]

    margin, feature, broken = np.full(_PLACES, np.inf), np.full(_PLACES, -1), np.full(_PLACES, -1)
    for kind, away, wanted, applies in _WANTED:
        theirs = fetch(town.oracle, AROUND.format(role="hydrant", away=away, applies=applies))
        over = np.nan_to_num(theirs["away_ft"].astype(float), nan=np.inf) - wanted
        better = over < margin - 0.01
        margin[better], feature[better], broken[better] = over[better], theirs["feature"][better], kind
    margin[np.isinf(margin)] = _NOTHING_FT
    np.testing.assert_allclose(found.measures.margin_ft, margin, atol=1e-6, rtol=0)
    assert found.measures.feature.tolist() == feature.tolist()
    kept = margin >= -0.01
    said = np.where(kept, None, np.array([*asset_clearance.WORDS, None], dtype=object)[broken])
    assert found.measures.facts["rule_broken"].tolist() == said.tolist()
    unknown = np.zeros(_PLACES, dtype=bool)
    for role in _WITHOUT_RULE:
        theirs = fetch(town.oracle, AROUND.format(role=role, away=STRAIGHT, applies="true"))
        unknown |= np.nan_to_num(theirs["away_ft"].astype(float), nan=np.inf) <= _UNKNOWN_FT + 0.01
    without = "f.f_outlet_bearing_deg IS NULL"
    turned = AROUND.format(role="hydrant", away=f"CASE WHEN {without} THEN {STRAIGHT} END", applies="true")
    unknown |= np.nan_to_num(fetch(town.oracle, turned)["away_ft"].astype(float), nan=np.inf) < 5.0 - 0.01
    expected = np.select([~kept, unknown], ["no", None], "yes").tolist()
    assert [found.answer_of(row) for row in range(_PLACES)] == expected
    assert min(expected.count(answer) for answer in ("yes", "no", None)) > _PLACES / 20
    assert (np.abs(margin) < 0.03).sum() > _PLACES / 20


@pytest.mark.parametrize(
    ("at", "sigma", "structure"),
    [
        ((0.0, 0.5), 1.5, None),
        ((0.0, -4.5), 1.0, None),
        ((3.6, -3.4), 0.1, None),
        ((3.6, -3.4), 0.5, None),
        ((2.0, -4.0), 0.5, "POLYGON((1.8 -4.2,9 -4.2,9 -3.8,1.8 -3.8,1.8 -4.2))"),
        ((0.0, 5.6), 1.2, None),
    ],
)
def test_the_doubt_of_a_clearance_is_that_of_a_monte_carlo_count(
    at: tuple[float, float], sigma: float, structure: str | None
) -> None:
    """Beside the space before the outlet, in it, in the ring, and with a wall that reaches into it."""
    query = drawn_query(drawn_layer("hydrant", [{"id": "H", "wkt": "POINT(0 0)", "outlet_bearing_deg": 180}]))
    rules, check = open_pack("nc-raleigh-2016"), [asset_clearance.CHECK]
    moved = np.random.default_rng(7).normal(0, sigma, (20_000, 2))
    shape = shapely.Point(at) if structure is None else shapely.from_wkt(structure)
    shapes = np.array([shapely.transform(shape, lambda xy, by=by: xy + by) for by in moved], dtype=object)
    days = np.full(len(moved), np.datetime64("2026-03-02"))
    exact = assess(Sites(shapes, shapes, np.zeros(len(moved)), days), query, rules, check)["asset_clearance"]
    one = np.array([shape], dtype=object)
    found = assess(Sites(one, one, np.array([sigma]), days[:1]), query, rules, check)["asset_clearance"]
    sure = assess(Sites(one, one, np.zeros(1), days[:1]), query, rules, check)["asset_clearance"]
    share = float(np.mean(exact.answer == sure.answer[0]))
    assert found.probability[0] == pytest.approx(share, abs=0.025)
    assert (found.answer_of(0) is None) == (found.probability[0] < 0.95)
