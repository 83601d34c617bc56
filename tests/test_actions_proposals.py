"""What the map proposes at a step, what it rests on, and what an officer makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely
from desks import EAST, NORTH, a_desk, at_location, decision, go_to, kinds, later, leak, shown, town, write
from drawn_towns import drawn_layer, drawn_query
from small_town import place
from sqlalchemy import select

from gis_ce.actions.details import OBSTRUCTIONS
from gis_ce.actions.in_the_field import in_the_field
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.placing import Place
from gis_ce.actions.stepping import Given, answer_step
from gis_ce.case_store import CaseStore
from gis_ce.checks.all import CHECKS
from gis_ce.errors import ReasonNeeded, StepRefused
from gis_ce.tables import Event, LayerVersionSeen, Site

DESK = a_desk()


def test_a_step_with_a_check_comes_with_a_proposal_and_all_that_it_rests_on(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    row = decision(case_store, number, "location")
    assert (row.check, row.proposed, row.state, row.reason) == ("right_of_way", "inside", "proposed", None)
    assert row.margin_ft == pytest.approx(30.0)
    assert row.sigma_ft == pytest.approx(1.0)
    assert row.probability is not None
    assert row.probability > 0.999
    assert row.rule["pack"] == "nc-raleigh-2016"
    assert row.rule["digest"]
    assert row.versions["right_of_way"] == town().layers("right_of_way")[0].version
    assert row.sentence.startswith("Inside or outside the right of way: inside (30.0 ft")
    assert row.evidence is not None
    drawn = {each["properties"]["kind"]: shapely.geometry.shape(each["geometry"]) for each in row.evidence["features"]}
    assert drawn["site"] == place(50, 30)
    assert row.evidence["facts"]["edge_distance_ft"] == pytest.approx(30.0)
    with case_store.reading() as session:
        assert set(row.versions.values()) <= set(session.scalars(select(LayerVersionSeen.id)))


def test_the_proposed_answer_confirms_it(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    done = write(case_store, answer_step, later(DESK, hours=1), number, "location", Given("inside"))
    row = decision(case_store, number, "location")
    assert (row.state, row.answer, row.by, row.why) == ("confirmed", "inside", "ann", None)
    assert row.at == later(DESK, hours=1).now
    assert done.step == "wd_to_repair"
    assert kinds(case_store, number)[-2:] == ["answered", "confirmed"]


def test_another_answer_needs_a_reason_and_is_an_override(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    with pytest.raises(
        ReasonNeeded, match=r"The map says inside: Inside or outside .* To answer outside, say why"
    ) as no:
        write(case_store, answer_step, DESK, number, "location", Given("outside", why="  "))
    assert isinstance(no.value, StepRefused)
    assert decision(case_store, number, "location").state == "proposed"
    write(case_store, answer_step, DESK, number, "location", Given("outside", why="the plat is older than the street"))
    row = decision(case_store, number, "location")
    assert (row.state, row.proposed, row.answer) == ("overridden", "inside", "outside")
    assert row.why == "the plat is older than the street"
    with case_store.reading() as session:
        event = session.scalars(select(Event).where(Event.kind == "overridden")).one()
        assert event.text == "outside instead of the map's inside: the plat is older than the street"


def test_undecided_proposes_nothing_and_says_what_to_do_in_the_field(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK, y=58, sigma_ft=8.0).number
    row = decision(case_store, number, "location")
    assert row.proposed is None
    assert str(row.reason).startswith("The position is too uncertain for this distance to the limit")
    assert "In the field: measure from the place to the edge of the right of way" in str(row.reason)
    write(case_store, answer_step, DESK, number, "location", Given("outside"))
    row = decision(case_store, number, "location")
    assert (row.state, row.proposed, row.answer) == ("confirmed", None, "outside")
    assert kinds(case_store, number)[-3:-1] == ["answered", "decided"]


def test_every_check_says_what_settles_it_on_the_ground() -> None:
    for check in CHECKS:
        assert "In the field: " in in_the_field(check.name, "It cannot be told.")


def test_a_missing_layer_is_never_clear(case_store: CaseStore) -> None:
    bare = a_desk(query=town().narrowed({"parcel", "address"}))
    number = at_location(case_store, bare).number
    row = decision(case_store, number, "location")
    assert row.proposed is None
    assert "The layer right_of_way is not there; without it nothing is clear." in str(row.reason)
    assert row.evidence == {"type": "FeatureCollection", "features": [], "facts": {}}


def test_no_layers_at_all_still_let_a_case_go_its_way(case_store: CaseStore) -> None:
    number = at_location(case_store, a_desk(query=drawn_query())).number
    done = write(case_store, answer_step, DESK, number, "location", Given("inside"))
    assert done.step == "wd_to_repair"


def test_a_check_that_informs_is_seen_and_proposes_no_answer(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    row = decision(case_store, number, "site_visit")
    assert (row.check, row.proposed, row.state) == ("nearest_asset_and_address", None, "proposed")
    assert row.evidence is not None
    assert row.evidence["facts"]["facility_id"] == "WM-1"
    write(case_store, answer_step, DESK, number, "site_visit", Given())
    seen = decision(case_store, number, "site_visit")
    assert (seen.state, seen.answer, seen.by) == ("confirmed", None, "ann")


def test_a_field_that_a_check_fills_is_proposed_and_confirmed_too(case_store: CaseStore) -> None:
    number = write(case_store, open_case, DESK, Opening("connection", Place(address="111 Main St"))).number
    asked = shown(case_store, number)
    assert asked.form is not None
    while asked.form is not None and asked.form.step.id != "verify":
        step = asked.form.step
        fields = {field.field.name: "some words" for field in asked.form.fields if field.field.type == "text"}
        write(
            case_store,
            answer_step,
            DESK,
            number,
            step.id,
            Given(asked.form.choices[0] if step.answers else None, fields),
        )
        asked = shown(case_store, number)
    assert asked.form is not None
    (field,) = [each for each in asked.form.fields if each.field.name == "availability"]
    assert field.suggestion is not None
    proposed = field.suggestion.value
    assert asked.form.proposal is not None
    assert asked.form.decides
    assert proposed == asked.form.proposal.proposed
    other = "neither" if proposed != "neither" else "both"
    with pytest.raises(ReasonNeeded, match="say why"):
        write(case_store, answer_step, DESK, number, "verify", Given(fields={"availability": other}))
    write(case_store, answer_step, DESK, number, "verify", Given(fields={"availability": other}, why="no tap allowed"))
    row = decision(case_store, number, "verify")
    assert (row.state, row.answer, row.why) == ("overridden", other, "no tap allowed")


def test_what_the_map_knows_is_suggested_for_the_fields(case_store: CaseStore) -> None:
    number = write(
        case_store, open_case, DESK, Opening("utility_obstructions", Place(xy=(EAST + 210, NORTH + 100)))
    ).number
    asked = shown(case_store, number)
    while asked.form is not None and asked.form.step.id != "notify_ce":
        step = asked.form.step
        write(case_store, answer_step, DESK, number, step.id, Given("no" if step.answers else None))
        asked = shown(case_store, number)
    assert asked.form is not None
    found = {each.field.name: each.suggestion for each in asked.form.fields}
    assert found["nearest_address"] is not None
    assert (found["nearest_address"].value, found["nearest_address"].source) == (
        "121 Main Street",
        "nearest_asset_and_address",
    )
    assert found["facility_id"] is not None
    assert found["documentation"] is None


def test_the_town_is_suggested_from_its_limits(case_store: CaseStore) -> None:
    number = write(case_store, open_case, DESK, Opening("easements", Place(address="111 Main St"))).number
    form = shown(case_store, number).form
    assert form is not None
    assert [(each.field.name, each.suggestion.value) for each in form.fields if each.suggestion] == [
        ("town", "Smallville")
    ]


def test_what_a_case_notes_and_brings_reaches_the_checks(case_store: CaseStore, tmp_path: Path) -> None:
    details = {"marks": shapely.LineString([(EAST, NORTH + 26), (EAST + 100, NORTH + 26)]), "marked_diameter_in": 8.0}
    opening = Opening("damages", Place(xy=(EAST + 50, NORTH + 30)), details=details)
    desk = a_desk(folder=tmp_path)
    number = write(case_store, open_case, desk, opening).number
    with case_store.reading() as session:
        kept = session.scalars(select(Site)).one().details
        assert kept["marks"]["type"] == "LineString"
    go_to(case_store, desk, number, "tolerance", code_responds="yes")
    form = shown(case_store, number).form
    assert form is not None
    assert form.proposal is not None
    assert "mark" in form.proposal.sentence
    assert form.proposal.margin_ft == pytest.approx(4 / 12 + 24 / 12 - 4.0, abs=0.7)


def test_the_kinds_of_obstruction_are_those_of_the_check() -> None:
    assert OBSTRUCTIONS == ("vegetation", "structure", "vehicle", "utility")


def test_of_a_net_of_streets_only_what_is_near_is_kept_and_says_so(case_store: CaseStore) -> None:
    corners = [(EAST + x, NORTH + (60 if x % 4 else 61)) for x in range(0, 4000, 2)]
    street = shapely.Polygon([(EAST, NORTH), *corners, (EAST + 4000, NORTH)])
    net = drawn_query(
        drawn_layer("right_of_way", [{"id": "R", "wkt": shapely.to_wkt(street, rounding_precision=-1)}]),
        drawn_layer("parcel", [{"id": "P", "wkt": shapely.to_wkt(place(0, 100).buffer(20), rounding_precision=-1)}]),
    )
    number = at_location(case_store, a_desk(query=net)).number
    row = decision(case_store, number, "location")
    assert row.proposed == "inside"
    assert row.evidence is not None
    kept = [each for each in row.evidence["features"] if each["properties"]["kind"] == "right_of_way"]
    (drawn,) = [each for each in kept if each["properties"].get("clipped")]
    shape = shapely.geometry.shape(drawn["geometry"])
    assert shape.bounds[2] < EAST + 700
    assert shape.contains(place(50, 30))
