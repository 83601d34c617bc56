"""Contacts, visits, categories, updates and the list of what has its time, by the actions, on both stores."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from charged_town import charging_desk
from desks import a_desk, as_somebody, at_location, go_to, kinds, later, leak, shown, write
from icalendar import Calendar
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from gis_ce.actions.calendars import officer_calendar
from gis_ce.actions.charging import ChargeGiven, add_charge
from gis_ce.actions.contacting import ContactGiven, log_contact, unanswered
from gis_ce.actions.due_list import Due, due_list
from gis_ce.actions.parties import PartyGiven
from gis_ce.actions.ranking import assign
from gis_ce.actions.showing import case_history
from gis_ce.actions.urgency import set_category, update_manager
from gis_ce.actions.visits import VisitGiven, VisitPutOff, plan_visit, put_off_visit, visit_done
from gis_ce.case_store import CaseStore
from gis_ce.errors import CaseRefused, ContactRefused, ContactUnknown, NotYourLane, StepRefused
from gis_ce.tables import Contact

DESK = a_desk()
CALL = ContactGiven("in", "call", "When will the street be dry?")


def dues(store: CaseStore, desk: object = DESK, officer: str | None = None) -> dict[str, Due]:
    """What is open, by kind; the last of a kind where there are several."""
    with store.reading() as session:
        return {due.kind: due for due in due_list(session, desk, officer)}  # type: ignore[arg-type]


def test_a_new_case_has_targets_and_the_first_response_meets_its_own(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    found = dues(case_store)
    assert set(found) == {"response", "resolution", "update"}
    assert (found["response"].state, found["response"].category) == ("due_soon", "II")
    assert found["response"].said == "opened Mon 2 Mar 2026, 2 working days, last day Wed 4 Mar 2026"
    assert dues(case_store, later(DESK, days=3))["response"].state == "overdue"
    at_location(case_store, DESK)
    with case_store.reading() as session:
        waiting = [due.number for due in due_list(session, DESK) if due.kind == "response"]
    assert waiting == [number]


def test_a_major_leak_and_a_chosen_category_tighten_the_targets(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    with pytest.raises(CaseRefused, match="no category 'X'"):
        write(case_store, set_category, DESK, number, "X", "why")
    with pytest.raises(StepRefused, match="Say why"):
        write(case_store, set_category, DESK, number, "I", " ")
    write(case_store, set_category, DESK, number, "I", "a school is without water")
    found = dues(case_store)
    assert (found["response"].category, found["response"].said) == (
        "I",
        "opened Mon 2 Mar 2026 10:00 EST, 24 hours, until Tue 3 Mar 2026 10:00 EST",
    )
    assert _texts(case_store, number)[-1].startswith(
        "category I (danger to people, to the water or to a stream): a school"
    )
    write(case_store, set_category, DESK, number, "III", "it has water again")
    assert dues(case_store)["response"].category == "III"


def _texts(store: CaseStore, number: str) -> list[str]:
    with store.reading() as session:
        return [event.text for event in case_history(session, DESK, number)]


def test_an_update_to_the_manager_begins_the_clock_anew(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    write(case_store, set_category, DESK, number, "I", "a school")
    tuesday = later(DESK, days=1)
    write(case_store, update_manager, tuesday, number, "Crew is digging")
    found = dues(case_store, tuesday)["update"]
    assert found.said == "last update Tue 3 Mar 2026, 1 working day, last day Wed 4 Mar 2026"
    assert dues(case_store, later(DESK, days=3))["update"].state == "overdue"


def test_a_call_waits_for_its_answer_until_one_answers_it(case_store: CaseStore) -> None:
    number = leak(case_store, DESK, parties=(PartyGiven("reporter", "Jane Doe"),)).number
    jane = shown(case_store, number).parties[0].id
    call = write(case_store, log_contact, DESK, number, ContactGiven("in", "call", "When is it dry?", party=jane)).made
    assert call["arithmetic"] == "call Mon 2 Mar 2026, 1 working day, last day Tue 3 Mar 2026"
    assert dues(case_store)["contact"].what == "answer the call: When is it dry?"
    answer = ContactGiven("out", "call", "By Friday", answers=call["contact"])
    write(case_store, log_contact, DESK, number, answer, key="k")
    assert write(case_store, log_contact, DESK, number, answer, key="k").repeated
    assert "contact" not in dues(case_store)
    with pytest.raises(ContactUnknown, match="answered already"):
        write(case_store, log_contact, DESK, number, answer)
    assert kinds(case_store, number)[-2:] == ["contact_in", "contact_out"]
    assert _texts(case_store, number)[-1] == "call to Jane Doe (reporter): By Friday"
    with case_store.reading() as session:
        assert unanswered(session) == []


def test_a_call_that_needs_no_answer_says_why_and_what_is_wrong_is_told_at_once(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    thanks = ContactGiven("in", "email", "Thank you", no_answer="only thanks")
    assert write(case_store, log_contact, DESK, number, thanks).made["due_at"] is None
    wrong = ContactGiven("out", "call", " ", at=later(DESK, days=1).now, no_answer="none")
    with pytest.raises(ContactRefused, match=r"say what it was about.*time to come.*only what came in"):
        write(case_store, log_contact, DESK, number, wrong)
    with pytest.raises(ContactRefused, match="has no party, or more than one, of 'nobody'"):
        write(case_store, log_contact, DESK, number, ContactGiven("in", "call", "x", party="nobody"))
    with pytest.raises(ContactUnknown, match="no contact 'none' that came in"):
        write(case_store, log_contact, DESK, number, ContactGiven("out", "call", "x", answers="none"))
    with pytest.raises(NotYourLane):
        write(case_store, log_contact, as_somebody(DESK, "sam", "sm"), number, CALL)
    with case_store.session() as session, pytest.raises(DatabaseError, match="is never changed or deleted"):
        session.execute(update(Contact).values(text="other"))


def test_a_visit_is_planned_put_off_and_made_and_stands_in_the_officers_calendar(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    write(case_store, assign, DESK, number, "ann")
    visit = write(case_store, plan_visit, DESK, number, VisitGiven(date(2026, 3, 5), "Is it dry?")).made["proceeding"]
    assert dues(case_store, officer="ann")["visit"].what == "visit: Is it dry?"
    assert "visit" not in dues(case_store, officer="bob")
    (event,) = _calendar(case_store, "ann")
    assert (event["dtstart"].dt, str(event["summary"])) == (date(2026, 3, 5), f"Visit, {number}: Is it dry?")
    assert _calendar(case_store, "bob") == []
    put_off = VisitPutOff(visit, "snow", date(2026, 3, 9))
    again = write(case_store, put_off_visit, DESK, number, put_off).made["proceeding"]
    assert [event["dtstart"].dt for event in _calendar(case_store, "ann")] == [date(2026, 3, 9)]
    assert dues(case_store, later(DESK, days=8))["visit"].state == "overdue"
    write(case_store, visit_done, DESK, number, again, "Dry")
    assert (_calendar(case_store, "ann"), "visit" in dues(case_store)) == ([], False)
    with pytest.raises(ContactUnknown, match="This visit has ended: done"):
        write(case_store, visit_done, DESK, number, again, "Dry")
    with pytest.raises(ContactRefused, match="planned for today or later"):
        write(case_store, plan_visit, DESK, number, VisitGiven(date(2026, 3, 1), "x"))
    assert kinds(case_store, number)[-4:] == ["visit_begun", "visit_put_off", "visit_begun", "visit_done"]


def _calendar(store: CaseStore, officer: str) -> list[object]:
    with store.reading() as session:
        content = officer_calendar(session, DESK, officer)
        assert content == officer_calendar(session, DESK, officer)
    assert max(map(len, content.split(b"\r\n"))) <= 75
    return list(Calendar.from_ical(content).walk("VEVENT"))


def test_a_step_that_waits_and_a_charge_to_be_paid_are_on_the_list(case_store: CaseStore, tmp_path: Path) -> None:
    desk = charging_desk(folder=tmp_path)
    number = leak(case_store, desk).number
    write(case_store, add_charge, desk, number, ChargeGiven("repair", 5_000, "WO 1", due_on=date(2026, 3, 3)))
    found = dues(case_store, desk)["payment"]
    assert (found.what, found.state) == ("$50.00 open for repair", "due_soon")
    go_to(case_store, desk, number, "wait_48h", location="outside", meter_side="behind", major_leak="no")
    waits = dues(case_store, desk)["step"]
    assert (waits.what, waits.said.partition(",")[0]) == ("wait at wait 48h", "from Mon 2 Mar 2026 10:00 EST")
