"""What an answer rests on: as far as one had to look, and no farther."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import shapely
from drawn_towns import drawn_layer
from edited_layers import town_of

from gis_ce.actions.evaluating import footprint_of
from gis_ce.actions.on_record import layers_on_record
from gis_ce.assess import assess
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Check, by_name
from gis_ce.city_rules import CityRules
from gis_ce.decision_areas import Area, differences, touched
from gis_ce.decision_inputs import Inputs, sites_from
from gis_ce.rule_files import open_pack
from layers.features import LayerPart
from layers.footprint import FootprintQuery
from layers.query import LayerQuery

RULES = CityRules(open_pack("nc-raleigh-2016"), 0.95)
DAY = date(2026, 3, 2)
HERE = Inputs(shapely.Point(0, 0), None, 0.0, DAY)
FAR = "LINESTRING (-5000 800, 5000 800)"


def _mains(*rows: tuple[str, str, float | None], version: int = 0, **layer: object) -> LayerPart:
    drawn = [{"id": name, "wkt": wkt, "diameter_in": inches} for name, wkt, inches in rows]
    part = drawn_layer("water_main", drawn, **layer)
    object.__setattr__(part.version, "version", f"water_main/{version:064x}")
    return part


def _town(mains: LayerPart, *more: LayerPart) -> LayerQuery:
    far = [{"id": "X1", "wkt": "LINESTRING (90000 90000, 90050 90000)"}]
    return town_of([mains, drawn_layer("sewer_main", far), drawn_layer("lateral", far), *more])


def _check(name: str) -> Check:
    found = by_name(CHECKS, name)
    assert found is not None
    return found


def _answer(query: LayerQuery, check: str) -> tuple[str | None, float]:
    found = assess(sites_from([HERE]), query, RULES.rulebook, [_check(check)], RULES.confidence)[check]
    return found.answer_of(0), float(found.measures.margin_ft[0])


def _is_touched(before: LayerQuery, after: LayerQuery, check: str) -> bool:
    area = Area("d", "old", DAY, footprint_of(_check(check), HERE, before, RULES).as_json())
    parts = {part.version.version: part for role in before.roles for part in before.features(role).parts}
    sets = {"old": layers_on_record(part.version for part in parts.values())}
    return touched([area], differences(sets, after, parts.get)) == {"d"}


def test_a_new_feature_that_becomes_the_nearest_touches_and_turns() -> None:
    before = _town(_mains(("W1", "LINESTRING (-50 30, 50 30)", 8.0)))
    nearer = _mains(("W1", "LINESTRING (-50 30, 50 30)", 8.0), ("W2", "LINESTRING (-50 2, 50 2)", 8.0), version=1)
    assert _is_touched(before, _town(nearer), "tolerance_zone")
    assert (_answer(before, "tolerance_zone")[0], _answer(_town(nearer), "tolerance_zone")[0]) == ("outside", "within")


def test_one_that_is_farther_away_does_not_touch() -> None:
    before = _town(_mains(("W1", "LINESTRING (-50 30, 50 30)", 8.0)))
    farther = _mains(("W1", "LINESTRING (-50 30, 50 30)", 8.0), ("W2", "LINESTRING (-50 90, 50 90)", 8.0), version=1)
    assert not _is_touched(before, _town(farther), "tolerance_zone")
    assert _answer(before, "tolerance_zone") == _answer(_town(farther), "tolerance_zone")


def test_the_first_feature_in_reach_touches_where_there_was_none() -> None:
    before = _town(_mains(("W1", "LINESTRING (-50 5000, 50 5000)", 8.0)))
    first = _mains(("W1", "LINESTRING (-50 5000, 50 5000)", 8.0), ("W2", FAR, 8.0), version=1)
    beyond = _mains(("W1", "LINESTRING (-50 5200, 50 5200)", 8.0), version=1)
    assert _is_touched(before, _town(first), "tolerance_zone")
    assert not _is_touched(before, _town(beyond), "tolerance_zone")


def test_a_main_far_away_that_becomes_wider_than_any_other_touches() -> None:
    near, far = ("W1", "LINESTRING (-50 30, 50 30)", 8.0), "LINESTRING (-50 60, 50 60)"
    before = _town(_mains(near, ("W2", far, 8.0)))
    wider = _town(_mains(near, ("W2", far, 1500.0), version=1))
    assert _is_touched(before, wider, "tolerance_zone")
    assert (_answer(before, "tolerance_zone")[0], _answer(wider, "tolerance_zone")[0]) == ("outside", "within")


def test_the_first_water_body_over_a_main_touches() -> None:
    main = _mains(("W1", "LINESTRING (-50 5, 50 5)", 8.0))
    pond = {"id": "B1", "wkt": shapely.box(-900, 880, -800, 980).wkt}
    creek = {"id": "B2", "wkt": shapely.box(-10, 0, 10, 9).wkt}
    dry = drawn_layer("water_body", [pond])
    wet = drawn_layer("water_body", [pond, creek])
    object.__setattr__(wet.version, "version", f"water_body/{1:064x}")
    assert _is_touched(_town(main, dry), _town(main, wet), "tolerance_zone")


@pytest.mark.parametrize("change", [{"sigma_ft": 3.0}, {"basis": "modelled"}, {"stale_after_days": 30}])
def test_what_a_layer_says_of_itself_touches_everything_that_asked_it(change: dict[str, object]) -> None:
    row = ("W1", "LINESTRING (-50 30, 50 30)", 8.0)
    assert _is_touched(_town(_mains(row)), _town(_mains(row, version=1, **change)), "tolerance_zone")


def test_a_layer_published_again_touches_only_where_it_was_too_old() -> None:
    row = ("W1", "LINESTRING (-50 30, 50 30)", 8.0)
    old = _town(_mains(row, stale_after_days=30, as_of=date(2026, 1, 1)))
    newer = _town(_mains(row, stale_after_days=30, as_of=date(2026, 2, 25)))
    newest = _town(_mains(row, stale_after_days=30, as_of=date(2026, 2, 26)))
    assert _is_touched(old, newer, "tolerance_zone")
    assert not _is_touched(newer, newest, "tolerance_zone")


def test_the_area_reaches_to_the_nearest_feature_and_to_the_whole_reach_where_there_is_none() -> None:
    asked = FootprintQuery(_town(_mains(("W1", "LINESTRING (-50 30, 50 30)", 8.0))))
    place = np.array([shapely.Point(0, 0)], dtype=object)
    asked.nearest("water_main", place, reach_ft=1000.0)
    (near,) = asked.footprint().asked
    assert near.reach_ft == pytest.approx(30.02)
    asked.nearest("water_main", place, reach_ft=10.0)
    (near,) = asked.footprint().asked
    assert near.reach_ft == pytest.approx(30.02)
    assert asked.footprint().box.bounds == pytest.approx((-30.02, -30.02, 30.02, 30.02))  # type: ignore[union-attr]


def test_a_feature_that_is_named_touches_wherever_it_lies() -> None:
    asked = FootprintQuery(_town(_mains(("W1", FAR, 8.0), ("W2", FAR, 6.0))))
    assert asked.rows_of_ids("water_main", ["W2", None, "W9"]).tolist() == [1, -1, -1]
    assert asked.footprint().ids == {"water_main": frozenset({"W2", "W9"})}
