"""From a margin and its uncertainty to an answer: the one place where every check is decided."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from layers.grid import AT_LIMIT_FT, Floats

CONFIDENCE = 0.95
"""How probable an answer must be before it counts as decided, unless a city says otherwise."""
_HARDLY_FT = 1e-200
"""Stands in for a sigma of zero where something is divided by it."""
RADIUS_68 = 1.515
"""A 68 % radius of a round normal position in sigmas: sqrt(-2 ln 0.32) = 1.5096, phones' 68.3 %: 1.515."""
RADIUS_95 = 2.448
"""A 95 % radius of a round normal position in sigmas: sqrt(-2 ln 0.05) (Rayleigh distribution)."""


_FIRST, _SECOND, _UNDECIDED = np.int8(0), np.int8(1), np.int8(-1)


@dataclass(frozen=True, slots=True)
class Integrated:
    """The probability of the measured answer over the real geometry, one row a site.

    `seen` is the part of it that falls as sigma grows, whatever the shape; a decision rests on it,
    so that a worse position never decides what a better one left open.
    """

    probability: Floats
    seen: Floats


@dataclass(frozen=True, slots=True)
class Decided:
    """For each site: an index into the check's answers, -1 for undecided; and the probability.

    The probability is that of the answer given, or of the measured answer where undecided.
    """

    answer: npt.NDArray[np.int8]
    probability: Floats


def first_where_positive(margin_ft: Floats, limit_included: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
    """0 (the first answer) on the positive side of a limit, else 1.

    Within 0.01 ft counts as at the limit, and `limit_included` says whether that is the first's side.
    """
    positive = np.where(np.abs(margin_ft) <= AT_LIMIT_FT, limit_included, margin_ft > 0)
    return np.where(positive, _FIRST, _SECOND)


def decide(
    measured: npt.NDArray[np.int8],
    margin_ft: Floats,
    sigma_ft: Floats,
    integrated: Integrated,
    confidence: float = CONFIDENCE,
) -> Decided:
    """Which measured answers can be given, for many sites at once.

    `measured` is the answer if the position were exact (-1: none), `margin_ft` the distance to the
    nearest place where it would turn (its sign does not matter), `sigma_ft` the standard deviation
    on one axis of site and layer together. Two things are needed: the one-sided normal margin
    passes (`Phi(|m| / s)`), and so does the probability integrated over the real geometry. An exact
    position decides by itself. NaN margins stay undecided with no probability.
    """
    exact, known = sigma_ft <= 0, ~np.isnan(margin_ft)
    passes = np.abs(margin_ft) >= _normal_quantile(confidence) * sigma_ft
    clear = exact | (passes & (integrated.seen >= confidence))
    answer = np.where(clear & known, measured, _UNDECIDED)
    probability = np.where(known, np.where(exact, 1.0, integrated.probability), np.nan)
    return Decided(answer, probability)


@lru_cache(maxsize=64)
def _normal_quantile(confidence: float) -> float:
    return float(ndtri(confidence))


def straight_edge(margin_ft: Floats, sigma_ft: Floats) -> Integrated:
    """The probability of staying on one side of a straight edge `|margin_ft|` away: `Phi(|m| / s)`."""
    stays = np.where(sigma_ft > 0, ndtr(np.abs(margin_ft) / np.maximum(sigma_ft, _HARDLY_FT)), 1.0)
    return Integrated(stays, stays)


def stays_of_one(margin_ft: float, sigma_ft: float) -> float:
    """The same probability of one site."""
    return float(ndtr(abs(margin_ft) / max(sigma_ft, _HARDLY_FT))) if sigma_ft > 0 else 1.0


def straight_band(margin_ft: Floats, sigma_ft: Floats, band_ft: Floats) -> Integrated:
    """The probability of the measured side of a straight strip `band_ft` wide (infinite: a half plane).

    `margin_ft` is positive inside. Inside, `Phi(m/s) - Phi((m-w)/s)`; outside, one less that. A normal
    margin alone is wrong here: half-width 2.33 ft, on the line, sigma 8 ft gives 0.61, the truth is 0.23.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        inside = ndtr(margin_ft / sigma_ft) - ndtr((margin_ft - band_ft) / sigma_ft)
        before = ndtr(-margin_ft / sigma_ft)
    positive = margin_ft > 0
    probability = np.where(sigma_ft > 0, np.where(positive, inside, 1 - inside), 1.0)
    seen = np.where(sigma_ft > 0, np.where(positive, inside, before), 1.0)
    return Integrated(probability, seen)


def joint_sigma_ft(site_ft: Floats, layer_ft: Floats) -> Floats:
    """Independent uncertainties of site and layer together, each a standard deviation in feet."""
    return np.hypot(site_ft, np.where(np.isnan(layer_ft), 0.0, layer_ft))


@lru_cache(maxsize=1024)
def joint_of_one_ft(site_ft: float, layer_ft: float) -> float:
    """The same of one site."""
    return float(np.hypot(site_ft, layer_ft))
