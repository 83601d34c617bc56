"""A full check's answers as plain columns, so that ours and theirs can be held against each other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from benchmarks.postgis_server import Columns
from gis_ce.checks.check import Findings
from layers.grid import AT_LIMIT_FT, Floats
from layers.query import LayerQuery

NEAREST = ("water_main", "sewer_main", "hydrant", "valve")
MAINS = {"water": "water_main", "sewer": "sewer_main"}
SHARES = {"probability_in_right_of_way": "way_share", "probability_on_easement": "easement_share"}
MARGINS = {"probability_in_right_of_way": "right_of_way_ft", "probability_on_easement": "easement_ft"}
WITHIN_PROBABILITY = 0.08
"""How closely 256 positions tell what we integrate along rays."""
SEARCHED_FT = 1000.0
SEAM_FT = 100.0
PAST_SEAM_FT = 1e-5
"""Past a seam the edge lies where two buffers put it, which versions of the geometry library do to some millionths."""


def columns_of(found: Mapping[str, Findings]) -> Columns:
    """What our findings say, one row a place: measures, and ids or rows of what they turned on."""
    way, zone, near, easement, sewer = (
        found[name].measures
        for name in (
            "right_of_way",
            "tolerance_zone",
            "nearest_asset_and_address",
            "easement_exists",
            "sewer_available",
        )
    )
    several = [text.startswith("The place lies on several parcels that give") for text in sewer.reasons]
    return {
        "right_of_way_ft": way.margin_ft,
        "right_of_way": way.feature,
        "in_right_of_way": way.facts["in_right_of_way"],
        "zone_ft": zone.margin_ft,
        "zone_of": zone.facts["facility_id"],
        **{f"{role}_ft": near.facts[f"{role}_distance_ft"] for role in NEAREST},
        **{role: near.facts[f"{role}_id"] for role in NEAREST},
        "easement_ft": easement.margin_ft,
        "easement": easement.feature,
        "easements_here": easement.facts["easements_here"],
        "on_easement": easement.facts["easements_here"] > 0,
        "parcel": sewer.facts["parcel_id"],
        "serving_ft": sewer.facts["distance_ft"],
        "serving": sewer.facts["facility_id"],
        "probability_in_right_of_way": _integrated(found["right_of_way"]),
        "probability_on_easement": _integrated(found["easement_exists"]),
        "parcels_differ": np.append(several, False)[
            -np.ones(len(way.margin_ft), int) if sewer.reason is None else sewer.reason
        ],
    }


def _integrated(found: Findings) -> Floats:
    """The probability of the measured side over the real edges, also where another reason leaves the answer open."""
    probability = found.measures.probability
    return np.ones(len(found)) if probability is None else probability


def columns_of_postgis(kept: Columns, query: LayerQuery) -> Columns:
    """The same from the rows that `full_sql.full_check` gives, in the order of places."""
    theirs = _by_place(kept)
    numbers = {name: values.astype(float) for name, values in theirs.items() if name.endswith("_ft")}
    zone_ft, zone_of = _deeper(numbers, theirs, query)
    own_ft, joined_ft = (np.nan_to_num(numbers[name], nan=SEARCHED_FT) for name in ("bound_ft", "joined_ft"))
    joined_ft = np.where(np.isnan(numbers["joined_ft"]), 0.0, np.minimum(joined_ft, SEAM_FT))
    inside = theirs["inside"] == True  # noqa: E712 - None where there is no easement
    return {
        "right_of_way_ft": numbers["right_of_way_ft"],
        "right_of_way": _rows(theirs["right_of_way"]),
        "in_right_of_way": theirs["touches"].astype(bool),
        "zone_ft": zone_ft,
        "zone_of": zone_of,
        **{f"{role}_ft": numbers[f"{role}_ft"] for role in NEAREST},
        **{role: _ids(theirs[role], role, query) for role in NEAREST},
        "easement_ft": np.where(inside, np.maximum(own_ft, joined_ft), -own_ft),
        "easement": _rows(theirs["easement"]),
        "easements_here": theirs["here"].astype(int),
        "on_easement": theirs["here"].astype(int) > 0,
        "parcel": _ids(theirs["parcel"], "parcel", query),
        "serving_ft": numbers["serving_ft"],
        "serving": _ids(theirs["serving"], "sewer_main", query),
        **{ours: theirs[name].astype(float) for ours, name in SHARES.items() if name in theirs},
        "parcels_differ": (theirs["any_yes"] == True) & (theirs["all_yes"] != True),  # noqa: E712 - None: no parcel
    }


def slack_ft(kept: Columns) -> Floats:
    """By how much more than a millionth of a foot each place's answers from PostGIS may differ from ours."""
    return np.where(_by_place(kept)["past_seam"].astype(bool), PAST_SEAM_FT, 0.0)


def assert_same(ours: Columns, theirs: Columns, slack_ft: float | Floats = 0.0) -> int:
    """The number of places, whose answers are all the same; raises AssertionError where one is not.

    Feet must agree to a millionth and the slack, everything else exactly. Columns that `theirs` lacks
    are not compared.
    """
    for name, column in theirs.items():
        mine = ours[name][: len(column)]
        same = mine == column
        if name in SHARES:
            same = _same_share(mine, column, ours[MARGINS[name]][: len(column)])
        elif name.endswith("_ft"):
            same = np.isclose(mine.astype(float), column, atol=slack_ft + 1e-6, rtol=0, equal_nan=True)
        if not same.all():
            row = int(np.flatnonzero(~same)[0])
            raise AssertionError(f"{name} differs at {(~same).sum()} places, at {row}: {mine[row]}, {column[row]}")
    return min(map(len, theirs.values()))


def _same_share(mine: Floats, theirs: Floats, margin_ft: Floats) -> np.ndarray:
    """Whether probabilities agree; on the edge itself it does not matter of which side they are."""
    near = np.abs(mine - theirs) <= WITHIN_PROBABILITY
    other_side = np.abs(mine - (1 - theirs)) <= WITHIN_PROBABILITY
    return near | (other_side & (np.abs(margin_ft) < 1e-6))


def _deeper(numbers: Mapping[str, Floats], theirs: Columns, query: LayerQuery) -> tuple[Floats, Columns]:
    """The zone a place lies deepest in, water before sewer unless sewer is deeper by more than 0.01 ft."""
    depth, names = zip(
        *((numbers[f"{kind}_zone_ft"], _ids(theirs[f"{kind}_zone"], role, query)) for kind, role in MAINS.items()),
        strict=True,
    )
    sewer = np.isnan(depth[0]) | (depth[1] > depth[0] + AT_LIMIT_FT)
    deepest = np.where(sewer, depth[1], depth[0])
    return np.where(np.isnan(deepest), -SEARCHED_FT, deepest), np.where(sewer, names[1], names[0])


def _by_place(kept: Columns) -> Columns:
    order = np.argsort(kept["place"].astype(int))
    return {name: values[order] for name, values in kept.items()}


def _rows(values: np.ndarray) -> np.ndarray:
    return np.array([-1 if value is None else int(value) for value in values.tolist()])


def _ids(values: np.ndarray, role: str, query: LayerQuery) -> np.ndarray:
    return np.append(query.features(role).ids, None)[_rows(values)]
