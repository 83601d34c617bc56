"""What a case needs before it closes, and before somebody is shut off, by the actions, on both stores."""

from __future__ import annotations

import io
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from charged_town import charging_desk
from desks import as_somebody, go_to, kinds, later, leak, processes, write
from lettered import OWNER, writing_desk
from made_layers import EAST, NORTH
from made_pictures import jpeg, notes, taken
from process_walks import RIGHT
from sqlalchemy import select

from gis_ce.actions.after_photos import mark_after_photo
from gis_ce.actions.attaching import attach, take_file
from gis_ce.actions.charging import ChargeGiven, add_charge
from gis_ce.actions.closing import Closing
from gis_ce.actions.contacting import ContactGiven, log_contact
from gis_ce.actions.desk import Desk
from gis_ce.actions.letter_issuing import issue_letter
from gis_ce.actions.letters import LetterAsked, new_letter
from gis_ce.actions.mending import reopen
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.parties import PartyGiven
from gis_ce.actions.placing import Place
from gis_ce.actions.shut_offs import ShutOffDecision, ask_shut_off, decide_shut_off
from gis_ce.actions.stepping import Given, answer_step
from gis_ce.case_changes import case_named
from gis_ce.case_store import CaseStore
from gis_ce.closing_rules import city_closing, closing_mistakes, shipped_closing
from gis_ce.errors import CaseRefused, NotYourLane, StepRefused
from gis_ce.process_files import known_checks, read_process
from gis_ce.process_mistakes import Known
from gis_ce.process_settings import default_settings
from gis_ce.tables import Event, Party

PAT, JANE = PartyGiven("owner", "Pat Owner"), PartyGiven("reporter", "Jane Doe")
NATURAL = {"location": "inside", "cause": "natural"}


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Desk:
    return replace(charging_desk(folder=tmp_path / "files"), closing=shipped_closing())


def at_the_end(store: CaseStore, desk: Desk, *parties: PartyGiven) -> str:
    """A leak that stands at its last step."""
    number = leak(store, desk, parties=parties).number
    go_to(store, desk, number, "close", **NATURAL)
    return number


def photo(store: CaseStore, desk: Desk, number: str, when: str | None = "2026:03:02 10:00:00") -> str:
    made = jpeg(notes(exif=taken(when, "-05:00"))) if when else jpeg()
    kept = take_file(desk, io.BytesIO(made), "after.jpg")
    return str(write(store, attach, desk, number, kept).made["attachment"])


def party(store: CaseStore, number: str, role: str) -> str:
    with store.reading() as session:
        case = case_named(session, number)
        return session.scalars(select(Party.id).where(Party.case_id == case.id, Party.role == role)).one()


def last(store: CaseStore, number: str, kind: str) -> str:
    with store.reading() as session:
        case = case_named(session, number)
        events = select(Event.text).where(Event.case_id == case.id, Event.kind == kind).order_by(Event.id.desc())
        return str(session.scalars(events).first())


def test_a_case_closes_only_with_its_photo_and_once_both_parties_are_told(case_store: CaseStore, desk: Desk) -> None:
    number = at_the_end(case_store, desk, PAT, JANE)
    with pytest.raises(StepRefused) as refused:
        write(case_store, answer_step, desk, number, "close", Given())
    assert str(refused.value) == (
        f"{number} cannot close yet: attach an 'after' photo with its day (or say why there is none); tell the "
        "responsible party, Pat Owner, of the closing (or say why not); tell the complaining party, Jane Doe, of the "
        "closing (or say why not)."
    )
    write(case_store, mark_after_photo, desk, number, photo(case_store, desk, number))
    for role in ("owner", "reporter"):
        told = ContactGiven(
            "out", "call", "It is dry and closed", party=party(case_store, number, role), tells_closing=True
        )
        write(case_store, log_contact, desk, number, told)
    assert write(case_store, answer_step, desk, number, "close", Given()).status == "closed"
    assert last(case_store, number, "closing") == (
        "'after' photo of 2026-03-02; the responsible party was told; the complaining party was told"
    )


def test_reasons_close_it_too_and_stand_in_the_history(case_store: CaseStore, desk: Desk) -> None:
    number = at_the_end(case_store, desk, PAT)
    with pytest.raises(StepRefused, match="tell the responsible party"):
        write(case_store, answer_step, desk, number, "close", Given(closing=Closing(no_photo="under the street")))
    closing = Closing("under the street", "moved away, no address")
    assert write(case_store, answer_step, desk, number, "close", Given(closing=closing)).status == "closed"
    assert last(case_store, number, "closing") == (
        "no 'after' photo: under the street; the responsible party was not told: moved away, no address; "
        "no complaining party is on record"
    )


