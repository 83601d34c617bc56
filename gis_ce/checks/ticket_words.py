"""Locate tickets in words: their area, their days, their response, and what they propose as root cause."""

from __future__ import annotations

from datetime import date

import numpy as np

from gis_ce.checks.check import Findings
from gis_ce.checks.ticket_terms import CLEAR, NONE, UNKNOWN_CODE, unit_of
from gis_ce.checks.ticket_verdicts import Verdicts
from gis_ce.checks.wording import feet
from gis_ce.clock import named, shown
from gis_ce.rules import RuleBook
from layers.features import Features, Rows

CAUSES = ("no_request", "wrong_kind", "outside_area", "after_expiry", "too_early", "no_response")
"""The root causes that tickets alone can propose; the rules give their group and words."""
LISTED = 8
"""How many tickets a sentence lists."""


def ticket_said(judged: Verdicts, pair: int, features: Features) -> str:
    """`ticket T1 of Diggers, 12.0 ft inside its area` with every fault it has."""
    firm = features.texts("firm")[judged.pairs.feature[pair]]
    whose = f" of {firm}" if firm is not None else ""
    return f"ticket {judged.number[pair]}{whose}, {', '.join(_area_and_faults(judged, pair))}"


def _area_and_faults(judged: Verdicts, pair: int) -> list[str]:
    signed = float(judged.signed_ft[pair])
    said = [f"{feet(abs(signed))} {'outside' if judged.outside[pair] else 'inside'} its area"]
    if judged.expired[pair]:
        said.append(f"{_days(judged.days_after_expiry[pair])} after expiry")
    faults = [
        (judged.called_later[pair], "called after this day"),
        (judged.too_early[pair], "digging began before the response was due"),
        (judged.wrong_kind[pair], "of a kind that never allows digging"),
        (judged.cancelled[pair], "cancelled"),
        (judged.other_firm[pair], "another firm's"),
        (judged.undated[pair], "its days are not known"),
        (judged.unknown_kind[pair], "of a kind that no rule knows"),
    ]
    return said + [words for fault, words in faults if fault]


def _days(count: float) -> str:
    return f"{count:.0f} day{'s' if count != 1 else ''}"


def arithmetic_said(judged: Verdicts, pair: int, book: RuleBook) -> str:
    """How its last day is counted, and by when the operators had to respond."""
    terms = judged.terms
    said = []
    rule = terms.life.rules[terms.life.index[pair]] if terms.life.index[pair] >= 0 else None
    given, due = terms.given[pair], terms.response_due[pair]
    unit = unit_of(rule.word("life_unit")) if rule is not None else None
    if rule is not None and unit is not None and not np.isnat(terms.last_day[pair]):
        said.append(f"It was {shown(given.item(), round(rule.number('life')), unit, book.calendar)}.")
    if not np.isnat(due):
        said.append(f"The response was due by the end of {named(due.item())}.")
    return " ".join(said)


def response_said(judged: Verdicts, pair: int, book: RuleBook) -> str:
    """What its response code means in this jurisdiction."""
    state, meaning, day = judged.responses.state[pair], judged.responses.meaning[pair], judged.responses.day[pair]
    when = "" if np.isnat(day) else f" on {named(day.item())}"
    if state == NONE:
        return "No positive response by this day."
    if state == UNKNOWN_CODE:
        return f"Its response code{when} is not on the list of {book.jurisdiction}."
    effect = "" if state == CLEAR else "; this does not clear the work"
    return f"Response{when}: {meaning} (codes of {book.jurisdiction}){effect}."


def three_hour_said(called: bool, book: RuleBook, day: date) -> str:
    """Whether a three-hour ticket was called, and how soon the rule of the day wants an answer to such a call."""
    said = "A three-hour ticket was called." if called else "No three-hour ticket was called."
    rule = book.on("second_call", day)
    if rule is None or rule.status == "missing":
        return said
    unsure = "; unconfirmed" if rule.status == "unconfirmed" else ""
    hours = f"{rule.number('answer_within_hours'):g} hours"
    return f"{said} A second call is answered within {hours} ({rule.citation}{unsure})."


def others_said(judged: Verdicts, pairs: Rows, features: Features) -> str:
    """The other tickets around, best first."""
    if not len(pairs):
        return ""
    listed = "; ".join(ticket_said(judged, int(pair), features) for pair in pairs[: LISTED - 1])
    more = len(pairs) - (LISTED - 1)
    return f"Also near: {listed}{f'; and {more} more' if more > 0 else ''}."


def root_cause_said(findings: Findings, row: int, book: RuleBook, day: date) -> str:
    """The root cause that the tickets propose; nothing where the answer is open."""
    cause = findings.measures.facts["proposed_root_cause"][row]
    rule = book.on("root_causes", day)
    if cause is None or rule is None or findings.answer_of(row) is None:
        return ""
    line = rule.table("causes").get(str(cause), {})
    return f"Proposed root cause (DIRT): {line.get('group')}, {line.get('meaning')}." if line else ""
