"""Hearings, citations, abatement, discrepancies and status updates, by the actions, on both stores."""

from __future__ import annotations

from datetime import date, time

import pytest
from desks import a_desk, kinds, later, leak, write
from icalendar import Calendar

from gis_ce.actions.calendars import officer_calendar
from gis_ce.actions.due_list import due_list
from gis_ce.actions.hearings import HearingGiven, NoticeGiven, OutcomeGiven, end_hearing, note_notice, set_hearing
from gis_ce.actions.measures import (
    AbatementDone,
    AbatementGiven,
    CitationGiven,
    DiscrepancyGiven,
    abate,
    abated,
    cite,
    raise_discrepancy,
    settle,
    tell_decider,
)
from gis_ce.actions.parties import PartyGiven
from gis_ce.actions.proceedings import Running, proceedings_of
from gis_ce.actions.status_updates import send_status, status_for_reporter
from gis_ce.actions.unpaid import statement
from gis_ce.case_store import CaseStore
from gis_ce.errors import ChargeRefused, ContactRefused, ContactUnknown

DESK = a_desk()
HEARING = HearingGiven(date(2026, 3, 20), "Appeal against the penalty", time(14, 30), "Town hall, room 2")


def whats(store: CaseStore, desk: object = DESK) -> list[tuple[str, str, str]]:
    """Kind, state and words of what has its time, without targets."""
    with store.reading() as session:
        found = due_list(session, desk)  # type: ignore[arg-type]
        return [(due.kind, due.state, due.what) for due in found if due.kind in ("hearing", "proceeding")]


def told(store: CaseStore, number: str) -> list[Running]:
    with store.reading() as session:
        rows = proceedings_of(session, DESK, number)
        session.expunge_all()
        return rows


