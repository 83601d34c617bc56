"""The benchmarks: every engine answers the same full check, and figures land where they belong."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from oracle_easements import EASEMENT_EDGES
from oracle_places import hard_places, hard_structures
from oracle_tables import fetch
from oracle_towns import ROOT, Town

from benchmarks import in_duckdb, postgis_server
from benchmarks.full_agreement import assert_same, columns_of, columns_of_postgis, slack_ft
from benchmarks.full_check import FULL, ROLES
from benchmarks.full_in_duckdb import row as duckdb_row
from benchmarks.full_sql import full_check
from benchmarks.performance_page import write_section
from benchmarks.postgis_server import Columns
from benchmarks.results import Row, beside, growth, table
from benchmarks.timing import ROUNDS, seconds_of_one
from benchmarks.towns import names_for
from gis_ce.assess import assess
from gis_ce.checks.check import Sites
from gis_ce.rule_files import open_pack
from layers.city import read_city
from layers.demo_town import make_town

_PLACES = 1000


@pytest.fixture(scope="module")
def demo(towns: Callable[[str], Town]) -> Town:
    town = towns("demo")
    town.oracle.execute(EASEMENT_EDGES)
    return Town(town.name, town.query.narrowed(ROLES), town.oracle)


@pytest.fixture(scope="module")
def sites(demo: Town) -> Sites:
    """Hard places, half of them of 2010, under an older law."""
    places = hard_places(demo.query, _PLACES)
    days = np.where(np.arange(_PLACES) % 2, np.datetime64("2026-03-02"), np.datetime64("2010-05-03"))
    return Sites(places, hard_structures(places), np.zeros(_PLACES), days)


@pytest.fixture(scope="module")
def found(demo: Town, sites: Sites) -> Columns:
    return columns_of(assess(sites, demo.query, open_pack("nc-raleigh-2016"), FULL))


@pytest.mark.parametrize("parcels_once", [False, True])
def test_postgis_answers_the_full_check_alike(demo: Town, sites: Sites, found: Columns, *, parcels_once: bool) -> None:
    postgis_server.load_sites(demo.oracle, sites)
    kept = fetch(demo.oracle, full_check(demo.query, parcels_once=parcels_once))
    assert assert_same(found, columns_of_postgis(kept, demo.query), slack_ft(kept)) == _PLACES
    assert slack_ft(kept).astype(bool).mean() < 0.05


def test_postgis_answers_single_places_as_it_answers_them_together(demo: Town, sites: Sites, found: Columns) -> None:
    kept = postgis_server.answers_one_by_one(demo.oracle, full_check(demo.query), sites.take(np.arange(40)))
    assert assert_same(found, columns_of_postgis(kept, demo.query), slack_ft(kept)) == 40


@pytest.mark.parametrize("one_each", [False, True])
def test_duckdb_answers_alike_what_it_is_asked(demo: Town, sites: Sites, found: Columns, *, one_each: bool) -> None:
    some = sites.take(np.arange(40 if one_each else _PLACES))
    ours = Row("demo", "full check", 1 if one_each else _PLACES, 100.0)
    with in_duckdb.loaded(demo.query, postgis_server.right_of_way_pieces(demo.oracle)) as database:
        theirs = duckdb_row(ours, demo.query, database, some, found, one_each=one_each)
    assert theirs.agree == len(some)
    assert theirs.other_us > 0


def test_an_answer_that_differs_stops_the_run(found: Columns) -> None:
    for name, wrong in (("zone_ft", found["zone_ft"] + 1e-5), ("parcel", np.roll(found["parcel"], 1))):
        with pytest.raises(AssertionError, match=name):
            assert_same(found, {name: wrong})


def test_one_of_many_takes_the_median_of_their_quickest_runs() -> None:
    asked: list[int] = []
    seconds_of_one([lambda number=number: asked.append(number) for number in range(3)])
    assert asked == [0, 1, 2] * (ROUNDS + 1)


def test_writing_figures_leaves_all_others_on_the_page(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "performance.md"
    for name, figures in (("town, questions", "one"), ("city, questions", "two"), ("town, questions", "three")):
        write_section(page, name, figures)
    text = page.read_text()
    assert text.index("three") < text.index("two")
    assert "one" not in text
    assert text.count("## ") == 2


def test_growth_is_told_against_the_first_town() -> None:
    rows = [Row("town", "full check", 1, 100.0), beside(Row("metro", "full check", 1, 150.0), "PostGIS", 3e-4, 1, 1)]
    assert "| 1 at once | 100 | 150 (**1.5** times) |" in growth(rows, "full check")
    assert growth(rows[:1], "full check") == ""
    assert "| town | full check | 1 | 100 | | | | |" in table(rows)


def test_a_town_of_some_roles_takes_what_they_are_derived_from(tmp_path: Path) -> None:
    city = read_city(make_town(tmp_path, "hamlet"))
    names = names_for(city, ROLES)
    assert {"parcels", "right_of_way", "easements_recorded", "easements_modelled", "valves"} <= names
    assert not names & {"addresses", "laterals", "buildings"}


def test_a_run_of_full_checks_alone() -> None:
    command = [sys.executable, "-m", "benchmarks", "hamlet", "--full-only", "--no-engines", "--json"]
    command += ["--places", "100", "30"]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout)
    assert [(row["places"], row["other"]) for row in said["rows"]] == [(1, None), (30, None), (100, None)]
    assert all(row["ours_us"] > 0 for row in said["rows"])
