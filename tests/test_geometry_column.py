"""The three spatial questions give the same rows on SQLite, on PostGIS and by measuring everything."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_cases import add_case
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import aliased

from gis_ce.case_store import CaseStore
from gis_ce.geometry_column import distance, dwithin, in_order_of_distance, intersects, nearest
from gis_ce.tables import Case, Site

X, Y = 2_100_000.0, 738_000.0
_TOWN_FT = 5_000


def _places(count: int) -> Iterator[BaseGeometry]:
    """Points, lines and areas, some at whole feet so that limits are met exactly."""
    made = np.random.default_rng(7)
    for row in range(count):
        x, y = X + made.integers(0, _TOWN_FT), Y + made.integers(0, _TOWN_FT)
        run, rise = made.integers(-200, 200, 2)
        if row % 3 == 0:
            yield shapely.Point(x, y)
        elif row % 3 == 1:
            yield shapely.LineString([(x, y), (x + run, y + rise + 0.5)])
        else:
            yield shapely.box(x, y, x + abs(run) + 1, y + abs(rise) + 1)


@pytest.fixture
def town(case_store: CaseStore) -> tuple[CaseStore, dict[str, BaseGeometry]]:
    """A store of 600 places and one case without any, and the places."""
    places = {f"site-{row:03}": place for row, place in enumerate(_places(600))}
    with case_store.session() as session:
        for name, place in places.items():
            add_case(session, name.removeprefix("site-"), place)
        add_case(session, "nowhere")
        session.commit()
    return case_store, places


def _within(places: dict[str, BaseGeometry], shape: BaseGeometry, reach_ft: float) -> list[str]:
    return [name for name, place in places.items() if shapely.distance(place, shape) <= reach_ft + 0.01]


_whole = st.integers(-300, _TOWN_FT + 300)
_shapes = st.one_of(
    st.builds(lambda x, y: shapely.Point(X + x, Y + y), _whole, _whole),
    st.builds(lambda x, y, w, h: shapely.box(X + x, Y + y, X + x + w, Y + y + h), _whole, _whole, _whole, _whole),
    st.builds(lambda x, y, u, v: shapely.LineString([(X + x, Y + y), (X + u, Y + v + 0.25)]), *[_whole] * 4),
).filter(lambda shape: shape.is_valid and shape.length + 1 > 0)
_FIXED = [HealthCheck.function_scoped_fixture]


@settings(max_examples=25, suppress_health_check=_FIXED)
@given(shape=_shapes, reach_ft=st.integers(0, 800))
def test_places_within_a_distance_are_those_that_measure_so(
    town: tuple[CaseStore, dict[str, BaseGeometry]], shape: BaseGeometry, reach_ft: int
) -> None:
    store, places = town
    asked = select(Site.id).where(dwithin(Site.geometry, shape, reach_ft)).order_by(Site.id)
    meeting = select(Site.id).where(intersects(Site.geometry, shape)).order_by(Site.id)
    with store.reading() as session:
        assert list(session.scalars(asked)) == _within(places, shape, reach_ft)
        assert list(session.scalars(meeting)) == _within(places, shape, 0)


@settings(max_examples=25, suppress_health_check=_FIXED)
@given(shape=_shapes, k=st.sampled_from([1, 2, 7, 40, 600, 1000]))
def test_the_nearest_are_those_that_measure_so(
    town: tuple[CaseStore, dict[str, BaseGeometry]], shape: BaseGeometry, k: int
) -> None:
    store, places = town
    with store.reading() as session:
        found = session.execute(select(Site.id, Site.geometry).where(nearest(Site.geometry, shape, k)))
        ordered = in_order_of_distance([(name, place) for name, place in found], shape, k)
    assert ordered == in_order_of_distance(places.items(), shape, k)


@pytest.mark.parametrize("feet", [30, 30.0000001, 29.9999999])
def test_a_place_exactly_at_the_limit_is_within_it(case_store: CaseStore, feet: float) -> None:
    with case_store.session() as session:
        for turn in range(100):
            at = shapely.Point(X + 18 * (1 + turn), Y + 24 * (1 + turn))
            add_case(session, f"{turn:03}", at)
            found = session.scalars(
                select(Site.id).where(dwithin(Site.geometry, shapely.Point(X, Y), feet * (1 + turn)))
            )
            assert f"site-{turn:03}" in set(found)


def test_the_distance_is_measured_to_the_nearest_part(town: tuple[CaseStore, dict[str, BaseGeometry]]) -> None:
    store, places = town
    here = shapely.Point(X + 2000, Y + 2000)
    with store.reading() as session:
        found = session.execute(select(Site.id, distance(Site.geometry, here)).where(Site.geometry.is_not(None)))
        for name, feet in found:
            assert feet == pytest.approx(shapely.distance(places[name], here), abs=1e-6)


def test_an_alias_of_the_table_can_be_asked_too(town: tuple[CaseStore, dict[str, BaseGeometry]]) -> None:
    store, _ = town
    here, other = shapely.Point(X + 2000, Y + 2000), aliased(Site)
    asked = select(other.id).where(nearest(other.geometry, here, 3), dwithin(other.geometry, here, 5_000))
    with store.reading() as session:
        assert len(set(session.scalars(asked))) >= 3


def test_a_question_joins_with_other_conditions(town: tuple[CaseStore, dict[str, BaseGeometry]]) -> None:
    store, places = town
    area = shapely.box(X, Y, X + 2500, Y + 2500)
    asked = select(Site.id).join(Case, Site.case_id == Case.id).where(Case.status == "open").order_by(Site.id)
    inside, outside = intersects(Site.geometry, area), ~intersects(Site.geometry, area)
    with store.reading() as session:
        found = list(session.scalars(asked.where(inside)))
        assert found == _within(places, area, 0)
        others = session.scalars(asked.where(outside, Site.geometry.is_not(None)))
        assert sorted([*others, *found]) == sorted(places)
        assert session.scalars(asked.where(inside).limit(5).offset(2)).all() == found[2:7]


def test_the_same_question_with_other_values_is_asked_anew(town: tuple[CaseStore, dict[str, BaseGeometry]]) -> None:
    store, places = town
    with store.reading() as session:
        for x in range(0, 5000, 500):
            shape = shapely.Point(X + x, Y + x)
            found = session.scalars(select(Site.id).where(dwithin(Site.geometry, shape, 400)).order_by(Site.id))
            assert list(found) == _within(places, shape, 400)


def test_among_places_equally_far_the_smallest_id_comes_first() -> None:
    around = [("d", shapely.Point(3, 4)), ("a", shapely.Point(0, 5.009)), ("c", shapely.Point(5, 0))]
    assert [name for name, _ in in_order_of_distance([*around, ("b", shapely.Point(0, 9))], shapely.Point(0, 0))] == [
        "a",
        "c",
        "d",
        "b",
    ]


def test_only_an_indexed_column_can_be_asked() -> None:
    with pytest.raises(TypeError, match="no spatial index"):
        dwithin(Site.structure, shapely.Point(0, 0), 1)
    with pytest.raises(ValueError, match="at least one"):
        nearest(Site.geometry, shapely.Point(0, 0), 0)
