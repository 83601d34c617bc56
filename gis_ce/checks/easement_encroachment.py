"""Does a structure stand on an easement, and how much of it does it take?"""

from __future__ import annotations

import numpy as np
import shapely

from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, Sites
from gis_ce.checks.crossing import lying
from gis_ce.checks.easement_basis import GUARD, deed_of, modelled
from gis_ce.checks.facts import Fact, Facts
from gis_ce.checks.measuring import first_of_each, ids_of, sigmas_of
from gis_ce.checks.overlap import Overlaps, extents, overlaps
from gis_ce.checks.wording import answered, feet
from gis_ce.decision import joint_sigma_ft
from gis_ce.rules import RuleBook
from gis_ce.sliding import slid_over
from layers.features import Features, Rows
from layers.grid import AT_LIMIT_FT, Floats
from layers.query import LayerQuery, Pairs

_NO_STRUCTURE = 0
_REASONS = ("No structure was given; draw it, or send its outline.",)
_SIZES = ("length_along_ft", "width_across_ft")
_LIES = ("crossings", "crossing_angle_deg", "free_left_ft", "free_right_ft", "pipe_clearance_ft")


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """How deep a structure stands in the easement that it takes most of, or how far it stands off, in feet.

    Inside, the margin is the depth of the structure's deepest point: it would have to move at least
    that far. Outside, it is the distance to the nearest easement, negative.
    """
    chosen = rulebook.choose("easement_encroachment", sites.day)
    features = query.features("easement")
    reach = np.nan_to_num(chosen.numbers("search_reach_ft"))
    touching = query.intersecting("easement", sites.structure)
    taken = overlaps(sites.structure[touching.place], features.geometry[touching.feature])
    chief = _chief(touching, taken, features, len(sites))
    near, distance = first_of_each(
        query.nearest("easement", sites.structure, reach_ft=float(reach.max(initial=0.0))), len(sites)
    )
    depth = _of(chief, taken.depth_ft)
    outside = -np.where(np.isnan(distance), reach, np.minimum(distance, reach))
    inside = depth > AT_LIMIT_FT
    margin = np.where(inside, depth, outside)
    feature = np.where(inside, np.append(touching.feature, -1)[chief], near)
    without = shapely.is_missing(sites.structure)
    layer_sigma = sigmas_of(features, feature)
    standing = np.where(without, np.inf, margin)
    side = slid_over(query, "easement", sites.structure, standing, joint_sigma_ft(sites.sigma_ft, layer_sigma))
    return Measures(
        np.where(without, np.nan, margin),
        chosen,
        role="easement",
        feature=feature,
        layer_sigma_ft=layer_sigma,
        probability=side.probability,
        seen=side.seen,
        reason=np.where(without, _NO_STRUCTURE, -1).astype(np.int16),
        reasons=_REASONS,
        facts=Facts(
            _facts(features, taken, chief, feature, distance),
            {
                _SIZES: lambda: _sizes(touching, taken, chief, query),
                ("all_easements_sqft",): lambda: _joint_area(sites, features, touching, taken.area_sqft),
                _LIES: lambda: _lying_facts(sites, query, feature),
            },
        ),
    )


def _chief(touching: Pairs, taken: Overlaps, features: Features, count: int) -> Rows:
    """For each site the pair that it stands in, with the largest overlap; -1 where it stands in none.

    A modelled easement counts only where it stands in no recorded one: a record is what a letter rests
    on. What it only touches (by at most 0.01 ft) counts for nothing. Within 0.01 the smallest id.
    """
    size = taken.area_sqft + taken.length_ft
    guess = modelled(features, touching.feature)
    stands = taken.depth_ft > AT_LIMIT_FT
    recorded = np.bincount(touching.place, weights=stands & ~guess, minlength=count) > 0
    kept = np.flatnonzero(stands & ~(guess & recorded[touching.place]))
    largest = np.zeros(count)
    np.maximum.at(largest, touching.place[kept], size[kept])
    tied = kept[size[kept] >= largest[touching.place[kept]] - AT_LIMIT_FT]
    order = tied[np.lexsort((features.rank[touching.feature[tied]], touching.place[tied]))]
    chief = np.full(count, -1, dtype=np.intp)
    chief[touching.place[order[::-1]]] = order[::-1]
    return chief


def _of(chief: Rows, values: Floats) -> Floats:
    return np.append(values, 0.0)[chief]


def _facts(
    features: Features,
    taken: Overlaps,
    chief: Rows,
    feature: Rows,
    distance: Floats,
) -> dict[str, Fact]:
    known = np.flatnonzero(feature >= 0)
    easement_area = np.full(len(feature), np.nan)
    easement_area[known] = shapely.area(features.geometry[feature[known]])
    area = _of(chief, taken.area_sqft)
    return {
        "easement_id": ids_of(features, feature),
        "overlap_sqft": area,
        "overlap_percent": 100 * area / easement_area,
        "line_inside_ft": _of(chief, taken.length_ft),
        "depth_ft": _of(chief, taken.depth_ft),
        "distance_ft": distance,
        "modelled": modelled(features, feature),
    }


