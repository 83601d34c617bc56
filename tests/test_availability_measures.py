"""Availability by each measure that a rule may name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from drawn_towns import drawn_layer, drawn_query, sites

from gis_ce.assess import assess, explain
from gis_ce.checks.check import Findings
from gis_ce.checks.water_available import CHECK
from gis_ce.rule_files import open_pack
from gis_ce.rules import RuleBook
from layers.query import LayerQuery

# A lot on the street (y from -60 to 0), a flag lot behind it; the main lies in the street's far half.
LOTS = [
    {"id": "FRONT", "owner_name": "A", "wkt": "POLYGON((0 0,100 0,100 120,0 120,0 0))"},
    {"id": "BACK", "owner_name": "B", "wkt": "POLYGON((0 120,100 120,100 300,0 300,0 120))"},
    {"id": "SAME", "owner_name": "B", "wkt": "POLYGON((200 0,300 0,300 120,200 120,200 0))"},
]
STREET = [{"id": "R", "wkt": "POLYGON((0 -60,400 -60,400 0,0 0,0 -60))"}]
MAINS = [
    {"id": "IN STREET", "wkt": "LINESTRING(-20 -40,60 -40)"},
    {"id": "IN GARDEN", "wkt": "LINESTRING(-10 0,-10 400)"},
]
TOWN = drawn_query(drawn_layer("parcel", LOTS), drawn_layer("right_of_way", STREET), drawn_layer("water_main", MAINS))


def _rules(measured_from: str) -> RuleBook:
    book = open_pack("nc-raleigh-2016")
    changed = [
        replace(rule, values={**rule.values, "measured_from": measured_from})
        if rule.subject == "water_availability"
        else rule
        for rule in book.rules
    ]
    return replace(book, rules=tuple(changed))


def _asked(measured_from: str, at: str, town: LayerQuery = TOWN, sigma_ft: float = 0.0) -> tuple[Findings, str]:
    place = sites([at], sigma_ft=sigma_ft)
    found = assess(place, town, _rules(measured_from), [CHECK])[CHECK.name]
    return found, explain(CHECK, place, town, found, 0).sentence


def test_each_measure_has_its_own_distance_and_main() -> None:
    expected = {"parcel_edge": (10.0, "IN GARDEN"), "site": (40.0, "IN GARDEN"), "frontage": (40.0, "IN STREET")}
    for measured_from, (distance, main) in expected.items():
        found, said = _asked(measured_from, "POINT(30 20)")
        assert found.answer_of(0) == "yes"
        assert found.measures.facts["distance_ft"][0] == pytest.approx(distance)
        assert found.measures.facts["facility_id"][0] == main
        assert f"Water within 100 ft: yes ({distance:.1f} ft)" in said


def test_the_other_measures_stand_beside_that_of_the_rule() -> None:
    facts = _asked("frontage", "POINT(30 20)")[0].measures.facts
    measured = [facts[name][0] for name in ("edge_distance_ft", "site_distance_ft", "frontage_distance_ft")]
    assert measured == pytest.approx([10.0, 40.0, 40.0])
    assert facts["frontage_ft"][0] == pytest.approx(100.0, abs=0.02)
    assert facts["frontage_faced_ft"][0] == pytest.approx(100.0, abs=0.02)


def test_a_main_outside_the_right_of_way_is_not_along_the_frontage() -> None:
    found, said = _asked("frontage", "POINT(250 20)")
    assert found.answer_of(0) == "no"
    assert "145.6 ft" in said


def test_a_lot_without_frontage_is_undecided_by_frontage() -> None:
    found, said = _asked("frontage", "POINT(50 200)")
    assert found.answer_of(0) is None
    assert "The parcel borders no right of way" in said


def test_a_rule_on_frontage_needs_the_right_of_way() -> None:
    found, said = _asked("frontage", "POINT(30 20)", TOWN.narrowed(("parcel", "water_main")))
    assert found.answer_of(0) is None
    assert "the layer right_of_way is not there" in said


def test_a_measure_that_is_not_known_is_undecided() -> None:
    found, said = _asked("crow_fly", "POINT(30 20)")
    assert found.answer_of(0) is None
    assert "must be one of parcel_edge, site, frontage" in said


def test_from_the_site_no_parcel_is_needed() -> None:
    found, said = _asked("site", "POINT(100 -30)")
    assert found.answer_of(0) == "yes"
    assert "Measured straight from the place" in said


def test_from_the_site_doubt_is_that_of_a_band_around_the_main() -> None:
    found, _ = _asked("site", "POINT(89 300)", sigma_ft=1.0)
    assert found.probability[0] == pytest.approx(0.8413, abs=1e-3)
    assert found.answer_of(0) is None


def test_land_of_the_same_owner_is_not_crossed() -> None:
    main = drawn_layer("water_main", [{"id": "W", "wkt": "LINESTRING(0 -40,400 -40)"}])
    lots = [{**LOTS[0], "owner_name": "B"}, *LOTS[1:]]
    mine, others = (
        drawn_query(drawn_layer("parcel", rows), drawn_layer("right_of_way", STREET), main) for rows in (lots, LOTS)
    )
    assert _asked("parcel_edge", "POINT(50 200)", mine)[0].measures.facts["crosses_parcels"][0] is None
    assert _asked("parcel_edge", "POINT(50 200)", others)[0].measures.facts["crosses_parcels"][0] == "FRONT"
