"""Which features lie in an area: as if each were measured."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.boxes import Boxes, rows_in_area

_POINT = st.tuples(st.integers(0, 40), st.integers(0, 40))
_SHAPES = st.one_of(
    _POINT.map(shapely.Point),
    st.tuples(_POINT, _POINT).map(shapely.LineString),
    _POINT.map(lambda at: shapely.box(*at, at[0] + 3, at[1] + 5)),
    st.none(),
    st.just(shapely.Polygon()),
)
_AREAS = st.tuples(_POINT, st.integers(1, 30), st.integers(1, 30), st.integers(-3, 3)).map(
    lambda given: shapely.affinity.rotate(
        shapely.box(*given[0], given[0][0] + given[1], given[0][1] + given[2]), given[3], origin=(0, 0)
    )
)


@given(st.lists(_SHAPES, max_size=200), _AREAS)
def test_the_rows_in_an_area_are_those_that_measuring_each_one_gives(
    shapes: list[shapely.Geometry | None], area: shapely.Polygon
) -> None:
    made = np.array([*shapes, None], dtype=object)
    found = rows_in_area(made, Boxes(shapely.bounds(made).reshape(-1, 4)), area)
    assert found.tolist() == np.flatnonzero(shapely.distance(made, area) <= 0.01).tolist()


def test_nothing_lies_in_an_area_where_there_is_nothing() -> None:
    nothing = np.empty(0, dtype=object)
    boxes = Boxes(np.empty((0, 4)))
    assert rows_in_area(nothing, boxes, shapely.box(0, 0, 1, 1)).tolist() == []
    assert boxes.around() is None
    assert Boxes(shapely.bounds(np.array([None, shapely.Point()], dtype=object))).around() is None
