"""Corrections, reopened cases, and waits that end early, late or by themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from desks import MONDAY, a_desk, as_somebody, at_location, decision, go_to, later, shown, write
from sqlalchemy import select

from gis_ce.actions.mending import Correction, correct, reopen
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.passing import pass_deadlines
from gis_ce.actions.placing import Place
from gis_ce.actions.stepping import Given, answer_step, notate
from gis_ce.actions.waits import end_wait, extend_wait
from gis_ce.case_store import CaseStore
from gis_ce.errors import NotNow, NotYourLane, StepRefused
from gis_ce.tables import Deadline, Decision, Event

DESK = a_desk()
OUTSIDE = {"location": "outside", "meter_side": "behind", "major_leak": "no", "cause": "natural"}


def at_wait(store: CaseStore, folder: Path) -> str:
    """A leak behind the meter whose owner has 48 hours."""
    desk = a_desk(folder=folder)
    number = at_location(store, desk, y=100).number
    go_to(store, desk, number, "wait_48h", **OUTSIDE)
    return number


def test_a_wait_runs_and_says_its_arithmetic(case_store: CaseStore, tmp_path: Path) -> None:
    found = shown(case_store, at_wait(case_store, tmp_path))
    (deadline,) = found.deadlines
    assert (deadline.step, deadline.kind, deadline.state, deadline.starts_on) == (
        "wait_48h", "wait", "running", date(2026, 3, 2),
    )  # fmt: skip
    assert deadline.due_at == found.case.due_at == MONDAY + timedelta(hours=48)
    assert deadline.arithmetic == "from Mon 2 Mar 2026 10:00 EST, 48 hours, until Wed 4 Mar 2026 10:00 EST"
    assert found.form is not None
    assert "and waits: from Mon 2 Mar 2026" in str(found.form.waits)


def test_a_deadline_that_has_passed_lets_the_case_go_on_by_the_clock(case_store: CaseStore, tmp_path: Path) -> None:
    number = at_wait(case_store, tmp_path)
    with case_store.session() as session:
        assert pass_deadlines(session, later(DESK, hours=47)) == []
        (passed,) = pass_deadlines(session, later(DESK, hours=48))
        session.commit()
    assert (passed.number, passed.step) == (number, "repairs_made")
    (deadline,) = shown(case_store, number).deadlines
    assert (deadline.state, deadline.ended_at) == ("passed", MONDAY + timedelta(hours=48))
    with case_store.reading() as session:
        event = session.scalars(select(Event).where(Event.kind == "deadline_passed")).one()
        assert event.by == "clock"


def test_an_officer_who_comes_before_the_clock_finds_the_wait_passed(case_store: CaseStore, tmp_path: Path) -> None:
    number = at_wait(case_store, tmp_path)
    done = write(case_store, answer_step, later(DESK, days=3), number, "repairs_made", Given("yes"))
    assert done.step == "repairs_done"
    with pytest.raises(NotNow, match="there is no wait to end"):
        write(case_store, end_wait, later(DESK, days=3), number, "late")


def test_a_receipt_that_is_noted_after_the_deadline_starts_it_no_more(case_store: CaseStore, tmp_path: Path) -> None:
    number = at_appeal(case_store, tmp_path)
    write(case_store, notate, DESK, number, "appeal", {"notice_received_on": "2026-03-02"})
    with pytest.raises(NotNow, match="stands at close"):
        write(case_store, notate, later(DESK, days=60), number, "appeal", {"notice_received_on": "2026-04-30"})


def test_a_wait_is_ended_early_with_a_reason_by_its_lane(case_store: CaseStore, tmp_path: Path) -> None:
    number = at_wait(case_store, tmp_path)
    with pytest.raises(StepRefused, match="Say why"):
        write(case_store, end_wait, DESK, number, "")
    with pytest.raises(NotYourLane):
        write(case_store, end_wait, as_somebody(DESK, "walt", "wd"), number, "repaired")
    done = write(case_store, end_wait, later(DESK, hours=5), number, "repaired on day 1")
    assert done.step == "repairs_made"
    found = shown(case_store, number)
    assert [row.state for row in found.deadlines] == ["met"]
    assert found.case.due_at is None


def test_a_wait_is_made_longer_and_the_old_deadline_stays_on_record(case_store: CaseStore, tmp_path: Path) -> None:
    number = at_wait(case_store, tmp_path)
    with pytest.raises(StepRefused, match="is no later day"):
        write(case_store, extend_wait, DESK, number, date(2026, 3, 4), "the plumber is ill")
    write(case_store, extend_wait, DESK, number, date(2026, 3, 9), "the plumber is ill")
    found = shown(case_store, number)
    assert [row.state for row in found.deadlines] == ["ended", "running"]
    assert found.case.due_at == datetime(2026, 3, 10, 3, 59, 59, tzinfo=UTC)


def at_appeal(store: CaseStore, folder: Path) -> str:
    """A damage whose notice is out: the appeal period waits for the day of its receipt."""
    desk = a_desk(folder=folder)
    number = write(store, open_case, desk, Opening("damages", Place(address="111 Main St"))).number
    go_to(store, desk, number, "appeal", action="nov")
    return number


def test_an_appeal_period_begins_with_the_noted_receipt_and_moves_with_it(
    case_store: CaseStore, tmp_path: Path
) -> None:
    number = at_appeal(case_store, tmp_path)
    form = shown(case_store, number).form
    assert form is not None
    assert "its deadline begins once notice_received_on is noted" in str(form.waits)
    with pytest.raises(StepRefused, match="lies after today"):
        write(case_store, notate, DESK, number, "appeal", {"notice_received_on": "2026-03-03"})
    write(case_store, notate, DESK, number, "appeal", {"notice_received_on": "2026-03-02"})
    first = shown(case_store, number).case.due_at
    wrong = Correction("the card says Saturday", field="notice_received_on", value="2026-02-28")
    write(case_store, correct, DESK, number, wrong)
    found = shown(case_store, number)
    assert first is not None
    assert found.case.due_at == first - timedelta(days=2)
    assert [(row.kind, row.state) for row in found.deadlines] == [
        ("appeal_period", "running"),
        ("appeal_period", "ended"),
    ]


def test_another_answer_takes_the_case_back_and_undoes_what_was_decided_since(
    case_store: CaseStore, tmp_path: Path
) -> None:
    number = at_wait(case_store, tmp_path)
    wrong = Correction("it is in the street", step="location", answer="inside")
    done = write(case_store, correct, later(DESK, hours=1), number, wrong)
    assert done.step == "wd_to_repair"
    found = shown(case_store, number)
    assert found.state.answers == {"location": "inside"}
    assert found.state.way == ("start", "site_visit", "location")
    assert found.case.due_at is None
    assert [row.state for row in found.deadlines] == ["ended"]
    states = {row.step: (row.state, row.answer) for row in found.decisions}
    assert states == {
        "site_visit": ("confirmed", None),
        "location": ("overridden", "inside"),
        "meter_side": ("stale", "behind"),
    }
    assert decision(case_store, number, "location").why == "it is in the street"


def test_a_correction_back_to_the_maps_answer_is_no_override_any_more(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    write(case_store, answer_step, DESK, number, "location", Given("outside", why="looked so"))
    write(case_store, correct, later(DESK, hours=1), number, Correction("measured", step="location", answer="inside"))
    row = decision(case_store, number, "location")
    assert (row.state, row.answer, row.why) == ("confirmed", "inside", "measured")


@pytest.mark.parametrize(
    ("correction", "said"),
    [
        (Correction("why"), "Say which"),
        (Correction("why", step="location", answer="inside", field="comments"), "Say which"),
        (Correction("why", step="location"), "Say what the answer of location is"),
        (Correction("why", step="location", answer="over there"), "is not one of inside, outside"),
        (Correction("why", step="cause", answer="natural"), "was not answered"),
        (Correction("why", step="nowhere", answer="yes"), "was not answered"),
        (Correction(" ", step="location", answer="outside"), "Say why"),
        (Correction("why", field="root_cause", value="age"), "was not noted"),
        (Correction("why", field="wd_investigation", value=None), "cannot be taken away|can be corrected but not"),
    ],
)
def test_what_cannot_be_corrected_is_refused_and_changes_nothing(
    case_store: CaseStore, correction: Correction, said: str
) -> None:
    number = at_location(case_store, DESK).number
    write(case_store, answer_step, DESK, number, "location", Given("inside"))
    write(case_store, answer_step, DESK, number, "wd_to_repair", Given())
    write(case_store, answer_step, DESK, number, "wd_investigation", Given(fields={"wd_investigation": "cracked"}))
    before = shown(case_store, number).case.row_version
    with pytest.raises(StepRefused, match=said):
        write(case_store, correct, DESK, number, correction)
    assert shown(case_store, number).case.row_version == before


def test_a_filled_field_is_corrected_with_its_decision(case_store: CaseStore, tmp_path: Path) -> None:
    desk = a_desk(folder=tmp_path)
    number = write(case_store, open_case, desk, Opening("damages", Place(address="111 Main St"))).number
    go_to(case_store, desk, number, "research_ticket")
    assert shown(case_store, number).state.data["tolerance_zone"] == "outside"
    wrong = Correction("the line lies deeper and nearer", field="tolerance_zone", value="within")
    write(case_store, correct, desk, number, wrong)
    row = decision(case_store, number, "tolerance")
    assert (row.state, row.proposed, row.answer) == ("overridden", "outside", "within")


def closed(store: CaseStore, folder: Path) -> str:
    desk = a_desk(folder=folder)
    number = at_location(store, desk).number
    go_to(store, desk, number, "close", cause="natural")
    write(store, answer_step, desk, number, "close", Given())
    return number


def test_a_closed_case_is_reopened_with_a_reason_at_a_step_of_its_way(case_store: CaseStore, tmp_path: Path) -> None:
    number = closed(case_store, tmp_path)
    with pytest.raises(StepRefused, match="Say why"):
        write(case_store, reopen, DESK, number, "")
    with pytest.raises(StepRefused, match="is no step that the case went through"):
        write(case_store, reopen, DESK, number, "it leaks again", "bill")
    with pytest.raises(NotYourLane):
        write(case_store, reopen, as_somebody(DESK, "walt", "wd"), number, "it leaks again", "location")
    done = write(case_store, reopen, later(DESK, days=9), number, "it leaks again", "location")
    assert (done.status, done.step) == ("open", "location")
    found = shown(case_store, number)
    assert (found.case.closed_at, found.case.outcome, found.state.answers) == (None, None, {})
    assert [(row.state, row.step) for row in found.decisions if row.step == "location"] == [
        ("stale", "location"),
        ("proposed", "location"),
    ]
    with pytest.raises(NotNow, match="it is not closed"):
        write(case_store, reopen, DESK, number, "again")


def test_reopened_without_a_step_it_stands_at_what_was_done_last(case_store: CaseStore, tmp_path: Path) -> None:
    number = closed(case_store, tmp_path)
    assert write(case_store, reopen, DESK, number, "a bill came").step == "close"


def test_a_closed_case_is_not_corrected(case_store: CaseStore, tmp_path: Path) -> None:
    number = closed(case_store, tmp_path)
    with pytest.raises(NotNow, match="reopen it first"):
        write(case_store, correct, DESK, number, Correction("why", step="location", answer="outside"))


def test_a_noted_ticket_that_is_corrected_asks_the_map_again(case_store: CaseStore, tmp_path: Path) -> None:
    desk = a_desk(folder=tmp_path)
    number = write(case_store, open_case, desk, Opening("damages", Place(address="111 Main St"))).number
    go_to(case_store, desk, number, "ticket_exists", reported_ticket_number="C260300001")
    done = write(
        case_store,
        correct,
        desk,
        number,
        Correction("typed wrongly", field="reported_ticket_number", value="C260300009"),
    )
    assert "to_review" in done.made


def test_an_answer_that_is_corrected_twice_has_one_decision(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    write(case_store, answer_step, DESK, number, "location", Given("inside"))
    write(case_store, correct, DESK, number, Correction("looked again", step="location", answer="outside"))
    write(case_store, correct, DESK, number, Correction("no", step="location", answer="inside"))
    with case_store.reading() as session:
        rows = session.scalars(select(Decision).where(Decision.step == "location")).all()
        assert [(row.state, row.answer, row.why) for row in rows] == [("confirmed", "inside", "no")]


def test_deadlines_of_many_cases_pass_in_turn(case_store: CaseStore, tmp_path: Path) -> None:
    numbers = [at_wait(case_store, tmp_path / str(count)) for count in range(3)]
    with case_store.session() as session:
        assert len(pass_deadlines(session, later(DESK, days=3), limit=2)) == 2
        assert len(pass_deadlines(session, later(DESK, days=3), limit=2)) == 1
        assert pass_deadlines(session, later(DESK, days=3)) == []
        session.commit()
    assert {shown(case_store, number).case.step for number in numbers} == {"repairs_made"}
    with case_store.reading() as session:
        assert {row.state for row in session.scalars(select(Deadline))} == {"passed"}
