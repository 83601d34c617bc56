"""The spatial questions and the five checks asked of PostGIS."""

from __future__ import annotations

import numpy as np

from benchmarks import agreement
from benchmarks.postgis_server import (
    AFFORDABLE_S,
    Columns,
    Sessions,
    answers_one_by_one,
    batch_s,
    kept,
    load_sites,
    one_by_one_s,
)
from benchmarks.question_words import Question, equal_places
from benchmarks.results import Row, beside
from benchmarks.towns import BenchTown
from gis_ce.checks.check import Findings, Sites
from layers.query import LayerQuery
from tests.oracle_checks import ENCROACHED, OURS, OWN_ADDRESS, RIGHT_OF_WAY, TOLERANCE_ZONE, WATER_AVAILABLE
from tests.oracle_questions import NEAREST

ZONES = ("water_main", "sewer_main", "lateral")
ASSETS = (*ZONES, "hydrant", "valve", "blowoff", "manhole", "meter")


def question_row(
    ours: Row, query: LayerQuery, sessions: Sessions, question: Question, sites: Sites, *, one_each: bool
) -> Row:
    """One spatial question for these sites, together or each alone, beside our time."""
    theirs_s, answers = _asked(sessions, question.postgis, sites, one_each=one_each)
    agree = equal_places(question.ask(query, sites.place), answers, len(sites), question.to_ft)
    return beside(ours, "PostGIS", theirs_s / ours.places, ours.places, agree)


def _asked(sessions: Sessions, statement: str, sites: Sites, *, one_each: bool) -> tuple[float, Columns]:
    if one_each:
        return one_by_one_s(sessions[0], statement, sites), answers_one_by_one(sessions[0], statement, sites)
    load_sites(sessions[0], sites)
    return batch_s(sessions[:1], statement), kept(sessions[:1])


def checks_rows(
    town: BenchTown,
    query: LayerQuery,
    sessions: Sessions,
    sites: Sites,
    found: dict[str, Findings],
    ours_s: dict[str, float],
    *,
    one_each: bool,
) -> list[Row]:
    """Each check, and all five at once; PostGIS on fewer places where it would take over a minute."""
    statements = statements_of_checks(query)
    measured = len(sites) if one_each else min(len(sites), _affordable(sessions, statements, sites))
    asked = sites.take(np.arange(measured))
    load_sites(sessions[0], asked)
    agreement.assert_equal(sessions[0], statements, found, measured)
    theirs_s = {check: _seconds(sessions, several, asked, one_each) for check, several in statements.items()}
    theirs_s["five checks"] = sum(theirs_s.values())
    count, timed = (1, 1) if one_each else (len(sites), measured)
    return [
        beside(Row(town.name, check, count, ours_s[check] * 1e6 / count), "PostGIS", taken / timed, timed, measured)
        for check, taken in theirs_s.items()
    ]


def statements_of_checks(query: LayerQuery) -> dict[str, list[str]]:
    """The statements that each check takes in PostGIS."""
    zones = [TOLERANCE_ZONE.format(role=role, ours=OURS) for role in ZONES if query.has(role)]
    nearest = [
        NEAREST.format(role=role).replace("%(reach)s", "2000.0") for role in (*ASSETS, "address") if query.has(role)
    ]
    return {
        "right_of_way": [RIGHT_OF_WAY],
        "tolerance_zone": zones,
        "water_available": [WATER_AVAILABLE],
        "easement_encroachment": [ENCROACHED],
        "nearest_asset_and_address": [*nearest, OWN_ADDRESS],
    }


def _affordable(sessions: Sessions, statements: dict[str, list[str]], sites: Sites) -> int:
    """How many places PostGIS answers within a minute, judged by two hundred of them."""
    few = min(200, len(sites))
    load_sites(sessions[0], sites.take(np.arange(few)))
    taken = sum(batch_s(sessions[:1], one) for asked in statements.values() for one in asked)
    return max(few, int(few * AFFORDABLE_S / taken))


def _seconds(sessions: Sessions, statements: list[str], sites: Sites, one_each: bool) -> float:
    if one_each:
        return sum(one_by_one_s(sessions[0], one, sites) for one in statements)
    return sum(batch_s(sessions[:1], one) for one in statements)
