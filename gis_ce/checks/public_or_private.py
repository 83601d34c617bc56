"""Does the place lie on public or on private property?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, Sites
from gis_ce.checks.measuring import counts, first_pair, first_that_holds, ids_of, sigmas_of, texts_of
from gis_ce.checks.other_land import nearest_counted_by_steps, not_there, together
from gis_ce.checks.right_of_way import surface_around
from gis_ce.checks.wording import answered, feet
from gis_ce.decision import Integrated, joint_sigma_ft
from gis_ce.owner_names import OwnerPatterns, patterns_of
from gis_ce.rules import Chosen, RuleBook
from layers.features import Features, Rows
from layers.grid import Floats
from layers.query import LayerQuery, Pairs

REACH_FT = 2000.0
"""How far land of the other class is looked for; beyond, the margin is at least this."""

_PUBLIC, _PRIVATE, _UNKNOWN = 0, 1, 2
_CODES = {"public": _PUBLIC, "private": _PRIVATE, "unknown": _UNKNOWN}
Classes = npt.NDArray[np.int8]
ClassOf = Callable[[Rows, Rows], Classes]

_BOTH, _NOWHERE, _NO_OWNER, _NO_PATTERNS = range(4)
_REASONS = (
    "The place lies both on public and on private land, by the map; have the line surveyed.",
    "The place lies neither in the right of way nor in a parcel; complete the map, or locate the place anew.",
    "The map names no owner of the parcel; look at the deed.",
    "Nobody has said which owners are public bodies; list them in the table [owners] of the city file.",
)


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """The class of the land under the place; the margin is the distance to land of the other class.

    The right of way is public. Edges between two parcels of one class turn nothing and do not count.
    """
    chosen = rulebook.choose("public_or_private", sites.day)
    parcels = query.features("parcel")
    class_of = _classes(parcels, chosen)
    on = query.intersecting("parcel", sites.place)
    here = class_of[chosen.index[on.place], on.feature]
    in_row = counts(query.intersecting("right_of_way", sites.place), len(sites)) > 0
    public, private, unknown = (_any(on, here == code, len(sites)) for code in (_PUBLIC, _PRIVATE, _UNKNOWN))
    answer = np.select([in_row | public, private], [_PUBLIC, _PRIVATE], -1).astype(np.int8)
    conditions = [~_has_patterns(chosen), (in_row | public) & private, unknown & ~in_row, answer < 0]
    parcel = np.append(on.feature, -1)[first_pair(on, len(sites))]
    layer_sigma = sigmas_of(parcels, parcel)
    near_ft, side = _other_class(
        sites, answer, lambda place, feature: class_of[chosen.index[place], feature], layer_sigma, query
    )
    return Measures(
        np.where(answer < 0, np.nan, np.minimum(near_ft, REACH_FT)),
        chosen,
        role="parcel",
        feature=parcel,
        layer_sigma_ft=layer_sigma,
        answer=answer,
        probability=side.probability,
        seen=side.seen,
        reason=first_that_holds(conditions, [_NO_PATTERNS, _BOTH, _NO_OWNER, _NOWHERE]),
        reasons=_REASONS,
        facts={
            "parcel_id": ids_of(parcels, parcel),
            "owner_name": texts_of(parcels, "owner_name", parcel),
            "in_right_of_way": in_row,
        },
    )


def _other_class(
    sites: Sites, answer: Classes, class_of: ClassOf, layer_sigma_ft: Floats, query: LayerQuery
) -> tuple[Floats, Integrated]:
    """Distance to land of the other class, and the probability that the place does not lie there."""

    def parcel_counts(place: Rows, feature: Rows) -> npt.NDArray[np.bool_]:
        return np.asarray(class_of(place, feature) == 1 - answer[place], dtype=np.bool_)

    def street_counts(place: Rows, feature: Rows) -> npt.NDArray[np.bool_]:
        return np.asarray(answer[place] == _PRIVATE, dtype=np.bool_)

    sigma = joint_sigma_ft(sites.sigma_ft, layer_sigma_ft)
    to_land = nearest_counted_by_steps(query, "parcel", sites.place, parcel_counts, REACH_FT)
    to_street, _ = query.edge_distance("right_of_way", sites.place, REACH_FT)
    near = np.where(answer == _PRIVATE, np.fmin(to_land, to_street), to_land)
    in_parcel = not_there(query, "parcel", sites.place, parcel_counts, sigma)
    in_street = not_there(query, "right_of_way", sites.place, street_counts, sigma)
    return near, together([in_parcel, in_street])


def _classes(parcels: Features, chosen: Chosen) -> Classes:
    """The class of each parcel under each rule; the last row is for days without a rule. Found out once."""
    patterns = tuple(patterns_of(rule) for rule in chosen.rules)
    return parcels.once(("owner classes", patterns), lambda: _classes_by(parcels, patterns))


def _classes_by(parcels: Features, rules: tuple[OwnerPatterns, ...]) -> Classes:
    names, which = np.unique(parcels.texts("owner_name").astype("U"), return_inverse=True)
    missing = np.array([name is None for name in parcels.texts("owner_name")], dtype=bool)
    of_rule = np.full((len(rules) + 1, len(parcels)), _UNKNOWN, dtype=np.int8)
    for number, patterns in enumerate(rules):
        of_name = np.array([_CODES[patterns.class_of(name)] for name in names.tolist()], dtype=np.int8)
        of_rule[number] = np.where(missing, _UNKNOWN, of_name[which])
    return of_rule


def _any(pairs: Pairs, holds: npt.NDArray[np.bool_], count: int) -> npt.NDArray[np.bool_]:
    return np.asarray(np.bincount(pairs.place, weights=holds, minlength=count) > 0, dtype=np.bool_)


def _has_patterns(chosen: Chosen) -> npt.NDArray[np.bool_]:
    return np.array([*(bool(rule.texts("public_owners")) for rule in chosen.rules), False])[chosen.index]


def explain(sites: Sites, query: LayerQuery, findings: Findings, row: int) -> Account:
    """The right of way, or the parcel with its owner, and how far land of the other class is."""
    facts = findings.measures.facts
    evidence = [Evidence(sites.place[row], "site", "place")]
    parcel = int(findings.measures.feature[row])
    if parcel >= 0 and not shapely.is_missing(sites.place[row]):
        shape = query.features("parcel").geometry[parcel]
        evidence.append(Evidence(shape, "parcel", f"parcel {facts['parcel_id'][row]}"))
    if facts["in_right_of_way"][row]:
        on = query.intersecting("right_of_way", sites.place[row : row + 1])
        surfaces = query.features("right_of_way").geometry[on.feature]
        evidence += [surface_around(surface, sites.place[row], 0.0) for surface in surfaces]
    fact = _land(findings, row)
    margin = float(findings.measures.margin_ft[row])
    if not np.isnan(margin):
        other = "private" if findings.measures.answer is not None and findings.measures.answer[row] == 0 else "public"
        far = f"no {other} land within" if margin >= REACH_FT else f"{other} land at"
        fact = f"{fact}; {far} {feet(margin)}"
    return Account(answered("Public or private property", findings, row, fact), tuple(evidence))


def _land(findings: Findings, row: int) -> str:
    facts = findings.measures.facts
    if facts["in_right_of_way"][row]:
        return "right of way"
    if facts["parcel_id"][row] is None:
        return "no parcel"
    return f"parcel {facts['parcel_id'][row]}, owner {facts['owner_name'][row] or 'not named'}"


CHECK = Check(
    name="public_or_private",
    question="Does the place lie on public or on private property?",
    answers=("public", "private"),
    roles=("parcel", "right_of_way"),
    measure=measure,
    explain=explain,
    rule_subject="public_or_private",
    personal=("owner_name",),
)
