"""Why coordinates may lie far outside a city: each common mistake is tried on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import shapely
from pyproj import CRS

from layers.grid import Floats
from layers.window import Window

_FOOT_M = 0.3048
_MOST = 0.9
_TRIED = 1_000


class _Guess(NamedTuple):
    crs: CRS
    change: Callable[[Floats], Floats]
    sentence: str


def likely_cause(centres: Floats, crs: CRS | None, window: Window) -> str:
    """A sentence (with a leading space) on the mistake that would explain the coordinates; empty where none does."""
    some = centres[:: max(1, len(centres) // _TRIED)]
    for guess in _guesses(crs, window):
        if len(some) and _share_inside(guess, some, window) >= _MOST:
            return f" The likely cause: {guess.sentence}."
    return ""


def _guesses(crs: CRS | None, window: Window) -> Iterator[_Guess]:
    epsg = window.grid.epsg
    if crs is not None:
        yield _Guess(crs, _swapped, "the two axes are swapped")
        if crs.is_projected:
            yield _Guess(crs, lambda xy: xy / _FOOT_M, "the coordinates are in metres, not in feet")
            yield _Guess(crs, lambda xy: xy * _FOOT_M, "the coordinates are in feet, not in metres")
        else:
            yield _Guess(crs, lambda xy: xy * [-1.0, 1.0], "the longitudes lack their minus sign")
    yield _Guess(CRS.from_epsg(epsg), _same, f"the coordinates are on EPSG:{epsg}")
    yield _Guess(window.grid.crs, lambda xy: xy / _FOOT_M, f"the coordinates are on EPSG:{epsg}, but in metres")
    yield _Guess(window.grid.crs, _swapped, f"the coordinates are on EPSG:{epsg}, with the axes swapped")
    yield _Guess(CRS.from_epsg(3857), _same, "the coordinates are Web Mercator (EPSG:3857)")
    yield _Guess(CRS.from_epsg(4326), _same, "the coordinates are degrees (EPSG:4326)")
    yield _Guess(CRS.from_epsg(4326), _swapped, "the coordinates are degrees, latitude first")


def _share_inside(guess: _Guess, centres: Floats, window: Window) -> float:
    moved = window.grid.from_crs(np.asarray(shapely.points(guess.change(centres))), guess.crs)
    return float(np.mean(window.holds(shapely.bounds(moved))))


def _same(xy: Floats) -> Floats:
    return xy


def _swapped(xy: Floats) -> Floats:
    return xy[:, ::-1]
