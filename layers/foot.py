"""Which foot? The international and the US survey foot differ by 2 ppm: feet of error far from a grid's origin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from layers.grid import Floats, Geometries
from layers.spatial_index import Index, boundary_index

FOOT_DIFFERENCE = (1200 / 3937) / 0.3048 - 1
"""How much longer the US survey foot (1200/3937 m) is than the international foot (24 FR 5348, 1959)."""

_SAMPLES = 2_000
_NEAR = 0.3
"""Median distances below this share of the error count as lying on each other."""
_LEAST_ERROR_FT = 0.1


@dataclass(frozen=True, slots=True)
class FootTest:
    """What was found, in one sentence; `suspect` where the wrong foot was probably used."""

    note: str
    suspect: bool = False


def foot_test(shapes: Geometries, reference: Geometries, name: str) -> FootTest:
    """Whether the shapes would lie much better on a reference (both in feet) with the other foot.

    `name` says in a sentence what the reference is: the version before, or a layer that coincides.
    """
    points = _vertices(shapes)
    error = FOOT_DIFFERENCE * float(np.median(np.hypot(points[:, 0], points[:, 1]))) if len(points) else 0.0
    if error < _LEAST_ERROR_FT:
        return FootTest("Which foot was used is not testable: so near the grid's origin the two feet do not differ.")
    scales = {"as they are": 1.0, "longer": 1 - FOOT_DIFFERENCE, "shorter": 1 + FOOT_DIFFERENCE}
    edges = _edges_near(points, reference, 5 * error)
    off = {case: _median_distance(points * scale, edges, 4 * error) for case, scale in scales.items()}
    better = min(("longer", "shorter"), key=lambda case: off[case])
    if off["as they are"] <= _NEAR * error:
        return FootTest(
            f"Which foot was used was tested: the coordinates lie on {name} (median {off['as they are']:.2f} ft)."
        )
    if off[better] > _NEAR * error / 3:
        return FootTest(f"Which foot was used is not testable: the coordinates do not lie on {name}.")
    return FootTest(_suspicion(name, off["as they are"], better), suspect=True)


def not_testable(why: str) -> FootTest:
    """That there was nothing to test against."""
    return FootTest(f"Which foot was used is not testable: {why}.")


def _suspicion(name: str, off_ft: float, better: str) -> str:
    mistake = "international feet read as US survey feet"
    if better == "shorter":
        mistake = f"US survey feet read as international feet, or {name} has the opposite mistake"
    return (
        f"The coordinates lie {off_ft:.2f} ft (median) beside {name} and would lie on it if they were scaled by "
        f"2 millionths: probably {mistake}. Ask the source which foot it used before relying on this layer."
    )


def _vertices(shapes: Geometries) -> Floats:
    """Some vertices, spread over the layer."""
    some = shapes[:: max(1, len(shapes) // _SAMPLES)]
    xy = shapely.get_coordinates(some)
    return np.asarray(xy[:: max(1, len(xy) // _SAMPLES)], dtype=np.float64)


def _edges_near(points: Floats, reference: Geometries, reach: float) -> Index:
    """The reference near the points, polygons as their boundaries."""
    x, y = points[:, 0], points[:, 1]
    _, feature = shapely.STRtree(reference).query(shapely.box(x - reach, y - reach, x + reach, y + reach))
    near = reference[np.unique(feature)]
    if len(near) and shapely.get_dimensions(near[0]) == 2:
        return boundary_index(near)
    return Index(near, np.arange(len(near)))


def _median_distance(points: Floats, edges: Index, reach: float) -> float:
    """The median distance to the nearest edge; points with nothing in reach count as `reach` away."""
    distance = edges.nearest_distance(np.asarray(shapely.points(points)), reach)
    return float(np.median(np.minimum(distance, reach)))
