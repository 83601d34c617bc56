"""A query that remembers says what the query itself says, and asks it only once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from drawn_towns import drawn_layer, drawn_query, sites

from gis_ce.assess import assess
from gis_ce.checks.all import CHECKS
from gis_ce.rule_files import open_pack
from layers.query import LayerQuery, Pairs
from layers.remembered import RememberedQuery

Places = np.ndarray[Any, np.dtype[np.object_]]


def town() -> LayerQuery:
    """Ten parcels side by side with a main before them."""
    lots = [{"id": f"P{n}", "wkt": shapely.box(n * 50, 0, n * 50 + 50, 100).wkt} for n in range(10)]
    mains = [{"id": "M", "wkt": "LINESTRING (0 -20, 500 -20)"}]
    return drawn_query(drawn_layer("parcel", lots), drawn_layer("water_main", mains))


def points(count: int, seed: int = 1) -> Places:
    x, y = np.random.default_rng(seed).uniform(-50, 550, (2, count))
    return np.asarray(shapely.points(x, y), dtype=object)


def everything(query: LayerQuery, places: Places) -> list[np.ndarray[Any, Any]]:
    """What the four questions say, as columns."""
    pairs: list[Pairs] = [
        query.intersecting("parcel", places),
        query.within("parcel", places, 30.0),
        query.within("parcel", places, np.linspace(-1, 60, len(places))),
        query.nearest("water_main", places, reach_ft=100.0),
        query.nearest("parcel", places, reach_ft=100.0, k=2),
    ]
    columns = [column for pair in pairs for column in (pair.place, pair.feature, pair.distance_ft)]
    return [*columns, *query.edge_distance("parcel", places, 100.0)]


@pytest.mark.parametrize("count", [0, 1, 64, 65, 300])
def test_the_answers_are_those_of_the_query_the_first_time_and_again(count: int) -> None:
    query, places = town(), points(count)
    remembered = RememberedQuery(query, places)
    said = everything(query, places)
    for _ in range(2):
        for mine, theirs in zip(everything(remembered, places), said, strict=True):
            np.testing.assert_array_equal(mine, theirs)


def test_the_same_few_places_in_another_array_are_not_asked_again() -> None:
    places = points(3)
    remembered = RememberedQuery(town())
    first = remembered.intersecting("parcel", places)
    assert remembered.intersecting("parcel", places.copy()) is first
    assert remembered.intersecting("parcel", places[::-1]) is not first


def test_a_batch_is_kept_only_where_it_was_named() -> None:
    named, other = points(100), points(100, seed=2)
    remembered = RememberedQuery(town(), named)
    assert remembered.intersecting("parcel", named) is remembered.intersecting("parcel", named)
    assert remembered.intersecting("parcel", other) is not remembered.intersecting("parcel", other)


def test_places_that_went_away_are_not_taken_for_new_ones() -> None:
    query = town()
    remembered = RememberedQuery(query)
    for n in range(200):
        place = np.array([shapely.Point(n * 2.5 + 1, 50)], dtype=object)
        found = remembered.intersecting("parcel", place)
        np.testing.assert_array_equal(found.feature, query.intersecting("parcel", place).feature)
        del place


def test_what_is_shared_cannot_be_written_into() -> None:
    remembered = RememberedQuery(town())
    with pytest.raises(ValueError, match="read-only"):
        remembered.edge_distance("parcel", points(2), 100.0)[0][0] = 1.0


def test_several_checks_at_once_say_what_each_says_alone() -> None:
    query, rulebook = town(), open_pack("nc-raleigh-2016")
    some = sites([point.wkt for point in points(100)], sigma_ft=4.0)
    together = assess(some, query, rulebook, CHECKS)
    for check in CHECKS:
        alone = assess(some, query, rulebook, [check])[check.name]
        np.testing.assert_array_equal(alone.answer, together[check.name].answer)
        np.testing.assert_array_equal(alone.probability, together[check.name].probability)
