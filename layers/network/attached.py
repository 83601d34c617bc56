"""Which piece of a water main each meter and each hydrant hangs on, and how that is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from layers.features import Features
from layers.grid import Geometries, Rows
from layers.network.lines import IN_SERVICE
from layers.network.model import Codes, Network
from layers.query import LayerQuery
from layers.reference import matching

NOT_ATTACHED, BY_ID, BY_LATERAL, NEAREST = range(4)
HOW_WORDS = ("on no main", "by the main's id", "by its lateral", "nearest main")
"""In words how a thing was attached, by its code."""


@dataclass(frozen=True, eq=False)
class Attached:
    """The `piece` of each feature of a role (-1 for none), and `how` that is known."""

    piece: Rows
    how: Codes


def attached(query: LayerQuery, network: Network, role: str, reach_ft: float) -> Attached:
    """Meters by their main's id, else by their water lateral, else (and hydrants always) on the nearest main.

    The nearest counts at most `reach_ft` away. Of mains with the same id the nearest is meant.
    """
    features = query.features(role)
    rows = np.flatnonzero(features.selected(IN_SERVICE))
    points = np.asarray(shapely.centroid(np.asarray(features.geometry[rows], dtype=object)), dtype=object)
    main, how = np.full(len(rows), -1, dtype=np.intp), np.zeros(len(rows), dtype=np.int8)
    at = points.copy()
    if role == "meter":
        _by_ids(query, network, features.texts("main_id")[rows], points, (main, how), BY_ID)
        if query.has("lateral"):
            _by_laterals(query, network, features.texts("account_id")[rows], at, (main, how))
    _by_distance(query, network, points, reach_ft, (main, how))
    piece = np.full(len(features), -1, dtype=np.intp)
    codes = np.zeros(len(features), dtype=np.int8)
    piece[rows] = pieces_at(query.features(network.role), network, main, at)
    codes[rows] = np.where(piece[rows] >= 0, how, NOT_ATTACHED)
    return Attached(piece, codes)


def pieces_at(mains: Features, network: Network, rows: Rows, points: Geometries) -> Rows:
    """The piece of each main (row, or -1) next to a point; -1 where the main is not in service."""
    known, order = network.pieces_of_row
    found = np.full(len(rows), -1, dtype=np.intp)
    first, last = np.searchsorted(known, rows, "left"), np.searchsorted(known, rows, "right")
    there = np.flatnonzero((rows >= 0) & (last > first))
    if not len(there):
        return found
    lines = np.asarray(mains.geometry[rows[there]], dtype=object)
    along = shapely.line_locate_point(shapely.line_merge(lines), points[there])
    reach = float(network.end_ft.max()) + 1.0
    keys = known * reach + network.start_ft[order]
    at = np.searchsorted(keys, rows[there] * reach + along, "right") - 1
    found[there] = order[np.clip(at, first[there], last[there] - 1)]
    return found


def _by_ids(
    query: LayerQuery, network: Network, ids: np.ndarray, points: Geometries, told: tuple[Rows, Codes], code: int
) -> None:
    mains = query.features(network.role)
    main, how = told
    for field in ("id", "facility_id"):
        left = np.flatnonzero(main < 0)
        met = matching(mains, field, np.array(ids, dtype=object)[left])
        if not len(met):
            continue
        apart = shapely.distance(np.asarray(mains.geometry[met.feature], dtype=object), points[left[met.key]])
        order = np.lexsort((met.feature, apart, met.key))
        first = np.ones(len(order), dtype=np.bool_)
        first[1:] = met.key[order][1:] != met.key[order][:-1]
        chosen = order[first]
        main[left[met.key[chosen]]] = met.feature[chosen]
        how[left[met.key[chosen]]] = code


def _by_laterals(
    query: LayerQuery, network: Network, accounts: np.ndarray, at: Geometries, told: tuple[Rows, Codes]
) -> None:
    """A meter's account names its lateral, and that its main; it hangs where the lateral meets the main."""
    laterals = query.features("lateral")
    main, how = told
    left = np.flatnonzero(main < 0)
    met = matching(laterals, "account_id", np.array(accounts, dtype=object)[left])
    service = np.array([str(word or "").lower() for word in laterals.texts("service")], dtype="U")
    is_water = laterals.selected(IN_SERVICE) & (service == "water")
    kept = is_water[met.feature]
    key, lateral = met.key[kept], met.feature[kept]
    key, first = np.unique(key, return_index=True)
    lateral, rows = lateral[first], left[key]
    lines = shapely.line_merge(np.asarray(laterals.geometry[lateral], dtype=object))
    some, code = np.full(len(rows), -1, dtype=np.intp), np.zeros(len(rows), dtype=np.int8)
    _by_ids(query, network, laterals.texts("main_id")[lateral], at[rows], (some, code), BY_LATERAL)
    found = np.flatnonzero(some >= 0)
    mains = np.asarray(query.features(network.role).geometry[some[found]], dtype=object)
    ends = np.stack([shapely.get_point(lines[found], 0), shapely.get_point(lines[found], -1)], axis=1)
    nearer = shapely.distance(ends, mains[:, None]).argmin(axis=1) if len(found) else found
    main[rows[found]], how[rows[found]] = some[found], BY_LATERAL
    at[rows[found]] = ends[np.arange(len(found)), nearer]


def _by_distance(
    query: LayerQuery, network: Network, points: Geometries, reach_ft: float, told: tuple[Rows, Codes]
) -> None:
    main, how = told
    left = np.flatnonzero(main < 0)
    near = query.nearest(network.role, points[left], reach_ft=reach_ft, select=IN_SERVICE)
    main[left[near.place]], how[left[near.place]] = near.feature, NEAREST
