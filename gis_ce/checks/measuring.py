"""Small pieces that the checks share when they measure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gis_ce.checks.check import Measures, OneSite
from gis_ce.decision import Integrated, joint_of_one_ft
from gis_ce.rules import Chosen
from gis_ce.uncertainty import FAR_SIGMAS
from gis_ce.uncertainty_of_one import own_side_of_point
from layers.catalog import ABANDONED, PRIVATE
from layers.features import Features, Rows, Selection
from layers.grid import Floats
from layers.query import Pairs, starts_of

IN_SERVICE = Selection((("status", ABANDONED),))
"""Facilities that still serve."""
OURS = Selection((("owner", PRIVATE), ("status", ABANDONED)))
"""Facilities that still serve and are the utility's."""


def unmeasured(count: int, chosen: Chosen) -> Measures:
    """What a check has where it could not measure at all."""
    return Measures(np.full(count, np.nan), chosen, np.full(count, -1, dtype=np.intp), np.zeros(count))


def first_pair(pairs: Pairs, count: int) -> Rows:
    """The first pair of each place; -1 where a place has none."""
    first = np.full(count, -1, dtype=np.intp)
    if count == 1:
        first[:] = 0 if len(pairs) else -1
    elif len(pairs):
        starts = starts_of(pairs.place)
        first[pairs.place[starts]] = starts
    return first


def first_of_each(pairs: Pairs, count: int) -> tuple[Rows, Floats]:
    """The first feature of each place and its distance; -1 and NaN where a place has none."""
    if count == 1 and len(pairs):
        return pairs.feature[:1].copy(), pairs.distance_ft[:1].copy()
    feature, distance = np.full(count, -1, dtype=np.intp), np.full(count, np.nan)
    starts = starts_of(pairs.place)
    place = pairs.place[starts]
    feature[place], distance[place] = pairs.feature[starts], pairs.distance_ft[starts]
    return feature, distance


def first_that_holds(conditions: Sequence[npt.NDArray[np.bool_]], codes: Sequence[int]) -> npt.NDArray[np.int16]:
    """For each row the code of the first condition that holds; -1 where none does."""
    found = np.full(len(conditions[0]), -1, dtype=np.int16)
    for condition, code in zip(reversed(conditions), reversed(codes), strict=True):
        found[condition] = code
    return found


def counts(pairs: Pairs, count: int) -> npt.NDArray[np.intp]:
    """How many features each place has."""
    return np.bincount(pairs.place, minlength=count)


def touched(pairs: Pairs, count: int) -> npt.NDArray[np.bool_]:
    """Whether a place has any feature."""
    found = np.zeros(count, dtype=np.bool_)
    found[pairs.place] = True
    return found


def ids_of(features: Features, rows: Rows) -> npt.NDArray[np.object_]:
    """The ids of rows; None where the row is -1."""
    ids = np.full(len(rows), None, dtype=object)
    known = rows >= 0
    ids[known] = features.ids[rows[known]]
    return ids


def texts_of(features: Features, field: str, rows: Rows) -> npt.NDArray[np.object_]:
    """A text column of rows; None where the row is -1 or has no value."""
    texts = np.full(len(rows), None, dtype=object)
    known = rows >= 0
    texts[known] = features.texts(field)[rows[known]]
    return texts


def sigmas_of(features: Features, rows: Rows) -> Floats:
    """The layer sigma in feet of rows; the layer's largest where the row is -1."""
    worst = features.worst_sigma_ft
    if features.one_sigma_ft is not None:
        return np.full(len(rows), worst)
    return np.where(rows >= 0, features.sigma_ft[rows] if len(features) else worst, worst)


def sigma_of(features: Features, row: int) -> float:
    """The same of one row."""
    one = features.one_sigma_ft
    return one if one is not None else float(features.sigma_ft[row]) if row >= 0 else features.worst_sigma_ft


def own_side_of_one(site: OneSite, role: str, margin_ft: float, layer_sigma_ft: float) -> Integrated | None:
    """See own_side; None where one place faces a straight edge: far from all of them, or no point."""
    sigma = joint_of_one_ft(site.sigma_ft, layer_sigma_ft)
    place = site.sites.place
    if not abs(margin_ft) < FAR_SIGMAS * sigma:
        return None
    return own_side_of_point(site.query, role, place, sigma) if place[0].geom_type == "Point" else None


def each_once(rows: Rows) -> tuple[Rows, Rows]:
    """Each row once, in order, and where each of the given ones stands among them."""
    if len(rows) < 2:
        return rows, np.zeros(len(rows), dtype=np.intp)
    once, back = np.unique(rows, return_inverse=True)
    return once, back
