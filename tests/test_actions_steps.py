"""Doing steps: what they ask for, who may do them, and what they lead to."""

from __future__ import annotations

import pytest
from desks import EAST, NORTH, a_desk, as_somebody, at_location, decision, later, leak, shown, write
from small_town import place
from sqlalchemy import select

from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.placing import Place
from gis_ce.actions.showing import show_case
from gis_ce.actions.stepping import Given, answer_step, hand_over, notate
from gis_ce.case_store import CaseStore
from gis_ce.errors import CaseUnknown, NotNow, NotYourLane, StepRefused
from gis_ce.tables import CaseLink, Letter, Party

DESK = a_desk()


def test_fields_are_typed_and_every_mistake_is_told_at_once(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    write(case_store, answer_step, DESK, number, "location", Given("inside"))
    write(case_store, answer_step, DESK, number, "wd_to_repair", Given())
    with pytest.raises(StepRefused, match="still to notate: wd_investigation"):
        write(case_store, answer_step, DESK, number, "wd_investigation", Given())
    with pytest.raises(StepRefused) as refused:
        write(
            case_store, answer_step, DESK, number, "wd_investigation", Given("yes", {"wd_investigation": 3, "cost": 1})
        )
    said = str(refused.value)
    assert "wd_investigation is a text, not 3" in said
    assert "cost is not asked for here" in said
    assert "no answer is asked for here" in said


def test_a_step_that_is_not_at_hand_is_refused(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    with pytest.raises(NotNow, match=r"stands at site_visit .*, not at location"):
        write(case_store, answer_step, DESK, number, "location", Given("inside"))
    with pytest.raises(NotNow, match="has no step nowhere"):
        write(case_store, answer_step, DESK, number, "nowhere", Given())
    with pytest.raises(CaseUnknown, match="no case 'LEAK-2026-09999'"):
        write(case_store, answer_step, DESK, "LEAK-2026-09999", "location", Given())


def test_steps_are_done_by_their_lane_or_by_those_who_record_for_it(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    crew = as_somebody(DESK, "walt", "wd")
    with pytest.raises(NotYourLane, match="this is done by Code Enforcement; walt acts for Water Distribution"):
        write(case_store, answer_step, crew, number, "location", Given("inside"))
    with pytest.raises(NotYourLane, match="nell acts in no lane"):
        write(case_store, answer_step, as_somebody(DESK, "nell"), number, "location", Given("inside"))
    write(case_store, answer_step, as_somebody(DESK, "cleo", "ce"), number, "location", Given("inside"))
    assert not _may_act(case_store, as_somebody(DESK, "mel", "meters"), number)
    assert _may_act(case_store, as_somebody(DESK, "cleo", "ce"), number)
    write(case_store, answer_step, crew, number, "wd_to_repair", Given())


def _may_act(store: CaseStore, desk: object, number: str) -> bool:
    with store.session() as session:
        form = show_case(session, desk, number).form  # type: ignore[arg-type]
        return form is not None and form.may_act


def test_attachments_of_a_field_must_be_the_cases_own(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    with pytest.raises(StepRefused, match="Not attached to LEAK-2026-00001 yet: photos: photo-1"):
        write(case_store, answer_step, DESK, number, "site_visit", Given(fields={"photos": ["photo-1"]}))
    with pytest.raises(StepRefused, match="photos is a list of attachments, not 3"):
        write(case_store, answer_step, DESK, number, "site_visit", Given(fields={"photos": 3}))


def test_fields_can_be_noted_before_the_step_is_done(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    done = write(case_store, notate, DESK, number, "site_visit", {"comments": "a wet street"})
    assert done.step == "site_visit"
    asked = shown(case_store, number)
    assert asked.form is not None
    assert {each.field.name: each.noted for each in asked.form.fields} == {"photos": None, "comments": "a wet street"}
    assert decision(case_store, number, "site_visit").state == "proposed"


def test_a_leak_is_handed_over_to_a_damage_case_at_the_same_place(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK, title="leak").number
    for step, given in (
        ("location", Given("inside")),
        ("wd_to_repair", Given()),
        ("wd_investigation", Given(fields={"wd_investigation": "a bucket tooth"})),
        ("root_cause", Given(fields={"root_cause": "digging"})),
        ("cause", Given("contractor")),
        ("research_tickets", Given()),
        ("close_leak", Given()),
    ):
        write(case_store, answer_step, DESK, number, step, given)
    with pytest.raises(StepRefused, match="hands over to damages, not to sso"):
        write(case_store, hand_over, DESK, number, "sso")
    done = write(case_store, hand_over, DESK, number)
    assert (done.status, done.step, done.made["opened"]) == ("closed", "end", ["DAM-2026-00001"])
    child = shown(case_store, "DAM-2026-00001")
    assert (child.case.title, child.case.event_on, child.case.parent_id) == ("leak", DESK.today, None)
    assert child.site.geometry == place(50, 30)
    assert [(each.number, each.said) for each in child.links] == [(number, "came from")]
    with case_store.reading() as session:
        assert session.scalars(select(CaseLink.kind)).all() == ["handover"]
    with pytest.raises(NotNow, match="hands over to no other case"):
        write(case_store, hand_over, DESK, "DAM-2026-00001")


def test_a_letter_is_a_draft_at_its_step_and_sent_when_it_is_done(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK, y=100).number
    for step, given in (
        ("location", Given("outside")),
        ("meter_side", Given("behind")),
        ("advise_owner", Given()),
        ("major_leak", Given("no")),
    ):
        write(case_store, answer_step, DESK, number, step, given)
    assert [(row.template, row.state) for row in shown(case_store, number).letters] == [("notice_48_hours", "draft")]
    write(
        case_store,
        answer_step,
        later(DESK, hours=3),
        number,
        "notice_48h",
        Given(fields={"notice_issued_on": DESK.today}),
    )
    (letter,) = shown(case_store, number).letters
    assert (letter.state, letter.sent_at) == ("sent", later(DESK, hours=3).now)
    with case_store.reading() as session:
        assert len(session.scalars(select(Letter)).all()) == 1


def test_a_contractor_who_is_noted_becomes_a_party_once(case_store: CaseStore) -> None:
    number = write(case_store, open_case, DESK, Opening("damages", Place(xy=(EAST + 50, NORTH + 21)))).number
    noted = {"contractor": "Joe Digger", "firm": "Diggers LLC"}
    write(case_store, notate, DESK, number, "contractor", noted)
    write(case_store, answer_step, DESK, number, "contractor", Given(fields=noted))
    with case_store.reading() as session:
        party = session.scalars(select(Party)).one()
        assert (party.role, party.name, party.firm) == ("contractor", "Joe Digger", "Diggers LLC")
