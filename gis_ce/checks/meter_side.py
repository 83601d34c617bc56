"""Does the place lie in front of the meter, on the main's side, or behind it?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, Sites
from gis_ce.checks.measuring import IN_SERVICE, OURS, first_of_each, first_pair, ids_of, sigmas_of
from gis_ce.checks.service_line import positions_along, service_lines
from gis_ce.checks.wording import answered, feet
from gis_ce.decision import first_where_positive
from gis_ce.rules import Chosen, RuleBook
from layers.catalog import ABANDONED
from layers.features import Rows, Selection
from layers.grid import AT_LIMIT_FT, Floats, Geometries
from layers.query import LayerQuery

WATER_LATERALS = Selection((("status", ABANDONED), ("service", ("sewer",))))
"""The laterals that can have a meter; who owns them does not matter."""

BY_LATERAL, BY_MAIN = "lateral", "meter and main"

_NO_METER, _NO_MAIN, _METERS_DIFFER, _METER_ON_MAIN = range(4)
_REASONS = (
    "No meter lies in reach; find the meter.",
    "Neither a lateral with a meter nor a water main lies in reach, so there is no front; find the lateral.",
    "Several meters stand on this lateral, and they give different answers; say which meter is meant.",
    "The meter stands on the main by the map, so there is no side; find the lateral.",
)


@dataclass
class _Sides:
    """One row a site; filled by the lateral first, then by meter and main where no lateral tells."""

    margin_ft: Floats
    meter: Rows
    lateral: Rows
    main: Rows
    at_ft: Floats
    meter_at_ft: Floats
    sigma_ft: Floats
    reason: npt.NDArray[np.int16]

    @property
    def open_rows(self) -> Rows:
        return np.flatnonzero(np.isnan(self.margin_ft) & (self.reason < 0))


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """How many feet before the meter the place lies, along the line from the main; negative behind it."""
    chosen = rulebook.choose("meter_side", sites.day)
    sides = _empty(len(sites))
    places = shapely.centroid(sites.place)
    if query.has("lateral") and query.has("water_main"):
        _by_lateral(sides, places, chosen, query)
    _by_main(sides, places, chosen, query)
    found = ~np.isnan(sides.margin_ft)
    basis = np.where(sides.lateral >= 0, BY_LATERAL, BY_MAIN).astype(object)
    basis[~found] = None
    laterals = ids_of(query.features("lateral"), sides.lateral) if query.has("lateral") else basis.copy()
    if not query.has("lateral"):
        laterals[:] = None
    return Measures(
        sides.margin_ft,
        chosen,
        role="meter",
        feature=sides.meter,
        layer_sigma_ft=sides.sigma_ft,
        reason=sides.reason,
        reasons=_REASONS,
        facts={
            "basis": basis,
            "meter_id": ids_of(query.features("meter"), sides.meter),
            "lateral_id": laterals,
            "lateral_row": sides.lateral,
            "main_row": sides.main,
            "place_along_ft": sides.at_ft,
            "meter_along_ft": sides.meter_at_ft,
        },
    )


def _empty(count: int) -> _Sides:
    def none() -> Rows:
        return np.full(count, -1, dtype=np.intp)

    def unknown() -> Floats:
        return np.full(count, np.nan)

    reason = np.full(count, -1, dtype=np.int16)
    return _Sides(unknown(), none(), none(), none(), unknown(), unknown(), np.zeros(count), reason)


def _reach(chosen: Chosen, name: str) -> float:
    return float(np.nanmax(chosen.numbers(name), initial=0.0))


def _by_lateral(sides: _Sides, places: Geometries, chosen: Chosen, query: LayerQuery) -> None:
    """Along the place's lateral, where it has a meter and leads to a main."""
    reach = _reach(chosen, "search_reach_ft")
    lateral = _laterals(places, reach, _reach(chosen, "meter_to_lateral_ft"), query)
    near = np.flatnonzero(lateral >= 0)
    asked, back = np.unique(lateral[near], return_inverse=True)
    lines = service_lines(asked, query, reach)
    meters = query.within("meter", lines.lateral, _reach(chosen, "meter_to_lateral_ft"), IN_SERVICE)
    usable = ~shapely.is_missing(lines.prolonged)
    meter_at = np.full(len(meters), np.nan)
    kept = usable[meters.place]
    meter_at[kept] = positions_along(
        lines.prolonged[meters.place[kept]], query.features("meter").geometry[meters.feature[kept]]
    )
    first = first_pair(meters, len(asked))
    rows = np.flatnonzero((first[back] >= 0) & usable[back])
    site, line = near[rows], back[rows]
    at = positions_along(lines.prolonged[line], places[site])
    chief = first[line]
    margin = meter_at[chief] - at
    sides.margin_ft[site], sides.at_ft[site], sides.meter_at_ft[site] = margin, at, meter_at[chief]
    sides.meter[site], sides.lateral[site] = meters.feature[chief], lateral[site]
    sides.main[site] = lines.main[line]
    lateral_sigma = sigmas_of(query.features("lateral"), sides.lateral[site])
    sides.sigma_ft[site] = np.hypot(lateral_sigma, sigmas_of(query.features("meter"), sides.meter[site]))
    low, high = np.full(len(asked), np.inf), np.full(len(asked), -np.inf)
    np.minimum.at(low, meters.place[kept], meter_at[kept])
    np.maximum.at(high, meters.place[kept], meter_at[kept])
    included = chosen.limit_included[site]
    differ = first_where_positive(low[line] - at, included) != first_where_positive(high[line] - at, included)
    sides.reason[site[differ]] = _METERS_DIFFER


