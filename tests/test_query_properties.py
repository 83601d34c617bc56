"""Whatever the picture: batches equal single questions, and neither moving nor order changes an answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from drawn_towns import drawn_layer, drawn_query
from hypothesis import given
from hypothesis import strategies as st

from layers.query import LayerQuery


def places(shapes: list[Any]) -> np.ndarray[Any, np.dtype[np.object_]]:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array


# Any picture: shapes on an eighth of a foot, so that moving them by whole feet is exact.
_EIGHTHS = st.integers(0, 8 * 400).map(lambda eighths: eighths / 8)
_POINTS = st.tuples(_EIGHTHS, _EIGHTHS)
_BOXES = st.tuples(_POINTS, st.integers(1, 80), st.integers(1, 80)).map(
    lambda b: shapely.box(*b[0], b[0][0] + b[1], b[0][1] + b[2])
)
_LINES = st.lists(_POINTS, min_size=2, max_size=6, unique=True).map(shapely.LineString)
_SHAPES = st.one_of(_POINTS.map(shapely.Point), _BOXES, _LINES, st.just(shapely.Point()), st.none())
_VECTORS = st.tuples(st.integers(-2_000_000, 2_000_000), st.integers(-1_000_000, 1_000_000))


def drawn(shapes: list[Any], role: str, east: int = 0, north: int = 0) -> LayerQuery:
    moved = shapely.transform(places(shapes), lambda xy: xy + np.array([east, north]))
    return drawn_query(drawn_layer(role, [{"id": f"F{n:03d}", "wkt": shape.wkt} for n, shape in enumerate(moved)]))


def answers(query: LayerQuery, role: str, asked: Any, reach_ft: float, k: int) -> list[Any]:
    names = query.features(role).ids
    found = [query.within(role, asked, reach_ft), query.nearest(role, asked, reach_ft=reach_ft, k=k)]
    listed: list[Any] = [
        [(int(p), names[f], round(float(d), 5)) for p, f, d in zip(x.place, x.feature, x.distance_ft, strict=True)]
        for x in found
    ]
    if role == "parcel":
        distance, row = query.edge_distance(role, asked, reach_ft)
        listed.append(list(zip(np.round(distance, 5).tolist(), row.tolist(), strict=True)))
    return listed


_WORLD = st.one_of(
    st.tuples(st.just("water_main"), st.lists(_LINES, min_size=1, max_size=25)),
    st.tuples(st.just("parcel"), st.lists(_BOXES, min_size=1, max_size=25)),
    st.tuples(st.just("hydrant"), st.lists(_POINTS.map(shapely.Point), min_size=1, max_size=25)),
)
_REACHES = st.sampled_from([0.0, 12.5, 100.0, 1000.0])


@given(_WORLD, st.lists(_SHAPES, min_size=1, max_size=90), _REACHES, st.integers(1, 4))
def test_many_places_at_once_get_the_answers_of_one_by_one(
    world: tuple[str, list[Any]], shapes: list[Any], reach_ft: float, k: int
) -> None:
    role, features = world
    query = drawn(features, role)
    asked = places(shapes)
    together = answers(query, role, asked, reach_ft, k)
    singly = [answers(query, role, asked[n : n + 1], reach_ft, k) for n in range(len(asked))]
    assert together[0] == [(n, *rest) for n, single in enumerate(singly) for _, *rest in single[0]]
    assert together[1] == [(n, *rest) for n, single in enumerate(singly) for _, *rest in single[1]]
    if role == "parcel":
        assert str(together[2]) == str([single[2][0] for single in singly])


@given(_WORLD, st.lists(_SHAPES, min_size=1, max_size=20), _REACHES, st.integers(1, 3), _VECTORS)
def test_moving_everything_by_the_same_vector_changes_no_answer(
    world: tuple[str, list[Any]], shapes: list[Any], reach_ft: float, k: int, vector: tuple[int, int]
) -> None:
    role, features = world
    asked = places(shapes)
    moved = shapely.transform(asked, lambda xy: xy + vector)
    here = answers(drawn(features, role), role, asked, reach_ft, k)
    there = answers(drawn(features, role, *vector), role, moved, reach_ft, k)
    assert str(here) == str(there)


@given(_WORLD, st.lists(_SHAPES, min_size=1, max_size=20), _REACHES, st.integers(1, 3), st.randoms())
def test_the_order_of_rows_changes_no_answer(
    world: tuple[str, list[Any]], shapes: list[Any], reach_ft: float, k: int, random: Any
) -> None:
    role, features = world
    rows = [{"id": f"F{n:03d}", "wkt": shape.wkt} for n, shape in enumerate(features)]
    shuffled = random.sample(rows, len(rows))
    asked = places(shapes)
    one, other = (drawn_query(drawn_layer(role, order)) for order in (rows, shuffled))
    assert answers(one, role, asked, reach_ft, k)[:2] == answers(other, role, asked, reach_ft, k)[:2]


@given(_WORLD, st.lists(_SHAPES, min_size=1, max_size=20), _REACHES, st.integers(1, 4))
def test_the_answers_are_those_of_measuring_every_pair(
    world: tuple[str, list[Any]], shapes: list[Any], reach_ft: float, k: int
) -> None:
    role, features = world
    query, asked = drawn(features, role), places(shapes)
    found = query.nearest(role, asked, reach_ft=reach_ft, k=k)
    by_place = [found.feature[found.place == n].tolist() for n in range(len(asked))]
    assert by_place == [_by_hand(features, place, reach_ft, k) for place in asked]


def _by_hand(features: list[Any], place: Any, reach_ft: float, k: int) -> list[int]:
    if place is None or place.is_empty:
        return []
    left = {n: d for n, shape in enumerate(features) if (d := shape.distance(place)) <= reach_ft + 0.01}
    chosen: list[int] = []
    while left and len(chosen) < k:
        least = min(left.values())
        chosen.append(min(n for n, d in left.items() if d <= least + 0.01))
        del left[chosen[-1]]
    return chosen
