"""Runs checks over many sites at once, and explains one answer when asked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.checks.check import Account, Check, Findings, Measures, Sites, by_name
from gis_ce.checks.measuring import unmeasured
from gis_ce.decision import (
    CONFIDENCE,
    Integrated,
    decide,
    first_where_positive,
    joint_sigma_ft,
    straight_band,
    straight_edge,
)
from gis_ce.errors import UnknownCheck
from gis_ce.rules import RuleBook
from layers.grid import Floats
from layers.query import LayerQuery
from layers.remembered import RememberedQuery


def assess(
    sites: Sites,
    query: LayerQuery,
    rulebook: RuleBook,
    checks: Sequence[Check],
    confidence: float = CONFIDENCE,
) -> dict[str, Findings]:
    """The findings of each check, by its name, one row a site.

    A missing or stale layer, a day without a rule, or a position too poor gives undecided with a
    reason. Cost grows with the number of sites; ask for many at once.
    """
    asked = RememberedQuery(query, sites.place, sites.structure)
    return {check.name: found_by(check, sites, asked, rulebook, confidence) for check in checks}


def explain(check: Check, sites: Sites, query: LayerQuery, findings: Findings, row: int) -> Account:
    """One answer in a sentence, with the things a map needs to show it."""
    if any(not query.has(role) for role in check.roles):
        reason = findings.reason_of(row)
        return Account(f"{check.question} Undecided: {reason}", ())
    return check.explain(sites, query, findings, row)


def chosen_checks(checks: Sequence[Check], names: Sequence[str]) -> tuple[Check, ...]:
    """The checks of the given names, in that order; raises UnknownCheck naming all there are."""
    found = []
    for name in names:
        check = by_name(checks, name)
        if check is None:
            listed = ", ".join(check.name for check in checks)
            raise UnknownCheck(f"There is no check {name!r}; the checks are: {listed}.")
        found.append(check)
    return tuple(found)


def applicable(checks: Sequence[Check], sites: Sites) -> tuple[Check, ...]:
    """The checks that have something to look at: some site brings one of the things that they need."""
    brought = {name for name in sites.details if any(value is not None for value in sites.detail(name))}
    if not shapely.is_missing(sites.structure).all():
        brought.add("structure")
    return tuple(check for check in checks if not check.needs or brought.intersection(check.needs))


def found_by(check: Check, sites: Sites, query: LayerQuery, rulebook: RuleBook, confidence: float) -> Findings:
    """The findings of one check, asking this very query (see `assess`)."""
    missing = [role for role in check.roles if not query.has(role)]
    measures = (
        unmeasured(len(sites), rulebook.choose(check.rule_subject, sites.day))
        if missing
        else check.measure(sites, query, rulebook)
    )
    reason, reasons = _reasons(check, sites, query, measures, missing)
    open_rows = reason < 0
    sigma = joint_sigma_ft(sites.sigma_ft, measures.layer_sigma_ft)
    measured = measures.answer
    if measured is None:
        measured = first_where_positive(measures.margin_ft, measures.chosen.limit_included)
    decided = decide(measured, measures.margin_ft, sigma, _integrated(measures, sigma), confidence)
    answer = decided.answer if check.answers else np.full(len(sites), -1, dtype=np.int8)
    poor = open_rows & (decided.answer < 0) & bool(check.answers)
    reasons = (*reasons, _TOO_POOR)
    return Findings(
        check=check.name,
        answers=check.answers,
        answer=np.where(open_rows, answer, -1).astype(np.int8),
        probability=np.where(open_rows, decided.probability, np.nan),
        sigma_ft=sigma,
        reason=np.where(poor, len(reasons) - 1, reason).astype(np.int16),
        reasons=reasons,
        measures=measures,
        versions=query.versions_of((*check.roles, *check.also)),
    )


def _integrated(measures: Measures, sigma_ft: Floats) -> Integrated:
    if measures.probability is not None and measures.seen is not None:
        return Integrated(measures.probability, measures.seen)
    if measures.band_ft is not None:
        return straight_band(measures.margin_ft, sigma_ft, measures.band_ft)
    return straight_edge(measures.margin_ft, sigma_ft)


_TOO_POOR = (
    "The position is too uncertain for this distance to the limit; measure it on the ground, or locate it better."
)
_NO_GEOMETRY = "The place has no position; locate it first."


def _reasons(
    check: Check,
    sites: Sites,
    query: LayerQuery,
    measures: Measures,
    missing: Sequence[str],
) -> tuple[npt.NDArray[np.int16], tuple[str, ...]]:
    """Why rows are undecided: missing layer, then no rule, then stale layer, then the check's own reason."""
    texts = [*measures.reasons, _NO_GEOMETRY]
    reason = np.full(len(sites), -1, dtype=np.int16) if measures.reason is None else measures.reason.copy()
    if check.on == "place":
        reason[shapely.is_missing(sites.place) | shapely.is_empty(sites.place)] = len(texts) - 1
    for role in (*check.roles, *check.told):
        for layer, stale in _stale(query, role, sites):
            reason[stale] = len(texts)
            texts.append(f"The layer {layer} is too old for this day; publish a newer one.")
    if not measures.chosen.usable.all():
        reason[~measures.chosen.usable] = len(texts)
        texts.append(f"No rule on {check.rule_subject.replace('_', ' ')} with a known number is in force on this day.")
    missing = missing or [role for role in check.told if not query.has(role)]
    if missing:
        reason[:] = len(texts)
        texts.append(f"The layer {' and the layer '.join(missing)} is not there; without it nothing is clear.")
    return reason, tuple(texts)


def _stale(query: LayerQuery, role: str, sites: Sites) -> list[tuple[str, npt.NDArray[np.bool_]]]:
    if not query.has(role):
        return []
    parts = query.features(role).parts
    return [
        (part.version.name, sites.day > np.datetime64(part.version.as_of) + np.timedelta64(days, "D"))
        for part in parts
        if (days := part.description.stale_after_days) is not None
    ]