def _laterals(places: Geometries, reach_ft: float, meter_to_lateral_ft: float, query: LayerQuery) -> Rows:
    """The lateral nearest to each place; where a meter is nearer, that meter's lateral; -1 for none."""
    near = query.nearest("lateral", places, reach_ft=reach_ft, select=WATER_LATERALS)
    lateral, distance = first_of_each(near, len(places))
    meter, to_meter = first_of_each(query.nearest("meter", places, reach_ft=reach_ft, select=IN_SERVICE), len(places))
    by_meter = np.flatnonzero((meter >= 0) & ~(distance <= to_meter + AT_LIMIT_FT))
    points = query.features("meter").geometry[meter[by_meter]]
    of_meter = query.nearest("lateral", points, reach_ft=meter_to_lateral_ft, select=WATER_LATERALS)
    lateral[by_meter] = first_of_each(of_meter, len(by_meter))[0]
    return lateral


def _by_main(sides: _Sides, places: Geometries, chosen: Chosen, query: LayerQuery) -> None:
    """Along the straight line from the nearest main to the meter nearest to the place."""
    rows = sides.open_rows
    reach = _reach(chosen, "search_reach_ft")
    meter, _ = first_of_each(query.nearest("meter", places[rows], reach_ft=reach, select=IN_SERVICE), len(rows))
    sides.reason[rows[meter < 0]] = _NO_METER
    rows, meter = rows[meter >= 0], meter[meter >= 0]
    if not query.has("water_main"):
        sides.reason[rows] = _NO_MAIN
        return
    meters, mains = query.features("meter"), query.features("water_main")
    points = meters.geometry[meter]
    main, distance = first_of_each(query.nearest("water_main", points, reach_ft=reach, select=OURS), len(rows))
    sides.reason[rows[main < 0]] = _NO_MAIN
    sides.reason[rows[distance <= AT_LIMIT_FT]] = _METER_ON_MAIN
    kept = np.flatnonzero(distance > AT_LIMIT_FT)
    rows, meter, main, distance = rows[kept], meter[kept], main[kept], distance[kept]
    way = shapely.shortest_line(mains.geometry[main], points[kept])
    start, end = (shapely.get_coordinates(shapely.get_point(way, number)) for number in (0, 1))
    offset = shapely.get_coordinates(places[rows]) - start
    at = np.einsum("ij,ij->i", offset, end - start) / distance
    sides.margin_ft[rows], sides.at_ft[rows], sides.meter_at_ft[rows] = distance - at, at, distance
    sides.meter[rows], sides.main[rows] = meter, main
    sides.sigma_ft[rows] = np.hypot(sigmas_of(meters, meter), sigmas_of(mains, main))


def explain(sites: Sites, query: LayerQuery, findings: Findings, row: int) -> Account:
    """The position along the lateral, or along the line from main to meter, and what that basis is worth."""
    facts, margin = findings.measures.facts, float(findings.measures.margin_ft[row])
    evidence = [Evidence(sites.place[row], "site", "place")]
    meter = int(findings.measures.feature[row])
    question = "Front or behind the meter"
    if meter < 0 or facts["basis"][row] is None:
        return Account(answered(question, findings, row, "no meter with a lateral or a main"), tuple(evidence))
    name, by_lateral = facts["meter_id"][row], facts["basis"][row] == BY_LATERAL
    shape = query.features("meter").geometry[meter]
    evidence.append(Evidence(shape, "facility", f"meter {name}", "meter"))
    if by_lateral:
        lateral = query.features("lateral").geometry[int(facts["lateral_row"][row])]
        evidence.append(Evidence(lateral, "facility", f"lateral {facts['lateral_id'][row]}", "lateral"))
    main = query.features("water_main")
    main_row = int(facts["main_row"][row])
    evidence.append(Evidence(main.geometry[main_row], "main", str(main.ids[main_row]), "water_main"))
    side = "before" if margin >= 0 else "beyond"
    said = answered(question, findings, row, f"{feet(abs(margin))} {side} meter {name}, counted from the main")
    if by_lateral:
        return Account(f"{said} Measured along lateral {facts['lateral_id'][row]}.", tuple(evidence))
    weak = "No lateral with a meter is on the map here: taken from the meter and the nearest main, a weaker basis."
    return Account(f"{said} {weak}", tuple(evidence))


CHECK = Check(
    name="meter_side",
    question="Does the place lie in front of the meter or behind it?",
    answers=("front", "behind"),
    roles=("meter",),
    also=("lateral", "water_main"),
    measure=measure,
    explain=explain,
    rule_subject="meter_side",
)
