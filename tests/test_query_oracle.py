"""The spatial questions held against PostGIS: on drawn worlds, in the demo town, and in the real one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from drawn_towns import drawn_layer, drawn_query
from oracle_places import hard_places, hard_structures
from oracle_questions import EDGE, K_NEAREST, NEAREST, WITHIN
from oracle_tables import Connection, fetch, load_layers, load_places
from oracle_towns import Town

from layers.grid import Geometries
from layers.query import LayerQuery

_ROLES = ("water_main", "parcel", "hydrant")
_REACHES = (0.0, 2.5, 25.0, 100.0, 400.0)
_PLACES = 2000
_CORNER = np.array([2_100_000.0, 740_000.0])


def _world(seed: int) -> LayerQuery:
    """Lines, polygons with holes and points of all sizes, thrown into half a mile."""
    random = np.random.default_rng(seed)
    starts = random.uniform(0, 2500, (300, 1, 2)) + _CORNER
    lines = shapely.linestrings(starts + np.cumsum(random.normal(0, 40, (300, 12, 2)), axis=1))
    middles = shapely.points(random.uniform(0, 2500, (120, 2)) + _CORNER)
    size = random.uniform(5, 300, 120)
    rings = shapely.difference(
        shapely.buffer(middles, size, quad_segs=random.integers(1, 40)), shapely.buffer(middles, size / 3)
    )
    points = shapely.points(random.integers(0, 2500, (300, 2)) + _CORNER)
    shapes = {"water_main": lines, "parcel": rings, "hydrant": points}
    layers = [
        drawn_layer(role, [{"id": f"{random.integers(10**6):06d}-{n}", "wkt": s.wkt} for n, s in enumerate(of_role)])
        for role, of_role in shapes.items()
    ]
    return drawn_query(*layers)


def _asked(seed: int) -> Geometries:
    random = np.random.default_rng(seed)
    points = shapely.points(random.integers(-200, 2700, (400, 2)) + _CORNER)
    lines = shapely.linestrings(random.uniform(0, 2500, (100, 1, 2)) + _CORNER + random.normal(0, 60, (100, 4, 2)))
    odd = [shapely.Point(), shapely.MultiPoint([(2_100_000, 740_000), (2_101_000, 741_000)])]
    return np.concatenate([points, lines, hard_structures(points[:100]), odd])


def _of_places(pairs: Any) -> list[tuple[int, int]]:
    return sorted(zip(pairs["place"].tolist(), pairs["feature"].tolist(), strict=True))


def _assert_within_agrees(query: LayerQuery, oracle: Connection, role: str, asked: Geometries, reach_ft: float) -> int:
    theirs = fetch(oracle, WITHIN.format(role=role), reach=reach_ft)
    ours = query.within(role, asked, reach_ft)
    order = np.lexsort((theirs["feature"], theirs["place"])) if len(theirs["place"]) else []
    mine = np.lexsort((ours.feature, ours.place))
    assert list(zip(ours.place[mine], ours.feature[mine], strict=True)) == _of_places(theirs)
    np.testing.assert_allclose(ours.distance_ft[mine], theirs["distance_ft"][order].astype(float), atol=1e-6, rtol=0)
    return len(mine)


def _assert_nearest_agrees(
    query: LayerQuery, oracle: Connection, role: str, asked: Geometries, reach_ft: float
) -> None:
    theirs = fetch(oracle, NEAREST.format(role=role), reach=reach_ft)
    ours = query.nearest(role, asked, reach_ft=reach_ft)
    assert ours.place.tolist() == theirs["place"].tolist()
    assert ours.feature.tolist() == theirs["feature"].tolist()
    np.testing.assert_allclose(ours.distance_ft, theirs["distance_ft"].astype(float), atol=1e-6, rtol=0)


def _assert_k_nearest_agree(query: LayerQuery, oracle: Connection, role: str, asked: Geometries, k: int) -> None:
    theirs = fetch(oracle, K_NEAREST.format(role=role), reach=400.0, k=k)
    ours = query.nearest(role, asked, reach_ft=400.0, k=k)
    assert ours.place.tolist() == theirs["place"].tolist()
    np.testing.assert_allclose(ours.distance_ft, theirs["distance_ft"].astype(float), atol=0.010001, rtol=0)


def _assert_edges_agree(query: LayerQuery, oracle: Connection, role: str, asked: Geometries) -> None:
    theirs = fetch(oracle, EDGE.format(role=role), reach=2000.0)
    distance, row = query.edge_distance(role, asked, 2000.0)
    assert np.flatnonzero(row >= 0).tolist() == theirs["place"].tolist()
    assert row[row >= 0].tolist() == theirs["feature"].tolist()
    np.testing.assert_allclose(distance[row >= 0], theirs["distance_ft"].astype(float), atol=1e-6, rtol=0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_drawn_worlds_are_answered_as_postgis_answers(seed: int, postgis: Connection) -> None:
    query, asked = _world(seed), _asked(seed)
    load_layers(postgis, query)
    load_places(postgis, asked)
    for role in _ROLES:
        for reach_ft in _REACHES:
            _assert_within_agrees(query, postgis, role, asked, reach_ft)
            _assert_nearest_agrees(query, postgis, role, asked, reach_ft)
        _assert_k_nearest_agree(query, postgis, role, asked, 5)
    _assert_edges_agree(query, postgis, "parcel", asked)


def test_two_thousand_hard_places_of_a_town_are_answered_as_postgis_answers(town: Town) -> None:
    asked = hard_places(town.query, _PLACES)
    load_places(town.oracle, asked)
    _assert_within_agrees(town.query, town.oracle, "right_of_way", asked, 25.0)
    for role in ("water_main", "parcel", "hydrant", "address"):
        for reach_ft in (0.0, 25.0, 100.0):
            _assert_within_agrees(town.query, town.oracle, role, asked, reach_ft)
        _assert_nearest_agrees(town.query, town.oracle, role, asked, 2000.0)
    for role in ("parcel", "right_of_way"):
        _assert_edges_agree(town.query, town.oracle, role, asked)


@pytest.mark.heavy
def test_thirty_thousand_hard_places_of_a_town_are_answered_as_postgis_answers(town: Town) -> None:
    asked = hard_places(town.query, 30_000, seed=1)
    load_places(town.oracle, asked)
    for role in ("water_main", "sewer_main", "parcel"):
        _assert_within_agrees(town.query, town.oracle, role, asked, 25.0)
        _assert_nearest_agrees(town.query, town.oracle, role, asked, 2000.0)
    _assert_edges_agree(town.query, town.oracle, "parcel", asked)


def test_the_hard_places_of_a_town_are_hard(town: Town) -> None:
    asked = hard_places(town.query, _PLACES)
    on = np.bincount(town.query.intersecting("parcel", asked).place, minlength=len(asked))
    assert (on > 1).sum() > 100
    near = town.query.within("water_main", asked, 101.0).distance_ft
    for limit in (99.98, 100.0, 100.02):
        assert (np.abs(near - limit) < 0.001).sum() > 20


def test_whole_parcels_are_as_far_from_mains_as_postgis_says(town: Town) -> None:
    asked = town.query.features("parcel").geometry[:2000]
    load_places(town.oracle, asked)
    _assert_nearest_agrees(town.query, town.oracle, "water_main", asked, 5000.0)
    _assert_within_agrees(town.query, town.oracle, "water_main", asked, 100.0)
