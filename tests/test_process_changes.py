"""A changed definition: who goes over, who stays and why; a running deadline is never begun anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from process_walks import LATER, MAPS, MONDAY, TIME, act, appealing, at, meter_case, noticed, on, round_trip

from gis_ce.errors import CannotMove
from gis_ce.process import Length, Process
from gis_ce.process_changes import dry_run, move_to
from gis_ce.process_engine import answer, note, pass_deadline, start
from gis_ce.process_files import known_checks, read_process, shipped_names, text_of
from gis_ce.process_mistakes import Known
from gis_ce.process_settings import default_settings

KNOWN = Known(known_checks(), shipped_names(), default_settings())
LEAKS = MAPS["leaks"]


def changed(name: str, *changes: tuple[str, str]) -> Process:
    """A shipped process with some texts in it replaced."""
    text = text_of(name)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return read_process(text, f"{name}.yaml", KNOWN)


def test_a_case_goes_over_where_another_step_was_added_or_changed() -> None:
    new = changed("leaks", ("text: Notate Root Cause", "text: Notate the root cause of the leak"))
    state = at(LEAKS, None, "inside")
    moved = move_to(LEAKS, new, state, act(LATER))
    assert moved.state.version == new.version
    assert replace(moved.state, version=state.version) == state
    (entry,) = moved.entries
    assert entry.kind == "definition_changed"
    assert entry.data == {"from": LEAKS.version, "to": new.version}


def test_a_renamed_step_is_followed_only_where_the_definition_says_so() -> None:
    renaming = (("id: root_cause", "id: why"), ("next: root_cause", "next: why"))
    state = at(LEAKS, None, "inside", None, None)
    with pytest.raises(CannotMove, match=r"It stands at root_cause \(Notate Root Cause\), which the new definition"):
        move_to(LEAKS, changed("leaks", *renaming), state, act())
    new = changed("leaks", *renaming, ("lanes:", "renamed: {root_cause: why}\nlanes:"))
    assert move_to(LEAKS, new, state, act()).state.step == "why"
    further = at(LEAKS, None, "inside", None, None, None)
    moved = move_to(LEAKS, new, further, act()).state
    assert moved.way[-1] == "why"
    assert answer(new, moved, "cause", "natural", {}, act()).state.step == "close"


def test_a_step_of_another_kind_keeps_the_case_on_its_version() -> None:
    new = changed("leaks", ("id: wd_to_repair, kind: task", "id: wd_to_repair, kind: letter"))
    with pytest.raises(CannotMove, match="a task that is a letter in the new definition"):
        move_to(LEAKS, new, at(LEAKS, None, "inside"), act())


def test_a_running_deadline_is_kept_when_another_step_changes() -> None:
    new = changed("leaks", ("text: Notify Housing", "text: Tell Housing"))
    state = noticed()
    moved = move_to(LEAKS, new, state, act(LATER))
    assert (moved.state.due_at, moved.state.due_said) == (state.due_at, state.due_said)
    assert (moved.deadline, moved.deadline_end) == (None, None)
    assert "deadline" not in moved.entries[0].text


def test_a_running_deadline_is_kept_when_its_length_changes_and_both_are_shown() -> None:
    new = changed("leaks", ("deadline: 48 hours", "deadline: 72 hours"))
    state = noticed()
    moved = move_to(LEAKS, new, state, act(LATER))
    assert moved.state.due_at == state.due_at
    assert "its deadline is kept (from Mon 2 Nov 2026 10:00 EST, 48 hours" in moved.entries[0].text
    assert "a new wait would be from Mon 2 Nov 2026 10:00 EST, 72 hours" in moved.entries[0].text
    told = dry_run({LEAKS.version: LEAKS}, new, [("LEAK-2026-00001", state)], act(LATER))
    assert told.kept[0].running.endswith("until Wed 4 Nov 2026 10:00 EST")
    assert told.kept[0].new.endswith("until Thu 5 Nov 2026 10:00 EST")


def test_a_changed_setting_does_not_move_what_runs() -> None:
    process = MAPS["illegal_valve_operation"]
    state = note(process, appealing(), "wait_appeal", {"notice_received_on": "2026-11-01"}, act()).state
    new = changed("illegal_valve_operation", ("text: Start", "text: Begin"))
    shorter = replace(TIME, settings={**TIME.settings, "appeal_period": Length(10, "calendar_days")})
    moved = move_to(process, new, state, act(LATER, time=shorter))
    assert moved.state.due_at == state.due_at
    assert "10 calendar days" in moved.entries[0].text


def test_a_case_that_waits_for_a_date_goes_over_only_if_it_is_the_same_date() -> None:
    process = MAPS["illegal_valve_operation"]
    same = changed("illegal_valve_operation", ("text: Start", "text: Begin"))
    assert move_to(process, same, appealing(), act()).state.waiting_for == "date"
    other = changed("illegal_valve_operation", ("notice_received_on", "receipt_on"))
    with pytest.raises(CannotMove, match="waits for a date; the new definition counts from another"):
        move_to(process, other, appealing(), act())


def test_a_case_that_waits_for_another_goes_over_only_if_that_returns() -> None:
    process, state = meter_case()
    waiting = answer(process, state, "confiscate_unmetered", None, {}, act()).state
    new = changed("hydrant_meters", ("returns: true, next: nov", "returns: false, next: nov"))
    with pytest.raises(CannotMove, match="waits for another case, for which the new definition does not wait"):
        move_to(process, new, waiting, act())


def test_what_was_noted_must_fit_the_new_definition() -> None:
    process = MAPS["meter_violations"]
    state = at(process, None)
    assert state.data["violation"] == "illegal_connection"
    fewer = changed("meter_violations", ("violation: [illegal_connection, damage,", "violation: [damage,"))
    with pytest.raises(CannotMove, match="In the new definition, its violation 'illegal_connection' is not one of"):
        move_to(process, fewer, state, act())
    gone = changed("meter_violations", ("fields: {violation: [illegal_connection, damage, stolen, tampering]}\n  ", ""))
    assert move_to(process, gone, state, act()).state.data == state.data
    other = changed("leaks", ("comments: text", "comments: money"))
    with pytest.raises(CannotMove, match="its comments is an amount"):
        move_to(LEAKS, other, at(LEAKS, None), act())


def test_an_answer_that_is_no_longer_one_keeps_the_case() -> None:
    new = changed("leaks", ("non_contractor: bill", "third_party: bill"))
    state = at(LEAKS, None, "inside", None, None, None, "non_contractor")
    with pytest.raises(CannotMove, match="It answered cause with 'non_contractor', which is no answer"):
        move_to(LEAKS, new, state, act())


def test_a_closed_case_stays_as_it_was() -> None:
    state = at(LEAKS, None, "inside", None, None, None, "natural", None)
    with pytest.raises(CannotMove, match="closed"):
        move_to(LEAKS, changed("leaks", ("text: Start", "text: Begin")), state, act())


def test_a_dry_run_counts_who_moves_and_says_why_others_stay() -> None:
    letter = ("id: wd_to_repair, kind: task", "id: wd_to_repair, kind: letter")
    new = changed("leaks", letter, ("48 hours\n", "72 hours\n"))
    states = [
        ("LEAK-1", at(LEAKS)),
        ("LEAK-2", at(LEAKS, None, "inside")),
        ("LEAK-3", noticed()),
        ("LEAK-4", at(LEAKS, None, "inside", None, None, None, "natural", None)),
        ("LEAK-5", replace(at(LEAKS), version=new.version)),
        ("LEAK-6", replace(at(LEAKS), version="lost")),
    ]
    told = dry_run({LEAKS.version: LEAKS}, new, states, act(LATER))
    assert str(told) == "2 move, 2 stay"
    assert told.moves == ("LEAK-1", "LEAK-3")
    assert [(stays.case, stays.why.split()[0]) for stays in told.stays] == [("LEAK-2", "It"), ("LEAK-6", "Its")]
    assert [kept.case for kept in told.kept] == ["LEAK-3"]


def test_a_thousand_cases_are_tried_without_delay() -> None:
    new = changed("leaks", ("deadline: 48 hours", "deadline: 72 hours"))
    state = noticed()
    told = dry_run({LEAKS.version: LEAKS}, new, ((str(number), state) for number in range(1000)), act(LATER))
    assert (len(told.moves), len(told.kept)) == (1000, 1000)


@given(st.data())
def test_no_change_of_a_definition_moves_a_deadline_or_loses_data(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(MAPS)))
    old = MAPS[name]
    state = start(old, act()).state
    for _ in range(data.draw(st.integers(0, 20))):
        if state.closed:
            break
        choices = old.steps[state.step].choices if state.waiting_for is None else ()
        state = on(old, state, data.draw(st.sampled_from(choices)) if choices else None, act()).state
    new = changed(name, ("text: Start", "text: Begin"), ("format: 1", f"# {data.draw(st.integers())}\nformat: 1"))
    try:
        moved = round_trip(move_to(old, new, state, act(LATER)).state)
    except CannotMove:
        assert state.closed
        return
    assert (moved.due_at, moved.data, moved.way, moved.answers) == (state.due_at, state.data, state.way, state.answers)
    if moved.waiting_for == "deadline" and moved.due_at:
        assert (
            pass_deadline(new, moved, act(max(moved.due_at, MONDAY + timedelta(days=1)))).state.version == new.version
        )
