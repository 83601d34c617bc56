"""How far a shape slides before it leaves polygons or meets them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import shapely

from gis_ce.contact import Near, slides_ft
from layers.grid import Floats, Geometries

REACH_FT = 30.0
ANGLE = np.linspace(0.1, 2 * np.pi, 12, endpoint=False)
DIRECTIONS = np.column_stack([np.cos(ANGLE), np.sin(ANGLE)])


def _slid(shape: shapely.Geometry, polygons: list[shapely.Geometry]) -> Floats:
    near = Near(np.zeros(len(polygons), dtype=np.intp), np.array(polygons, dtype=object))
    touching = np.array([any(shape.intersects(polygon) for polygon in polygons)])
    return slides_ft(np.array([shape], dtype=object), near, touching, np.array([REACH_FT]), DIRECTIONS)[0]


def _touches(
    shape: shapely.Geometry, polygons: list[shapely.Geometry], way: Floats, feet: Floats
) -> npt.NDArray[np.bool_]:
    moved: Geometries = np.array([shapely.transform(shape, lambda xy, r=r: xy + r * way) for r in feet], dtype=object)
    return np.asarray(shapely.intersects(moved[:, None], np.array(polygons, dtype=object)).any(axis=1))


def _random_polygon(draw: np.random.Generator, size_ft: float, *, hole: bool = False) -> shapely.Geometry:
    """A star-shaped polygon, rarely convex, somewhere near the origin."""
    angle = np.sort(draw.uniform(0, 2 * np.pi, draw.integers(3, 9)))
    radius = draw.uniform(0.2, 1.0, len(angle)) * size_ft
    ring = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    at = draw.uniform(-10, 10, 2)
    return shapely.buffer(shapely.Polygon(ring + at, [0.4 * ring[::-1] + at] if hole else None), 0.0)


def _random_shape(draw: np.random.Generator, kind: str) -> shapely.Geometry:
    if kind == "point":
        return shapely.Point(draw.uniform(-10, 10, 2))
    if kind == "fence":
        return shapely.LineString(draw.uniform(-10, 10, (draw.integers(2, 5), 2)))
    return _random_polygon(draw, 6.0, hole=kind == "court")


@pytest.mark.parametrize("kind", ["shed", "court", "fence", "point"])
def test_a_shape_keeps_its_contact_up_to_the_slide_and_loses_it_just_beyond(kind: str) -> None:
    draw = np.random.default_rng(20)
    turned = 0
    for _ in range(60):
        shape = _random_shape(draw, kind)
        polygons = [_random_polygon(draw, 12.0, hole=draw.random() < 0.3) for _ in range(draw.integers(1, 4))]
        now = _touches(shape, polygons, np.zeros(2), np.zeros(1))[0]
        for way, slide in zip(DIRECTIONS, _slid(shape, polygons), strict=True):
            end = min(slide, REACH_FT)
            before = _touches(shape, polygons, way, np.linspace(0.0, 1.0, 40) * (end - 1e-6))
            assert (before == now).all()
            if slide < REACH_FT:
                turned += 1
                assert (_touches(shape, polygons, way, slide + np.array([1e-6, 1e-4])) != now).any()
    assert turned > 100


def test_a_gap_between_two_easements_is_found_however_narrow() -> None:
    strips = [shapely.box(-50, 0, 50, 10), shapely.box(-50, 11.5, 50, 20)]
    north = np.array([[0.0, 1.0]])
    near = Near(np.zeros(2, dtype=np.intp), np.array(strips, dtype=object))
    for height, expected in ((1.0, 5.0), (2.0, 15.0)):
        shed = np.array([shapely.box(0, 5, 8, 5 + height)], dtype=object)
        slide = slides_ft(shed, near, np.array([True]), np.array([REACH_FT]), north)
        assert slide[0, 0] == pytest.approx(expected)


def test_a_shape_that_covers_a_whole_polygon_keeps_its_contact() -> None:
    slide = _slid(shapely.box(-9, -9, 9, 9), [shapely.box(-1, -1, 1, 1)])
    east = _slid(shapely.box(-9, -9, 9, 9), [shapely.box(-1, -1, 1, 1)])[0]
    assert (slide >= 10.0 - 1e-9).all()
    assert east == pytest.approx(10 / np.cos(ANGLE[0]))


def test_many_shapes_slide_as_each_alone() -> None:
    draw = np.random.default_rng(8)
    shapes = np.array([_random_shape(draw, kind) for kind in ("shed", "fence", "point", "court") * 10], dtype=object)
    polygons = [[_random_polygon(draw, 12.0) for _ in range(draw.integers(0, 4))] for _ in shapes]
    rows = np.repeat(np.arange(len(shapes)), [len(group) for group in polygons])
    near = Near(rows, np.array([polygon for group in polygons for polygon in group], dtype=object))
    touching = np.array(
        [any(shape.intersects(one) for one in group) for shape, group in zip(shapes, polygons, strict=True)]
    )
    together = slides_ft(shapes, near, touching, np.full(len(shapes), REACH_FT), DIRECTIONS)
    for shape, group, slide in zip(shapes, polygons, together, strict=True):
        np.testing.assert_array_equal(_slid(shape, group), slide)


def test_nothing_near_means_no_turn() -> None:
    assert np.isinf(_slid(shapely.Point(0, 0), [])).all()
