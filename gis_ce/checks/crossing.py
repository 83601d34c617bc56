"""How a structure lies in its easement: crossings, angle, clearance to the pipe, width left free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gis_ce.checks.measuring import OURS, first_of_each
from gis_ce.checks.overlap import directions
from layers.grid import Floats, Geometries, Rows
from layers.query import LayerQuery, starts_of

PIPE_REACH_FT = 100.0
"""How far from a structure a pipe is looked for."""
_ACROSS_FT = 500.0


@dataclass(frozen=True, slots=True)
class Lying:
    """One row a structure. NaN where it does not apply.

    `crossings` counts the connected pieces of a line (a fence) inside the easement; `crossing_angle_deg`
    is the angle of the longest piece, end to end, against the easement's direction, 0 to 90. `free_left_ft` and
    `free_right_ft` are what is left of the easement's width on both sides of the overlap, across its
    middle, left and right as seen along the main. `pipe_clearance_ft` is the distance from the
    structure to the nearest main of the utility.
    """

    crossings: Rows
    crossing_angle_deg: Floats
    free_left_ft: Floats
    free_right_ft: Floats
    pipe_clearance_ft: Floats


def lying(structures: Geometries, easements: Geometries, query: LayerQuery) -> Lying:
    """How each structure lies in the easement of the same row; both may be None."""
    overlap: Geometries = shapely.intersection(structures, easements)
    inside = np.flatnonzero(~(shapely.is_missing(overlap) | shapely.is_empty(overlap)))
    along = directions(shapely.centroid(overlap[inside]), easements[inside], query)
    count = len(structures)
    left, right, angle = np.full(count, np.nan), np.full(count, np.nan), np.full(count, np.nan)
    left[inside], right[inside] = _free_widths(overlap[inside], easements[inside], along)
    lines = np.flatnonzero((shapely.get_dimensions(structures[inside]) == 1) & (shapely.length(overlap[inside]) > 0))
    pieces = _pieces(overlap[inside[lines]])
    angle[inside[lines]] = _angles(pieces, along[lines])
    crossings = np.zeros(count, dtype=np.intp)
    crossings[inside[lines]] = shapely.get_num_geometries(pieces)
    return Lying(crossings, angle, left, right, _pipe_clearance(structures, query))


def _pieces(overlap: Geometries) -> Geometries:
    """The connected pieces of lines: without the points where they only touch, joined where they were cut."""
    parts, owner = shapely.get_parts(overlap, return_index=True)
    lines = shapely.get_dimensions(parts) == 1
    joined: Geometries = shapely.multilinestrings(parts[lines], indices=owner[lines])
    return np.asarray(shapely.line_merge(joined), dtype=object)


def _free_widths(overlap: Geometries, easements: Geometries, along: Floats) -> tuple[Floats, Floats]:
    """The width left free on the left and on the right of each overlap."""
    middle = shapely.centroid(overlap)
    at = np.column_stack([shapely.get_x(middle), shapely.get_y(middle)])
    left = np.column_stack([-along[:, 1], along[:, 0]])
    across = shapely.linestrings(np.stack([at - _ACROSS_FT * left, at + _ACROSS_FT * left], axis=1))
    low, high = _spread(_piece_through(shapely.intersection(across, easements), middle), at, left)
    inner_low, inner_high = _spread(overlap, at, left)
    return np.maximum(high - inner_high, 0.0), np.maximum(inner_low - low, 0.0)


def _piece_through(sections: Geometries, middle: Geometries) -> Geometries:
    """Of each section the part nearest to the middle."""
    parts, owner = shapely.get_parts(sections, return_index=True)
    distance = shapely.distance(parts, middle[owner])
    order = np.lexsort((distance, owner))
    first = order[starts_of(owner[order])]
    chosen = np.full(len(sections), None, dtype=object)
    chosen[owner[first]] = parts[first]
    return chosen


def _spread(shapes: Geometries, origin: Floats, direction: Floats) -> tuple[Floats, Floats]:
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    along = np.einsum("ij,ij->i", coordinates - origin[owner], direction[owner])
    low, high = np.full(len(shapes), np.nan), np.full(len(shapes), np.nan)
    np.fmin.at(low, owner, along)
    np.fmax.at(high, owner, along)
    return low, high


def _angles(lines: Geometries, along: Floats) -> Floats:
    """The angle in degrees, 0 to 90, of each line's longest piece against a direction."""
    parts, owner = shapely.get_parts(lines, return_index=True)
    order = np.lexsort((-shapely.length(parts), owner))
    first = order[starts_of(owner[order])]
    longest = parts[first]
    start, end = shapely.get_point(longest, 0), shapely.get_point(longest, -1)
    way = np.column_stack([shapely.get_x(end) - shapely.get_x(start), shapely.get_y(end) - shapely.get_y(start)])
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = np.abs(np.einsum("ij,ij->i", way, along)) / np.hypot(*way.T)
    angle: Floats = np.degrees(np.arccos(np.clip(cosine, 0.0, 1.0)))
    return angle


def _pipe_clearance(structures: Geometries, query: LayerQuery) -> Floats:
    """Distance in feet from each structure to the nearest main in reach; NaN without one."""
    clearance = np.full(len(structures), np.nan)
    for role in (role for role in ("sewer_main", "water_main") if query.has(role)):
        near = query.nearest(role, structures, reach_ft=PIPE_REACH_FT, select=OURS)
        _, distance = first_of_each(near, len(structures))
        clearance = np.fmin(clearance, distance)
    return clearance
