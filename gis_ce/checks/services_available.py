"""Which services can the parcel be connected to: both availability checks in one answer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.checks import sewer_available, water_available
from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, Sites
from gis_ce.checks.facts import Fact
from gis_ce.checks.other_land import both
from gis_ce.checks.service_ways import SEWER, WATER
from gis_ce.checks.wording import answered, feet
from gis_ce.decision import Integrated, first_where_positive, joint_sigma_ft, straight_edge
from gis_ce.rules import Chosen, RuleBook
from layers.grid import Floats
from layers.query import LayerQuery

ANSWERS = ("sewer_only", "water_only", "both", "neither")
_BY_WATER_AND_SEWER = np.array([[3, 0], [1, 2]], dtype=np.int8)
"""The answer by (water: no, yes) and (sewer: no, yes)."""

Bools = npt.NDArray[np.bool_]


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """The joint answer; the margin is that of the service that is nearer to turning, in sigmas.

    Undecided where either is. The rule quoted is the weaker of the two by its status, else that of the
    service the answer turned on.
    """
    water, sewer = (check.measure(sites, query, rulebook) for check in (water_available, sewer_available))
    steps = [_in_sigmas(one, sites) for one in (water, sewer)]
    on_water = np.where(
        steps[0] == steps[1], np.abs(water.margin_ft) <= np.abs(sewer.margin_ft), ~(steps[1] < steps[0])
    ).astype(bool)
    joint = both(_integrated(water), _integrated(sewer))
    feature = np.where(on_water, water.feature, sewer.feature)
    return Measures(
        np.where(_measured(water, sewer), np.abs(np.where(on_water, water.margin_ft, sewer.margin_ft)), np.nan),
        _weaker(water.chosen, sewer.chosen, on_water),
        feature=feature,
        layer_sigma_ft=np.where(on_water, water.layer_sigma_ft, sewer.layer_sigma_ft),
        probability=joint.probability,
        seen=joint.seen,
        answer=_answer(water, sewer),
        reason=_reason(water, sewer),
        reasons=(*_REASONS, *water.reasons, *_of("Water", water), *_of("Sewer", sewer)),
        facts=_facts(water, sewer, on_water),
    )


_NO_WATER_RULE, _NO_SEWER_RULE = 0, 1
_REASONS = tuple(
    f"No rule on {service.subject.replace('_', ' ')} with a known number is in force on this day."
    for service in (WATER, SEWER)
)


def _of(service: str, measures: Measures) -> tuple[str, ...]:
    return tuple(f"{service}: {reason}" for reason in measures.reasons)


def _measured(water: Measures, sewer: Measures) -> Bools:
    return ~(np.isnan(water.margin_ft) | np.isnan(sewer.margin_ft))


def _in_sigmas(measures: Measures, sites: Sites) -> Floats:
    """How many sigmas of doubt lie between a service and its limit; infinite where there is no doubt."""
    sigma = joint_sigma_ft(sites.sigma_ft, measures.layer_sigma_ft)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sigma > 0, np.abs(measures.margin_ft) / sigma, np.inf)


def _integrated(measures: Measures) -> Integrated:
    if measures.probability is None or measures.seen is None:
        return straight_edge(measures.margin_ft, measures.layer_sigma_ft)
    return Integrated(measures.probability, measures.seen)


def _yes(measures: Measures) -> Bools:
    return np.asarray(first_where_positive(measures.margin_ft, measures.chosen.limit_included) == 0, dtype=np.bool_)


def _answer(water: Measures, sewer: Measures) -> npt.NDArray[np.int8]:
    joint = _BY_WATER_AND_SEWER[_yes(water).astype(np.intp), _yes(sewer).astype(np.intp)]
    return np.where(_measured(water, sewer), joint, -1).astype(np.int8)


def _reason(water: Measures, sewer: Measures) -> npt.NDArray[np.int16]:
    """A rule that is not there; what holds for both alike; then water's own reason, then sewer's."""
    of_water, of_sewer = _own_reason(water), _own_reason(sewer)
    first, many = len(_REASONS), len(water.reasons)
    alike = (of_water >= 0) & (of_water == of_sewer)
    conditions = [~water.chosen.usable, ~sewer.chosen.usable, alike, of_water >= 0, of_sewer >= 0]
    none = np.zeros(len(of_water), dtype=np.int16)
    codes = [none + _NO_WATER_RULE, none + _NO_SEWER_RULE, of_water + first, of_water + first + many]
    codes.append(of_sewer + first + 2 * many)
    return np.asarray(np.select(conditions, codes, none - 1), dtype=np.int16)


def _own_reason(measures: Measures) -> npt.NDArray[np.int16]:
    if measures.reason is None:
        return np.full(len(measures.margin_ft), -1, dtype=np.int16)
    return measures.reason


def _weaker(water: Chosen, sewer: Chosen, on_water: Bools) -> Chosen:
    """Of the two rules in force the one with the weaker status, so that no doubt is lost."""
    strength = [_strength(one) for one in (water, sewer)]
    of_water = np.where(strength[0] == strength[1], on_water, strength[0] < strength[1])
    moved = np.where(sewer.index >= 0, sewer.index + len(water.rules), -1)
    index = np.where(of_water, water.index, moved).astype(np.int16)
    return Chosen(index, water.rules + sewer.rules)


def _strength(chosen: Chosen) -> npt.NDArray[np.intp]:
    """2 for a confirmed rule, 1 for an unconfirmed one; one that cannot be used is spoken of elsewhere."""
    of_rule = [{"confirmed": 2, "unconfirmed": 1}.get(rule.status, 3) for rule in chosen.rules]
    return np.array([*of_rule, 3], dtype=np.intp)[chosen.index]


def _facts(water: Measures, sewer: Measures, on_water: Bools) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "turned_on": np.where(on_water, "water", "sewer").astype(object),
        "parcel_id": water.facts["parcel_id"],
        "parcel_row": water.facts["parcel_row"],
    }
    for name, one in (("water", water), ("sewer", sewer)):
        said = np.where(_yes(one), "yes", "no").astype(object)
        said[np.isnan(one.margin_ft)] = None
        rules = np.array([*(rule.id for rule in one.chosen.rules), None], dtype=object)[one.chosen.index]
        facts |= {f"{name}_within": said, f"{name}_margin_ft": one.margin_ft, f"{name}_rule_id": rules}
        facts[f"{name}_main_row"] = one.feature
        facts |= {f"{name}_{fact}": one.facts[fact] for fact in ("distance_ft", "limit_ft", "facility_id")}
    return facts


def explain(sites: Sites, query: LayerQuery, findings: Findings, row: int) -> Account:
    """Both services in one sentence, with what both checks draw."""
    facts = findings.measures.facts
    named = []
    for name in ("water", "sewer"):
        distance, facility = float(facts[f"{name}_distance_ft"][row]), facts[f"{name}_facility_id"][row]
        where = "none in reach" if facility is None else f"{feet(distance)} to {facility}"
        named.append(f"{name} {facts[f'{name}_within'][row] or 'unknown'}, {where}")
    said = answered("Able to connect", findings, row, "; ".join(named))
    evidence = [Evidence(sites.place[row], "site", "place")]
    parcel_row = int(facts["parcel_row"][row])
    if parcel_row < 0:
        return Account(said, tuple(evidence))
    parcel = query.features("parcel").geometry[parcel_row]
    evidence.append(Evidence(parcel, "parcel", f"parcel {facts['parcel_id'][row]}"))
    for service in (WATER, SEWER):
        name = service.name.lower()
        main_row = int(facts[f"{name}_main_row"][row])
        if main_row >= 0:
            main = query.features(service.role).geometry[main_row]
            evidence.append(Evidence(main, "main", str(facts[f"{name}_facility_id"][row]), service.role))
            line = shapely.shortest_line(parcel, main)
            evidence.append(Evidence(line, "distance", feet(float(facts[f"{name}_distance_ft"][row]))))
    return Account(said, tuple(evidence))


CHECK = Check(
    name="services_available",
    question="Which services can the parcel be connected to?",
    answers=ANSWERS,
    roles=(WATER.role, SEWER.role, "parcel"),
    also=("right_of_way",),
    measure=measure,
    explain=explain,
    rule_subject="services_available",
)
