"""Everything on record about a place, its parcel and a day, in one call and for many places at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.assess import assess
from gis_ce.checks.check import Findings, Sites
from gis_ce.checks.contractor_tickets_nearby import tickets_near
from gis_ce.checks.locate_ticket import CHECK as LOCATE_TICKET
from gis_ce.checks.wording import feet
from gis_ce.decision import CONFIDENCE
from gis_ce.research_found import Found, missing, stale_on, with_stale
from gis_ce.research_keys import Keys, other_keys, parcel_ids, parcel_keys
from gis_ce.research_sources import (
    FACILITY_REACH_FT,
    FOUND,
    NONE_FOUND,
    NOT_ASKED,
    PARCEL,
    TABLES,
    TICKETS,
    KeyKind,
    Source,
)
from gis_ce.rules import Chosen, RuleBook
from layers.features import Features, Rows, Texts
from layers.grid import Floats
from layers.query import LayerQuery
from layers.reference import ReferenceTables, linked, matching, with_keys

_NOWHERE = "The place lies in no parcel and the case names none; name the parcel."
_NO_PARCELS = "The layer parcel is not there, so the parcel of the place is not known."
_NO_PLACE = "The place has no position; locate it first."
_NO_RULE = "No rule says how far and how long back tickets are looked for; set one."
_EMPTY_LAYER = "The layer {} has no rows at all, so it cannot say that there is none."
_FOREIGN = "No row of the layer {} names a parcel of the map; see which of its fields holds the parcel's number."
_NEVER = np.datetime64("NaT", "D")
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Research:
    """What every source holds for many places; `keys` are what they were looked up by.

    `neighbours` are further parcels under or so near a point, given how good its position is, that one
    of them may be meant. `ticket` is the answer of the check on locate tickets.
    """

    sites: Sites
    keys: Mapping[KeyKind, Keys]
    neighbours: Keys
    found: Mapping[str, Found]
    ticket: Findings

    def asked_by(self, kind: KeyKind, row: int) -> list[str]:
        """The parcels, accounts or facilities by which one place was looked up."""
        return self.keys[kind].texts_of(row)


def research(
    sites: Sites,
    query: LayerQuery,
    tables: ReferenceTables,
    rulebook: RuleBook,
    confidence: float = CONFIDENCE,
    reach_ft: float = FACILITY_REACH_FT,
) -> Research:
    """Accounts, permits, work orders, deeds, locate tickets and the parcel itself, for each site on its day.

    Cases may bring the details `parcel_id`, `account_id` and `facility_id`. A source that is missing,
    empty, stale or cannot be asked says so; it never reads as none found.
    """
    parcels = parcel_keys(sites, query)
    keys = other_keys(sites, query, parcels, reach_ft)
    found = {PARCEL.name: _parcels(sites, query, parcels)}
    found |= {source.name: _table(source, sites, query, tables, keys) for source in TABLES}
    found[TICKETS.name] = _tickets(sites, query, rulebook)
    ticket = assess(sites, query, rulebook, [LOCATE_TICKET], confidence)[LOCATE_TICKET.name]
    return Research(sites, keys, _neighbours(sites, query, parcels), found, ticket)


def _parcels(sites: Sites, query: LayerQuery, parcels: Keys) -> Found:
    if not query.has("parcel"):
        return missing(PARCEL, sites.day, _NO_PARCELS)
    features = query.features("parcel")
    by_number, by_id = (matching(features, field, parcels.text) for field in ("parcel_id", "id"))
    key, feature = np.r_[by_number.key, by_id.key], np.r_[by_number.feature, by_id.feature]
    asked = _located(sites) | _has_key(parcels, len(sites))
    return _gathered(PARCEL, sites, features, _Hits(parcels.take(key), feature), asked)


def _table(
    source: Source, sites: Sites, query: LayerQuery, tables: ReferenceTables, keys: Mapping[KeyKind, Keys]
) -> Found:
    if not tables.has(source.role):
        reason = f"No table of {source.name.replace('_', ' ')} is there; without it nothing is clear."
        return missing(source, sites.day, reason)
    features, layers = tables.table(source.role), tables.layers(source.role)
    if not len(features):
        return missing(source, sites.day, _EMPTY_LAYER.format(layers[0].name), layers)
    if _is_foreign(features, query):
        return missing(source, sites.day, _FOREIGN.format(layers[0].name), layers)
    asked, parts = np.zeros(len(sites), dtype=np.bool_), []
    for field, kind in source.keys:
        asked |= _has_key(keys[kind], len(sites))
        matches = matching(features, field, keys[kind].text)
        parts.append(_Hits(keys[kind].take(matches.key), matches.feature))
    found = _gathered(source, sites, features, _joined(parts), asked)
    return found if query.has("parcel") else _saying(found, _NO_PARCELS)


def _is_foreign(features: Features, query: LayerQuery) -> bool:
    """Whether a table names parcels, and none of them is on the map."""
    if not query.has("parcel") or not with_keys(features, "parcel_id"):
        return False
    parcels = query.features("parcel")
    return not linked(features, "parcel_id", parcels, "parcel_id") and not linked(features, "parcel_id", parcels, "id")


def _tickets(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Found:
    if not query.has(TICKETS.role):
        return missing(TICKETS, sites.day, "The layer locate_ticket is not there; without it nothing is clear.")
    features, layers = query.features(TICKETS.role), query.layers(TICKETS.role)
    if not len(features):
        return missing(TICKETS, sites.day, _EMPTY_LAYER.format(layers[0].name), layers)
    chosen = rulebook.choose("contractor_tickets_nearby", sites.day)
    pairs, _ = tickets_near(sites, query, chosen)
    told = np.full(len(pairs), "near the place", dtype=object)
    told[pairs.distance_ft == 0] = "on the place"
    hits = _Hits(Keys(pairs.place, told, told), pairs.feature, pairs.distance_ft)
    found = _saying(_gathered(TICKETS, sites, features, hits, _located(sites) & chosen.usable), _NO_RULE)
    return replace(found, scope=_ticket_scope(chosen))


def _ticket_scope(chosen: Chosen) -> Texts:
    """How far tickets were looked for, by the rule of each place's day."""
    said = [
        f"within {feet(rule.number('reach_ft'))}, given from {rule.number('days_before'):.0f} days before the day "
        f"to {rule.number('days_after'):.0f} after it"
        for rule in chosen.rules
    ]
    return np.array([*said, None], dtype=object)[chosen.index]


