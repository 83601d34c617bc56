"""Which facility and which address lie nearest to the place?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, OneSite, Sites
from gis_ce.checks.facts import Fact, Facts
from gis_ce.checks.measuring import first_of_each, ids_of
from gis_ce.checks.nearby import ASSET_ROLES
from gis_ce.checks.wording import feet
from gis_ce.rules import Chosen, RuleBook
from layers.features import Rows
from layers.grid import AT_LIMIT_FT, Floats
from layers.one_query import OnePlaceQuery
from layers.outlines import position_in_group
from layers.query import LayerQuery, Pairs

_NOTHING = 0
_REASONS = ("Neither a facility nor an address lies in reach.",)
_ADDRESS_FACTS = ("address", "address_id", "address_distance_ft", "address_row", "address_found")


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """Facts only: the nearest facility of each kind, the nearest of all, and the nearest address."""
    chosen = rulebook.choose("nearest_asset_and_address", sites.day)
    return _measures(sites, query, chosen, _assets(sites, query, chosen.largest("search_reach_ft")))


def measure_one(site: OneSite, rulebook: RuleBook) -> Measures:
    """The same of one site, its facilities in numbers."""
    chosen = rulebook.choose("nearest_asset_and_address", site.sites.day)
    return _measures(site.sites, site.query, chosen, _assets_of_one(site.query, chosen.largest("search_reach_ft")))


def _measures(sites: Sites, query: LayerQuery, chosen: Chosen, assets: _Assets) -> Measures:
    addresses = _addresses(sites, query, chosen.largest("search_reach_ft"))
    nothing = (assets.row < 0) & (addresses["address_row"] < 0)
    return Measures(
        np.full(len(sites), np.nan),
        chosen,
        feature=assets.row,
        layer_sigma_ft=np.zeros(len(sites)),
        reason=np.where(nothing, _NOTHING, -1).astype(np.int16),
        reasons=_REASONS,
        facts=Facts(
            {"facility_row": assets.row, "facility_distance_ft": assets.distance_ft, **assets.each_ft, **addresses},
            {
                ("facility_id", "facility_role"): lambda: _named(assets, query),
                **{(f"{role}_id",): partial(_ids, assets, role, query) for role in assets.found},
            },
        ),
    )


@dataclass(frozen=True, slots=True)
class _Assets:
    """For each site the nearest facility of all: its role (a number in `found`), row (-1: none) and distance.

    `found` has for each role the row of its nearest one, `each_ft` the distances as facts.
    """

    kind: npt.NDArray[np.int8]
    row: Rows
    distance_ft: Floats
    found: dict[str, Rows]
    each_ft: dict[str, Fact]


def _assets(sites: Sites, query: LayerQuery, reach_ft: float) -> _Assets:
    count = len(sites)
    best, row, kind = np.full(count, np.inf), np.full(count, -1, dtype=np.intp), np.full(count, -1, dtype=np.int8)
    rows, each_ft = {}, {}
    for number, role in enumerate(role for role in ASSET_ROLES if query.has(role)):
        found, distance = first_of_each(query.nearest(role, sites.place, reach_ft=reach_ft), count)
        rows[role], each_ft[f"{role}_distance_ft"] = found, distance
        closer = distance < best - AT_LIMIT_FT
        if closer.any():
            best[closer], row[closer], kind[closer] = distance[closer], found[closer], number
    return _Assets(kind, row, np.where(row >= 0, best, np.nan), rows, each_ft)


def _assets_of_one(query: OnePlaceQuery, reach_ft: float) -> _Assets:
    best, row, kind, found = np.inf, -1, -1, {}
    for number, role in enumerate(role for role in ASSET_ROLES if query.has(role)):
        found[role] = query.nearest_one(role, reach_ft)
        if found[role][1] < best - AT_LIMIT_FT:
            (row, best), kind = found[role], number
    return _Assets(
        np.array([kind], dtype=np.int8),
        np.array([row]),
        np.array([best if row >= 0 else np.nan]),
        {role: np.array([near]) for role, (near, _) in found.items()},
        {f"{role}_distance_ft": np.array([apart]) for role, (_, apart) in found.items()},
    )


def _ids(assets: _Assets, role: str, query: LayerQuery) -> dict[str, Fact]:
    return {f"{role}_id": ids_of(query.features(role), assets.found[role])}


def _named(assets: _Assets, query: LayerQuery) -> dict[str, Fact]:
    """The id and the role of each site's nearest facility; None where it has none."""
    name, roles = np.full(len(assets.row), None, dtype=object), np.array([*assets.found, None], dtype=object)
    for number, role in enumerate(assets.found):
        at = np.flatnonzero(assets.kind == number)
        name[at] = ids_of(query.features(role), assets.row[at])
    return {"facility_id": name, "facility_role": roles[assets.kind]}


