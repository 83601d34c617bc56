"""Small pieces that the checks share when they measure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from gis_ce.checks.check import Fact, Measures
from gis_ce.rules import Chosen
from layers.catalog import ABANDONED, PRIVATE
from layers.features import Features, Rows, Selection
from layers.grid import Floats
from layers.query import Pairs

IN_SERVICE = Selection((("status", ABANDONED),))
"""Facilities that still serve."""
OURS = Selection((("owner", PRIVATE), ("status", ABANDONED)))
"""Facilities that still serve and are the utility's."""


def measured(
    margin_ft: Floats,
    chosen: Chosen,
    *,
    role: str | None,
    feature: Rows,
    layer_sigma_ft: Floats,
    reason: npt.NDArray[np.int16] | None = None,
    reasons: tuple[str, ...] = (),
    band_ft: Floats | None = None,
    facts: Mapping[str, Fact] | None = None,
) -> Measures:
    """Measures with nothing undecided unless said."""
    undecided = np.full(len(margin_ft), -1, dtype=np.int16) if reason is None else reason
    return Measures(
        margin_ft, undecided, reasons, role, feature, layer_sigma_ft, chosen.index, chosen.rules, band_ft, facts or {}
    )


def unmeasured(count: int, chosen: Chosen) -> Measures:
    """What a check has where it could not measure at all."""
    return measured(
        np.full(count, np.nan),
        chosen,
        role=None,
        feature=np.full(count, -1, dtype=np.intp),
        layer_sigma_ft=np.zeros(count),
    )


def first_of_each(pairs: Pairs, count: int) -> tuple[Rows, Floats]:
    """The first feature of each place and its distance; -1 and NaN where a place has none."""
    feature = np.full(count, -1, dtype=np.intp)
    distance = np.full(count, np.nan)
    if len(pairs):
        firsts = np.flatnonzero(np.r_[True, pairs.place[1:] != pairs.place[:-1]])
        feature[pairs.place[firsts]] = pairs.feature[firsts]
        distance[pairs.place[firsts]] = pairs.distance_ft[firsts]
    return feature, distance


def counts(pairs: Pairs, count: int) -> npt.NDArray[np.intp]:
    """How many features each place has."""
    return np.bincount(pairs.place, minlength=count)


def ids_of(features: Features, rows: Rows) -> npt.NDArray[np.object_]:
    """The ids of rows; None where the row is -1."""
    ids = np.full(len(rows), None, dtype=object)
    known = rows >= 0
    ids[known] = features.ids[rows[known]]
    return ids


def sigmas_of(features: Features, rows: Rows) -> Floats:
    """The layer sigma in feet of rows; the layer's largest where the row is -1."""
    worst = float(features.sigma_ft.max()) if len(features) else 0.0
    return np.where(rows >= 0, features.sigma_ft[rows] if len(features) else worst, worst)
