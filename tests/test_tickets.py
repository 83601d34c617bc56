"""What must hold for locate tickets, whatever the place, the day and the doubt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
import shapely.affinity
import yaml
from drawn_towns import drawn_layer, drawn_query, sites
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_ce.assess import assess, explain
from gis_ce.checks import contractor_tickets_nearby, locate_ticket
from gis_ce.checks.check import Findings, Sites
from gis_ce.rule_files import open_pack
from layers.query import LayerQuery

TICKETS = yaml.safe_load((Path(__file__).parent / "situations_tickets.yaml").read_text("utf-8"))["town"][
    "locate_ticket"
]
RULES = open_pack("nc-raleigh-2016")
CHECKS = (locate_ticket.CHECK, contractor_tickets_nearby.CHECK)
EAST = st.one_of(st.integers(-400, 1600), st.integers(18900, 19300)).map(lambda feet: feet / 1)
DAY = st.integers(0, 200).map(lambda days: date(2025, 9, 25) + timedelta(days=days))
PLACE = st.tuples(EAST, st.integers(-200, 300), DAY, st.sampled_from([0.0, 1.0, 10.0]))
Place = tuple[float, int, date, float]


def _town(east: int = 0, north: int = 0, angle: int = 0) -> LayerQuery:
    return drawn_query(
        drawn_layer("locate_ticket", [{**row, "wkt": _moved(row["wkt"], east, north, angle)} for row in TICKETS])
    )


def _moved(wkt: str, east: int, north: int, angle: int) -> str:
    turned = shapely.affinity.rotate(shapely.from_wkt(wkt), angle, origin=(0, 0))
    return shapely.to_wkt(shapely.affinity.translate(turned, east, north), 9)


def _sites(places: Sequence[Place], east: int = 0, north: int = 0, angle: int = 0) -> Sites:
    points = [_moved(f"POINT({x} {y})", east, north, angle) for x, y, _, _ in places]
    return sites(points, sigma_ft=[place[3] for place in places], on=[place[2] for place in places])


def _answers(found: dict[str, Findings]) -> dict[str, list[Any]]:
    return {
        name: [(findings.answer_of(row), findings.reason_of(row)) for row in range(len(findings))]
        for name, findings in found.items()
    }


@settings(max_examples=40)
@given(st.lists(PLACE, min_size=1, max_size=10), st.integers(-5000, 5000), st.integers(-5000, 5000))
def test_moving_everything_changes_no_answer(places: list[Place], east: int, north: int) -> None:
    here = assess(_sites(places), _town(), RULES, CHECKS)
    there = assess(_sites(places, east, north), _town(east, north), RULES, CHECKS)
    assert _answers(here) == _answers(there)


@settings(max_examples=40)
@given(st.lists(PLACE, min_size=1, max_size=10), st.integers(0, 359))
def test_turning_everything_changes_no_answer(places: list[Place], angle: int) -> None:
    exact = [(x, y, day, 0.0) for x, y, day, _ in places]
    here = assess(_sites(exact), _town(), RULES, CHECKS)
    there = assess(_sites(exact, angle=angle), _town(angle=angle), RULES, CHECKS)
    assert _answers(here) == _answers(there)
    for name, found in here.items():
        np.testing.assert_allclose(found.measures.margin_ft, there[name].measures.margin_ft, atol=1e-5)


@settings(max_examples=40)
@given(st.lists(PLACE, min_size=2, max_size=10))
def test_many_at_once_answer_as_each_alone_and_in_any_order(places: list[Place]) -> None:
    query = _town()
    together = assess(_sites(places), query, RULES, CHECKS)
    backwards = assess(_sites(places[::-1]), query, RULES, CHECKS)
    assert {name: rows[::-1] for name, rows in _answers(backwards).items()} == _answers(together)
    for row, place in enumerate(places):
        alone = assess(_sites([place]), query, RULES, CHECKS)
        for name, found in together.items():
            assert found.answer_of(row) == alone[name].answer_of(0)
            assert found.probability[row] == pytest.approx(alone[name].probability[0], nan_ok=True)
            for fact, values in found.measures.facts.items():
                np.testing.assert_equal(values[row], alone[name].measures.facts[fact][0], err_msg=f"{name}.{fact}")


@settings(max_examples=60)
@given(PLACE, st.floats(0.1, 40), st.floats(1, 4))
def test_doubt_never_decides(place: Place, sigma: float, factor: float) -> None:
    x, y, day, _ = place
    asked = _sites([(x, y, day, sigma), (x, y, day, sigma * factor)])
    found = assess(asked, _town(), RULES, CHECKS[:1])["locate_ticket"]
    assert found.answer_of(1) in (found.answer_of(0), None)


@settings(max_examples=40)
@given(PLACE)
def test_every_answer_can_be_put_into_words(place: Place) -> None:
    query, asked = _town(), _sites([place])
    for check in CHECKS:
        found = assess(asked, query, RULES, [check])[check.name]
        account = explain(check, asked, query, found, 0)
        assert "nan" not in account.sentence
        assert "None" not in account.sentence


@pytest.mark.parametrize(("x", "sigma", "day"), [(95, 10, 10), (110, 20, 10), (19099, 30, 160), (19199, 8, 160)])
def test_the_probability_is_that_of_a_monte_carlo_count(x: float, sigma: float, day: int) -> None:
    on = date(2025, 9, 30) + timedelta(days=day)
    asked = sites([f"POINT({x} 50)"], sigma_ft=float(sigma), on=on)
    found = assess(asked, _town(), RULES, CHECKS[:1])["locate_ticket"]
    drawn = np.random.default_rng(5).normal((x, 50), sigma, (100_000, 2))
    exact = sites(["POINT(0 0)"] * len(drawn), on=on)
    exact = Sites(shapely.points(drawn), exact.structure, exact.sigma_ft, exact.day)
    answers = assess(exact, _town(), RULES, CHECKS[:1])["locate_ticket"].answer
    own = assess(sites([f"POINT({x} 50)"], on=on), _town(), RULES, CHECKS[:1])["locate_ticket"].answer[0]
    assert found.probability[0] == pytest.approx((answers == own).mean(), abs=6e-3)


def test_code_10_means_opposite_things_in_north_carolina_and_virginia() -> None:
    area = "POLYGON((0 0,100 0,100 100,0 100,0 0))"
    ticket = {
        "id": "T1",
        "wkt": area,
        "ticket_number": "T1",
        "kind": "normal",
        "called_on": date(2026, 3, 2),
        "responded_on": date(2026, 3, 3),
        "response_code": "10",
    }
    query, asked = drawn_query(drawn_layer("locate_ticket", [ticket])), sites(["POINT(50 50)"], on=date(2026, 3, 10))
    said = {}
    for pack in ("nc", "va"):
        found = assess(asked, query, open_pack(pack), CHECKS[:1])["locate_ticket"]
        said[pack] = explain(CHECKS[0], asked, query, found, 0).sentence
        assert found.measures.facts["response"][0] == "clear"
    assert "no conflict (codes of NC)" in said["nc"]
    assert "marked (codes of VA)" in said["va"]
    assert "undecided" in said["va"], "the life of a ticket is not known there"


def test_the_life_of_a_ticket_follows_the_day_it_was_given_and_not_the_day_of_the_damage() -> None:
    def answer(given_on: date, day: date) -> str | None:
        ticket = {"id": "T", "wkt": "POLYGON((0 0,9 0,9 9,0 9,0 0))", "kind": "emergency", "called_on": given_on}
        query = drawn_query(drawn_layer("locate_ticket", [ticket]))
        return assess(sites(["POINT(5 5)"], on=day), query, RULES, CHECKS[:1])["locate_ticket"].answer_of(0)

    assert answer(date(2025, 9, 30), date(2025, 9, 30)) == "yes"
    assert answer(date(2025, 9, 30), date(2025, 10, 21)) == "yes"
    assert answer(date(2025, 9, 30), date(2025, 10, 22)) == "no"
    assert answer(date(2025, 10, 1), date(2025, 10, 22)) == "yes"
    assert answer(date(2025, 10, 1), date(2025, 10, 29)) == "yes"
    assert answer(date(2025, 10, 1), date(2025, 10, 30)) == "no"
