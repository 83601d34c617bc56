"""What turns when the rules change: the same places under two packs, or on two days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from gis_ce.assess import assess
from gis_ce.checks.check import Check, Findings, Sites
from gis_ce.decision import CONFIDENCE
from gis_ce.rules import RuleBook
from layers.features import Rows, Texts
from layers.grid import Floats
from layers.query import LayerQuery


@dataclass(frozen=True, slots=True)
class Turned:
    """The sites whose answer to one check turns: one row a site, `site` its row in the sites asked.

    Answers are words, `undecided` where open; rules are ids, None where none is in force.
    """

    check: str
    site: Rows
    before: Texts
    after: Texts
    rule_before: Texts
    rule_after: Texts
    margin_before_ft: Floats
    margin_after_ft: Floats

    def __len__(self) -> int:
        return len(self.site)


def preview(
    sites: Sites,
    query: LayerQuery,
    before: RuleBook,
    after: RuleBook,
    checks: Sequence[Check],
    *,
    days: tuple[date | None, date | None] = (None, None),
    confidence: float = CONFIDENCE,
) -> list[Turned]:
    """For each check in which any answer turns from one book to the other, which sites and from what to what.

    `days` asks every site as of the first day before and of the second after; None keeps each
    site's own day. Checks without answers are left out. Cost: every check twice.
    """
    asked = [check for check in checks if check.answers]
    first, second = _on(sites, days[0]), _on(sites, days[1])
    was = assess(first, query, before, asked, confidence)
    will_be = assess(second, query, after, asked, confidence)
    turned = [_turned(was[check.name], will_be[check.name]) for check in asked]
    return [found for found in turned if len(found)]


def _on(sites: Sites, day: date | None) -> Sites:
    return sites if day is None else replace(sites, day=np.full(len(sites), np.datetime64(day)))


def _turned(was: Findings, will_be: Findings) -> Turned:
    rows = np.flatnonzero(was.answer != will_be.answer)
    return Turned(
        check=was.check,
        site=rows,
        before=_answers(was, rows),
        after=_answers(will_be, rows),
        rule_before=_rules(was, rows),
        rule_after=_rules(will_be, rows),
        margin_before_ft=was.measures.margin_ft[rows],
        margin_after_ft=will_be.measures.margin_ft[rows],
    )


def _answers(found: Findings, rows: Rows) -> Texts:
    words: Texts = np.array([*found.answers, "undecided"], dtype=object)[found.answer[rows]]
    return words


def _rules(found: Findings, rows: Rows) -> Texts:
    chosen = found.measures.chosen
    ids: Texts = np.array([*(rule.id for rule in chosen.rules), None], dtype=object)[chosen.index[rows]]
    return ids
