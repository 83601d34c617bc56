"""Runs checks over many sites at once, and explains one answer when asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.checks.check import Account, Check, Findings, Measures, OneSite, Sites, by_name
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
from layers.one_query import OnePlaceQuery
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
    kind = OnePlaceQuery if len(sites) == 1 else RememberedQuery
    return _found(checks, sites, kind(query, sites.place, sites.structure), rulebook, confidence)


def found_by(check: Check, sites: Sites, query: LayerQuery, rulebook: RuleBook, confidence: float) -> Findings:
    """The findings of one check, asking this very query (see `assess`)."""
    return _found([check], sites, query, rulebook, confidence)[check.name]


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
    """The checks that have something to look at: some site brings one of the things that they need.

    Those that run only where they are named are not among them.
    """
    brought = {name for name in sites.details if any(value is not None for value in sites.detail(name))}
    if not shapely.is_missing(sites.structure).all():
        brought.add("structure")
    asked = (check for check in checks if not check.only_named)
    return tuple(check for check in asked if not check.needs or brought.intersection(check.needs))


def _found(
    checks: Sequence[Check], sites: Sites, query: LayerQuery, rulebook: RuleBook, confidence: float
) -> dict[str, Findings]:
    if not checks:
        return {}
    missing = [[role for role in check.roles if not query.has(role)] for check in checks]
    one = OneSite.of(sites, query)
    measures = [
        unmeasured(len(sites), rulebook.choose(check.rule_subject, sites.day))
        if lacking
        else _measured(check, sites, one, query, rulebook)
        for check, lacking in zip(checks, missing, strict=True)
    ]
    why = _Why(sites, query)
    reasons = [why.undecided(*one) for one in zip(checks, measures, missing, strict=True)]
    return _findings(checks, sites, query, measures, reasons, confidence)


def _measured(check: Check, sites: Sites, one: OneSite | None, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """One site alone in numbers where the check can do that, else columns."""
    found = check.measure_one(one, rulebook) if one is not None and check.measure_one is not None else None
    return check.measure(sites, query, rulebook) if found is None else found


def _findings(
    checks: Sequence[Check],
    sites: Sites,
    query: LayerQuery,
    measures: Sequence[Measures],
    reasons: Sequence[_Reasons],
    confidence: float,
) -> dict[str, Findings]:
    """All checks are decided at once, one row a check: deciding costs the same for one as for many."""
    margin = np.array([one.margin_ft for one in measures])
    sigma = joint_sigma_ft(sites.sigma_ft, np.array([one.layer_sigma_ft for one in measures]))
    measured = first_where_positive(margin, np.array([one.chosen.limit_included for one in measures]))
    for row, one in enumerate(measures):
        if one.answer is not None:
            measured[row] = one.answer
    decided = decide(measured, margin, sigma, _integrated(measures, margin, sigma), confidence)
    reason = np.array([one.reason for one in reasons])
    open_rows = reason < 0
    answers = np.array([bool(check.answers) for check in checks])[:, None]
    answer = np.where(open_rows & answers, decided.answer, _UNDECIDED)
    probability = np.where(open_rows, decided.probability, np.nan)
    too_poor = np.array([len(one.texts) for one in reasons], dtype=np.int16)[:, None]
    reason = np.where(open_rows & answers & (decided.answer < 0), too_poor, reason)
    return {
        check.name: Findings(
            check=check.name,
            answers=check.answers,
            answer=answer[row],
            probability=probability[row],
            sigma_ft=sigma[row],
            reason=reason[row],
            reasons=(*reasons[row].texts, TOO_POOR),
            measures=measures[row],
            versions=query.versions_of((*check.roles, *check.also)),
        )
        for row, check in enumerate(checks)
    }


def _integrated(measures: Sequence[Measures], margin_ft: Floats, sigma_ft: Floats) -> Integrated:
    """What the checks have integrated themselves, else a band or a straight edge."""
    straight = straight_edge(margin_ft, sigma_ft)
    probability, seen = straight.probability, straight.seen.copy()
    for row, one in enumerate(measures):
        if one.probability is not None and one.seen is not None:
            probability[row], seen[row] = one.probability, one.seen
        elif one.band_ft is not None:
            band = straight_band(margin_ft[row], sigma_ft[row], one.band_ft)
            probability[row], seen[row] = band.probability, band.seen
    return Integrated(probability, seen)


_UNDECIDED = np.int8(-1)
TOO_POOR = (
    "The position is too uncertain for this distance to the limit; measure it on the ground, or locate it better."
)
_NO_GEOMETRY = "The place has no position; locate it first."


@dataclass(frozen=True, slots=True)
class _Reasons:
    """Why rows are undecided: an index into the texts, -1 where nothing stands in the way."""

    reason: npt.NDArray[np.int16]
    texts: tuple[str, ...]


class _Why:
    """Why rows are undecided, whatever was measured; what several checks share is found out once."""

    def __init__(self, sites: Sites, query: LayerQuery) -> None:
        self._query, self._sites = query, sites
        nowhere = shapely.is_missing(sites.place) | shapely.is_empty(sites.place)
        self._nowhere = nowhere if nowhere.any() else None
        self._latest = sites.day.max() if len(sites) else np.datetime64("NaT")
        self._stale: dict[str, list[tuple[str, npt.NDArray[np.bool_]]]] = {}

    def undecided(self, check: Check, measures: Measures, missing: Sequence[str]) -> _Reasons:
        """A missing layer, then no rule, then a stale layer, then no position, then the check's own reason."""
        texts = [*measures.reasons, _NO_GEOMETRY]
        if measures.reason is None:
            reason = np.full(len(self._sites), -1, dtype=np.int16)
        else:
            reason = np.array(measures.reason, dtype=np.int16)
        if check.on == "place" and self._nowhere is not None:
            reason[self._nowhere] = len(texts) - 1
        for role in (*check.roles, *check.told):
            for text, stale in self._stale_layers(role):
                reason[stale] = len(texts)
                texts.append(text)
        if not measures.chosen.all_usable:
            reason[~measures.chosen.usable] = len(texts)
            texts.append(
                f"No rule on {check.rule_subject.replace('_', ' ')} with a known number is in force on this day."
            )
        missing = missing or [role for role in check.told if not self._query.has(role)]
        if missing:
            reason[:] = len(texts)
            texts.append(f"The layer {' and the layer '.join(missing)} is not there; without it nothing is clear.")
        return _Reasons(reason, tuple(texts))

    def _stale_layers(self, role: str) -> list[tuple[str, npt.NDArray[np.bool_]]]:
        """The layers of a role that are too old for some sites, and for which."""
        if role not in self._stale:
            last_days = self._query.features(role).last_days if self._query.has(role) else ()
            late = [(layer, self._sites.day > last) for layer, last in last_days if not self._latest <= last]
            self._stale[role] = [
                (f"The layer {layer} is too old for this day; publish a newer one.", stale)
                for layer, stale in late
                if stale.any()
            ]
        return self._stale[role]