def _sizes(touching: Pairs, taken: Overlaps, chief: Rows, query: LayerQuery) -> dict[str, Fact]:
    """How far each chief overlap reaches along its easement and across it; 0 where there is none."""
    rows = np.flatnonzero(chief >= 0)
    easements = query.features("easement").geometry[touching.feature[chief[rows]]]
    sizes = {name: np.zeros(len(chief)) for name in _SIZES}
    for name, values in zip(_SIZES, extents(taken.shape[chief[rows]], easements, query), strict=True):
        sizes[name][rows] = values
    return sizes


def _lying_facts(sites: Sites, query: LayerQuery, feature: Rows) -> dict[str, Fact]:
    features = query.features("easement")
    easements = np.full(len(sites), None, dtype=object)
    easements[feature >= 0] = features.geometry[feature[feature >= 0]]
    how = lying(sites.structure, easements, query)
    return {name: getattr(how, name) for name in _LIES}


def _joint_area(sites: Sites, features: Features, touching: Pairs, area_sqft: Floats) -> dict[str, Fact]:
    """Square feet taken from all easements together, counted once where easements overlap."""
    total = np.zeros(len(sites))
    np.add.at(total, touching.place, area_sqft)
    counted = np.bincount(touching.place, minlength=len(sites))
    several = np.flatnonzero(counted > 1)
    if len(several):
        starts = np.searchsorted(touching.place, several)
        column = np.arange(counted.max())
        side_by_side = np.append(touching.feature, -1)[np.minimum(starts[:, None] + column, len(touching))]
        shapes = np.where(column < counted[several, None], features.geometry[side_by_side], None)
        joined = shapely.union_all(shapes, axis=1)
        total[several] = shapely.area(shapely.intersection(sites.structure[several], joined))
    return {"all_easements_sqft": total}


def explain(sites: Sites, query: LayerQuery, findings: Findings, row: int) -> Account:
    """The encroached area on its easement, or the distance to the nearest one."""
    facts, structure = findings.measures.facts, sites.structure[row]
    question = "Structure on an easement"
    feature = int(findings.measures.feature[row])
    if structure is None:
        return Account(answered(question, findings, row, "no structure"), ())
    evidence = [Evidence(structure, "structure", "structure")]
    if feature < 0:
        reach = feet(-float(findings.measures.margin_ft[row]))
        return Account(answered(question, findings, row, f"no easement within {reach}"), tuple(evidence))
    features = query.features("easement")
    easement, guess = features.geometry[feature], bool(facts["modelled"][row])
    label = f"easement {facts['easement_id'][row]} ({deed_of(features, feature)})"
    evidence.append(Evidence(easement, "easement", label, "easement", guess))
    if float(facts["depth_ft"][row]) > 0:
        evidence.append(Evidence(shapely.intersection(structure, easement), "encroached", _taken(findings, row)))
    else:
        line = shapely.shortest_line(structure, easement)
        evidence.append(Evidence(line, "distance", feet(float(facts["distance_ft"][row]))))
    said = answered(question, findings, row, _fact(findings, row))
    return Account(" ".join([said, *_lies(findings, row), *([GUARD] if guess else [])]), tuple(evidence))


def _lies(findings: Findings, row: int) -> list[str]:
    """The crossings, the width left free and the clearance to the pipe, where they apply."""
    facts = {name: values[row] for name, values in findings.measures.facts.items()}
    said = []
    if facts["crossings"] > 0:
        times = "once" if facts["crossings"] == 1 else f"{facts['crossings']} times"
        said.append(f"The line lies in it {times}, at {facts['crossing_angle_deg']:.0f} degrees to it.")
    if facts["depth_ft"] > 0:
        left, right = feet(float(facts["free_left_ft"])), feet(float(facts["free_right_ft"]))
        said.append(f"Free width left: {left} on one side, {right} on the other.")
    if facts["pipe_clearance_ft"] > 0:
        said.append(f"Clearance to the pipe: {feet(float(facts['pipe_clearance_ft']))}.")
    elif facts["pipe_clearance_ft"] == 0:
        said.append("It stands over the pipe.")
    return said


def _fact(findings: Findings, row: int) -> str:
    facts = findings.measures.facts
    name = facts["easement_id"][row]
    if float(facts["depth_ft"][row]) <= 0:
        return f"{feet(float(facts['distance_ft'][row]))} from easement {name}"
    share = "" if facts["overlap_sqft"][row] <= 0 else f", {float(facts['overlap_percent'][row]):.1f} %"
    depth, along, across = (feet(float(facts[key][row])) for key in ("depth_ft", "length_along_ft", "width_across_ft"))
    size = f"up to {depth} from its edge, {along} along and {across} across"
    return f"{_taken(findings, row)}{share} of easement {name}; {size}"


def _taken(findings: Findings, row: int) -> str:
    facts = findings.measures.facts
    area = float(facts["overlap_sqft"][row])
    return f"{area:,.0f} sq ft" if area > 0 else f"{feet(float(facts['line_inside_ft'][row]))} of line"


CHECK = Check(
    name="easement_encroachment",
    question="Does the structure stand on an easement?",
    answers=("yes", "no"),
    fails=("yes",),
    roles=("easement",),
    also=("water_main", "sewer_main"),
    measure=measure,
    explain=explain,
    on="structure",
    rule_subject="easement_encroachment",
    needs=("structure",),
)
