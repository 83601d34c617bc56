"""By which parcels, accounts and facilities a place is looked up, for many places at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gis_ce.checks.check import Sites
from gis_ce.checks.measuring import texts_of
from gis_ce.checks.nearby import ASSET_ROLES
from gis_ce.checks.wording import feet
from gis_ce.research_sources import KeyKind
from layers.features import Features, Rows, Texts
from layers.query import LayerQuery
from layers.reference import matching

_SERVED_ROLES = ("meter", "lateral")
"""Facilities that name the parcel and the account that they serve."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What places are looked up by: which place, the key, and how it was come by, in words."""

    place: Rows
    text: Texts
    told: Texts

    def __len__(self) -> int:
        return len(self.place)

    def texts_of(self, row: int) -> list[str]:
        """The keys of one place."""
        return [str(text) for text in self.text[self.place == row]]

    def take(self, rows: Rows) -> Keys:
        """The keys of the given rows."""
        return Keys(self.place[rows], self.text[rows], self.told[rows])


def parcel_keys(sites: Sites, query: LayerQuery) -> Keys:
    """The parcel that a case names, else those that its place lies in or touches."""
    named = _named(sites, "parcel_id", "named by the case")
    if not query.has("parcel"):
        return named
    on = query.intersecting("parcel", sites.place)
    rows = np.flatnonzero(~np.isin(on.place, named.place))
    ids = parcel_ids(query.features("parcel"), on.feature[rows])
    return _once([named, Keys(on.place[rows], ids, _same("under the place", len(rows)))])


def parcel_ids(parcels: Features, rows: Rows) -> Texts:
    """The parcel numbers of rows; where one has none, the id of its feature."""
    known = texts_of(parcels, "parcel_id", rows)
    empty = np.array([text is None for text in known], dtype=bool)
    known[empty] = parcels.ids[rows[empty]]
    return known


def other_keys(sites: Sites, query: LayerQuery, parcels: Keys, reach_ft: float) -> Mapping[KeyKind, Keys]:
    """The facilities around a place and of its parcels, and the accounts that these serve."""
    served = [
        keys for role in _SERVED_ROLES if query.has(role) for keys in _served(query.features(role), role, parcels)
    ]
    facilities = [_named(sites, "facility_id", "named by the case"), *(keys for keys, _ in served)]
    facilities += [_nearest(sites, query, role, reach_ft) for role in ASSET_ROLES if query.has(role)]
    accounts = [_named(sites, "account_id", "named by the case"), *(keys for _, keys in served)]
    return {"parcel": parcels, "facility": _once(facilities), "account": _once(accounts)}


def _named(sites: Sites, detail: str, told: str) -> Keys:
    texts = sites.detail(detail)
    place = np.flatnonzero(np.array([bool(str(text or "").strip()) for text in texts], dtype=bool))
    return Keys(place, np.array([str(texts[row]).strip() for row in place], dtype=object), _same(told, len(place)))


def _served(features: Features, role: str, parcels: Keys) -> list[tuple[Keys, Keys]]:
    """The facilities that serve the parcels, as keys of facilities and as keys of accounts."""
    found = matching(features, "parcel_id", parcels.text)
    place, on = parcels.place[found.key], parcels.text[found.key]
    ids = facility_ids(features, found.feature)
    told = _texts([f"{role} on parcel {parcel}" for parcel in on])
    of_account = _texts([f"{role} {name} on parcel {parcel}" for name, parcel in zip(ids, on, strict=True)])
    accounts = texts_of(features, "account_id", found.feature)
    known = np.flatnonzero(np.array([text is not None for text in accounts], dtype=bool))
    return [(Keys(place, ids, told), Keys(place, accounts, of_account).take(known))]


def _nearest(sites: Sites, query: LayerQuery, role: str, reach_ft: float) -> Keys:
    pairs = query.nearest(role, sites.place, reach_ft=reach_ft)
    told = [f"nearest {role.replace('_', ' ')}, {feet(float(distance))}" for distance in pairs.distance_ft]
    return Keys(pairs.place, facility_ids(query.features(role), pairs.feature), _texts(told))


def facility_ids(features: Features, rows: Rows) -> Texts:
    """The facility numbers of rows; where one has none, the id of its feature."""
    known = texts_of(features, "facility_id", rows)
    empty = np.array([text is None for text in known], dtype=bool)
    known[empty] = features.ids[rows[empty]]
    return known


def _once(several: Sequence[Keys]) -> Keys:
    """All keys, each of a place once: as it was come by first."""
    place = np.concatenate([keys.place for keys in several]).astype(np.intp)
    text = np.concatenate([keys.text for keys in several])
    told = np.concatenate([keys.told for keys in several])
    first = dict[tuple[int, str], int]()
    for row, key in enumerate(zip(place.tolist(), (str(word).strip().upper() for word in text), strict=True)):
        first.setdefault(key, row)
    rows = np.array(sorted(first.values()), dtype=np.intp)
    rows = rows[np.argsort(place[rows], kind="stable")]
    return Keys(place[rows], text[rows], told[rows])


def _same(told: str, count: int) -> Texts:
    return np.full(count, told, dtype=object)


def _texts(words: Sequence[str]) -> Texts:
    return np.array(words, dtype=object)
