"""Which locate tickets of contractors lie near the place and the day?"""

from __future__ import annotations

import numpy as np
import shapely

from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, Sites
from gis_ce.checks.measuring import first_of_each, first_pair, ids_of, sigmas_of
from gis_ce.checks.wording import feet, rule_note
from gis_ce.clock import named
from gis_ce.rules import Chosen, RuleBook
from layers.features import Features, Rows, Texts
from layers.grid import Floats
from layers.query import LayerQuery, Pairs

_REASONS = ("No ticket lies within the rule's reach of the place and the day.",)
ROLE = "locate_ticket"


def tickets_near(sites: Sites, query: LayerQuery, chosen: Chosen) -> tuple[Pairs, Floats]:
    """The tickets within the rule's reach of place and day, nearest first, and how many days before the
    event each was given (negative: after it; NaN: its day is not known, and it is listed all the same)."""
    reach = np.nan_to_num(chosen.numbers("reach_ft"), nan=-1.0)
    pairs = query.within(ROLE, sites.place, reach)
    given = query.features(ROLE).days("called_on")[pairs.feature]
    days = (sites.day[pairs.place] - given) / np.timedelta64(1, "D")
    before, after = chosen.numbers("days_before")[pairs.place], chosen.numbers("days_after")[pairs.place]
    kept = np.flatnonzero(np.isnan(days) | ((days <= before) & (days >= -after)))
    return Pairs(pairs.place[kept], pairs.feature[kept], pairs.distance_ft[kept]), days[kept]


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """The distance and days of the nearest ticket, and how many there are; it decides nothing."""
    chosen = rulebook.choose("contractor_tickets_nearby", sites.day)
    features = query.features(ROLE)
    pairs, days = tickets_near(sites, query, chosen)
    feature, distance = first_of_each(pairs, len(sites))
    return Measures(
        chosen.numbers("reach_ft") - distance,
        chosen,
        role=ROLE,
        feature=feature,
        layer_sigma_ft=sigmas_of(features, feature),
        reason=np.where(feature < 0, 0, -1).astype(np.int16),
        reasons=_REASONS,
        facts={
            "tickets_near": np.bincount(pairs.place, minlength=len(sites)).astype(np.float64),
            "ticket_number": _text(features, "ticket_number", feature),
            "facility_id": ids_of(features, feature),
            "firm": _text(features, "firm", feature),
            "distance_ft": distance,
            "days": np.append(days, np.nan)[first_pair(pairs, len(sites))],
        },
    )


def _text(features: Features, name: str, rows: Rows) -> Texts:
    texts: Texts = np.append(features.texts(name), np.array([None], dtype=object))[rows]
    return texts


def explain(sites: Sites, query: LayerQuery, findings: Findings, row: int) -> Account:
    """Every ticket in reach with its firm, distance and days."""
    evidence = [Evidence(sites.place[row], "site", "place")]
    one = sites.take(np.array([row]))
    chosen = findings.measures.chosen
    pairs, days = tickets_near(one, query, Chosen(chosen.index[[row]], chosen.rules, chosen.book))
    features = query.features(ROLE)
    listed = []
    for feature, distance, late in zip(pairs.feature, pairs.distance_ft, days, strict=True):
        listed.append(_said(features, int(feature), float(distance), float(late)))
        number = features.texts("ticket_number")[feature]
        evidence.append(Evidence(features.geometry[feature], "ticket", f"ticket {number}", ROLE))
        if distance > 0:
            line = shapely.shortest_line(sites.place[row], features.geometry[feature])
            evidence.append(Evidence(line, "distance", feet(float(distance))))
    said = f"Contractors' tickets nearby: {'; '.join(listed) or 'none'}."
    reason = findings.reason_of(row)
    return Account(" ".join([said, *([reason] if reason else []), *rule_note(findings, row)]), tuple(evidence))


def _said(features: Features, feature: int, distance_ft: float, days: float) -> str:
    number, firm = features.texts("ticket_number")[feature], features.texts("firm")[feature]
    whose = f" of {firm}" if firm is not None else ""
    where = "on the place" if distance_ft == 0 else feet(distance_ft)
    if np.isnan(days):
        return f"{number}{whose}, {where}, day not known"
    given = named(features.days("called_on")[feature].item())
    return f"{number}{whose}, {where}, given {given}, {_distance_in_days(days)}"


def _distance_in_days(days: float) -> str:
    count = f"{abs(days):.0f} day{'s' if abs(days) != 1 else ''}"
    return "on this day" if days == 0 else f"{count} {'before' if days > 0 else 'after'}"


CHECK = Check(
    name="contractor_tickets_nearby",
    question="Which locate tickets of contractors lie near the place and the day?",
    answers=(),
    roles=(ROLE,),
    measure=measure,
    explain=explain,
    rule_subject="contractor_tickets_nearby",
    personal=("firm", "contractor"),
)