def _addresses(sites: Sites, query: LayerQuery, reach_ft: float) -> dict[str, Fact]:
    """The nearest address on the place's own parcel, else the nearest of all; nothing without such a layer."""
    count = len(sites)
    if not query.has("address"):
        none = np.full(count, None, dtype=object)
        nowhere, no_row = np.full(count, np.nan), np.full(count, -1, dtype=np.intp)
        return dict(zip(_ADDRESS_FACTS, (none, none, nowhere, no_row, none), strict=True))
    addresses = query.features("address")
    row, distance = first_of_each(query.nearest("address", sites.place, reach_ft=reach_ft), count)
    own, own_distance = _on_own_parcel(sites, query)
    by_parcel = own >= 0
    row, distance = np.where(by_parcel, own, row), np.where(by_parcel, own_distance, distance)
    text = np.full(count, None, dtype=object)
    text[row >= 0] = addresses.texts("full_address")[row[row >= 0]]
    how = np.full(count, None, dtype=object)
    how[row >= 0] = "nearest"
    how[by_parcel] = "on the same parcel"
    return dict(zip(_ADDRESS_FACTS, (text, ids_of(addresses, row), distance, row, how), strict=True))


def _on_own_parcel(sites: Sites, query: LayerQuery) -> tuple[Rows, Floats]:
    parcels, addresses = query.features("parcel"), query.features("address")
    on = query.intersecting("parcel", sites.place)
    asked, back = np.unique(on.feature, return_inverse=True)
    inside = query.intersecting("address", parcels.geometry[asked])
    place, address = _joined(on, back, inside)
    distance = shapely.distance(sites.place[place], addresses.geometry[address])
    order = np.lexsort((addresses.rank[address], distance, place))
    pairs = Pairs(place[order], address[order], distance[order])
    return _nearest_by_rank(pairs, query, len(sites))


def _joined(on: Pairs, parcel_number: Rows, inside: Pairs) -> tuple[Rows, Rows]:
    """Every pair of a place and an address on one parcel of the place."""
    starts = np.searchsorted(inside.place, parcel_number, side="left")
    sizes = np.searchsorted(inside.place, parcel_number, side="right") - starts
    return np.repeat(on.place, sizes), inside.feature[np.repeat(starts, sizes) + position_in_group(sizes)]


def _nearest_by_rank(pairs: Pairs, query: LayerQuery, count: int) -> tuple[Rows, Floats]:
    """The nearest address of each place; of those within 0.01 ft of the nearest the smallest id."""
    _, least = first_of_each(pairs, count)
    tied = np.flatnonzero(pairs.distance_ft <= least[pairs.place] + AT_LIMIT_FT)
    rank = query.features("address").rank[pairs.feature[tied]]
    order = tied[np.lexsort((rank, pairs.place[tied]))]
    return first_of_each(Pairs(pairs.place[order], pairs.feature[order], pairs.distance_ft[order]), count)


def explain(sites: Sites, query: LayerQuery, findings: Findings, row: int) -> Account:
    """The nearest facility and address, with lines to them."""
    facts, place = findings.measures.facts, sites.place[row]
    evidence = [Evidence(place, "site", "place")]
    said = []
    facility, address = int(facts["facility_row"][row]), int(facts["address_row"][row])
    if facility >= 0:
        role, distance = str(facts["facility_role"][row]), feet(float(facts["facility_distance_ft"][row]))
        shape = query.features(role).geometry[facility]
        evidence.append(Evidence(shape, "facility", f"{role.replace('_', ' ')} {facts['facility_id'][row]}", role))
        evidence.append(Evidence(shapely.shortest_line(place, shape), "distance", distance))
        said.append(f"Nearest facility: {role.replace('_', ' ')} {facts['facility_id'][row]} ({distance}).")
    if address >= 0:
        point = query.features("address").geometry[address]
        evidence.append(Evidence(point, "address", str(facts["address"][row])))
        distance = feet(float(facts["address_distance_ft"][row]))
        said.append(f"Nearest address: {facts['address'][row]} ({facts['address_found'][row]}, {distance}).")
    reason = findings.reason_of(row)
    said = [*(said or ["Nothing found."]), *([reason] if reason else [])]
    return Account(" ".join(said), tuple(evidence))


CHECK = Check(
    name="nearest_asset_and_address",
    question="Which facility and which address lie nearest?",
    answers=(),
    roles=("parcel",),
    also=("address", *ASSET_ROLES),
    told=("address",),
    measure=measure,
    measure_one=measure_one,
    explain=explain,
    rule_subject="nearest_asset_and_address",
)
