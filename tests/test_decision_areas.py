"""However the layers are edited, a decision whose area nothing touches has the very same answer as before."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pytest
import shapely
from drawn_towns import drawn_layer
from edited_layers import EDITS, FIELDS, KINDS, STEPS_FT, Edit, edited, parts_of, town_of
from hypothesis import given, settings
from hypothesis import strategies as st
from land_town import land_town

from gis_ce.actions.evaluating import footprint_of
from gis_ce.actions.on_record import layers_on_record
from gis_ce.assess import assess
from gis_ce.checks.all import CHECKS
from gis_ce.city_rules import CityRules
from gis_ce.decision_areas import Area, differences, touched
from gis_ce.decision_inputs import Inputs, sites_from
from gis_ce.rule_files import open_pack
from layers.query import LayerQuery

RULES = CityRules(open_pack("nc-raleigh-2016"), 0.95)
DAY = date(2026, 3, 2)
PLACES = 12


@cache
def _town() -> LayerQuery:
    """A town with something of every role, two of its layers too old after a while."""
    land = land_town(5, blocks=2)
    middle = shapely.from_wkt(shapely.to_wkt(_middle(land)))
    x, y = middle.x, middle.y
    here = [
        drawn_layer("hydrant", [{"id": f"H{n}", "wkt": f"POINT ({x + 90 * n} {y - 60 * n})"} for n in range(-3, 4)]),
        drawn_layer("valve", [{"id": f"V{n}", "wkt": f"POINT ({x + 70 * n} {y + 40})"} for n in range(-3, 4)]),
        drawn_layer("manhole", [{"id": f"M{n}", "wkt": f"POINT ({x} {y + 80 * n})"} for n in range(-3, 4)]),
        drawn_layer(
            "address",
            [
                {"id": f"A{n}", "wkt": f"POINT ({x + 50 * n} {y + 30 * n})", "full_address": f"{n} ELM"}
                for n in range(-4, 5)
            ],
        ),
        drawn_layer("water_body", [{"id": "B1", "wkt": shapely.box(x - 300, y + 60, x + 300, y + 90).wkt}]),
        drawn_layer("locate_ticket", [_ticket(n, x, y) for n in range(4)], stale_after_days=100),
    ]
    there = {part.description.role for part in here}
    return town_of([*(part for part in parts_of(land) if part.description.role not in there), *here])


def _middle(query: LayerQuery) -> shapely.Point:
    west, south, east, north = shapely.total_bounds(query.features("parcel").geometry).tolist()
    return shapely.Point((west + east) / 2, (south + north) / 2)


def _ticket(n: int, x: float, y: float) -> dict[str, object]:
    area = shapely.box(x + 60 * n - 100, y - 80, x + 60 * n, y + 80)
    dates = {"called_on": date(2026, 2, 20 + n), "expires_on": date(2026, 3, 10)}
    return {"id": f"T{n}", "wkt": area.wkt, "ticket_number": f"T{n}", "kind": "normal", "firm": "DIGGERS", **dates}


@cache
def _inputs() -> tuple[Inputs, ...]:
    """Places all over the town: exact and doubtful, some with a structure, some with marks or another parcel named."""
    random = np.random.default_rng(3)
    west, south, east, north = shapely.total_bounds(_town().features("parcel").geometry).tolist()
    found = []
    for number in range(PLACES):
        x, y = random.uniform(west, east), random.uniform(south, north)
        place = shapely.Point(x, y)
        shed = shapely.box(x, y, x + 12, y + 9)
        mark = {"type": "LineString", "coordinates": [[x - 5, y - 2], [x + 5, y - 2]]}
        other = {"other_parcel_id": f"P{number:04d}"} if number % 2 else {"other_owner": "JOHN ROE"}
        details = {**other, "obstruction": "structure", **({"marks": mark} if number % 3 == 0 else {})}
        sigma = (0.0, 1.0, 15.0)[number % 3]
        found.append(Inputs(place, shed, sigma, DAY, details=details))
    return tuple(found)


@cache
def _areas() -> dict[str, list[Area]]:
    """By check, the area of each place."""
    return {
        check.name: [
            Area(str(row), "old", DAY, footprint_of(check, inputs, _town(), RULES).as_json())
            for row, inputs in enumerate(_inputs())
        ]
        for check in CHECKS
    }


@cache
def _answers_before() -> dict[str, list[tuple[object, ...]]]:
    return _answers(_town())


def _answers(query: LayerQuery) -> dict[str, list[tuple[object, ...]]]:
    found = assess(sites_from(_inputs()), query, RULES.rulebook, CHECKS, RULES.confidence)
    return {
        name: [
            (
                each.answer_of(row),
                each.reason_of(row),
                *np.round((each.measures.margin_ft[row], each.probability[row]), 6),
            )
            for row in range(PLACES)
        ]
        for name, each in found.items()
    }


def _rounded(*numbers: float) -> list[float]:
    return [round(float(number), 6) for number in numbers]


def _touched(after: LayerQuery, check: str) -> set[str]:
    before = {part.version.version: part for part in parts_of(_town())}
    sets = {"old": layers_on_record(part.version for part in before.values())}
    return touched(_areas()[check], differences(sets, after, before.get))


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return all(a == b or (a != a and b != b) for a, b in zip(one, other, strict=True))  # noqa: PLR0124


@settings(max_examples=15)
@given(st.lists(EDITS, min_size=1, max_size=6))
def test_what_no_change_touches_is_the_same_and_no_flip_is_missed(edits: list[Edit]) -> None:
    _nothing_is_missed(edits)


@pytest.mark.heavy
@settings(max_examples=150)
@given(st.lists(EDITS, min_size=1, max_size=4))
def test_nothing_is_missed_after_many_more_edits(edits: list[Edit]) -> None:
    _nothing_is_missed(edits)


def _nothing_is_missed(edits: list[Edit]) -> tuple[int, int]:
    """Whatever no edit touches has the very same answer; gives how many were touched, and how many have turned."""
    after = edited(_town(), edits, places=[shapely.Point(each.place) for each in _inputs()])
    now, looked_at, turned = _answers(after), 0, 0
    for check in CHECKS:
        again = _touched(after, check.name)
        looked_at += len(again)
        for row in range(PLACES):
            was, is_now = _answers_before()[check.name][row], now[check.name][row]
            turned += was[0] != is_now[0]
            assert str(row) in again or _same(was, is_now), (check.name, row, was, is_now)
    return looked_at, turned


@pytest.mark.parametrize("kind", KINDS)
def test_edits_of_every_kind_turn_some_answers_and_leave_others_alone(kind: str) -> None:
    random, rounds = np.random.default_rng(KINDS.index(kind)), 3
    found = np.array([_nothing_is_missed(_some_edits(kind, random)) for _ in range(rounds)])
    looked_at, turned = found.sum(axis=0).tolist()
    assert turned <= looked_at < rounds * PLACES * len(CHECKS)
    assert turned > 0 or kind == "diameter_in", "a wider main turns an answer: see test_footprint"


def _some_edits(kind: str, random: np.random.Generator) -> list[Edit]:
    """Few of those that touch any feature, many of those that only features with such a field know."""
    count = 200 if kind in FIELDS else 6
    numbers, angles = random.integers(0, 5000, (count, 3)).tolist(), random.uniform(0, 6.28, count).tolist()
    steps = random.choice(STEPS_FT, count).tolist()
    return [
        Edit(kind, layer, row, step, angle, value)
        for (layer, row, value), step, angle in zip(numbers, steps, angles, strict=True)
    ]


def test_untouched_layers_touch_nothing() -> None:
    for check in CHECKS:
        assert _touched(_town(), check.name) == set()
