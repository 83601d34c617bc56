"""Every figure rests on equal answers: what the checks found is compared with what PostGIS finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gis_ce.checks.check import Findings
from layers.grid import AT_LIMIT_FT, Floats
from tests.oracle_tables import Connection, fetch

ASKED = {"right_of_way": "margin_ft", "water_available": "distance_ft", "easement_encroachment": "area_sqft"}


def assert_equal(
    oracle: Connection,
    statements: Mapping[str, list[str]],
    found: Mapping[str, Findings],
    places: int,
) -> None:
    """Raises AssertionError where a measure differs on the first `places` places.

    Margins, distances and areas must agree to 1e-6; the zone chosen among several and the nearest
    facility of several kinds, where a tie within 0.01 ft may go to another, to 0.01 ft.
    """
    for check, column in ASKED.items():
        theirs = fetch(oracle, statements[check][0])
        on = theirs["place"].astype(int)
        _assert_close(_ours(found[check], check)[on], np.nan_to_num(theirs[column].astype(float)))
    zones = _better(oracle, statements["tolerance_zone"], "margin_ft", places, np.fmax)
    margin = np.where(np.isnan(zones), -1000.0, zones)
    _assert_close(found["tolerance_zone"].measures.margin_ft[:places], margin, AT_LIMIT_FT)
    _assert_nearest(oracle, statements["nearest_asset_and_address"], found["nearest_asset_and_address"], places)


def _assert_nearest(oracle: Connection, statements: list[str], found: Findings, places: int) -> None:
    *assets, address, own = statements
    nearest = _better(oracle, assets, "distance_ft", places, np.fmin)
    _assert_close(found.measures.facts["facility_distance_ft"][:places], nearest, 2 * AT_LIMIT_FT)
    on_parcel = _better(oracle, [own], "distance_ft", places, np.fmin)
    of_all = _better(oracle, [address], "distance_ft", places, np.fmin)
    theirs = np.where(np.isnan(on_parcel), of_all, on_parcel)
    _assert_close(found.measures.facts["address_distance_ft"][:places], theirs)


def _ours(found: Findings, check: str) -> Floats:
    facts = found.measures.facts
    column = {"water_available": facts.get("distance_ft"), "easement_encroachment": facts.get("overlap_sqft")}
    return np.nan_to_num(np.asarray(column.get(check, found.measures.margin_ft), dtype=np.float64))


def _better(oracle: Connection, statements: list[str], column: str, places: int, better: Any) -> Floats:
    """The better of several statements' columns for each place; NaN where none has an answer."""
    joined = np.full(places, np.nan)
    for statement in statements:
        theirs = fetch(oracle, statement)
        at = theirs["place"].astype(int)
        joined[at] = better(joined[at], theirs[column].astype(float))
    return joined


def _assert_close(ours: Floats, theirs: Floats, within_ft: float = 0.0) -> None:
    np.testing.assert_allclose(ours, theirs, atol=within_ft + 1e-6, rtol=0)
