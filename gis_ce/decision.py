"""From a margin and its uncertainty to an answer: the one place where every check is decided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from layers.grid import AT_LIMIT_FT, Floats

CONFIDENCE = 0.95
"""How probable an answer must be before it counts as decided, unless a city says otherwise."""


@dataclass(frozen=True, slots=True)
class Decided:
    """For each site: 0 for the first answer, 1 for the second, -1 for undecided; and the probability.

    The probability is that of the answer given, or of the likelier one where undecided.
    """

    answer: npt.NDArray[np.int8]
    probability: Floats


def decide(
    margin_ft: Floats,
    sigma_ft: Floats,
    limit_included: npt.NDArray[np.bool_],
    band_ft: Floats | None = None,
    confidence: float = CONFIDENCE,
) -> Decided:
    """Answers for many margins at once; NaN margins stay undecided with no probability.

    A margin is positive on the side of the first answer. Within 0.01 ft of the limit counts as at
    the limit, and `limit_included` says whether that is the first answer's side. `sigma_ft` is the
    standard deviation on one axis, of site and layer together. The first answer may fill only a
    strip `band_ft` wide: its probability is then that of a normal position falling into the strip,
    `Phi(m/s) - Phi((m-w)/s)`, and a decision needs that probability as well as the margin.
    """
    positive = np.where(np.abs(margin_ft) <= AT_LIMIT_FT, limit_included, margin_ft > 0)
    of_first = _probability_of_first(margin_ft, sigma_ft, positive, band_ft)
    probability = np.where(of_first >= 0.5, of_first, 1 - of_first)
    side = np.where(of_first >= 0.5, True, False)
    exact = sigma_ft <= 0
    clear = exact | ((np.abs(margin_ft) >= ndtri(confidence) * sigma_ft) & (probability >= confidence))
    decided = clear & (exact | (side == positive)) & ~np.isnan(margin_ft)
    answer = np.where(decided, np.where(positive, 0, 1), -1).astype(np.int8)
    return Decided(answer, np.where(np.isnan(margin_ft), np.nan, probability))


def joint_sigma_ft(site_ft: Floats, layer_ft: Floats) -> Floats:
    """Independent uncertainties of site and layer together, each a standard deviation in feet."""
    return np.hypot(site_ft, np.nan_to_num(layer_ft))


def _probability_of_first(
    margin_ft: Floats, sigma_ft: Floats, positive: npt.NDArray[np.bool_], band_ft: Floats | None
) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = ndtr(margin_ft / sigma_ft)
        if band_ft is not None:
            inside = inside - ndtr((margin_ft - band_ft) / sigma_ft)
    return np.where(sigma_ft > 0, inside, positive.astype(np.float64))