def test_a_reopened_case_is_asked_anew(case_store: CaseStore, desk: Desk) -> None:
    number = at_the_end(case_store, desk)
    write(case_store, mark_after_photo, desk, number, photo(case_store, desk, number))
    write(case_store, answer_step, desk, number, "close", Given())
    tomorrow = later(desk, days=1)
    write(case_store, reopen, tomorrow, number, "wet again", "close")
    with pytest.raises(StepRefused, match="attach an 'after' photo"):
        write(case_store, answer_step, tomorrow, number, "close", Given())


def test_a_case_that_goes_on_as_another_is_asked_for_nothing(case_store: CaseStore, desk: Desk) -> None:
    number = leak(case_store, desk, parties=(PAT,)).number
    go_to(case_store, desk, number, "to_damage", location="inside", cause="contractor")
    assert write(case_store, answer_step, desk, number, "to_damage", Given()).status == "closed"
    assert last(case_store, number, "closing") == "the matter goes on in another case"


def test_a_penalty_that_still_counts_keeps_a_case_open(case_store: CaseStore, desk: Desk) -> None:
    number = at_the_end(case_store, desk)
    penalty = ChargeGiven("civil_penalty", deadline_on=date(2026, 2, 27))
    write(case_store, add_charge, desk, number, penalty)
    with pytest.raises(StepRefused, match="say on which day the civil penalty ends"):
        write(case_store, answer_step, desk, number, "close", Given(closing=Closing("none", "none")))


def test_the_day_of_an_after_photo_is_the_cameras_and_must_make_sense(case_store: CaseStore, desk: Desk) -> None:
    number = leak(case_store, desk).number
    undated = photo(case_store, desk, number, None)
    with pytest.raises(CaseRefused, match="does not say when it was taken; say the day"):
        write(case_store, mark_after_photo, desk, number, undated)
    write(case_store, mark_after_photo, desk, number, undated, date(2026, 3, 2))
    assert last(case_store, number, "after_photo") == "after: after.jpg, Mon 2 Mar 2026 (by ann)"
    before = photo(case_store, desk, number, "2026:03:01 10:00:00")
    with pytest.raises(CaseRefused, match="of 2026-03-01, before the event on 2026-03-02"):
        write(case_store, mark_after_photo, desk, number, before, date(2026, 3, 2))
    with pytest.raises(CaseRefused, match="lies after today"):
        write(case_store, mark_after_photo, desk, number, undated, date(2026, 3, 3))
    words = write(case_store, attach, desk, number, take_file(desk, io.BytesIO(b"dry"), "dry.txt")).made["attachment"]
    with pytest.raises(CaseRefused, match="is no picture"):
        write(case_store, mark_after_photo, desk, number, words, date(2026, 3, 2))
    with pytest.raises(CaseRefused, match="has no attachment 'none'"):
        write(case_store, mark_after_photo, desk, number, "none")


def test_nobody_is_shut_off_before_the_executive_team_approves(case_store: CaseStore, desk: Desk) -> None:
    number = leak(case_store, desk).number
    go_to(case_store, desk, number, "emt_shutoff", location="outside", meter_side="behind", major_leak="yes")
    with pytest.raises(StepRefused, match=r"Coordinate with EMT .*no shut-off is approved yet"):
        write(case_store, answer_step, desk, number, "emt_shutoff", Given())
    officer = as_somebody(desk, "ann", "ce")
    first = write(case_store, ask_shut_off, officer, number, "it floods the street").made["proceeding"]
    with pytest.raises(NotYourLane, match="A shut-off is approved by emt; ann does not act for emt"):
        write(case_store, decide_shut_off, officer, number, ShutOffDecision(first, True, "go"))
    team = as_somebody(desk, "the.chief", "emt")
    write(case_store, decide_shut_off, team, number, ShutOffDecision(first, False, "a dialysis patient lives there"))
    with pytest.raises(StepRefused, match="no shut-off is approved yet"):
        write(case_store, answer_step, desk, number, "emt_shutoff", Given())
    second = write(case_store, ask_shut_off, officer, number, "the patient is in hospital now").made["proceeding"]
    write(case_store, decide_shut_off, team, number, ShutOffDecision(second, True, "go"))
    assert write(case_store, answer_step, desk, number, "emt_shutoff", Given()).step == "wd_repairs"
    assert [kind for kind in kinds(case_store, number) if kind.startswith("shut_off")] == [
        "shut_off_begun",
        "shut_off_refused",
        "shut_off_begun",
        "shut_off_approved",
    ]


