"""Easements of one neighbourhood: those a deed records, and those modelled from the mains."""

from __future__ import annotations

import numpy as np
import shapely

from layers.demo_town.drawing import Drawing, Rows
from layers.grid import Floats, Geometries

MODELLED_WIDTH_FT = 40.0
_SHORTEST_FT = 10.0
_SMALLEST_SQFT = 40.0
_RECORDED_SHARE = 0.85


def draw_easements(rng: np.random.Generator, parcels: Geometries, sewer: Drawing, water: Drawing) -> dict[str, Drawing]:
    """One strip for each main and parcel it crosses.

    `main` is a row of the sewer mains, or of the water mains where `is_water`.
    """
    modelled = [_modelled(parcels, sewer, False), _modelled(parcels, water, True)]
    names = ("main", "parcel", "is_water", "width")
    return {
        "easement_modelled": Drawing(
            np.concatenate([drawing.geometry for drawing in modelled]),
            {name: np.concatenate([drawing.columns[name] for drawing in modelled]) for name in names},
        ),
        "easement_recorded": _recorded(rng, parcels, sewer),
    }


def _modelled(parcels: Geometries, mains: Drawing, is_water: bool) -> Drawing:
    """Where a main lies in parcels for 10 ft and more: a strip along it, cut to the parcels."""
    tree = shapely.STRtree(parcels)
    main, parcel = tree.query(mains.geometry, predicate="intersects")
    inside = shapely.length(shapely.intersection(mains.geometry[main], parcels[parcel])) >= _SHORTEST_FT
    crossing = np.unique(main[inside])
    pieces = [
        shapely.intersection(mains.geometry[row], shapely.union_all(parcels[parcel[main == row]])) for row in crossing
    ]
    strips = shapely.buffer(np.array(pieces, dtype=object), MODELLED_WIDTH_FT / 2, cap_style="flat", quad_segs=3)
    widths = np.full(len(crossing), MODELLED_WIDTH_FT)
    return _by_parcel(parcels, strips, crossing, (widths, is_water))


def _recorded(rng: np.random.Generator, parcels: Geometries, sewer: Drawing) -> Drawing:
    """Deeds for most of the sewers in back yards, drawn a little beside the pipe as deeds are."""
    rows = np.flatnonzero(sewer.columns["in_yard"].astype(bool) & (rng.random(len(sewer)) < _RECORDED_SHARE))
    lines = sewer.geometry[rows].copy()
    coordinates, owner = shapely.get_coordinates(lines, return_index=True)
    shift = rng.normal(0.0, 1.5, (len(rows), 2))
    widths = rng.choice([20.0, 20.0, 30.0], len(rows))
    strips = shapely.buffer(shapely.set_coordinates(lines, coordinates + shift[owner]), widths / 2, cap_style="flat")
    return _by_parcel(parcels, strips, rows, (widths, False))


def _by_parcel(parcels: Geometries, strips: Geometries, mains: Rows, what: tuple[Floats, bool]) -> Drawing:
    widths, is_water = what
    strip, parcel = shapely.STRtree(parcels).query(strips, predicate="intersects")
    cut = shapely.intersection(strips[strip], parcels[parcel])
    pieces, owner = shapely.get_parts(np.asarray(cut, dtype=object), return_index=True)
    pieces = shapely.segmentize(pieces, 128.0)
    good = np.flatnonzero((shapely.get_type_id(pieces) == 3) & (shapely.area(pieces) > _SMALLEST_SQFT))
    owner = owner[good]
    columns = {
        "main": mains[strip[owner]].astype(np.intp),
        "parcel": parcel[owner].astype(np.intp),
        "is_water": np.full(len(good), is_water),
        "width": widths[strip[owner]],
    }
    return Drawing(np.asarray(pieces[good], dtype=object), columns)
