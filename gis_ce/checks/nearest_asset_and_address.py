"""Which facility and which address lie nearest to the place?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, OneSite, Sites
from gis_ce.checks.facts import Fact, Facts
from gis_ce.checks.measuring import first_of_each, ids_of
from gis_ce.checks.nearby import ASSET_ROLES
from gis_ce.checks.nearest_address import address_of_one, addresses_of
from gis_ce.checks.wording import feet
from gis_ce.rules import Chosen, RuleBook
from layers.features import Rows
from layers.grid import AT_LIMIT_FT, Floats
from layers.one_query import OnePlaceQuery
from layers.query import LayerQuery

_NOTHING = 0
_REASONS = ("Neither a facility nor an address lies in reach.",)


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """Facts only: the nearest facility of each kind, the nearest of all, and the nearest address."""
    chosen = rulebook.choose("nearest_asset_and_address", sites.day)
    reach = chosen.largest("search_reach_ft")
    return _measures(sites, query, chosen, _assets(sites, query, reach), addresses_of(sites, query, reach))


def measure_one(site: OneSite, rulebook: RuleBook) -> Measures:
    """The same of one site, its facilities in numbers."""
    chosen = rulebook.choose("nearest_asset_and_address", site.sites.day)
    reach = chosen.largest("search_reach_ft")
    return _measures(site.sites, site.query, chosen, _assets_of_one(site.query, reach), address_of_one(site, reach))


def _measures(
    sites: Sites, query: LayerQuery, chosen: Chosen, assets: _Assets, addresses: Mapping[str, Fact]
) -> Measures:
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