def test_a_city_says_itself_what_a_closing_asks_for(case_store: CaseStore, desk: Desk) -> None:
    table = tomllib.loads('after_photo = ["sso"]\ntell = ["complaining"]')
    assert closing_mistakes(table, processes().processes) == []
    own = replace(desk, closing=city_closing(table))
    number = at_the_end(case_store, own, PAT)
    assert write(case_store, answer_step, own, number, "close", Given()).status == "closed"
    assert own.closing.needs_approval("leaks", "shut_off")


def test_every_mistake_in_what_a_city_says_is_listed(tmp_path: Path) -> None:
    table = tomllib.loads("""
        after_photo = ["leeks"]
        tell = "both"
        aproval = 1
        approved_by = "emu"
        [approval]
        leaks = ["shut_of"]
    """)
    said = "\n".join(str(mistake) for mistake in closing_mistakes(table, processes().processes))
    for words in (
        "did you mean leaks?",
        "tell: is a list of names",
        "did you mean approval?",
        "'emu'",
        "did you mean shut_off?",
    ):
        assert words in said, said


def test_a_letter_that_tells_the_outcome_counts_as_telling(case_store: CaseStore, tmp_path: Path) -> None:
    desk = replace(writing_desk(tmp_path / "files"), closing=shipped_closing())
    number = at_the_end(case_store, desk, OWNER)
    why = Given(closing=Closing(no_photo="nothing is to be seen"))
    with pytest.raises(StepRefused, match="tell the responsible party, Olive Owner"):
        write(case_store, answer_step, desk, number, "close", why)
    grease = write(case_store, new_letter, desk, number, LetterAsked("education_digging", to="owner")).made
    assert grease["missing"] == []
    write(case_store, issue_letter, desk, grease["letter"])
    with pytest.raises(StepRefused, match="tell the responsible party, Olive Owner"):
        write(case_store, answer_step, desk, number, "close", why)
    asked = LetterAsked("case_closed", {"site": "Main Street", "outcome": "The main is dry."}, "owner")
    letter = write(case_store, new_letter, desk, number, asked).made["letter"]
    write(case_store, issue_letter, desk, letter)
    write(case_store, answer_step, desk, number, "close", why)
    assert last(case_store, number, "closing").endswith(
        "the responsible party was told; no complaining party is on record"
    )


def with_mine(desk: Desk) -> Desk:
    """A town with a process that ends once its leak, a case of its own, has closed, and that asks for a photo."""
    known = Known(known_checks(), ("damages", "leaks", "mine"), default_settings())
    mine = read_process(RIGHT.replace("process: damages", "process: leaks"), "mine.yaml", known)
    names = {**desk.processes.processes, "mine": mine}
    closing = city_closing({"after_photo": ["mine"], "tell": ["responsible"], "approval": {}})
    return replace(desk, processes=replace(desk.processes, processes=names), closing=closing)


def with_child(store: CaseStore, desk: Desk) -> tuple[str, str]:
    """A case of that process, and its leak, which stands at its last step."""
    place = Place(xy=(EAST + 50, NORTH + 30), sigma_ft=1.0)
    parent = write(store, open_case, desk, Opening("mine", place, parties=(PAT,))).number
    go_to(store, desk, parent, "open", location="inside")
    (child,) = write(store, answer_step, desk, parent, "open", Given()).made["opened"]
    go_to(store, desk, child, "close", **NATURAL)
    return parent, str(child)


def test_a_case_that_closes_with_the_one_it_waits_for_is_asked_the_same(case_store: CaseStore, desk: Desk) -> None:
    town = with_mine(desk)
    parent, child = with_child(case_store, town)
    told = Given(closing=Closing(not_told="moved away"))
    with pytest.raises(StepRefused, match=f"{parent} cannot close yet: attach an 'after' photo"):
        write(case_store, answer_step, town, child, "close", told)
    both = Given(closing=Closing("nothing is to be seen", "moved away"))
    assert write(case_store, answer_step, town, child, "close", both).made["woken"] == [parent]
    assert last(case_store, parent, "closing") == (
        "no 'after' photo: nothing is to be seen; the responsible party was not told: moved away"
    )


def test_what_was_done_in_the_case_that_closes_first_counts_for_the_one_that_waits(
    case_store: CaseStore, desk: Desk
) -> None:
    town = with_mine(desk)
    parent, child = with_child(case_store, town)
    write(case_store, mark_after_photo, town, child, photo(case_store, town, child))
    call = ContactGiven("out", "call", "Dry and closed", party=party(case_store, child, "owner"), tells_closing=True)
    write(case_store, log_contact, town, child, call)
    assert write(case_store, answer_step, town, child, "close", Given()).made["woken"] == [parent]
    assert last(case_store, parent, "closing") == "'after' photo of 2026-03-02; the responsible party was told"
    with case_store.reading() as session:
        assert case_named(session, parent).status == "closed"
