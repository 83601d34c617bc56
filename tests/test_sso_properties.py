"""The check on the properties of a sewer line: for an overflow, by the city's reach, the same list as its mailing's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from case_doors import doors_of, ok, own_store
from desks import decision, go_to, rules, shown, write
from drawn_towns import drawn_layer, drawn_query, sites
from made_layers import EAST, NORTH
from scipy.special import ndtr
from sewer_street import make_street_town, overflow, sewer_desk, street
from small_town import lonlat

from api.access import NOT_OPEN
from api.wiring import open_city
from gis_ce.actions.evaluating import footprint_of
from gis_ce.actions.mailing_making import new_mailing
from gis_ce.actions.on_record import layers_on_record
from gis_ce.actions.stepping import Given, answer_step
from gis_ce.assess import applicable, assess, explain
from gis_ce.attachments.folder import AttachmentFolder
from gis_ce.case_store import CaseStore
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Findings, Sites
from gis_ce.checks.line_reach import LineReach, line_reach, with_line_reach
from gis_ce.checks.sso_properties_on_line import CHECK
from gis_ce.decision_areas import Area, differences, touched
from gis_ce.decision_inputs import Inputs
from gis_ce.mailing.kept import mailing_named, rows_of
from gis_ce.rule_files import open_pack
from layers.network_settings import NetworkSettings
from layers.query import LayerQuery

RULES = open_pack("nc-raleigh-2016")
NAME = "sso_properties_on_line"
DESK = sewer_desk()


def _asked(
    *places: tuple[float, float], sigma_ft: float = 0.0, reach: LineReach | None = None, query: LayerQuery | None = None
) -> Findings:
    """What the check says of places in the street, in feet from its corner."""
    book = RULES if reach is None else with_line_reach(RULES, reach)
    return assess(_sites(places, sigma_ft), query or street(), book, [CHECK])[NAME]


def _sites(places: Sequence[tuple[float, float]], sigma_ft: float = 0.0) -> Sites:
    return sites([f"POINT({EAST + x} {NORTH + y})" for x, y in places], sigma_ft=sigma_ft)


def test_an_overflow_is_given_the_list_as_a_proposal_at_its_step(case_store: CaseStore, tmp_path: Path) -> None:
    desk = replace(DESK, attachments=AttachmentFolder(tmp_path / "kept"))
    number = overflow(case_store, desk, 330)
    go_to(case_store, desk, number, "compile", cause="yes", contractor_damage="no", traceable="no")
    row = decision(case_store, number, "compile")
    assert (row.check, row.proposed, row.state) == (NAME, "listed", "proposed")
    assert row.sentence.startswith("Properties on the sewer line: listed (8 properties: 3 by lateral, 5 by frontage")
    assert row.evidence is not None
    assert row.evidence["facts"]["properties"] == 8
    assert row.rule["id"] == "common-sso-properties-on-line"
    assert set(row.versions) == {"sewer_mains", "manholes", "laterals", "parcels"}
    write(case_store, answer_step, desk, number, "compile", Given())
    assert decision(case_store, number, "compile").state == "confirmed"
    assert shown(case_store, number).case.step == "education_letter"


def test_it_counts_the_properties_that_the_mailing_lists(case_store: CaseStore) -> None:
    for x in (100.0, 200.0, 330.0, 600.0):
        made = write(case_store, new_mailing, DESK, overflow(case_store, DESK, x)).made
        found = _asked((x, 30))
        facts = found.measures.facts
        with case_store.reading() as session:
            rows = list(rows_of(session, mailing_named(session, str(made["mailing"]))))
            parcels = {why["parcel_id"] for row in rows if row.kind != "neighbour" for why in row.why["parcels"]}
            left_out = sum(row.kind == "neighbour" for row in rows)
        assert found.answer_of(0) == "listed"
        assert (facts["properties"][0], facts["left_out"][0]) == (len(parcels), left_out)


@pytest.mark.parametrize(
    ("reach", "properties", "said"),
    [
        (LineReach(), 8, "the blocked segment and everything upstream of it"),
        (LineReach("segment"), 4, "the blocked segment alone"),
        (LineReach(upstream_ft=1.0), 8, "the blocked segment and 1 ft upstream of it along the pipes"),
        (LineReach(both_sides=True), 8, "with both sides where the direction is unknown"),
    ],
)
def test_the_city_says_how_far_the_line_goes(reach: LineReach, properties: int, said: str) -> None:
    assert line_reach(with_line_reach(RULES, reach).rules[-1]) in (reach, LineReach())
    found = _asked((330, 30), reach=reach)
    assert found.measures.facts["properties"][0] == properties
    rule = found.rule_of(0)
    assert rule is not None
    assert line_reach(rule) == reach
    assert said in explain(CHECK, _sites([(330, 30)]), street(), found, 0).sentence


def _unknown() -> LayerQuery:
    """Three pipes in a row without any direction, two lots along each."""
    mains = [
        {"id": f"U{n}", "facility_id": f"U{n}", "wkt": f"LINESTRING({200 * n} 0,{200 * n + 200} 0)"} for n in range(3)
    ]
    lots = [
        {"id": f"P{n}", "parcel_id": f"P{n}", "wkt": shapely.box(100 * n + 5, 30, 100 * n + 95, 130).wkt}
        for n in range(6)
    ]
    return drawn_query(drawn_layer("sewer_main", mains), drawn_layer("parcel", lots))


@pytest.mark.parametrize(
    ("reach", "at", "answer", "properties"),
    [
        (LineReach(), 300, None, 2),
        (LineReach(both_sides=True), 300, "listed", 6),
        (LineReach("segment"), 300, "listed", 2),
        (LineReach("segment"), 200, None, 0),
    ],
)
def test_with_both_sides_nothing_is_missing_where_no_direction_is_known(
    reach: LineReach, at: float, answer: str | None, properties: int
) -> None:
    query, place = _unknown(), sites([f"POINT({at} 5)"])
    found = assess(place, query, with_line_reach(RULES, reach), [CHECK])[NAME]
    assert (found.answer_of(0), found.measures.facts["properties"][0]) == (answer, properties)
    assert (found.reason_of(0) is None) == (answer is not None)
    assert "no known direction" in str(found.measures.facts["doubts"][0]) or reach == LineReach("segment")


def test_the_citys_reach_and_network_come_from_its_file(tmp_path: Path) -> None:
    town = make_street_town(tmp_path)
    told = town.city_file.read_text("utf-8")
    town.city_file.write_text(f'{told}\n[mailing]\nreach = "segment"\n[network]\nstart_ft = 20\n', "utf-8")
    city = open_city(town.settings)
    view = city.view("staff")
    assert view.query.network_settings == city.city.network == replace(NetworkSettings(), start_ft=20.0)
    found = view.assess(_sites([(330, 30), (330, 60)]), [CHECK])[NAME]
    assert [found.answer_of(row) for row in range(2)] == ["listed", None]
    assert found.measures.facts["reach"][0] == "The blocked segment alone."
    assert "near enough" in str(found.reason_of(1))


def test_a_list_of_homes_is_for_staff_alone(tmp_path: Path, sqlite_template: Path) -> None:
    doors = doors_of(make_street_town(tmp_path), own_store(tmp_path, sqlite_template))
    lon, lat = lonlat(330, 30)
    place = {"type": "Point", "coordinates": [lon, lat]}
    body = {"geometry": place, "datum": "map", "on": "2026-03-02", "checks": [NAME], "evidence": True}
    staff = ok(doors.here.post("/checks", json=body))["places"][0]["findings"][0]
    assert (staff["answer"], staff["feature_id"]) == ("listed", "SM-2")
    assert len(staff["evidence"]["features"]) == 11
    public = doors.public.post("/checks", json=body)
    assert NOT_OPEN in public.text
    assert "SM-" not in public.text
    assert ok(public)["places"][0]["findings"][0]["answer"] is None
    here = ok(doors.here.get("/here", params={"lon": lon, "lat": lat}))
    assert NAME not in {finding["check"] for finding in here["findings"]}


def test_it_is_asked_only_by_its_name() -> None:
    assert CHECK not in applicable(CHECKS, _sites([(330, 30)]))


def test_segments_and_parcels_are_drawn_and_the_blocked_one_is_named() -> None:
    account = explain(CHECK, _sites([(330, 42)]), street(), _asked((330, 42)), 0)
    kinds = [(each.kind, each.label) for each in account.evidence]
    assert ("main", "SM-2 (blocked)") in kinds
    assert ("main", "SM-1") in kinds
    assert ("listed", "N3: lateral") in kinds
    assert ("distance", "12.0 ft") in kinds
    assert sum(kind == "listed" for kind, _ in kinds) == 8


def test_a_very_long_list_is_drawn_as_one_shape_and_is_whole() -> None:
    lots = [{"id": f"P{n:03}", "wkt": shapely.box(30 * n, 30, 30 * n + 30, 90).wkt} for n in range(250)]
    mains = [{"id": "S", "wkt": "LINESTRING(0 0,7500 0)", "upstream_node": "A", "downstream_node": "B"}]
    query = drawn_query(drawn_layer("sewer_main", mains), drawn_layer("parcel", lots))
    place = sites(["POINT(4000 0)"])
    found = assess(place, query, RULES, [CHECK])[NAME]
    parcels = [each for each in explain(CHECK, place, query, found, 0).evidence if each.kind == "listed"]
    assert [each.label for each in parcels] == ["250 properties"]
    assert parcels[0].geometry.area == pytest.approx(250 * 30 * 60)


def test_the_probability_is_that_of_lying_on_this_line() -> None:
    """Half way along SM-2 and 30 ft above MH-2, where SM-3 begins: a straight edge across the street."""
    found = _asked((370, 30), sigma_ft=20.0)
    assert found.measures.margin_ft[0] == pytest.approx(15.0)
    drawn = np.random.default_rng(4).normal((370.0, 30.0), np.hypot(20.0, 0.0), (40_000, 2))
    assert found.probability[0] == pytest.approx(float((drawn[:, 0] < 400).mean()), abs=0.02)
    assert found.probability[0] == pytest.approx(float(ndtr(30 / 20)), abs=0.02)
    assert found.answer_of(0) is None


def test_a_worse_position_never_decides_what_a_better_one_left_open() -> None:
    places = [(x, 34.0) for x in range(210, 600, 10)]
    decided = [_asked(*places, sigma_ft=sigma).answer >= 0 for sigma in (0.0, 1.0, 5.0, 20.0, 80.0)]
    for better, worse in pairwise(decided):
        assert not (worse & ~better).any()
    assert decided[0].all()
    assert not decided[-1].any()


def test_many_places_at_once_are_each_answered_as_alone() -> None:
    places = [(float(x), float(y)) for x in range(-40, 700, 37) for y in (-80, 30, 44, 400)]
    together = _asked(*places)
    for row, place in enumerate(places):
        alone = _asked(place)
        assert (alone.answer_of(0), alone.reason_of(0)) == (together.answer_of(row), together.reason_of(row))
        for name, column in together.measures.facts.items():
            assert str(alone.measures.facts[name][0]) == str(column[row]), name


def test_any_sewer_or_parcel_that_changes_has_the_list_looked_at_again(tmp_path: Path) -> None:
    town = make_street_town(tmp_path)
    city = open_city(town.settings)
    query = city.view("staff").query
    here = Inputs(shapely.Point(EAST + 330, NORTH + 30), None, 0.0, DESK.today)
    area = Area("d", "old", DESK.today, footprint_of(CHECK, here, query, rules()).as_json())
    assert area.asked["whole"] == ["lateral", "manhole", "parcel", "sewer_main"]
    versions = [part.version for role in query.roles for part in query.features(role).parts]
    sets = {"old": layers_on_record(versions)}
    assert not touched([area], differences(sets, query, city.store.part))
