"""Moving a case's place: checks run again, and no answer that rested on the old place stands as if nothing had been."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import shapely
from desks import EAST, NORTH, a_desk, as_somebody, at_location, decision, go_to, later, shown, write
from small_town import place
from sqlalchemy import select

from gis_ce.actions.carried_out import Done
from gis_ce.actions.mending import Correction, correct
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.passing import pass_deadlines
from gis_ce.actions.placing import Place
from gis_ce.actions.publishing import publish_process
from gis_ce.actions.reviewing import review
from gis_ce.actions.site_moves import ask_map_again, describe_site, move_site
from gis_ce.actions.stepping import Given, answer_step
from gis_ce.actions.waits import end_wait
from gis_ce.case_changes import case_named
from gis_ce.case_store import CaseStore
from gis_ce.errors import (
    CaseRefused,
    DecisionUnknown,
    NotNow,
    NotYourLane,
    PlaceRefused,
    ReasonNeeded,
    StepRefused,
)
from gis_ce.process_files import text_of
from gis_ce.tables import Decision, SiteMove

DESK = a_desk()
LATER = later(DESK, hours=4)


def to(x: float, y: float, sigma_ft: float = 1.0) -> Place:
    return Place(xy=(EAST + x, NORTH + y), sigma_ft=sigma_ft)


def decided_inside(store: CaseStore) -> str:
    """A leak in the street whose first decision is made: inside the right of way."""
    number = at_location(store, DESK).number
    write(store, answer_step, DESK, number, "location", Given("inside"))
    return number


def at_close(store: CaseStore, number: str) -> str:
    """The same at the step that closes it."""
    for step, given in (
        ("wd_to_repair", Given()),
        ("wd_investigation", Given(fields={"wd_investigation": "cracked"})),
        ("root_cause", Given(fields={"root_cause": "age"})),
        ("cause", Given("natural")),
    ):
        write(store, answer_step, DESK, number, step, given)
    return number


def states(store: CaseStore, number: str, step: str) -> list[tuple[str, str | None, int]]:
    """State, proposal and place of all decisions of a step, the oldest first."""
    with store.reading() as session:
        case = case_named(session, number)
        rows = select(Decision).where(Decision.case_id == case.id, Decision.step == step)
        found = session.scalars(rows.order_by(Decision.proposed_at))
        return [(row.state, row.proposed, row.site_revision) for row in found]


def test_a_proposal_at_hand_is_stale_once_the_place_moves_and_a_new_one_takes_its_place(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    done = write(case_store, move_site, LATER, number, to(50, 100), "the crew stood at the house")
    assert states(case_store, number, "location") == [("stale", "inside", 0), ("proposed", "outside", 1)]
    assert done.made["to_review"] == []
    form = shown(case_store, number).form
    assert form is not None
    assert form.proposal is not None
    assert (form.proposal.id, form.proposal.proposed) == (done.made["proposals"][0], "outside")
    write(case_store, answer_step, LATER, number, "location", Given("outside"))


def test_a_move_is_history_and_the_case_has_changed(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    before = shown(case_store, number).case.row_version
    done = write(case_store, move_site, LATER, number, to(50, 100, 2.0), " wrong side ", seen=before)
    assert done.row_version > before
    found = shown(case_store, number)
    (move,) = found.moves
    assert (move.from_geometry, move.to_geometry) == (place(50, 30), place(50, 100))
    assert (move.by, move.how, move.sigma_ft, move.reason) == ("ann", "coordinates", 2.0, "wrong side")
    assert (found.site.geometry, found.site.revision, found.site.sigma_ft) == (place(50, 100), 1, 2.0)
    assert found.site.parcel_id == "N1"


def test_an_answer_that_rested_on_the_old_place_is_listed_and_stays_no_current_decision(case_store: CaseStore) -> None:
    number = decided_inside(case_store)
    done = write(case_store, move_site, LATER, number, to(50, 100), "wrong side")
    (listed,) = done.made["to_review"]
    assert (listed["step"], listed["current"], listed["proposed"], listed["holds"]) == (
        "location",
        "inside",
        "outside",
        False,
    )
    assert states(case_store, number, "location") == [("stale", "inside", 0), ("proposed", "outside", 1)]
    old = shown(case_store, number).decisions[0]
    assert (old.state, old.by) == ("stale", "ann")
    assert [each.step.id for each in shown(case_store, number).review] == ["location"]


def test_answers_are_listed_in_the_order_in_which_they_were_given(case_store: CaseStore, tmp_path: Path) -> None:
    desk = a_desk(folder=tmp_path)
    number = write(case_store, open_case, desk, Opening("damages", to(50, 21))).number
    go_to(case_store, desk, number, "ticket_number", ticket_exists="yes")
    done = write(case_store, move_site, LATER, number, to(150, 100), "the next lot")
    assert [each["step"] for each in done.made["to_review"]] == ["tolerance", "property", "ticket_exists"]


def test_what_the_map_says_as_before_is_listed_as_holding_and_stops_nothing(case_store: CaseStore) -> None:
    number = decided_inside(case_store)
    done = write(case_store, move_site, LATER, number, to(70, 30), "a bit further")
    (listed,) = done.made["to_review"]
    assert listed["holds"]
    at_close(case_store, number)
    assert write(case_store, answer_step, as_somebody(LATER, "cleo", "ce"), number, "close", Given()).status == "closed"
    row = decision(case_store, number, "location")
    assert (row.state, row.answer, row.by) == ("confirmed", "inside", "cleo")
    assert states(case_store, number, "location")[0] == ("stale", "inside", 0)


def test_a_case_is_not_closed_over_an_answer_that_the_map_no_longer_bears_out(case_store: CaseStore) -> None:
    number = at_close(case_store, decided_inside(case_store))
    write(case_store, move_site, LATER, number, to(50, 100), "wrong side")
    with pytest.raises(StepRefused, match="The place has changed; first confirm or correct: Location of leak"):
        write(case_store, answer_step, LATER, number, "close", Given())
    assert shown(case_store, number).case.status == "open"


def listed(done: Done) -> str:
    (found,) = done.made["to_review"]
    return str(found["decision"])


def test_a_review_takes_the_maps_answer_and_the_case_goes_its_way_again(case_store: CaseStore) -> None:
    number = at_close(case_store, decided_inside(case_store))
    wanted = listed(write(case_store, move_site, LATER, number, to(50, 100), "wrong side"))
    done = write(case_store, review, later(LATER, hours=1), number, wanted)
    assert (done.step, done.status) == ("meter_side", "open")
    found = shown(case_store, number)
    assert found.state.answers == {"location": "outside"}
    assert found.review == ()
    row = decision(case_store, number, "location")
    assert (row.id, row.state, row.answer) == (wanted, "confirmed", "outside")
    assert done.made["proposals"]


def test_a_review_may_keep_the_answer_with_a_reason(case_store: CaseStore) -> None:
    number = at_close(case_store, decided_inside(case_store))
    wanted = listed(write(case_store, move_site, LATER, number, to(50, 100), "wrong side"))
    with pytest.raises(ReasonNeeded, match="The map says outside"):
        write(case_store, review, LATER, number, wanted, Given("inside"))
    write(case_store, review, LATER, number, wanted, Given("inside", why="the plat shows 20 ft more"))
    row = decision(case_store, number, "location")
    assert (row.state, row.answer, row.why) == ("overridden", "inside", "the plat shows 20 ft more")
    assert write(case_store, answer_step, LATER, number, "close", Given()).status == "closed"


def test_where_the_map_cannot_tell_the_officer_must_say(case_store: CaseStore) -> None:
    number = at_close(case_store, decided_inside(case_store))
    wanted = listed(write(case_store, move_site, LATER, number, to(50, 59, 8.0), "by the kerb"))
    with pytest.raises(StepRefused, match="the map now says that it cannot tell"):
        write(case_store, answer_step, LATER, number, "close", Given())
    with pytest.raises(ReasonNeeded, match="the map cannot tell, so answer it"):
        write(case_store, review, LATER, number, wanted)
    write(case_store, review, LATER, number, wanted, Given("inside"))
    assert write(case_store, answer_step, LATER, number, "close", Given()).status == "closed"


def test_only_what_is_listed_can_be_reviewed_and_by_its_lane(case_store: CaseStore) -> None:
    number = decided_inside(case_store)
    with pytest.raises(DecisionUnknown, match="still to review: none"):
        write(case_store, review, LATER, number, decision(case_store, number, "location").id)
    wanted = listed(write(case_store, move_site, LATER, number, to(50, 100), "wrong side"))
    with pytest.raises(NotYourLane):
        write(case_store, review, as_somebody(LATER, "walt", "wd"), number, wanted)
    with pytest.raises(DecisionUnknown, match="still to review: location"):
        write(case_store, review, LATER, number, "0199")


def test_a_second_move_lists_the_answer_against_the_newest_place_alone(case_store: CaseStore) -> None:
    number = decided_inside(case_store)
    first = listed(write(case_store, move_site, LATER, number, to(50, 100), "wrong side"))
    done = write(case_store, move_site, later(LATER, hours=1), number, to(50, 35), "it was the street")
    (again,) = done.made["to_review"]
    assert again["decision"] != first
    assert again["holds"]
    assert [state for state, _, _ in states(case_store, number, "location")] == ["stale", "stale", "proposed"]


def test_a_corrected_answer_settles_the_review_too(case_store: CaseStore) -> None:
    number = decided_inside(case_store)
    write(case_store, move_site, LATER, number, to(50, 100), "wrong side")
    done = write(case_store, correct, LATER, number, Correction("wrong side", step="location", answer="outside"))
    assert done.step == "meter_side"
    assert shown(case_store, number).review == ()
    assert decision(case_store, number, "location").state == "confirmed"


def test_a_move_needs_a_reason_a_place_and_an_open_case(case_store: CaseStore) -> None:
    number = decided_inside(case_store)
    with pytest.raises(StepRefused, match="Say why"):
        write(case_store, move_site, DESK, number, to(50, 100), " ")
    with pytest.raises(PlaceRefused, match="degrees, not feet"):
        write(case_store, move_site, DESK, number, Place(xy=(-81.0, 35.0)), "typed")
    with pytest.raises(NotYourLane):
        write(case_store, move_site, as_somebody(DESK, "mel", "meters"), number, to(50, 100), "typed")
    write(case_store, answer_step, DESK, at_close(case_store, number), "close", Given())
    with pytest.raises(NotNow, match="is closed; reopen it first"):
        write(case_store, move_site, DESK, number, to(50, 100), "late")
    with case_store.reading() as session:
        assert session.scalars(select(SiteMove)).all() == []
    assert shown(case_store, number).site.revision == 0


def test_the_address_stays_while_the_place_stays_on_its_parcel(case_store: CaseStore) -> None:
    number = write(case_store, open_case, DESK, Opening("leaks", Place(address="111 Main St"))).number
    write(case_store, move_site, DESK, number, to(160, 100), "behind the house")
    assert shown(case_store, number).site.address == "111 Main St"
    write(case_store, move_site, DESK, number, to(260, 100), "the next house")
    assert shown(case_store, number).site.address is None
    write(case_store, move_site, DESK, number, Place(address="121 main st"), "by its address")
    assert shown(case_store, number).site.address == "121 main st"


def test_a_case_that_was_nowhere_is_located_by_a_move(case_store: CaseStore) -> None:
    number = write(case_store, open_case, DESK, Opening("leaks")).number
    write(case_store, answer_step, DESK, number, "site_visit", Given())
    assert decision(case_store, number, "location").proposed is None
    write(case_store, move_site, LATER, number, to(50, 30), "found it")
    assert decision(case_store, number, "location").proposed == "inside"


def test_what_is_noted_of_the_place_asks_again_only_what_it_changes(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    write(case_store, answer_step, DESK, number, "location", Given("inside"))
    shed = shapely.box(EAST + 40, NORTH + 100, EAST + 60, NORTH + 120)
    done = write(case_store, describe_site, LATER, number, shed, {"facility_id": "WM-1"})
    assert done.made["to_review"] == []
    assert states(case_store, number, "location") == [("confirmed", "inside", 0)]
    found = shown(case_store, number)
    assert found.site.structure == shed
    assert found.site.details == {"facility_id": "WM-1"}
    write(case_store, describe_site, LATER, number, None, {"facility_id": None})
    assert shown(case_store, number).site.details == {}
    with pytest.raises(CaseRefused, match="Nothing was given"):
        write(case_store, describe_site, LATER, number)


def test_marks_turn_the_tolerance_zone_that_was_answered_from_the_map(case_store: CaseStore, tmp_path: Path) -> None:
    desk = a_desk(folder=tmp_path)
    number = write(case_store, open_case, desk, Opening("damages", to(50, 21, 0.1))).number
    go_to(case_store, desk, number, "property")
    marks = shapely.LineString([(EAST, NORTH + 30), (EAST + 100, NORTH + 30)])
    done = write(case_store, describe_site, LATER, number, None, {"marks": marks, "marked_diameter_in": 8.0})
    (found,) = done.made["to_review"]
    assert (found["step"], found["current"], found["proposed"]) == ("tolerance", "within", "outside")
    done = write(case_store, review, LATER, number, found["decision"], Given(why="the marks count"))
    assert done.step == "property"
    assert shown(case_store, number).state.data["tolerance_zone"] == "outside"


def test_a_noted_value_that_was_suggested_for_the_old_place_is_listed(case_store: CaseStore) -> None:
    number = write(case_store, open_case, DESK, Opening("utility_obstructions", to(210, 100))).number
    go_to(case_store, DESK, number, "notify_ce", overgrowth="no")
    noted = {"nearest_address": "121 Main Street", "facility_id": "the hydrant at the corner"}
    write(case_store, answer_step, DESK, number, "notify_ce", Given(fields=noted))
    done = write(case_store, move_site, LATER, number, to(610, 100), "another block")
    assert done.made["fields_to_review"] == [
        {"field": "nearest_address", "noted": "121 Main Street", "suggested": "161 Main Street"}
    ]
    assert [each.field.name for each in shown(case_store, number).doubtful] == ["nearest_address"]
    wrong = Correction("another block", field="nearest_address", value="161 Main Street")
    write(case_store, correct, LATER, number, wrong)
    assert shown(case_store, number).doubtful == ()


def test_the_clock_ends_no_case_over_an_answer_that_no_longer_holds(case_store: CaseStore) -> None:
    admin = as_somebody(DESK, "ann", "admin")
    text = text_of("leaks").replace("deadline: 48 hours\n  next: repairs_made", "deadline: 48 hours\n  next: end")
    with case_store.session() as session:
        publish_process(session, admin, _without_what_is_lost(text))
        session.commit()
    number = at_location(case_store, DESK, y=100).number
    go_to(case_store, DESK, number, "notice_48h", location="outside", meter_side="behind", major_leak="no")
    write(case_store, answer_step, DESK, number, "notice_48h", Given(fields={"notice_issued_on": DESK.today}))
    moved = write(case_store, move_site, LATER, number, to(50, 30), "it is the street")
    with case_store.session() as session:
        assert pass_deadlines(session, later(DESK, days=3)) == []
        session.commit()
    with pytest.raises(StepRefused, match="first confirm or correct"):
        write(case_store, end_wait, LATER, number, "repaired")
    for each in moved.made["to_review"]:
        if not each["holds"]:
            write(case_store, review, LATER, number, each["decision"], Given(each["current"], why="by the plat"))
    with case_store.session() as session:
        assert [done.status for done in pass_deadlines(session, later(DESK, days=3))] == ["closed"]
        session.commit()


def _without_what_is_lost(text: str) -> str:
    """The leaks without the steps that lie behind the wait."""
    lost = ("repairs_made", "repairs_done", "repairs_not_done", "shut_off", "notify_housing")
    steps = re.split(r"(?m)^(?=- )", text)
    return "".join(step for step in steps if not re.match(rf"- (\{{)?id: ({'|'.join(lost)})\b", step))


def test_asking_the_map_again_by_the_same_layers_changes_no_proposal(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    done = write(case_store, ask_map_again, LATER, number)
    assert states(case_store, number, "location") == [("proposed", "inside", 0)]
    assert done.made["proposals"] == [decision(case_store, number, "location").id]


def test_a_move_sent_twice_is_made_once(case_store: CaseStore) -> None:
    number = decided_inside(case_store)
    first = write(case_store, move_site, LATER, number, to(50, 100), "wrong side", key="m1", seen=None)
    again = write(case_store, move_site, later(LATER, hours=1), number, to(50, 100), "wrong side", key="m1", seen=None)
    assert (again.repeated, again.made) == (True, first.made)
    assert shown(case_store, number).site.revision == 1
