"""What a layer's coordinate system says of its datum: the way to the grid's, and a sentence for reports."""

from __future__ import annotations

import warnings

from pyproj import CRS
from pyproj.transformer import Transformer, TransformerGroup

from layers.errors import GridError
from layers.grid import Grid

_WGS84 = "World Geodetic System 1984"


def counts_as_grids_datum(crs: CRS, grid: Grid) -> bool:
    """Whether degrees of a system are taken as degrees on the grid's datum, whatever PROJ would choose.

    So it is for WGS 84 without a realization (the label that fits any datum) and between the
    realizations of NAD83, whose grids are published under one and used under another.
    """
    source, target = crs.geodetic_crs, grid.crs.geodetic_crs
    if source is None or target is None:
        return False
    return _is_wgs84(source) or _datum(source) == _datum(target) or (_is_nad83(source) and _is_nad83(target))


def datum_note(crs: CRS, grid: Grid) -> str:
    """How positions came from the source's datum to the grid's, and what is not known about that.

    Raises GridError where PROJ could only guess the way.
    """
    source, target = crs.geodetic_crs, grid.crs.geodetic_crs
    if source is None or target is None:
        raise GridError(f"{crs.name} has no datum; state the source's true coordinate system as source_grid.")
    if _datum(source) == _datum(target):
        return f"The source is on the grid's own datum, {target.name}."
    if _is_wgs84(source):
        return (
            f"Datum unknown: the source says WGS 84, which is often written for {target.name}; taken as {target.name} "
            "without a shift. Positions that truly are WGS 84 or ITRF are off by the shift between the two."
        )
    if counts_as_grids_datum(crs, grid):
        return f"The source is on {source.name}, which counts as the grid's {target.name} without a shift."
    best = _operation(source, target)
    accuracy = f"good to {best.accuracy:g} m" if best.accuracy >= 0 else "of unknown accuracy"
    return f"Moved from {source.name} to {target.name} by PROJ's operation {best.description!r}, {accuracy}."


def _operation(source: CRS, target: CRS) -> Transformer:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        known = TransformerGroup(source, target, always_xy=True, allow_ballpark=False).transformers
    if not known:
        raise GridError(
            f"PROJ could only guess the way from {source.name} to {target.name}, and be off by hundreds of feet; "
            f"have the source moved to {target.name} first."
        )
    return known[0]


def _datum(crs: CRS) -> str:
    return str(crs.datum.name) if crs.datum is not None else crs.name


def _is_wgs84(geodetic: CRS) -> bool:
    return _datum(geodetic) in (f"{_WGS84} ensemble", _WGS84)


def _is_nad83(geodetic: CRS) -> bool:
    return geodetic.name.startswith("NAD83")