def _saying(found: Found, reason: str) -> Found:
    """The same, with another reason why a place was not asked."""
    return replace(found, reasons=tuple(reason if said == _NOWHERE else said for said in found.reasons))


@dataclass(frozen=True, slots=True)
class _Hits:
    """The rows that keys met; the same row may be met by several keys of a place."""

    keys: Keys
    feature: Rows
    distance_ft: Floats | None = None


def _joined(parts: Sequence[_Hits]) -> _Hits:
    columns = (np.concatenate([getattr(part.keys, name) for part in parts]) for name in ("place", "text", "told"))
    return _Hits(Keys(*columns), np.concatenate([part.feature for part in parts]))


def _gathered(source: Source, sites: Sites, features: Features, hits: _Hits, asked: Flags) -> Found:
    """The rows of each place once, in order; places that could not be asked say why."""
    place = hits.keys.place
    distance = np.full(len(place), np.nan) if hits.distance_ft is None else hits.distance_ft
    rows = _in_order(source, features, place, hits.feature, distance)
    any_row = np.isin(np.arange(len(sites)), place)
    found = Found(
        source=source,
        day=sites.day,
        status=np.where(asked, np.where(any_row, FOUND, NONE_FOUND), NOT_ASKED).astype(np.int8),
        reason=np.where(asked, -1, np.where(_located(sites), 1, 0)).astype(np.int16),
        reasons=(_NO_PLACE, _NOWHERE),
        layers=tuple(part.version for part in features.parts),
        stale=stale_on(features, sites.day),
        place=place[rows],
        feature=hits.feature[rows],
        by=hits.keys.told[rows],
        distance_ft=distance[rows],
        features=features,
    )
    return with_stale(found)


def _in_order(source: Source, features: Features, place: Rows, feature: Rows, distance_ft: Floats) -> Rows:
    """Each row of a place once, as it was found first: the nearest, then the newest, then by id."""
    code = place * (len(features) + 1) + feature
    rows = np.sort(np.unique(code, return_index=True)[1])
    dates = features.days(source.dated)[feature[rows]] if source.dated else np.full(len(rows), _NEVER)
    age = np.where(np.isnat(dates), np.inf, -dates.astype("datetime64[D]").astype(np.float64))
    return rows[np.lexsort((features.rank[feature[rows]], age, np.nan_to_num(distance_ft[rows]), place[rows]))]


def _located(sites: Sites) -> Flags:
    return np.asarray(~(shapely.is_missing(sites.place) | shapely.is_empty(sites.place)), dtype=np.bool_)


def _has_key(keys: Keys, count: int) -> Flags:
    return np.isin(np.arange(count), keys.place)


def _neighbours(sites: Sites, query: LayerQuery, parcels: Keys) -> Keys:
    """Parcels under a point or within two sigmas of it that it was not looked up by."""
    if not query.has("parcel"):
        return parcels.take(np.empty(0, np.intp))
    features = query.features("parcel")
    reach = 2.0 * np.hypot(sites.sigma_ft, float(features.sigma_ft.max(initial=0.0)))
    pairs = query.within("parcel", sites.place, np.where(shapely.get_dimensions(sites.place) > 0, -1.0, reach))
    ids = parcel_ids(features, pairs.feature)
    own = set(zip(parcels.place.tolist(), parcels.text.tolist(), strict=True))
    others = [pair not in own for pair in zip(pairs.place.tolist(), ids.tolist(), strict=True)]
    rows = np.flatnonzero(np.array(others, dtype=np.bool_))
    return Keys(pairs.place[rows], ids[rows], np.full(len(rows), "near the place", dtype=object))
