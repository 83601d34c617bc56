"""What is added to a case besides its steps: notes, files, parties, links, references, officer and priority."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from desks import EAST, MONDAY, NORTH, a_desk, as_somebody, at_location, attached, go_to, later, leak, shown, write
from made_pictures import gps_tags, jpeg, notes, rational
from small_town import lonlat
from sqlalchemy import select

from gis_ce.accounts import add_user, set_active
from gis_ce.actions.attaching import attach, take_file
from gis_ce.actions.linking import link, refer
from gis_ce.actions.notes import add_note
from gis_ce.actions.parties import PartyGiven, add_party
from gis_ce.actions.placing import Place
from gis_ce.actions.ranking import assign, set_priority
from gis_ce.actions.site_moves import move_site
from gis_ce.actions.stepping import Given, answer_step
from gis_ce.attachments.folder import content_path
from gis_ce.case_store import CaseStore
from gis_ce.errors import (
    AttachmentRefused,
    CaseError,
    CaseRefused,
    CaseUnknown,
    LinkRefused,
    NotNow,
    NotYourLane,
    StepRefused,
)
from gis_ce.tables import Attachment, Event, Note

DESK = a_desk()
STRANGER = as_somebody(DESK, "mel", "meters")


def events(store: CaseStore, kind: str) -> list[str]:
    with store.reading() as session:
        return list(session.scalars(select(Event.text).where(Event.kind == kind).order_by(Event.id)))


def test_a_note_is_kept_and_corrected_by_another(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    first = write(case_store, add_note, DESK, number, " The valve is stuck. ").made["note"]
    second = write(case_store, add_note, later(DESK, hours=1), number, "It is closed.", corrects=first).made["note"]
    assert [(row.id, row.text, row.corrects, row.step) for row in shown(case_store, number).notes] == [
        (first, "The valve is stuck.", None, "site_visit"),
        (second, "It is closed.", first, "site_visit"),
    ]
    assert events(case_store, "note_corrected") == ["a note was corrected: It is closed."]
    with pytest.raises(CaseRefused, match=f"corrected already, by the note {second}"):
        write(case_store, add_note, DESK, number, "no", corrects=first)


def test_notes_that_are_none_are_refused(case_store: CaseStore) -> None:
    number, other = leak(case_store, DESK).number, leak(case_store, DESK, x=800).number
    note = write(case_store, add_note, DESK, other, "elsewhere").made["note"]
    bad: list[tuple[str, str | None, str]] = [
        (" \n", None, "empty"),
        ("x" * 20_001, None, "20,001 characters"),
        ("x", "nowhere", "has no note 'nowhere'"),
        ("x", note, "has no note"),
    ]
    for text, corrects, said in bad:
        with pytest.raises(CaseRefused, match=said):
            write(case_store, add_note, DESK, number, text, corrects=corrects)
    with pytest.raises(CaseError, match="NUL"):
        write(case_store, add_note, DESK, number, "a\0b")
    with pytest.raises(NotYourLane):
        write(case_store, add_note, STRANGER, number, "hello")
    with case_store.reading() as session:
        assert [row.id for row in session.scalars(select(Note))] == [note]


def test_a_note_on_a_closed_case_is_kept_and_changes_no_version(case_store: CaseStore, tmp_path: Path) -> None:
    number = at_location(case_store, DESK).number
    go_to(case_store, a_desk(folder=tmp_path), number, "close", cause="natural")
    version = write(case_store, answer_step, DESK, number, "close", Given()).row_version
    assert write(case_store, add_note, DESK, number, "the street was paved").row_version == version


def test_a_photo_is_attached_to_its_field_and_held_against_the_place(case_store: CaseStore, tmp_path: Path) -> None:
    desk = a_desk(folder=tmp_path)
    number = leak(case_store, desk).number
    photo = jpeg(notes(gps_tags(*lonlat(50, 170), HPositioningError=rational(1.0))))
    kept = take_file(desk, io.BytesIO(photo), "leak.jpg")
    done = write(case_store, attach, desk, number, kept, "photos")
    assert "Photo taken 140 ft away" in done.made["photo"]
    (row,) = shown(case_store, number).attachments
    assert (row.id, row.field, row.step, row.by) == (done.made["attachment"], "photos", "site_visit", "ann")
    assert row.distance_from_site_ft == pytest.approx(140.0, abs=5.0)
    assert content_path(tmp_path, row.sha256).read_bytes() == photo
    assert shown(case_store, number).state.data == {"photos": [row.id]}
    assert "Photo taken 140 ft away" in events(case_store, "attached")[0]


def test_the_distance_of_photos_follows_the_place(case_store: CaseStore, tmp_path: Path) -> None:
    desk = a_desk(folder=tmp_path)
    number = leak(case_store, desk).number
    content = jpeg(notes(gps_tags(*lonlat(50, 170), HPositioningError=rational(1.0))))
    attached(case_store, desk, number, content, "leak.jpg")
    to = Place(xy=(EAST + 50, NORTH + 165))
    write(case_store, move_site, desk, number, to, "by the photo")
    (row,) = shown(case_store, number).attachments
    assert row.distance_from_site_ft == pytest.approx(5.0, abs=5.0)
    stored = content_path(tmp_path, row.sha256)
    stored.unlink()
    write(case_store, move_site, desk, number, Place(xy=(EAST + 50, NORTH + 160)), "again")
    assert shown(case_store, number).attachments[0].distance_from_site_ft is None


def test_the_same_file_is_attached_once(case_store: CaseStore, tmp_path: Path) -> None:
    desk = a_desk(folder=tmp_path)
    number = leak(case_store, desk).number
    kept = take_file(desk, io.BytesIO(b"seen"), "a.txt")
    first = write(case_store, attach, desk, number, kept, "photos")
    again = write(case_store, attach, desk, number, kept, "photos")
    assert (again.made["attachment"], again.made["again"]) == (first.made["attachment"], True)
    assert len(shown(case_store, number).attachments) == 1
    assert len(events(case_store, "attached")) == 1


def test_files_for_fields_that_are_not_asked_for_are_refused(case_store: CaseStore, tmp_path: Path) -> None:
    desk = a_desk(folder=tmp_path)
    number = leak(case_store, desk).number
    kept = take_file(desk, io.BytesIO(b"seen"), "a.txt")
    with pytest.raises(StepRefused, match="ticket is not asked for here"):
        write(case_store, attach, desk, number, kept, "ticket")
    with pytest.raises(StepRefused, match="comments is a text"):
        write(case_store, attach, desk, number, kept, "comments")
    with pytest.raises(NotYourLane):
        write(case_store, attach, as_somebody(desk, "mel", "meters"), number, kept)
    with pytest.raises(AttachmentRefused, match="keeps no attachments"):
        take_file(DESK, io.BytesIO(b"seen"), "a.txt")
    with case_store.reading() as session:
        assert session.scalars(select(Attachment)).all() == []


def test_a_required_file_is_asked_for_in_words_and_satisfied_by_attaching_it(
    case_store: CaseStore, tmp_path: Path
) -> None:
    desk = a_desk(folder=tmp_path)
    number = at_location(case_store, desk).number
    write(case_store, answer_step, desk, number, "location", Given("inside"))
    go_to(case_store, desk, number, "to_damage", cause="contractor")
    child = write(case_store, answer_step, desk, number, "to_damage", Given()).made["opened"][0]
    go_to(case_store, desk, child, "field_pictures", code_responds="no")
    with pytest.raises(StepRefused, match="still to notate: field_pictures"):
        write(case_store, answer_step, desk, child, "field_pictures", Given())
    write(case_store, attach, desk, child, take_file(desk, io.BytesIO(b"seen"), "a.txt"), "field_pictures")
    assert write(case_store, answer_step, desk, child, "field_pictures", Given()).step == "investigation_form"


def test_a_closed_case_takes_files_but_none_for_a_field(case_store: CaseStore, tmp_path: Path) -> None:
    desk = a_desk(folder=tmp_path)
    number = at_location(case_store, desk).number
    go_to(case_store, desk, number, "close", cause="natural")
    write(case_store, answer_step, desk, number, "close", Given())
    kept = take_file(desk, io.BytesIO(b"seen"), "a.txt")
    write(case_store, attach, desk, number, kept)
    with pytest.raises(NotNow, match="closed"):
        write(case_store, attach, desk, number, kept, "final_comments")


def test_parties_are_added_with_a_name_or_a_firm(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    write(case_store, add_party, DESK, number, PartyGiven("owner", "Jane Doe", mailing_address="111 Main St"))
    write(case_store, add_party, DESK, number, PartyGiven("contractor", firm="Diggers LLC", phone="919 555 0100"))
    found = {(party.role, party.name, party.firm) for party in shown(case_store, number).parties}
    assert found == {("owner", "Jane Doe", None), ("contractor", None, "Diggers LLC")}
    assert events(case_store, "party_added") == ["owner: Jane Doe", "contractor: Diggers LLC"]
    for party, said in ((PartyGiven("owner", " "), "a name or a firm"), (PartyGiven("owner", "x" * 501), "500 char")):
        with pytest.raises(CaseRefused, match=said):
            write(case_store, add_party, DESK, number, party)


def test_cases_are_linked_by_hand_as_duplicates_or_related(case_store: CaseStore) -> None:
    first, second = leak(case_store, DESK).number, leak(case_store, DESK, x=60).number
    write(case_store, link, DESK, second, first, "duplicate")
    assert [(each.number, each.said) for each in shown(case_store, second).links] == [(first, "is a duplicate of")]
    assert [(each.number, each.said) for each in shown(case_store, first).links] == [(second, "has the duplicate")]
    bad: list[tuple[str, str, type[CaseError]]] = [
        (second, "duplicate", LinkRefused),
        (first, "handover", LinkRefused),
        (first, "cousin", LinkRefused),
        ("LEAK-2026-00099", "related", CaseUnknown),
    ]
    for other, kind, error in bad:
        with pytest.raises(error):
            write(case_store, link, DESK, second if other != second else first, other, kind)
    assert events(case_store, "linked") == [f"is a duplicate of {first}", f"has the duplicate {second}"]


def test_references_to_other_systems_are_noted_once(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    write(case_store, refer, DESK, number, "EnerGov", "P-77", "https://permits.example/P-77")
    (row,) = shown(case_store, number).references
    assert (row.system, row.reference, row.url) == ("EnerGov", "P-77", "https://permits.example/P-77")
    for given, said in (
        (("EnerGov", "P-77"), "noted already"),
        (("", "P-1"), "names a system"),
        (("EnerGov", "P-2", "javascript:alert(1)"), "begins with https"),
    ):
        with pytest.raises(CaseRefused, match=said):
            write(case_store, refer, DESK, number, *given)


def test_a_case_is_given_to_an_active_user(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    with case_store.session() as session:
        add_user(session, "cleo", "Cleo", "a long enough passphrase", ["ce"])
        add_user(session, "gone", "Gone", "a long enough passphrase", ["ce"])
        set_active(session, "gone", False)
        session.commit()
    version = leak(case_store, DESK, x=500).row_version
    done = write(case_store, assign, DESK, number, "cleo", seen=version)
    assert done.row_version == version + 1
    assert shown(case_store, number).case.officer == "cleo"
    for name in ("gone", "nobody"):
        with pytest.raises(CaseRefused, match=f"no active user '{name}'"):
            write(case_store, assign, DESK, number, name)
    write(case_store, assign, DESK, number, None)
    assert shown(case_store, number).case.officer is None
    assert events(case_store, "assigned") == ["given to cleo", "given to nobody"]


def test_a_priority_is_a_number_with_a_reason(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    write(case_store, set_priority, DESK, number, 90, "a school stands next to it")
    assert shown(case_store, number).case.priority == 90
    assert events(case_store, "priority_set") == ["priority 90: a school stands next to it"]
    with pytest.raises(CaseRefused, match="from 0 to 100, not 101"):
        write(case_store, set_priority, DESK, number, 101, "more")
    for broken in (1.5, True, "9"):
        with pytest.raises(CaseRefused, match="a whole number from 0 to 100"):
            write(case_store, set_priority, DESK, number, broken, "more")
    with pytest.raises(CaseRefused, match="The reason has 20,001 characters"):
        write(case_store, set_priority, DESK, number, 5, "x" * 20_001)
    with pytest.raises(StepRefused, match="Say why"):
        write(case_store, set_priority, DESK, number, 5, "")
    write(case_store, set_priority, DESK, number, None, "no longer")
    assert shown(case_store, number).case.priority is None


def test_everything_has_its_event_with_who_and_when(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    write(case_store, add_note, as_somebody(later(DESK, hours=2), "walt", "wd"), number, "pumped")
    with case_store.reading() as session:
        event = session.scalars(select(Event).order_by(Event.id.desc())).first()
        assert event is not None
        assert (event.by, event.at, event.kind) == ("walt", later(DESK, hours=2).now, "note_added")
        assert event.at > MONDAY
