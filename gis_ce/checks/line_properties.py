"""The properties on a traced sewer line: by their lateral, else by frontage, each with the reason; and the neighbours
that are not on it, with theirs. Never by a blind buffer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.checks.lateral_ties import Ties, ties_near
from gis_ce.checks.line_frontages import Fronted, Fronts, fronted, fronts_of
from gis_ce.checks.line_rule import LineRule
from layers.errors import LayerMissing
from layers.features import Rows
from layers.grid import Floats
from layers.query import LayerQuery, starts_of

Tie = Literal["lateral", "frontage"]
TIES: tuple[Tie, ...] = ("lateral", "frontage")
Confidence = Literal["high", "medium", "low", "doubtful"]
CONFIDENCES: tuple[Confidence, ...] = ("high", "medium", "low", "doubtful")
"""High: record and drawing of the lateral agree. Medium: one of them speaks. Low: frontage alone. Doubtful: record and
drawing name different ones, or two mains are about as near."""
LeftOutReason = Literal["other_lateral", "nearer_main", "corner_only", "land_between"]
REASONS: tuple[LeftOutReason, ...] = ("other_lateral", "nearer_main", "corner_only", "land_between")
Codes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class OnLine:
    """Parcels on the line, one row each, by parcel id: rows of the parcel and of the segment that ties it.

    `tie` and `confidence` lead into TIES and CONFIDENCES. `distance_ft` is the lateral's length, or how far the edge
    lies from the segment. `lateral` is its row, -1 where the tie is frontage.
    """

    parcel: Rows
    segment: Rows
    tie: Codes
    distance_ft: Floats
    confidence: Codes
    lateral: Rows

    def __len__(self) -> int:
        return len(self.parcel)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Neighbours of the line that are not on it: the nearest segment of the line, how far, and why (into REASONS).

    `main` is the main that the parcel belongs to instead, `lateral` what ties it there; -1 where there is none.
    """

    parcel: Rows
    segment: Rows
    distance_ft: Floats
    reason: Codes
    main: Rows
    lateral: Rows

    def __len__(self) -> int:
        return len(self.parcel)


@dataclass(frozen=True, slots=True)
class LineProperties:
    """Which parcels are on a line, and which neighbours are not."""

    on_line: OnLine
    left_out: LeftOut


def properties_on_line(query: LayerQuery, segments: Rows, rule: LineRule) -> LineProperties:
    """The parcels on some segments (rows of `sewer_main`, in any order); raises LayerMissing without parcels or mains.

    The order of the rows of any layer changes nothing of the answer.
    """
    return properties_on_lines(query, [segments], rule)[0]


