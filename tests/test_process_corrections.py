"""Mending a case: fields, answers, closed cases and waits are corrected with a reason, and the history stays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from process_walks import LATER, MAPS, MONDAY, act, appealing, at, meter_case, noticed, on, round_trip

from gis_ce.errors import NotNow, StepRefused
from gis_ce.process import Process
from gis_ce.process_corrections import correct_answer, correct_field, extend_wait, reopen
from gis_ce.process_engine import answer, note, pass_deadline, start
from gis_ce.process_state import State

LEAKS, VALVES, CROSSED = MAPS["leaks"], MAPS["illegal_valve_operation"], MAPS["crossed_lines"]


def test_a_field_is_corrected_with_a_reason_and_both_values_are_in_the_history() -> None:
    state = at(LEAKS, None, "inside", None, None)
    moved = correct_field(LEAKS, state, "wd_investigation", "cracked pipe", "typing error", act(LATER, "joe"))
    assert moved.state.data["wd_investigation"] == "cracked pipe"
    (entry,) = moved.entries
    assert (entry.kind, entry.by) == ("corrected", "joe")
    assert entry.text == "wd investigation corrected from some words to cracked pipe: typing error"
    assert entry.data == {
        "field": "wd_investigation",
        "before": "some words",
        "after": "cracked pipe",
        "why": "typing error",
    }
    assert moved.state.step == state.step


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("wd_investigaton", "x", "wd_investigaton was not noted in this case; did you mean wd_investigation?"),
        ("final_comments", "x", "final_comments was not noted in this case"),
        ("wd_investigation", 3, "wd investigation is a text, not 3"),
        ("wd_investigation", "", "wd investigation is required; it can be corrected but not taken away"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(name: str, value: object, said: str) -> None:
    state = at(LEAKS, None, "inside", None, None)
    with pytest.raises(StepRefused) as refused:
        correct_field(LEAKS, state, name, value, "why", act())
    assert said in str(refused.value)
    with pytest.raises(StepRefused, match="Say why"):
        correct_field(LEAKS, state, "wd_investigation", "x", " ", act())


def test_what_is_not_required_can_be_taken_away_and_attachments_are_replaced() -> None:
    state = at(LEAKS, None)
    moved = correct_field(LEAKS, state, "photos", ["other"], "wrong house", act())
    assert moved.state.data["photos"] == ["other"]
    gone = correct_field(LEAKS, moved.state, "comments", None, "wrong house", act())
    assert "comments" not in gone.state.data
    assert gone.entries[0].text.endswith("to nothing: wrong house")


def test_a_corrected_receipt_counts_the_running_deadline_again() -> None:
    state = note(VALVES, appealing(), "wait_appeal", {"notice_received_on": "2026-10-20"}, act()).state
    moved = correct_field(VALVES, state, "notice_received_on", "2026-10-28", "green card came back", act(LATER))
    assert moved.deadline is not None
    assert moved.deadline_end == "ended"
    assert state.due_at is not None
    assert moved.state.due_at == state.due_at + timedelta(days=8, hours=0)
    assert [entry.kind for entry in moved.entries] == ["corrected", "deadline_moved"]
    with pytest.raises(StepRefused, match="lies after today"):
        correct_field(VALVES, state, "notice_received_on", "2027-01-01", "why", act(LATER))


def test_a_receipt_corrected_after_the_wait_moves_no_deadline() -> None:
    state = note(VALVES, appealing(), "wait_appeal", {"notice_received_on": "2026-10-20"}, act()).state
    state = pass_deadline(VALVES, state, act(MONDAY + timedelta(days=40))).state
    moved = correct_field(VALVES, state, "notice_received_on", "2026-10-28", "why", act(MONDAY + timedelta(days=41)))
    assert (moved.deadline, moved.deadline_end) == (None, None)
    assert moved.state.step == "follow_up"


def test_a_corrected_answer_takes_the_other_way_and_keeps_what_was_noted() -> None:
    state = at(LEAKS, None, "inside", None, None, None)
    assert state.step == "cause"
    moved = correct_answer(LEAKS, state, "location", "outside", "the line was surveyed", act(LATER))
    assert moved.state.step == "meter_side"
    assert moved.state.way == ("start", "site_visit", "location")
    assert moved.state.answers == {"location": "outside"}
    assert moved.state.data["root_cause"] == "some words"
    assert "corrected from inside to outside: the line was surveyed" in moved.entries[0].text
    assert moved.entries[0].step == "location"


def test_a_corrected_answer_ends_the_wait_that_runs() -> None:
    moved = correct_answer(LEAKS, noticed(), "meter_side", "front", "the meter is behind the hedge", act(LATER))
    assert (moved.state.step, moved.state.due_at, moved.deadline_end) == ("wd_to_repair", None, "ended")
    assert "major_leak" not in moved.state.answers


def test_a_corrected_answer_of_a_loop_is_that_of_the_last_round() -> None:
    state = at(CROSSED, None, "lines", None)
    for _ in range(2):
        state = pass_deadline(CROSSED, state, act(MONDAY + timedelta(days=90))).state
        state = answer(CROSSED, state, "corrected", "no", {}, act()).state
        given = {"disconnection": "no", "nov_deadline": "2026-12-01"}
        state = answer(CROSSED, state, "non_compliance", None, given, act()).state
    moved = correct_answer(CROSSED, state, "corrected", "yes", "he had corrected it", act())
    assert moved.state.step == "close"
    assert moved.state.way.count("corrected") == 2
    assert moved.state.way.count("non_compliance") == 1


def test_the_other_answer_may_close_the_case() -> None:
    sso = MAPS["sso"]
    moved = correct_answer(sso, at(sso, None, "yes", None), "cause", "no", "roots", act())
    assert moved.state.closed
    assert moved.wake_parent


@pytest.mark.parametrize(
    ("step", "word", "said"),
    [
        ("locaton", "inside", "locaton was not answered in this case; did you mean location?"),
        ("meter_side", "front", "meter_side was not answered in this case"),
        ("location", "insde", "'insde' is not one of inside, outside; did you mean inside?"),
        ("location", "inside", "is answered 'inside' already"),
    ],
)
def test_an_answer_that_cannot_be_corrected_is_refused(step: str, word: str, said: str) -> None:
    with pytest.raises(StepRefused) as refused:
        correct_answer(LEAKS, at(LEAKS, None, "inside"), step, word, "why", act())
    assert said in str(refused.value)


def test_a_closed_case_is_reopened_before_it_is_corrected() -> None:
    state = at(LEAKS, None, "inside", None, None, None, "natural", None)
    assert state.closed
    for correct in (
        lambda: correct_field(LEAKS, state, "root_cause", "x", "why", act()),
        lambda: correct_answer(LEAKS, state, "cause", "contractor", "why", act()),
    ):
        with pytest.raises(NotNow, match="The case is closed; reopen it first"):
            correct()
    open_again = reopen(LEAKS, state, None, "it leaks again", act(LATER)).state
    assert (open_again.step, open_again.closed) == ("close", False)
    assert correct_answer(LEAKS, open_again, "cause", "contractor", "why", act()).state.step == "research_tickets"


def test_a_case_is_reopened_at_a_step_of_its_way() -> None:
    state = at(LEAKS, None, "inside", None, None, None, "natural", None)
    moved = reopen(LEAKS, state, "root_cause", "it leaks again", act(LATER))
    assert (moved.state.step, moved.state.closed, moved.state.lane) == ("root_cause", False, "ce")
    assert moved.state.way[-1] == "wd_investigation"
    assert moved.state.answers == {"location": "inside"}
    assert moved.state.data["root_cause"] == "some words"
    assert moved.entries[0].text == "reopened at Notate Root Cause: it leaks again"
    for elsewhere in ("bill", "start", "nowhere"):
        with pytest.raises(StepRefused, match=f"{elsewhere} is no step that the case went through"):
            reopen(LEAKS, state, elsewhere, "why", act())
    with pytest.raises(NotNow, match="it is not closed"):
        reopen(LEAKS, moved.state, None, "why", act())


def test_a_case_reopened_at_a_wait_waits_anew() -> None:
    state = pass_deadline(LEAKS, noticed(), act(LATER)).state
    for word in ("yes", None, None):
        state = on(LEAKS, state, word, act(LATER)).state
    assert state.closed
    moved = reopen(LEAKS, state, "wait_48h", "not repaired after all", act(LATER))
    assert moved.deadline is not None
    assert moved.state.due_at == LATER + timedelta(hours=48)


def test_a_case_closed_by_a_hand_over_is_reopened_before_it() -> None:
    state = at(LEAKS, None, "inside", None, None, None, "contractor", None, None, None)
    assert state.closed
    assert reopen(LEAKS, state, None, "no contractor", act()).state.step == "close_leak"


def test_a_wait_for_another_case_is_left_by_a_corrected_answer() -> None:
    process, state = meter_case()
    waiting = answer(process, state, "confiscate_unmetered", None, {}, act()).state
    moved = correct_answer(process, waiting, "violation_type", "tampering", "why", act())
    assert (moved.state.step, moved.state.waiting_for) == ("severity_tampering", None)


def test_a_wait_is_extended_to_a_later_day_with_a_reason() -> None:
    state = noticed()
    moved = extend_wait(LEAKS, state, date(2026, 11, 9), "parts are ordered", act(LATER))
    assert moved.state.due_at is not None
    assert str(moved.state.due_said).endswith("; extended to Mon 9 Nov 2026: parts are ordered")
    assert moved.deadline is not None
    assert (moved.deadline.due_at, moved.deadline_end) == (moved.state.due_at, "ended")
    assert moved.deadline.remind_at is None
    for day in (date(2026, 11, 4), date(2026, 11, 5)):
        with pytest.raises(StepRefused, match="is no later day than"):
            extend_wait(LEAKS, state, day, "why", act(LATER))
    with pytest.raises(NotNow, match="no deadline runs"):
        extend_wait(LEAKS, at(LEAKS), date(2026, 12, 1), "why", act())


ENDLESS = {"easements", "crossed_lines", "inspection_round"}
"""Maps in which the same answer, given again and again, goes round for ever."""


@given(st.data())
def test_mending_at_random_never_loses_data_and_the_case_still_ends(data: st.DataObject) -> None:
    process = MAPS[data.draw(st.sampled_from(sorted(set(MAPS) - ENDLESS)))]
    state, doing = start(process, act()).state, act()
    for _ in range(data.draw(st.integers(1, 25))):
        if state.closed:
            state = reopen(process, state, data.draw(st.sampled_from([None, state.way[-1]])), "why", doing).state
        elif data.draw(st.booleans()) and [step for step in state.answers if step in state.way]:
            step = data.draw(st.sampled_from([step for step in state.answers if step in state.way]))
            others = [word for word in process.steps[step].answers if word != state.answers[step]]
            known = dict(state.data)
            state = correct_answer(process, state, step, data.draw(st.sampled_from(others)), "why", doing).state
            assert state.data == known
        else:
            state = _on_at_random(process, state, data)
        state = round_trip(state)
        assert set(state.answers) <= {*state.way, *process.steps}
        assert state.waiting_for is None or process.steps[state.step].kind in ("wait", "handover")
        assert set(zip(state.way, (*state.way[1:], state.step), strict=True)) <= {
            (step.id, to) for step in process.steps.values() for to in step.targets
        }
    for _ in range(100):
        if state.closed:
            break
        state = _on_at_random(process, state, data)
    assert state.closed


def _on_at_random(process: Process, state: State, data: st.DataObject) -> State:
    choices = process.steps[state.step].choices if state.waiting_for is None else ()
    return on(process, state, data.draw(st.sampled_from(choices)) if choices else None, act()).state