def test_a_hearing_is_set_with_its_notices_held_and_its_outcome_noted(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    hearing = write(case_store, set_hearing, DESK, number, HEARING).made["proceeding"]
    assert sorted(whats(case_store)) == [
        ("hearing", "later", "hearing: Appeal against the penalty"),
        ("hearing", "later", "notice of the hearing to the complaining party"),
        ("hearing", "later", "notice of the hearing to the responsible party"),
    ]
    with case_store.reading() as session:
        (event,) = Calendar.from_ical(officer_calendar(session, DESK, "ann")).walk("VEVENT")
    assert event["dtstart"].dt.isoformat() == "2026-03-20T14:30:00-04:00"
    assert str(event["location"]) == "Town hall, room 2"
    write(
        case_store, note_notice, DESK, number, NoticeGiven(hearing, "responsible", date(2026, 3, 2), "certified mail")
    )
    assert [what for _, _, what in whats(case_store)] == [
        "notice of the hearing to the complaining party",
        "hearing: Appeal against the penalty",
    ]
    heard = later(DESK, days=18)
    outcome = OutcomeGiven(hearing, "upheld", "The penalty stands")
    with pytest.raises(ContactRefused, match="No notice of this hearing to the complaining is noted"):
        write(case_store, end_hearing, heard, number, outcome)
    late = NoticeGiven(hearing, "complaining", date(2026, 3, 19), "by telephone")
    write(case_store, note_notice, heard, number, late)
    with pytest.raises(ContactRefused, match="to the complaining is noted"):
        write(case_store, end_hearing, heard, number, outcome)
    held = OutcomeGiven(hearing, "upheld", "The penalty stands", "the reporter agreed to it")
    write(case_store, end_hearing, heard, number, held)
    assert whats(case_store) == []
    assert kinds(case_store, number)[-1] == "hearing_upheld"
    assert told(case_store, number)[0].entries[-1].text == (
        "The penalty stands; held without notice to the complaining: the reporter agreed to it"
    )


def test_what_cannot_be_of_a_hearing_is_refused(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    with pytest.raises(ContactRefused, match="set for today or later"):
        write(case_store, set_hearing, DESK, number, HearingGiven(date(2026, 3, 1), "x"))
    with pytest.raises(ContactRefused, match="not to neighbours"):
        write(case_store, set_hearing, DESK, number, HearingGiven(date(2026, 3, 9), "x", notices=("neighbours",)))
    hearing = write(case_store, set_hearing, DESK, number, HEARING).made["proceeding"]
    with pytest.raises(ContactRefused, match="not after today"):
        write(case_store, note_notice, DESK, number, NoticeGiven(hearing, "responsible", date(2026, 3, 5), "mail"))
    with pytest.raises(ContactRefused, match="A hearing is upheld, modified"):
        write(case_store, end_hearing, DESK, number, OutcomeGiven(hearing, "won", "x"))  # type: ignore[arg-type]
    with pytest.raises(ContactUnknown, match="has no hearing 'none'"):
        write(case_store, note_notice, DESK, number, NoticeGiven("none", "responsible", date(2026, 3, 2), "mail"))


def test_a_citation_waits_for_its_answer_and_is_settled(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    given = CitationGiven("C-77", "Code 8-2010", "leak not repaired", date(2026, 3, 2), date(2026, 3, 16))
    citation = write(case_store, cite, DESK, number, given).made["proceeding"]
    assert whats(case_store, later(DESK, days=20)) == [
        ("proceeding", "overdue", "citation: C-77, Code 8-2010: leak not repaired")
    ]
    write(case_store, settle, DESK, number, citation, "paid")
    assert whats(case_store) == []
    with pytest.raises(ContactRefused, match="issued today or earlier"):
        write(case_store, cite, DESK, number, CitationGiven("C-78", "8", "x", date(2026, 3, 3)))


def test_what_the_city_did_itself_is_charged(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    given = AbatementGiven("Cap the broken line", "Crew 4", date(2026, 3, 4))
    abatement = write(case_store, abate, DESK, number, given).made["proceeding"]
    with pytest.raises(ChargeRefused, match="Say where the amount comes from"):
        write(case_store, abated, DESK, number, AbatementDone(abatement, "Capped", 80_000))
    assert told(case_store, number)[0].ended is False
    done = write(case_store, abated, DESK, number, AbatementDone(abatement, "Capped", 80_000, "WO 4712"))
    assert done.made["charge"]
    with case_store.reading() as session:
        assert statement(session, DESK, number).balance_cents == 80_000


def test_a_discrepancy_goes_to_manager_and_attorney_before_it_is_settled(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    given = DiscrepancyGiven("The owner reads 8-2010 as excluding wells", {"manager": "Kim"})
    raised = write(case_store, raise_discrepancy, DESK, number, given).made
    assert raised["due_at"].startswith("2026-03-04T04:59:59")
    with pytest.raises(ContactRefused, match="First tell the attorney"):
        write(case_store, settle, DESK, number, raised["proceeding"], "wells are in")
    with pytest.raises(ContactRefused, match="goes to manager and attorney"):
        write(case_store, tell_decider, DESK, number, raised["proceeding"], {"mayor": "Lee"})
    write(case_store, tell_decider, DESK, number, raised["proceeding"], {"attorney": "Ms Law"})
    write(case_store, settle, DESK, number, raised["proceeding"], "wells are in, says the attorney")
    assert kinds(case_store, number)[-4:] == [
        "discrepancy_begun",
        "discrepancy_told",
        "discrepancy_told",
        "discrepancy_settled",
    ]


def test_who_reported_it_is_told_where_it_stands_and_never_of_whom(case_store: CaseStore) -> None:
    jane, pat = PartyGiven("reporter", "Jane Doe"), PartyGiven("owner", "Pat Owner", "Owner LLC", phone="555 0199")
    number = leak(case_store, DESK, parties=(jane, pat)).number
    with case_store.reading() as session:
        found = status_for_reporter(session, DESK, number, "We will dig on Friday.")
    assert found.text == (
        f"Your report {number} (Leaks) was opened on Mon 2 Mar 2026. It is being worked on. We will dig on Friday."
    )
    for words in ("Pat Owner has a notice", "mr owner was told", "OWNER LLC pays", "call 555 0199"):
        with (
            pytest.raises(ContactRefused, match=r"name somebody else of .* \(owner\)"),
            case_store.reading() as session,
        ):
            status_for_reporter(session, DESK, number, words)
    done = write(case_store, send_status, DESK, number, "email", "We will dig on Friday.", key="k")
    assert done.made["text"] == found.text
    assert write(case_store, send_status, DESK, number, "email", "We will dig on Friday.", key="k").repeated
    nobody = leak(case_store, DESK).number
    with pytest.raises(ContactRefused, match="Nobody who complained is on record"):
        write(case_store, send_status, DESK, nobody, "email")
