"""Which parcel each sewer lateral joins to which main: by what its record says, and by where it is drawn."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.checks.line_rule import LineRule
from gis_ce.checks.measuring import OURS, first_of_each
from layers.features import Features, Rows, Selection, Texts
from layers.grid import Floats, Geometries
from layers.query import LayerQuery
from layers.reference import matching, plain_keys

SEWER_LATERALS = Selection((("status", ("abandoned", "removed")), ("service", ("water", "irrigation", "fire"))))
"""Connections that may carry sewage: those that do not say that they carry water, and are in use."""
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ties:
    """One row for each lateral: row of the lateral, of its main and of its parcel (-1: unknown).

    `main_sure` and `parcel_sure` say that record and drawing agree, `main_split` and `parcel_split` that both speak
    and name different ones; then the record counts.
    """

    lateral: Rows
    main: Rows
    parcel: Rows
    main_sure: Flags
    parcel_sure: Flags
    main_split: Flags
    parcel_split: Flags

    def __len__(self) -> int:
        return len(self.lateral)

    def taken(self, rows: Rows) -> Ties:
        """Those of some rows, in that order."""
        return Ties(*(getattr(self, each.name)[rows] for each in fields(self)))


def ties_near(query: LayerQuery, segments: Rows, parcels: Rows, rule: LineRule) -> Ties:
    """What the laterals join that have to do with these segments or these parcels; none without such a layer."""
    if not query.has("lateral"):
        none, no = np.empty(0, np.intp), np.empty(0, bool)
        return Ties(none, none, none, no, no, no, no)
    lateral = _laterals(query, segments, parcels, rule)
    lines = query.features("lateral").geometry[lateral]
    drawn_main, main_end = _drawn_main(query, lines, rule)
    named_main = _named(
        query.features("lateral"), lateral, "main_id", query.features("sewer_main"), "facility_id", lines
    )
    drawn_parcel = _drawn_parcel(query, lines, main_end, rule)
    named_parcel = _named_parcel(query, lateral, lines)
    return Ties(
        lateral,
        np.where(named_main >= 0, named_main, drawn_main),
        np.where(named_parcel >= 0, named_parcel, drawn_parcel),
        *_agreement(named_main, drawn_main, named_parcel, drawn_parcel),
    )


def _agreement(named_main: Rows, drawn_main: Rows, named_parcel: Rows, drawn_parcel: Rows) -> tuple[Flags, ...]:
    both = [(named >= 0) & (drawn >= 0) for named, drawn in ((named_main, drawn_main), (named_parcel, drawn_parcel))]
    same = [named_main == drawn_main, named_parcel == drawn_parcel]
    return both[0] & same[0], both[1] & same[1], both[0] & ~same[0], both[1] & ~same[1]


def _laterals(query: LayerQuery, segments: Rows, parcels: Rows, rule: LineRule) -> Rows:
    """The rows of laterals that touch or name one of the segments or parcels, or its meter's account, ascending.

    No lateral of one of the parcels is left out, so what is known of a parcel does not depend on the others.
    """
    laterals = query.features("lateral")
    mains, land = query.features("sewer_main"), query.features("parcel")
    by_main = matching(laterals, "main_id", mains.texts("facility_id")[segments]).feature
    by_parcel = matching(laterals, "parcel_id", land.texts("parcel_id")[parcels]).feature
    touching = query.within("lateral", mains.geometry[segments], rule.lateral_gap_ft, SEWER_LATERALS).feature
    ending = query.within("lateral", land.geometry[parcels], rule.lateral_gap_ft, SEWER_LATERALS).feature
    by_meter = _by_meter(query, land.texts("parcel_id")[parcels])
    found = np.unique(np.concatenate([by_main, by_parcel, by_meter, touching, ending]))
    counts = laterals.once(("selected", SEWER_LATERALS), lambda: laterals.selected(SEWER_LATERALS))
    kept: Rows = found[counts[found]]
    return kept


def _by_meter(query: LayerQuery, parcel_ids: Texts) -> Rows:
    """The laterals of the accounts whose meters name one of some parcels."""
    if not query.has("meter"):
        return np.empty(0, dtype=np.intp)
    meters = query.features("meter")
    here = matching(meters, "parcel_id", parcel_ids).feature
    return matching(query.features("lateral"), "account_id", meters.texts("account_id")[here]).feature


def _ends(lines: Geometries) -> tuple[Geometries, Geometries]:
    return shapely.get_point(lines, 0), shapely.get_point(lines, -1)


def _drawn_main(query: LayerQuery, lines: Geometries, rule: LineRule) -> tuple[Rows, npt.NDArray[np.intp]]:
    """The main in service nearest to an end of each lateral, and which end that is (0 or 1); -1 beyond the gap."""
    found = [
        first_of_each(query.nearest("sewer_main", end, reach_ft=rule.lateral_gap_ft, select=OURS), len(lines))
        for end in _ends(lines)
    ]
    distance = np.array([np.where(row >= 0, away, np.inf) for row, away in found]).reshape(2, len(lines))
    end = np.argmin(distance, axis=0) if len(lines) else np.empty(0, np.intp)
    rows = np.array([row for row, _ in found]).reshape(2, len(lines))
    chosen: Rows = rows[end, np.arange(len(lines))]
    return chosen, np.asarray(end, dtype=np.intp)


def _drawn_parcel(query: LayerQuery, lines: Geometries, main_end: npt.NDArray[np.intp], rule: LineRule) -> Rows:
    """The parcel at the other end of each lateral: the one it lies in, else the nearest within the gap."""
    first, last = _ends(lines)
    far = np.where(main_end == 0, last, first)
    row, _ = first_of_each(query.nearest("parcel", far, reach_ft=rule.lateral_gap_ft), len(lines))
    return row


def _named_parcel(query: LayerQuery, lateral: Rows, lines: Geometries) -> Rows:
    """The parcel that a lateral's record names, else the one of the meter of its account."""
    laterals, land = query.features("lateral"), query.features("parcel")
    own = _named(laterals, lateral, "parcel_id", land, "parcel_id", lines)
    if not query.has("meter"):
        return own
    meters = query.features("meter")
    meter = _named(laterals, lateral, "account_id", meters, "account_id", lines)
    by_meter = np.full(len(lateral), -1, dtype=np.intp)
    known = np.flatnonzero(meter >= 0)
    by_meter[known] = _named(meters, meter[known], "parcel_id", land, "parcel_id", lines[known])
    return np.where(own >= 0, own, by_meter)


def _named(source: Features, rows: Rows, field: str, target: Features, key: str, near: Geometries) -> Rows:
    """The row of `target` that a field names; where several bear the name the nearest, -1 where none does."""
    keys = source.texts(field)[rows]
    found = matching(target, key, keys)
    distance: Floats = shapely.distance(near[found.key], target.geometry[found.feature])
    order = np.lexsort((target.rank[found.feature], distance, found.key))
    named = np.full(len(rows), -1, dtype=np.intp)
    key_rows = found.key[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = key_rows[1:] != key_rows[:-1]
    named[key_rows[first]] = found.feature[order][first]
    return np.where(plain_keys(keys) == "", -1, named)
