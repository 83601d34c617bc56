"""Is the parcel's owner the one named on the agreement, or the owner of another parcel?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, Sites
from gis_ce.checks.measuring import first_pair, first_that_holds, ids_of, sigmas_of, texts_of
from gis_ce.checks.other_land import nearest_counted_by_steps, not_there
from gis_ce.checks.wording import answered
from gis_ce.decision import joint_sigma_ft
from gis_ce.owner_names import owner_key
from gis_ce.rules import RuleBook
from layers.features import Features, Rows, Texts
from layers.query import LayerQuery, Pairs

REACH_FT = 500.0
"""How far land with another answer is looked for; beyond, the margin is at least this."""

_NO_PARCEL, _NO_OTHER, _NO_SUCH_PARCEL, _NO_OWNER, _DIFFER = range(5)
_REASONS = (
    "The place lies in no parcel; say which parcel is meant.",
    "Nobody is named to compare with; give the owner on the agreement, or the other parcel.",
    "There is no parcel with the id that was given to compare with, or it has no owner on the map.",
    "The map names no owner of the parcel; look at the deed.",
    "The place lies on several parcels that give different answers; say which parcel is meant.",
)


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """Whether two names are one owner; the margin is the distance to a parcel where the answer would turn.

    The other owner is the detail `other_owner`, else the owner of the parcel `other_parcel_id`.
    """
    chosen = rulebook.choose("same_owner", sites.day)
    features = query.features("parcel")
    other = _other_owners(sites, query)
    other_keys, keys = _keys(other), _owner_keys(features)
    on = query.intersecting("parcel", sites.place)
    pair = first_pair(on, len(sites))
    parcel = np.append(on.feature, -1)[pair]
    same = _key_of(keys, parcel) == other_keys

    def answers_otherwise(place: Rows, feature: Rows) -> npt.NDArray[np.bool_]:
        known = keys[feature] != ""
        return np.asarray(known & ((keys[feature] == other_keys[place]) != same[place]), dtype=np.bool_)

    layer_sigma = sigmas_of(features, parcel)
    sigma = joint_sigma_ft(sites.sigma_ft, layer_sigma)
    near = nearest_counted_by_steps(query, "parcel", sites.place, answers_otherwise, REACH_FT)
    side = not_there(query, "parcel", sites.place, answers_otherwise, sigma)
    missing = (parcel < 0) | (other_keys == "") | (_key_of(keys, parcel) == "")
    return Measures(
        np.where(missing, np.nan, np.minimum(near, REACH_FT)),
        chosen,
        role="parcel",
        feature=parcel,
        layer_sigma_ft=layer_sigma,
        answer=np.where(missing, -1, np.where(same, 0, 1)).astype(np.int8),
        probability=side.probability,
        seen=side.seen,
        reason=_reason(sites, parcel, other_keys, keys, on, answers_otherwise(on.place, on.feature)),
        reasons=_REASONS,
        facts={
            "parcel_id": ids_of(features, parcel),
            "owner_name": texts_of(features, "owner_name", parcel),
            "other_owner": other,
        },
    )


def _owner_keys(parcels: Features) -> npt.NDArray[np.object_]:
    """The key of each parcel's owner; found out once."""
    return parcels.once("owner keys", lambda: _keys(parcels.texts("owner_name")))


def _keys(names: Texts) -> npt.NDArray[np.object_]:
    return np.array([owner_key(name) for name in names], dtype=object)


def _key_of(keys: npt.NDArray[np.object_], parcel: Rows) -> npt.NDArray[np.object_]:
    found = np.full(len(parcel), "", dtype=object)
    found[parcel >= 0] = keys[parcel[parcel >= 0]]
    return found


def _other_owners(sites: Sites, query: LayerQuery) -> Texts:
    """The name to compare with: the one given, else the owner of the parcel given; None where there is none."""
    given, parcel = sites.detail("other_owner"), sites.detail("other_parcel_id")
    asked = [str(of) if of and not name else None for name, of in zip(given, parcel, strict=True)]
    found = texts_of(query.features("parcel"), "owner_name", query.rows_of_ids("parcel", asked))
    named = np.array([bool(name) for name in given], dtype=bool)
    found[named] = [str(name) for name in given[named]]
    return found


def _reason(
    sites: Sites, parcel: Rows, other_keys: Texts, keys: Texts, on: Pairs, otherwise: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int16]:
    given = np.array([bool(of) for of in sites.detail("other_parcel_id")], dtype=bool)
    differing = np.bincount(on.place, weights=otherwise, minlength=len(sites)) > 0
    no_other = other_keys == ""
    conditions = [no_other & given, no_other, parcel < 0, _key_of(keys, parcel) == "", differing]
    codes = [_NO_SUCH_PARCEL, _NO_OTHER, _NO_PARCEL, _NO_OWNER, _DIFFER]
    return first_that_holds(conditions, codes)


def explain(sites: Sites, query: LayerQuery, findings: Findings, row: int) -> Account:
    """Both names as they are written."""
    facts = findings.measures.facts
    evidence = [Evidence(sites.place[row], "site", "place")]
    parcel = int(findings.measures.feature[row])
    if parcel < 0 or shapely.is_missing(sites.place[row]):
        return Account(answered("Same owner", findings, row, "no parcel"), tuple(evidence))
    shape = query.features("parcel").geometry[parcel]
    evidence.append(Evidence(shape, "parcel", f"parcel {facts['parcel_id'][row]}"))
    here, there = facts["owner_name"][row] or "no name", facts["other_owner"][row] or "no name"
    fact = f"parcel {facts['parcel_id'][row]}: {here}; compared with: {there}"
    return Account(answered("Same owner", findings, row, fact), tuple(evidence))


CHECK = Check(
    name="same_owner",
    question="Is the parcel's owner the one named on the agreement?",
    answers=("yes", "no"),
    fails=("no",),
    roles=("parcel",),
    measure=measure,
    explain=explain,
    rule_subject="same_owner",
    needs=("other_owner", "other_parcel_id"),
    personal=("owner_name",),
)
