"""How an availability check explains itself: the measure of the rule first, the others beside it."""

from __future__ import annotations

import math

import shapely

from gis_ce.checks.check import Account, Evidence, Findings, Sites
from gis_ce.checks.service_ways import SEARCH_REACH_FT, Service
from gis_ce.checks.wording import answered, feet, number
from layers.query import LayerQuery


def explain(service: Service, sites: Sites, query: LayerQuery, findings: Findings, row: int) -> Account:
    """The straight line to the main by the rule's measure, and what the other measures give."""
    facts = findings.measures.facts
    evidence = [Evidence(sites.place[row], "site", "place")]
    question = f"{service.name} within {number(float(facts['limit_ft'][row]))} ft"
    parcel_row, main_row = int(facts["parcel_row"][row]), int(findings.measures.feature[row])
    if parcel_row >= 0:
        parcel = query.features("parcel").geometry[parcel_row]
        evidence.append(Evidence(parcel, "parcel", f"parcel {facts['parcel_id'][row]}"))
    elif facts["measured_from"][row] != "site":
        return Account(answered(question, findings, row, "no parcel"), tuple(evidence))
    if main_row < 0:
        along = facts["measured_from"][row] == "frontage"
        where = "along the frontage" if along else f"within {feet(SEARCH_REACH_FT)}"
        said = answered(question, findings, row, f"no main that counts {where}")
        return Account(f"{said}{_beside(findings, row)}", tuple(evidence))
    main = query.features(service.role).geometry[main_row]
    evidence.append(Evidence(main, "main", f"{facts['facility_id'][row]}", service.role))
    start = sites.place[row] if facts["measured_from"][row] == "site" else parcel
    distance = float(facts["distance_ft"][row])
    if distance > 0:
        evidence.append(Evidence(shapely.shortest_line(start, main), "distance", feet(distance)))
    said = f"{answered(question, findings, row, feet(distance))} {_measured(service, findings, row, start, main)}"
    return Account(f"{said}{_beside(findings, row)}", tuple(evidence))


def _measured(service: Service, findings: Findings, row: int, start: shapely.Geometry, main: shapely.Geometry) -> str:
    facts = findings.measures.facts
    name, parcel = f"{service.role.replace('_', ' ')} {facts['facility_id'][row]}", facts["parcel_id"][row]
    if facts["measured_from"][row] == "site":
        return f"Measured straight from the place to {name}."
    if facts["measured_from"][row] == "frontage":
        return f"Measured in the right of way from the frontage of parcel {parcel} to {name}."
    if float(facts["distance_ft"][row]) > 0:
        return f"Measured straight from the edge of parcel {parcel} to {name}."
    crossing = feet(float(shapely.length(shapely.intersection(start, main))))
    return f"{name[:1].upper()}{name[1:]} crosses parcel {parcel} for {crossing}."


def _beside(findings: Findings, row: int) -> str:
    """What the measures that the rule does not ask for give, and whose land the straight connection crosses."""
    facts, by = findings.measures.facts, findings.measures.facts["measured_from"][row]
    parts = []
    if by != "parcel_edge":
        parts += _length("From the parcel's edge", float(facts["edge_distance_ft"][row]))
    if by != "site":
        parts += _length("From the place", float(facts["site_distance_ft"][row]))
    if by != "frontage":
        parts += _length("Along the frontage", float(facts["frontage_distance_ft"][row]))
    if float(facts["frontage_faced_ft"][row]) > 0:
        faced, front = (feet(float(facts[name][row])) for name in ("frontage_faced_ft", "frontage_ft"))
        parts.append(f"The main faces {faced} of {front} of frontage")
    if facts["crosses_parcels"][row]:
        parts.append(f"The straight connection crosses land of others: parcel {facts['crosses_parcels'][row]}")
    return "".join(f" {part}." for part in parts)


def _length(what: str, distance_ft: float) -> list[str]:
    return [] if math.isnan(distance_ft) else [f"{what}: {feet(distance_ft)}"]
