"""Does a locate ticket cover digging at the place on the day?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, Sites
from gis_ce.checks.facts import Fact
from gis_ce.checks.measuring import ids_of, sigmas_of
from gis_ce.checks.ticket_terms import NONE, RESPONSES, Flags
from gis_ce.checks.ticket_verdicts import Verdicts, verdicts
from gis_ce.checks.ticket_words import (
    CAUSES,
    LISTED,
    arithmetic_said,
    others_said,
    response_said,
    root_cause_said,
    three_hour_said,
    ticket_said,
)
from gis_ce.checks.wording import answered, feet
from gis_ce.decision import joint_sigma_ft
from gis_ce.rules import RuleBook
from gis_ce.uncertainty import Counts, own_side
from layers.features import Days, Rows, Texts
from layers.grid import Floats
from layers.query import LayerQuery, starts_of

_OTHER_FIRM, _UNDATED, _KIND, _NO_REACH = range(4)
_REASONS = (
    "Only a ticket of another firm covers the place; say whether the work was done under it.",
    "A ticket that covers the place has no day on which it was given; look it up at the one-call centre.",
    "A ticket that covers the place is of a kind that no rule knows; say whether it allows digging.",
    "No rule says how far tickets are looked for; set one.",
)


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """Signed distance to the area of a ticket in force on the day, positive inside; the deepest counts."""
    reach = rulebook.choose("locate_ticket", sites.day).numbers("search_reach_ft")
    judged = verdicts(sites, query, rulebook, reach)
    best = _best(judged, sites)
    margin = _margin_ft(judged, len(sites), reach)
    feature = np.append(judged.pairs.feature, -1)[best]
    layer_sigma = sigmas_of(query.features("locate_ticket"), feature)
    side = own_side(
        query,
        "locate_ticket",
        sites.place,
        margin,
        joint_sigma_ft(sites.sigma_ft, layer_sigma),
        of=_counting(judged, query),
    )
    given = np.append(judged.terms.given, np.datetime64("NaT", "D"))[best]
    return Measures(
        margin,
        rulebook.choose("ticket_life", np.where(given <= sites.day, given, sites.day)),
        role="locate_ticket",
        feature=feature,
        layer_sigma_ft=layer_sigma,
        probability=side.probability,
        seen=side.seen,
        reason=np.where(np.isnan(reach), _NO_REACH, _reason(judged, len(sites))).astype(np.int16),
        reasons=_REASONS,
        facts=_facts(judged, best, query, len(sites)),
    )


def _margin_ft(judged: Verdicts, count: int, reach_ft: Floats) -> Floats:
    """The deepest of the tickets in force; none within reach: outside by at least the reach."""
    margin = -reach_ft
    kept = judged.in_force
    np.fmax.at(margin, judged.pairs.place[kept], judged.signed_ft[kept])
    return margin


def _best(judged: Verdicts, sites: Sites) -> Rows:
    """The pair that each site's answer turns on: a valid ticket, else the nearest miss; -1 where none is near."""
    order = _order(judged, sites)
    best = np.full(len(sites), -1, dtype=np.intp)
    place = judged.pairs.place[order]
    first = order[starts_of(place)]
    best[judged.pairs.place[first]] = first
    return best


def _order(judged: Verdicts, sites: Sites) -> Rows:
    """The pairs of each site, best first: valid ones, deepest first, then misses.

    Of the misses first the one that the case names, then those of a kind, firm and state that could
    count, then the least in feet outside and days off together, then by id.
    """
    valid = judged.valid
    nearness = np.where(valid, -judged.signed_ft, judged.miss)
    hopeless = judged.wrong_kind | judged.cancelled | judged.unclear
    rank = np.arange(len(judged.pairs))
    keys = (rank, np.round(nearness, 2), hopeless, ~_named(judged, sites), ~valid)
    return np.lexsort((*keys, judged.pairs.place))


def _named(judged: Verdicts, sites: Sites) -> Flags:
    """Whether a ticket has the number that the case names."""
    wanted = sites.detail("ticket_number")[judged.pairs.place]
    pairs = zip(wanted, judged.number, strict=True)
    return np.array([number is not None and str(number) == str(own) for number, own in pairs], dtype=np.bool_)


def _reason(judged: Verdicts, count: int) -> npt.NDArray[np.int16]:
    """Why a site stays open though no ticket counts: one would, if something were known."""
    reason = np.full(count, -1, dtype=np.int16)
    faultless = judged.faults == 0
    for code, flag in ((_KIND, judged.unknown_kind), (_UNDATED, judged.undated), (_OTHER_FIRM, judged.other_firm)):
        reason[judged.pairs.place[faultless & flag]] = code
    reason[judged.pairs.place[judged.valid]] = -1
    return reason


