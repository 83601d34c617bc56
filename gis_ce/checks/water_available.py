"""Is water available within the rule's distance of the parcel?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, Sites
from gis_ce.checks.measuring import first_of_each, first_pair, ids_of, sigmas_of
from gis_ce.checks.wording import answered, feet, number
from gis_ce.rules import Chosen, Rule, RuleBook
from layers.catalog import ABANDONED, PRIVATE
from layers.features import Rows, Selection
from layers.grid import AT_LIMIT_FT, Floats, Geometries
from layers.query import LayerQuery, Pairs

SEARCH_REACH_FT = 5000.0
"""How far mains are looked for; with none in reach the answer is no, by at least this much."""

_NO_PARCEL, _PARCELS_DIFFER = 0, 1
_REASONS = (
    "The place lies in no parcel; say which parcel is meant.",
    "The place lies on several parcels that give different answers; say which parcel is meant.",
)


def counted(rule: Rule) -> Selection:
    """The mains that count under a rule: in service, the utility's, and of a use that may be tapped."""
    return Selection(
        (("owner", PRIVATE), ("status", ABANDONED), ("use", rule.texts("not_counted_use"))),
    )


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """The rule's limit less the distance from the parcel's edge to the nearest main that counts."""
    chosen = rulebook.choose("water_availability", sites.day)
    mains, parcels = query.features("water_main"), query.features("parcel")
    on_parcel = query.intersecting("parcel", sites.place)
    main_of_pair, distance_of_pair = _nearest_mains(on_parcel, chosen, query)
    limit = chosen.numbers("limit_ft")
    pair = first_pair(on_parcel, len(sites))
    parcel = np.append(on_parcel.feature, -1)[pair]
    main = np.append(main_of_pair, -1)[pair]
    distance = np.append(distance_of_pair, np.nan)[pair]
    yes = _is_yes(limit[on_parcel.place] - distance_of_pair, chosen.limit_included[on_parcel.place])
    differing = _differing(on_parcel, yes, len(sites))
    return Measures(
        limit - distance,
        chosen,
        role="water_main",
        feature=main,
        layer_sigma_ft=np.hypot(sigmas_of(mains, main), sigmas_of(parcels, parcel)),
        reason=np.select([pair < 0, differing], [_NO_PARCEL, _PARCELS_DIFFER], -1).astype(np.int16),
        reasons=_REASONS,
        facts={
            "distance_ft": np.where(main >= 0, distance, np.nan),
            "limit_ft": limit,
            "parcel_id": ids_of(parcels, parcel),
            "parcel_row": parcel,
            "facility_id": ids_of(mains, main),
        },
    )


def _nearest_mains(on_parcel: Pairs, chosen: Chosen, query: LayerQuery) -> tuple[Rows, Floats]:
    """For each pair of place and parcel, the nearest main that counts (-1: none) and its distance."""
    main = np.full(len(on_parcel), -1, dtype=np.intp)
    distance = np.full(len(on_parcel), SEARCH_REACH_FT)
    shapes: Geometries = query.features("parcel").geometry
    for index, rule in enumerate(chosen.rules):
        rows = np.flatnonzero(chosen.index[on_parcel.place] == index)
        if not len(rows):
            continue
        asked, back = np.unique(on_parcel.feature[rows], return_inverse=True)
        near = query.nearest("water_main", shapes[asked], reach_ft=SEARCH_REACH_FT, select=counted(rule))
        feature, found = first_of_each(near, len(asked))
        main[rows] = feature[back]
        distance[rows] = np.where(feature < 0, SEARCH_REACH_FT, found)[back]
    return main, distance


def _is_yes(margin: Floats, included: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    return np.asarray(np.where(np.abs(margin) <= AT_LIMIT_FT, included, margin > 0), dtype=np.bool_)


def _differing(pairs: Pairs, yes: npt.NDArray[np.bool_], count: int) -> npt.NDArray[np.bool_]:
    every = np.bincount(pairs.place, minlength=count)
    positive = np.bincount(pairs.place, weights=yes, minlength=count)
    return np.asarray((positive > 0) & (positive < every), dtype=np.bool_)


def explain(sites: Sites, query: LayerQuery, findings: Findings, row: int) -> Account:
    """The straight line from the parcel's edge to the main."""
    facts = findings.measures.facts
    evidence = [Evidence(sites.place[row], "site", "place")]
    limit = float(facts["limit_ft"][row])
    question = f"Water within {number(limit)} ft"
    parcel_row, main_row = int(facts["parcel_row"][row]), int(findings.measures.feature[row])
    if parcel_row < 0:
        return Account(answered(question, findings, row, "no parcel"), tuple(evidence))
    parcel = query.features("parcel").geometry[parcel_row]
    evidence.append(Evidence(parcel, "parcel", f"parcel {facts['parcel_id'][row]}"))
    if main_row < 0:
        fact = f"no main that counts within {feet(SEARCH_REACH_FT)}"
        return Account(answered(question, findings, row, fact), tuple(evidence))
    main = query.features("water_main").geometry[main_row]
    evidence.append(Evidence(main, "main", f"{facts['facility_id'][row]}", "water_main"))
    distance = float(facts["distance_ft"][row])
    if distance > 0:
        evidence.append(Evidence(shapely.shortest_line(parcel, main), "distance", feet(distance)))
    return Account(_sentence(question, findings, row, distance, parcel, main), tuple(evidence))


def _sentence(
    question: str, findings: Findings, row: int, distance: float, parcel: shapely.Geometry, main: shapely.Geometry
) -> str:
    facts = findings.measures.facts
    name, where = facts["facility_id"][row], f"parcel {facts['parcel_id'][row]}"
    if distance > 0:
        said = answered(question, findings, row, feet(distance))
        return f"{said} Measured straight from the edge of {where} to water main {name}."
    crossing = feet(float(shapely.length(shapely.intersection(parcel, main))))
    return answered(question, findings, row, f"water main {name} crosses {where} for {crossing}")


CHECK = Check(
    name="water_available",
    question="Is water available within the rule's distance of the parcel?",
    answers=("yes", "no"),
    roles=("water_main", "parcel"),
    measure=measure,
    explain=explain,
    rule_subject="water_availability",
)
