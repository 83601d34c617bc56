"""Houses and sheds on the lots of one neighbourhood."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from layers.demo_town.drawing import Drawing
from layers.demo_town.kinds import Kind
from layers.demo_town.lots import Lots
from layers.grid import Floats, Geometries

_L_SHAPE = np.array([(-0.5, 0.0), (0.1, 0.0), (0.1, 0.25), (0.5, 0.25), (0.5, 1.0), (-0.5, 1.0)])
_BOX = np.array([(-0.5, 0.0), (0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0), (-0.5, 1.0)])


def draw_buildings(rng: np.random.Generator, kind: Kind, lots: Lots) -> Drawing:
    """Houses first, then sheds; each stands wholly inside its lot, a few feet from its limits."""
    wanted = (lots.width_ft > 0) & (rng.random(len(lots.parcels)) < kind.built)
    rows = np.flatnonzero(wanted)
    houses, kept = _houses(rng, kind, lots, rows)
    house_rows = rows[kept]
    sheds, shed_rows = _sheds(rng, lots, house_rows, houses)
    return Drawing(
        np.concatenate([houses, sheds]),
        {
            "parcel": np.concatenate([house_rows, shed_rows]),
            "is_shed": np.repeat([False, True], [len(houses), len(sheds)]),
        },
    )


def _houses(
    rng: np.random.Generator, kind: Kind, lots: Lots, rows: npt.NDArray[np.intp]
) -> tuple[Geometries, npt.NDArray[np.intp]]:
    inner = shapely.buffer(lots.parcels[rows], -3.0, quad_segs=1)
    wide = np.minimum(rng.uniform(*kind.house_ft, len(rows)), lots.width_ft[rows] * 0.72)
    deep = wide * rng.uniform(0.65, 1.15, len(rows))
    setback = kind.setback_ft + rng.uniform(-0.1, 0.25, len(rows)) * kind.setback_ft
    shape = np.where(rng.random(len(rows))[:, None, None] < 0.45, _L_SHAPE, _BOX)
    shape[:, :, 0] *= np.where(rng.random(len(rows)) < 0.5, -1.0, 1.0)[:, None]
    best = np.full(len(rows), None, dtype=object)
    for scale, turn in ((1.0, 4.0), (0.8, 0.0), (0.62, 0.0)):
        left = np.flatnonzero(shapely.is_missing(best))
        spots = lots.front[rows[left]] + lots.inward[rows[left]] * setback[left][:, None]
        heading = lots.inward[rows[left]]
        size = np.column_stack([wide[left], deep[left]]) * scale
        swing = np.deg2rad(rng.normal(0.0, turn, len(left)))
        drawn = _placed(shape[left], size, spots, _turned(heading, swing))
        fits = shapely.contains_properly(inner[left], drawn)
        best[left[fits]] = drawn[fits]
    kept = np.flatnonzero(~shapely.is_missing(best))
    return best[kept], kept


def _sheds(
    rng: np.random.Generator, lots: Lots, rows: npt.NDArray[np.intp], houses: Geometries
) -> tuple[Geometries, npt.NDArray[np.intp]]:
    chosen = np.flatnonzero((rng.random(len(rows)) < 0.22) & (lots.width_ft[rows] < 300))
    lot = rows[chosen]
    far = shapely.hausdorff_distance(lots.parcels[lot], shapely.points(lots.front[lot]))
    sideways = np.column_stack([lots.inward[lot][:, 1], -lots.inward[lot][:, 0]])
    step = lots.width_ft[lot] * rng.uniform(-0.3, 0.3, len(lot))
    spots = lots.front[lot] + lots.inward[lot] * (far * rng.uniform(0.62, 0.86, len(lot)))[:, None]
    spots = spots + sideways * step[:, None]
    size = np.column_stack([rng.uniform(10, 24, len(lot)), rng.uniform(8, 20, len(lot))])
    heading = _turned(lots.inward[lot], rng.normal(0, 0.08, len(lot)))
    drawn = _placed(np.broadcast_to(_BOX, (len(lot), *_BOX.shape)).copy(), size, spots, heading)
    inside = shapely.contains_properly(shapely.buffer(lots.parcels[lot], -2.0, quad_segs=1), drawn)
    good = inside & (shapely.distance(drawn, houses[chosen]) > 4.0)
    return drawn[good], lot[good]


def _turned(heading: Floats, swing: Floats) -> Floats:
    cos, sin = np.cos(swing), np.sin(swing)
    return np.column_stack([heading[:, 0] * cos - heading[:, 1] * sin, heading[:, 0] * sin + heading[:, 1] * cos])


def _placed(shape: Floats, size: Floats, spots: Floats, heading: Floats) -> Geometries:
    """Outlines scaled to size, with y along the heading and the origin at the spot."""
    local = shape * size[:, None, :]
    sideways = np.column_stack([heading[:, 1], -heading[:, 0]])
    moved = local[:, :, :1] * sideways[:, None, :] + local[:, :, 1:] * heading[:, None, :] + spots[:, None, :]
    drawn: Geometries = np.asarray(shapely.polygons(moved), dtype=object)
    return drawn