def _counting(judged: Verdicts, query: LayerQuery) -> Counts:
    """Which tickets count for which site when positions are integrated: those in force."""
    features = len(query.features("locate_ticket"))
    kept = judged.in_force
    codes = np.unique(judged.pairs.place[kept] * features + judged.pairs.feature[kept])
    return lambda place, feature: np.isin(place * features + feature, codes)


def _facts(judged: Verdicts, best: Rows, query: LayerQuery, count: int) -> dict[str, Fact]:
    features = query.features("locate_ticket")
    feature = np.append(judged.pairs.feature, -1)[best]
    terms, three_hour = judged.terms, np.zeros(count, dtype=np.bool_)
    three_hour[judged.pairs.place[terms.three_hour & ~judged.outside & (terms.given <= judged.day)]] = True
    return {
        "ticket_number": _with_none(judged.number, best),
        "facility_id": ids_of(features, feature),
        "firm": _with_none(features.texts("firm"), feature),
        "given_on": _iso(terms.given, best),
        "last_day": _iso(terms.last_day, best),
        "response_due_on": _iso(terms.response_due, best),
        "outside_ft": np.append(np.where(judged.outside, -judged.signed_ft, 0.0), np.nan)[best],
        "days_after_expiry": np.append(judged.days_after_expiry, np.nan)[best],
        "dug_before_response_due": np.append(judged.too_early, False)[best],
        "allows_digging": np.append(terms.digs, False)[best],
        "response": np.array(RESPONSES, dtype=object)[np.append(judged.responses.state, NONE)[best]],
        "response_meaning": _with_none(judged.responses.meaning, best),
        "three_hour_called": three_hour,
        "tickets_near": np.bincount(judged.pairs.place, minlength=count).astype(np.float64),
        "proposed_root_cause": np.array([*CAUSES, None], dtype=object)[_cause(judged, best)],
    }


def _with_none(values: Texts, rows: Rows) -> Texts:
    return np.append(values, np.array([None], dtype=object))[rows]


def _iso(days: Days, rows: Rows) -> Texts:
    """Days as texts; None where there is none."""
    picked = np.append(days, np.datetime64("NaT", "D"))[rows]
    return np.array([None if np.isnat(day) else str(day) for day in picked], dtype=object)


def _cause(judged: Verdicts, best: Rows) -> Rows:
    """An index into CAUSES for each site, -1 where tickets alone propose none."""
    late = judged.valid & (judged.responses.state == NONE) & (judged.day > judged.terms.response_due)
    open_still = (judged.faults == 0) & ~judged.valid
    faults = [
        open_still,
        late,
        judged.valid,
        judged.other_firm | judged.called_later,
        judged.wrong_kind | judged.cancelled,
        judged.outside,
        judged.expired,
        judged.too_early,
    ]
    named = [-1, 5, -1, 0, 1, 2, 3, 4]
    return np.append(np.select(faults, named, -1), 0)[best].astype(np.intp)


def explain(sites: Sites, query: LayerQuery, findings: Findings, row: int) -> Account:
    """The ticket that the answer turned on, its arithmetic, its response, and every near miss."""
    chosen = findings.measures.chosen
    question = "Locate ticket for digging here on this day"
    place, one = sites.place[row], sites.take(np.array([row]))
    evidence = [Evidence(place, "site", "place")]
    if chosen.book is None or shapely.is_missing(place):
        return Account(answered(question, findings, row, "no place"), tuple(evidence))
    reach = chosen.book.choose("locate_ticket", one.day).numbers("search_reach_ft")
    judged = verdicts(one, query, chosen.book, reach)
    order = _order(judged, one)
    features = query.features("locate_ticket")
    fact = ticket_said(judged, int(order[0]), features) if len(order) else f"no ticket within {feet(float(reach[0]))}"
    for pair in order[:LISTED]:
        area = features.geometry[judged.pairs.feature[pair]]
        evidence.append(Evidence(area, "ticket", f"ticket {judged.number[pair]}", "locate_ticket"))
        if judged.outside[pair]:
            gap = feet(-float(judged.signed_ft[pair]))
            evidence.append(Evidence(shapely.shortest_line(place, area), "distance", gap))
    parts = [answered(question, findings, row, fact)]
    if len(order):
        parts += [
            arithmetic_said(judged, int(order[0]), chosen.book),
            response_said(judged, int(order[0]), chosen.book),
        ]
    called, day = bool(findings.measures.facts["three_hour_called"][row]), one.day[0].item()
    parts.append(three_hour_said(called, chosen.book, day))
    parts.append(others_said(judged, order[1:], features))
    parts.append(root_cause_said(findings, row, chosen.book, day))
    return Account(" ".join(part for part in parts if part), tuple(evidence))


CHECK = Check(
    name="locate_ticket",
    question="Does a locate ticket cover digging at the place on the day?",
    answers=("yes", "no"),
    fails=("no",),
    roles=("locate_ticket",),
    measure=measure,
    explain=explain,
    rule_subject="ticket_life",
    personal=("firm", "contractor"),
)