def properties_on_lines(query: LayerQuery, lines: Sequence[Rows], rule: LineRule) -> list[LineProperties]:
    """The same for many lines, each as if it were asked alone; what they share is worked out once."""
    for role in ("sewer_main", "parcel"):
        if not query.has(role):
            raise LayerMissing(f"No layer of the role {role} is published here, so no property can be found on a line.")
    if not lines:
        return []
    known = _known(query, np.unique(np.concatenate(lines)), rule)
    return [_of_line(query, known, np.unique(segments)) for segments in lines]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of some segments and the parcels near them: pairs of both, ties and frontages."""

    segment: Rows
    parcel: Rows
    ties: Ties
    fronts: Fronts


def _known(query: LayerQuery, segments: Rows, rule: LineRule) -> _Known:
    near = query.within("parcel", query.features("sewer_main").geometry[segments], rule.frontage_ft)
    ties = ties_near(query, segments, np.unique(near.feature), rule)
    tied = ties.parcel[(ties.parcel >= 0) & np.isin(ties.main, segments)]
    fronts = fronts_of(query, np.union1d(near.feature, tied), rule)
    return _Known(segments[near.place], near.feature, ties, fronts)


def _of_line(query: LayerQuery, known: _Known, segments: Rows) -> LineProperties:
    ties, on_line = known.ties, _flags(len(query.features("sewer_main")), segments)
    near = known.parcel[on_line[known.segment]]
    parcels = np.union1d(near, ties.parcel[(ties.parcel >= 0) & (ties.main >= 0) & on_line[ties.main]])
    asked = _flags(len(query.features("parcel")), parcels)
    here = ties.taken(np.flatnonzero((ties.parcel >= 0) & asked[ties.parcel]))
    fronts = known.fronts.taken(np.flatnonzero(asked[known.fronts.parcel]))
    return _sorted_out(query, segments, parcels, _by_lateral(query, here, parcels, segments), fronts)


def _flags(count: int, rows: Rows) -> npt.NDArray[np.bool_]:
    """Which of all features the rows are; False for the row -1."""
    found = np.zeros(count + 1, dtype=np.bool_)
    found[rows] = True
    return found


@dataclass(frozen=True, slots=True)
class _ByLateral:
    """For each candidate parcel its best lateral to the line, or else to another main; -1 where it has none."""

    main: Rows
    lateral: Rows
    confidence: Codes
    length_ft: Floats
    on_line: npt.NDArray[np.bool_]


def _by_lateral(query: LayerQuery, ties: Ties, parcels: Rows, segments: Rows) -> _ByLateral:
    count = len(parcels)
    known = np.flatnonzero((ties.main >= 0) & np.isin(ties.parcel, parcels))
    on_line = np.isin(ties.main[known], segments)
    confidence = _confidence(ties)[known]
    rank = query.features("lateral").rank[ties.lateral[known]] if len(known) else known
    place = np.searchsorted(parcels, ties.parcel[known])
    order = np.lexsort((rank, confidence, ~on_line, place))
    best = known[order][starts_of(place[order])] if len(known) else known
    at = place[order][starts_of(place[order])] if len(known) else known
    found = _ByLateral(
        np.full(count, -1, np.intp),
        np.full(count, -1, np.intp),
        np.full(count, -1, np.int8),
        np.full(count, np.nan),
        np.zeros(count, bool),
    )
    if len(best):
        found.main[at], found.lateral[at] = ties.main[best], ties.lateral[best]
        found.confidence[at] = _confidence(ties)[best]
        found.length_ft[at] = shapely.length(query.features("lateral").geometry[ties.lateral[best]])
        found.on_line[at] = np.isin(ties.main[best], segments)
    return found


def _confidence(ties: Ties) -> Codes:
    level = np.where(ties.main_sure & ties.parcel_sure, CONFIDENCES.index("high"), CONFIDENCES.index("medium"))
    split = ties.main_split | ties.parcel_split
    return np.where(split, CONFIDENCES.index("doubtful"), level).astype(np.int8)


def _sorted_out(
    query: LayerQuery, segments: Rows, parcels: Rows, by_lateral: _ByLateral, fronts: Fronts
) -> LineProperties:
    front = fronted(fronts, parcels, segments)
    has_lateral = by_lateral.lateral >= 0
    by_front = ~has_lateral & np.isin(front.main, segments)
    included = np.flatnonzero(by_lateral.on_line | by_front)
    excluded = np.flatnonzero(~(by_lateral.on_line | by_front))
    rank = query.features("parcel").rank[parcels]
    included, excluded = included[np.argsort(rank[included])], excluded[np.argsort(rank[excluded])]
    return LineProperties(
        _included(parcels, included, by_lateral, front),
        _left_out(query, segments, parcels, excluded, by_lateral, fronts, front),
    )


def _included(parcels: Rows, rows: Rows, by_lateral: _ByLateral, front: Fronted) -> OnLine:
    tied = by_lateral.on_line[rows]
    alone = np.where(front.contested[rows], CONFIDENCES.index("doubtful"), CONFIDENCES.index("low"))
    return OnLine(
        parcels[rows],
        np.where(tied, by_lateral.main[rows], front.main[rows]),
        np.where(tied, 0, 1).astype(np.int8),
        np.where(tied, by_lateral.length_ft[rows], front.distance_ft[rows]),
        np.where(tied, by_lateral.confidence[rows], alone).astype(np.int8),
        np.where(tied, by_lateral.lateral[rows], -1),
    )


def _left_out(
    query: LayerQuery, segments: Rows, parcels: Rows, rows: Rows, by_lateral: _ByLateral, fronts: Fronts, front: Fronted
) -> LeftOut:
    nearest = _nearest_of_line(query, fronts, segments, parcels[rows])
    has_lateral = by_lateral.lateral[rows] >= 0
    elsewhere = front.main[rows] >= 0
    reason = np.select(
        [has_lateral, elsewhere, ~nearest.long_enough],
        [REASONS.index("other_lateral"), REASONS.index("nearer_main"), REASONS.index("corner_only")],
        REASONS.index("land_between"),
    )
    return LeftOut(
        parcels[rows],
        nearest.segment,
        nearest.distance_ft,
        reason.astype(np.int8),
        np.where(has_lateral, by_lateral.main[rows], front.main[rows]),
        by_lateral.lateral[rows],
    )


@dataclass(frozen=True, slots=True)
class _Nearest:
    segment: Rows
    distance_ft: Floats
    long_enough: npt.NDArray[np.bool_]


def _nearest_of_line(query: LayerQuery, fronts: Fronts, segments: Rows, parcels: Rows) -> _Nearest:
    """The segment of the line nearest to each parcel, and whether the parcel's edge runs along any of the line."""
    order = np.argsort(parcels)
    pair = np.flatnonzero(np.isin(fronts.main, segments) & np.isin(fronts.parcel, parcels))
    place = order[np.searchsorted(parcels[order], fronts.parcel[pair])]
    by_rank = np.lexsort((query.features("sewer_main").rank[fronts.main[pair]], fronts.distance_ft[pair], place))
    pair, place = pair[by_rank], place[by_rank]
    first = starts_of(place)
    segment, distance = np.full(len(parcels), -1, np.intp), np.full(len(parcels), np.nan)
    segment[place[first]], distance[place[first]] = fronts.main[pair[first]], fronts.distance_ft[pair[first]]
    long_enough = np.zeros(len(parcels), bool)
    long_enough[place[fronts.long_enough[pair]]] = True
    return _Nearest(segment, distance, long_enough)
