"""Were the locator's marks right: does the exposed pipe lie within the zone of its mark?"""

from __future__ import annotations

import numpy as np
import shapely

from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, Sites
from gis_ce.checks.deepest import half_width_ft
from gis_ce.checks.marks import marked_diameter_in
from gis_ce.checks.measuring import first_that_holds
from gis_ce.checks.wording import answered, feet, number
from gis_ce.rules import Rule, RuleBook
from layers.grid import Floats, Rows
from layers.query import LayerQuery

_NO_MARK, _NO_PIPE = 0, 1
_REASONS = (
    "No mark is on record; survey the paint or the flags, if they are still there.",
    "No exposed pipe is on record; survey the pipe where it was dug up.",
)


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """The half-width of the zone around the mark less the distance of the exposed pipe from the mark."""
    chosen = rulebook.choose("properly_located", sites.day)
    marks, pipe = sites.detail("marks"), sites.detail("exposed")
    no_mark, no_pipe = shapely.is_missing(marks), shapely.is_missing(pipe)
    both = np.flatnonzero(~no_mark & ~no_pipe)
    half, distance = np.full(len(sites), np.nan), np.full(len(sites), np.nan)
    half[both] = _half_widths(sites, query, rulebook, both)
    distance[both] = shapely.distance(marks[both], pipe[both])
    return Measures(
        half - distance,
        chosen,
        feature=np.full(len(sites), -1, dtype=np.intp),
        layer_sigma_ft=np.zeros(len(sites)),
        reason=first_that_holds([no_mark, no_pipe], [_NO_MARK, _NO_PIPE]),
        reasons=_REASONS,
        band_ft=np.where(np.isnan(half), np.inf, 2 * half),
        facts={"distance_ft": distance, "half_width_ft": half},
    )


def _half_widths(sites: Sites, query: LayerQuery, rulebook: RuleBook, rows: Rows) -> Floats:
    zones = rulebook.choose("tolerance_zone", sites.day[rows])
    half = np.full(len(rows), np.nan)
    for index, rule in enumerate(zones.rules):
        under = np.flatnonzero(zones.index == index)
        half[under] = half_width_ft(_diameters(sites, rows[under], query, rule), rule)
    return half


def _diameters(sites: Sites, rows: Rows, query: LayerQuery, rule: Rule) -> Floats:
    return marked_diameter_in(sites, rows, query, rule.number("listing_reach_ft"))


def explain(sites: Sites, query: LayerQuery, findings: Findings, row: int) -> Account:
    """The mark, its zone, and the exposed pipe."""
    facts, question = findings.measures.facts, "Properly located"
    mark, pipe = sites.detail("marks")[row], sites.detail("exposed")[row]
    distance, half = float(facts["distance_ft"][row]), float(facts["half_width_ft"][row])
    if mark is None or pipe is None:
        return Account(answered(question, findings, row, "mark and exposed pipe are both needed"), ())
    evidence = (
        Evidence(shapely.buffer(mark, half), "zone", f"tolerance zone ±{number(half)} ft"),
        Evidence(mark, "main", "mark"),
        Evidence(pipe, "facility", "exposed pipe"),
        Evidence(shapely.shortest_line(mark, pipe), "distance", feet(distance)),
    )
    fact = f"the exposed pipe lies {feet(distance)} from the mark; half-width {number(half)} ft"
    return Account(answered(question, findings, row, fact), evidence)


CHECK = Check(
    name="properly_located",
    question="Does the exposed pipe lie within the tolerance zone of its mark?",
    answers=("yes", "no"),
    fails=("no",),
    roles=("water_main", "sewer_main"),
    also=("lateral",),
    measure=measure,
    explain=explain,
    rule_subject="properly_located",
    needs=("marks", "exposed"),
)
