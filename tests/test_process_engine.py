"""A case moves through its process: answers, fields, waits, hand-overs, and who may do what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from process_walks import (
    LATER,
    MAPS,
    MONDAY,
    RALEIGH,
    RIGHT,
    act,
    appealing,
    at,
    meter_case,
    mine,
    noticed,
    on,
    round_trip,
    some_fields,
)

from gis_ce.errors import NotNow, StepRefused
from gis_ce.process_engine import answer, child_returned, end_wait, may_act, note, pass_deadline, start, who_may_act
from gis_ce.process_state import Moved

LEAKS, DAMAGES = MAPS["leaks"], MAPS["damages"]


def test_a_case_starts_at_the_first_step_after_the_start() -> None:
    moved = start(LEAKS, act())
    assert (moved.state.step, moved.state.lane, moved.state.way) == ("site_visit", "ce", ("start",))
    assert moved.state.version == LEAKS.version
    assert [(entry.kind, entry.text, entry.by) for entry in moved.entries] == [("opened", "Leaks: case opened", "jane")]


def test_an_answer_takes_its_way_and_is_kept_apart_from_the_fields() -> None:
    state = at(LEAKS, None)
    moved = answer(LEAKS, state, "location", "inside", {}, act())
    assert moved.state.step == "wd_to_repair"
    assert moved.state.lane == "wd"
    assert moved.state.answers == {"location": "inside"}
    assert "location" not in moved.state.data
    assert moved.entries[0].text.endswith("right of way? inside")
    assert moved.entries[0].data == {"answer": "inside", "fields": {}}


@pytest.mark.parametrize(
    ("step", "word", "said"),
    [
        ("location", None, "still to answer: inside or outside"),
        ("location", "insde", "'insde' is not one of inside, outside; did you mean inside?"),
        ("site_visit", "yes", "no answer is asked for here"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(step: str, word: str | None, said: str) -> None:
    state = at(LEAKS, None) if step == "location" else at(LEAKS)
    with pytest.raises(StepRefused, match=said.replace("?", r"\?")):
        answer(LEAKS, state, step, word, {}, act())


def test_everything_that_is_wrong_with_a_step_is_said_at_once() -> None:
    state = at(MAPS["utility_obstructions"], None, "no", None)
    given = {"obstruction_confirmed": "perhaps", "photo": "x", "facility_id": 3}
    with pytest.raises(StepRefused) as refused:
        answer(MAPS["utility_obstructions"], state, "site_visit", None, given, act())
    said = str(refused.value)
    assert "obstruction_confirmed 'perhaps' is not one of yes, no" in said
    assert "photo is not asked for here; did you mean photos?" in said
    assert "facility_id is not asked for here" in said
    assert "still to notate: obstruction_confirmed, photos" in said


def test_a_step_elsewhere_is_refused_so_that_nothing_is_done_twice() -> None:
    state = at(LEAKS, None, "inside")
    with pytest.raises(NotNow, match=r"stands at wd_to_repair \(WD to Make Repairs\), not at location"):
        answer(LEAKS, state, "location", "inside", {}, act())
    with pytest.raises(NotNow, match="Leaks has no step nowhere"):
        answer(LEAKS, state, "nowhere", None, {}, act())


def test_a_closed_case_takes_nothing_more() -> None:
    state = at(MAPS["information_request"], None, None, None, None)
    assert state.closed
    assert state.step == "end"
    for refused in (
        lambda: answer(MAPS["information_request"], state, "advise", None, {}, act()),
        lambda: note(MAPS["information_request"], state, "advise", {"answer_given": "x"}, act()),
        lambda: end_wait(MAPS["information_request"], state, "why", act()),
        lambda: pass_deadline(MAPS["information_request"], state, act()),
    ):
        with pytest.raises(NotNow, match="The case is closed"):
            refused()


def test_fields_can_be_noted_before_the_step_is_done() -> None:
    state = at(DAMAGES, None, "yes")
    noted = note(DAMAGES, state, "site_visit", {}, act()) if DAMAGES.steps["site_visit"].fields else None
    assert noted is None
    state = at(DAMAGES, None, "yes", None)
    moved = note(DAMAGES, state, "ce_pictures", {"code_pictures": ["a"]}, act())
    assert (moved.state.step, moved.state.noted, moved.state.way) == ("ce_pictures", ("code_pictures",), state.way)
    assert moved.entries[0].kind == "noted"
    done = answer(DAMAGES, round_trip(moved.state), "ce_pictures", None, {}, act())
    assert done.state.step == "tolerance"
    with pytest.raises(StepRefused, match="nothing to notate was given"):
        note(DAMAGES, state, "ce_pictures", {}, act())


def test_what_an_earlier_step_noted_does_not_count_for_a_later_one() -> None:
    process = MAPS["crossed_lines"]
    state = at(process, None, "lines", None)
    state = pass_deadline(process, state, act(MONDAY + timedelta(days=30))).state
    state = answer(process, state, "corrected", "no", {}, act(LATER)).state
    assert "nov_deadline" in state.data
    with pytest.raises(StepRefused, match="still to notate: disconnection, nov_deadline"):
        answer(process, state, "non_compliance", None, {}, act(LATER))
    given = {"disconnection": "no", "nov_deadline": "2026-11-20"}
    again = answer(process, state, "non_compliance", None, given, act(LATER)).state
    assert again.step == "wait_nov"
    assert again.due_said == "nov deadline: last day Fri 20 Nov 2026"


def test_attachments_are_added_and_an_empty_value_takes_away() -> None:
    state = at(LEAKS)
    state = note(LEAKS, state, "site_visit", {"photos": ["a", "b"], "comments": "wet"}, act()).state
    state = note(LEAKS, state, "site_visit", {"photos": "b", "comments": None}, act()).state
    assert state.data == {"photos": ["a", "b"]}
    state = note(LEAKS, state, "site_visit", {"photos": ["c"]}, act()).state
    assert state.data == {"photos": ["a", "b", "c"]}


def test_a_wait_says_until_when_and_why_and_goes_on_when_its_time_has_come() -> None:
    state = noticed()
    assert (state.step, state.waiting_for) == ("wait_48h", "deadline")
    assert state.due_said == "from Mon 2 Nov 2026 10:00 EST, 48 hours, until Wed 4 Nov 2026 10:00 EST"
    with pytest.raises(NotNow, match="to go on before, end the wait with a reason"):
        pass_deadline(LEAKS, state, act(MONDAY + timedelta(hours=47)))
    with pytest.raises(NotNow, match="and waits: from Mon 2 Nov"):
        answer(LEAKS, state, "wait_48h", None, {}, act(LATER))
    moved = pass_deadline(LEAKS, state, act(LATER, by="clock"))
    assert (moved.state.step, moved.deadline_end, moved.state.due_at) == ("repairs_made", "passed", None)
    assert moved.entries[0].kind == "deadline_passed"


def test_the_start_of_a_wait_hands_over_the_deadline_with_its_reminder() -> None:
    state = at(MAPS["utility_obstructions"], None, "no", None, None, "residence_business", "vegetation_structure")
    fields = {"notified_by": "verbal"}
    moved = answer(MAPS["utility_obstructions"], state, "request_10", None, fields, act())
    assert moved.deadline is not None
    assert moved.deadline.due_at == moved.state.due_at
    assert moved.deadline.step == "wait_10"
    assert moved.deadline.remind_at == datetime(2026, 11, 9, 5, 0, tzinfo=UTC)
    assert [entry.kind for entry in moved.entries] == ["answered", "deadline_started"]


def test_a_wait_can_be_ended_early_with_a_reason() -> None:
    state = noticed()
    moved = end_wait(LEAKS, state, " the owner called ", act(MONDAY + timedelta(hours=5)))
    assert (moved.state.step, moved.deadline_end) == ("repairs_made", "met")
    assert moved.entries[0].text == "the wait ended early: the owner called"
    for nothing in ("", "  "):
        with pytest.raises(StepRefused, match="Say why"):
            end_wait(LEAKS, state, nothing, act())
    with pytest.raises(NotNow, match="there is no wait to end"):
        end_wait(LEAKS, moved.state, "again", act())


def test_an_appeal_begins_with_the_receipt_of_the_notice() -> None:
    process, state = MAPS["illegal_valve_operation"], appealing()
    assert (state.step, state.waiting_for, state.due_at) == ("wait_appeal", "date", None)
    with pytest.raises(NotNow, match="no deadline runs"):
        pass_deadline(process, state, act(LATER))
    with pytest.raises(NotNow, match="its deadline begins once notice_received_on is noted"):
        answer(process, state, "wait_appeal", None, {}, act())
    moved = note(process, state, "wait_appeal", {"notice_received_on": "2026-11-04"}, act(LATER))
    assert moved.deadline is not None
    assert moved.deadline_end is None
    assert moved.state.waiting_for == "deadline"
    assert moved.deadline.due_at.astimezone(RALEIGH).date().isoformat() == "2026-12-04"
    again = note(process, moved.state, "wait_appeal", {"notice_received_on": "2026-11-05"}, act(LATER))
    assert again.deadline is not None
    assert again.deadline_end == "ended"
    assert again.deadline.due_at - moved.deadline.due_at == timedelta(days=1)
    assert again.entries[-1].kind == "deadline_moved"
    ended = end_wait(process, state, "penalty was paid", act(LATER))
    assert ended.deadline_end is None
    assert ended.state.step == "follow_up"


def test_a_date_taken_away_stops_the_deadline() -> None:
    process = MAPS["illegal_valve_operation"]
    state = note(process, appealing(), "wait_appeal", {"notice_received_on": "2026-11-01"}, act()).state
    moved = note(process, state, "wait_appeal", {"notice_received_on": None}, act())
    assert (moved.state.waiting_for, moved.state.due_at, moved.deadline_end) == ("date", None, "ended")


def test_a_receipt_cannot_lie_ahead_nor_a_deadline_behind() -> None:
    process = MAPS["illegal_valve_operation"]
    with pytest.raises(StepRefused, match="2026-11-03 lies after today, 2026-11-02"):
        note(process, appealing(), "wait_appeal", {"notice_received_on": "2026-11-03"}, act())
    state = at(MAPS["crossed_lines"], None, "lines")
    with pytest.raises(StepRefused, match="2016-12-01 is a deadline that lies before today"):
        answer(MAPS["crossed_lines"], state, "nov", None, {"nov_deadline": "2016-12-01"}, act())


def test_a_leak_is_handed_over_to_a_damage_case_and_closes() -> None:
    state = at(LEAKS, None, "inside", None, None, None, "contractor", None, None)
    moved = answer(LEAKS, state, "to_damage", None, {}, act())
    assert moved.open_child is not None
    assert (moved.open_child.process, moved.open_child.returns) == ("damages", False)
    assert moved.state.closed
    assert moved.wake_parent
    assert [entry.kind for entry in moved.entries] == ["answered", "handed_over", "closed"]


def test_a_hydrant_meter_case_waits_for_the_confiscation_and_goes_on() -> None:
    process, state = meter_case()
    moved = answer(process, state, "confiscate_unmetered", None, {}, act())
    assert moved.open_child is not None
    assert (moved.open_child.process, moved.open_child.returns) == ("confiscate_hydrant_meter", True)
    waiting = round_trip(moved.state)
    assert (waiting.step, waiting.waiting_for, moved.wake_parent) == ("confiscate_unmetered", "child", False)
    with pytest.raises(NotNow, match="waits for the other case to close"):
        answer(process, waiting, "confiscate_unmetered", None, {}, act())
    back = child_returned(process, waiting, "CONF-2026-00007", "Return to Meters", act(LATER))
    assert back.state.step == "nov"
    assert back.state.way.count("confiscate_unmetered") == 1
    assert back.entries[0].text == "CONF-2026-00007 has closed: Return to Meters"
    with pytest.raises(NotNow, match="waits for no other case"):
        child_returned(process, back.state, "CONF-2026-00007", "again", act())


def test_the_officer_chooses_the_type_from_the_permitted_list() -> None:
    process = MAPS["non_conforming_services"]
    state = at(process, None, None, None, "no", "yes")
    with pytest.raises(StepRefused, match="still to answer: damages or service_splits or leaks"):
        answer(process, state, "open_case", None, {}, act())
    with pytest.raises(StepRefused, match="'information_request' is not one of damages"):
        answer(process, state, "open_case", "information_request", {}, act())
    moved = answer(process, state, "open_case", "leaks", {}, act())
    assert moved.open_child is not None
    assert moved.open_child.process == "leaks"
    assert (moved.state.step, moved.state.closed) == ("issue_nov", False)
    assert "open_case" not in moved.state.answers


def test_who_may_act_follows_the_lane_and_those_who_record_for_it() -> None:
    state = at(LEAKS, None, "inside")
    assert who_may_act(LEAKS, state) == ("wd", "ce")
    assert may_act(LEAKS, state, ["wd"])
    assert may_act(LEAKS, state, {"ce", "meters"})
    assert not may_act(LEAKS, state, ["meters"])
    assert not may_act(LEAKS, state, [])
    request = MAPS["encroachment_request"]
    approval = at(request, None, "yes", None, None, None, None, None, None, "yes", None)
    assert approval.step == "approved"
    assert may_act(request, approval, ["director"])
    assert not may_act(request, approval, ["ce"])


def test_a_state_of_another_definition_is_not_moved() -> None:
    state = replace(at(LEAKS), version="older")
    with pytest.raises(AssertionError, match="another definition"):
        answer(LEAKS, state, "site_visit", None, {}, act())


def test_the_date_of_a_wait_need_not_be_a_field_of_the_wait_to_be_noted_there() -> None:
    process = mine()
    assert "fields" not in RIGHT.splitlines()[-2]
    state = answer(process, at(process), "location", "outside", {}, act()).state
    state = answer(process, state, "notice", None, {"sent_on": "2026-11-01"}, act()).state
    moved = note(process, state, "appeal", {"sent_on": "2026-11-02"}, act())
    assert moved.state.data["sent_on"] == "2026-11-02"


def test_every_move_says_what_happened_by_whom_and_when() -> None:
    moves: list[Moved] = [start(LEAKS, act())]
    for word in (None, "outside", "behind", None, "no", None):
        moves.append(on(LEAKS, moves[-1].state, word, act()))
    entries: list[Any] = [entry for moved in moves for entry in moved.entries]
    assert {entry.by for entry in entries} == {"jane"}
    assert all(entry.at == MONDAY for entry in entries)
    assert [entry.kind for entry in entries] == ["opened", *["answered"] * 6, "deadline_started"]
    assert some_fields(LEAKS, moves[-1].state, act()) == {}
