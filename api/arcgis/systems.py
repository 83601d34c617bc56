"""Spatial references by Esri's numbers, and the coordinate systems of the OGC API that they mean."""

from __future__ import annotations

from typing import Any

import orjson

from api.errors import ApiError
from api.ogc.reference_systems import CRS84, System, storage_system, system_named
from layers.grid import Grid

_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
_WEB = 3857
_ESRI = {2264: 102719, _WEB: 102100}
"""Esri's own number for an EPSG system, where clients send that one (NAD83 / North Carolina in feet, web maps)."""
_OTHER_NAMES = {102719: 2264, 102100: _WEB, 102113: _WEB, 900913: _WEB}


def system_of(text: str | None, grid: Grid, parameter: str) -> tuple[System, int]:
    """The system of a `outSR` or `inSR` (a number, or JSON with wkid), with its EPSG number; the grid where none is
    given. x is always east. Raises ApiError for one that is not offered."""
    if not text:
        return system_named(storage_system(grid), grid, parameter), grid.epsg
    wkid = _wkid(text, parameter)
    wkid = _OTHER_NAMES.get(wkid, wkid)
    if wkid == 4326:
        return system_named(CRS84, grid, parameter), wkid
    if wkid not in (grid.epsg, _WEB):
        raise ApiError(f"{parameter}: {wkid} is not offered; these are: {grid.epsg}, 4326, {_WEB}.")
    return system_named(f"{_EPSG}{wkid}", grid, parameter), wkid


def spatial_reference(epsg: int) -> dict[str, int]:
    """How an answer names its system."""
    return {"wkid": _ESRI.get(epsg, epsg), "latestWkid": epsg}


def _wkid(text: str, parameter: str) -> int:
    found: Any = None
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ApiError(f"{parameter}: {text[:40]!r} is no spatial reference; give its number, such as 4326.") from error
    if isinstance(found, dict):
        found = found.get("latestWkid") or found.get("wkid")
    if not isinstance(found, int) or isinstance(found, bool):
        raise ApiError(f"{parameter}: {text[:40]!r} has no wkid; give its number, such as 4326.")
    return found
