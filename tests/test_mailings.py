"""A mailing from the overflow to the day it was mailed: who is on it, what people decide, and that a freeze holds."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from desks import as_somebody, go_to, later, write
from sewer_street import overflow, sewer_desk
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from gis_ce.actions.desk import CLOCK, Actor, Desk
from gis_ce.actions.mailing_making import new_mailing
from gis_ce.actions.mailing_overflows import before_and_after
from gis_ce.actions.mailing_run import overflows_without_mailing
from gis_ce.actions.mailings import Added, add_row, decide_row, freeze, mark_mailed, note_return, review
from gis_ce.attachments.folder import AttachmentFolder
from gis_ce.case_store import CaseStore
from gis_ce.errors import MailingRefused, MailingUnknown, NotNow, NotYourLane
from gis_ce.mailing.content import digest_of
from gis_ce.mailing.kept import events_of, mailing_named, rows_of
from gis_ce.mailing.settings import MailingSettings
from gis_ce.register_entry import Filling
from gis_ce.register_files import open_registers
from gis_ce.registers import EntryFilter, register_entries
from gis_ce.tables import Mailing, MailingRow
from layers.errors import TraceRefused

DESK = sewer_desk()
LETTER = {"template": "grease_education", "sha256": "0" * 64}


def made(store: CaseStore, desk: Desk = DESK, x: float = 300) -> str:
    return str(write(store, new_mailing, desk, overflow(store, desk, x)).made["mailing"])


def frozen(store: CaseStore, desk: Desk = DESK, x: float = 300) -> str:
    number = made(store, desk, x)
    write(store, review, desk, number)
    write(store, freeze, desk, number, LETTER)
    return number


def rows(store: CaseStore, number: str) -> list[MailingRow]:
    with store.reading() as session:
        found = list(rows_of(session, mailing_named(session, number)))
        session.expunge_all()
    return found


def letters(store: CaseStore, number: str) -> list[tuple[str, str, str]]:
    """Kind, name and delivery line of each letter."""
    kept = [row for row in rows(store, number) if row.status == "kept" and row.standing == "mail"]
    return [(row.kind, row.name, row.delivery) for row in kept]


def test_the_list_is_the_blocked_segment_and_all_upstream_each_name_and_address_once(case_store: CaseStore) -> None:
    number = made(case_store)
    assert letters(case_store, number) == [
        ("occupant", "CURRENT RESIDENT", "100 MAIN ST"),
        ("owner_occupant", "NORA ASH", "101 MAIN ST"),
        ("owner_occupant", "GIL HARE", "102 MAIN ST"),
        ("occupant", "TESS TENANT", "103 MAIN ST"),
        ("owner_occupant", "OWNER OF S2", "104 MAIN ST"),
        ("occupant", "CURRENT RESIDENT", "105 MAIN ST UNIT A"),
        ("occupant", "CURRENT RESIDENT", "105 MAIN ST UNIT B"),
        ("owner_occupant", "OWNER OF S3", "106 MAIN ST"),
        ("owner_occupant", "CY DOLE", "107 MAIN ST"),
        ("owner", "BIG FIRM LLC", "PO BOX 7"),
    ]
    others = {(row.standing, row.status): row for row in rows(case_store, number) if row.standing != "mail"}
    assert others["no_owner", "kept"].remark == "no owner is on record for 100 MAIN ST"


def test_one_owner_of_many_parcels_gets_one_letter_that_names_them_all_with_why(case_store: CaseStore) -> None:
    number = made(case_store)
    (nora,) = [row for row in rows(case_store, number) if row.name == "NORA ASH"]
    first, second = nora.why["parcels"]
    assert (first["parcel_id"], first["segment"], first["tie"], first["confidence"]) == (
        "N0",
        "SM-1",
        "frontage",
        "low",
    )
    assert first["said"] == "Fronts on SM-1, 30.0 ft from its edge; no lateral is on record."
    assert (second["parcel_id"], second["tie"], second["lateral"]) == ("N1", "lateral", "LAT-N1")
    assert second["said"] == "Lateral LAT-N1 (32.0 ft) joins it to SM-1; by record and drawing."


def test_neighbours_that_are_not_on_the_line_are_listed_with_the_reason(case_store: CaseStore) -> None:
    out = {
        row.why["parcels"][0]["parcel_id"]: row.remark
        for row in rows(case_store, made(case_store))
        if row.status == "left_out"
    }
    assert out == dict.fromkeys(("N4", "S4"), "Fronts on SM-3, nearer than SM-2 (30.0 ft).")


def test_foreign_and_incomplete_addresses_are_set_apart_and_not_dropped(case_store: CaseStore) -> None:
    found = {row.name: (row.standing, row.remark) for row in rows(case_store, made(case_store, x=500))}
    assert found["DEE ELK"] == ("foreign", "abroad")
    assert found["ED FOX"] == ("incomplete", "no mailing address is on record")
    (vacant,) = [row for row in rows(case_store, made(case_store, x=500)) if row.vacant]
    assert (vacant.name, vacant.kind) == ("OWNER OF S5", "owner")


def test_the_reach_is_a_setting_and_is_kept_with_the_list(case_store: CaseStore) -> None:
    alone = sewer_desk(mailing=MailingSettings(reach="segment"))
    number = made(case_store, alone)
    with case_store.reading() as session:
        mailing = mailing_named(session, number)
        assert mailing.reach["sentence"] == "The blocked segment alone."
        assert (mailing.trace["blocked"], mailing.trace["segments"]) == (["SM-2"], ["SM-2"])
        assert set(mailing.versions) >= {"sewer_mains", "parcels", "laterals", "addresses", "accounts"}
    assert [name for _, name, _ in letters(case_store, number)][-1] == "BIG FIRM LLC"
    assert "NORA ASH" not in [name for _, name, _ in letters(case_store, number)]


def test_at_a_manhole_the_main_that_leaves_it_is_blocked_and_all_that_comes_in_is_on_the_list(
    case_store: CaseStore,
) -> None:
    with case_store.reading() as session:
        assert mailing_named(session, made(case_store, x=200)).trace["segments"] == ["SM-1", "SM-2"]


def test_far_from_every_sewer_nothing_is_made(case_store: CaseStore) -> None:
    case = overflow(case_store, DESK, 300, 500)
    with pytest.raises(TraceRefused):
        write(case_store, new_mailing, DESK, case)
    with case_store.reading() as session:
        assert session.scalars(select(Mailing)).all() == []


def test_a_person_strikes_and_adds_with_a_reason_and_then_the_list_is_looked_through_again(
    case_store: CaseStore,
) -> None:
    number = made(case_store)
    write(case_store, review, DESK, number)
    (tess,) = [row for row in rows(case_store, number) if row.name == "TESS TENANT"]
    write(case_store, decide_row, DESK, number, str(tess.position), "strike", "moved out")
    with pytest.raises(NotNow, match="look it through first"):
        write(case_store, freeze, DESK, number, LETTER)
    added = Added("Ida Jay", "99 Main Street", "Smallville", "NC", "28000")
    write(case_store, add_row, DESK, number, added, "asked for a letter")
    with pytest.raises(MailingRefused, match="on the list already"):
        write(case_store, add_row, DESK, number, replace(added, name="IDA JAY", address="99 MAIN ST"), "again")
    with pytest.raises(MailingRefused, match="lacks street or box and city"):
        write(case_store, add_row, DESK, number, Added("Kay Low", "", None, "NC", "28000"), "again")
    with pytest.raises(MailingRefused, match="Give a reason"):
        write(case_store, decide_row, DESK, number, "1", "strike", " ")
    write(case_store, review, DESK, number)
    write(case_store, freeze, DESK, number, LETTER)
    found = rows(case_store, number)
    assert (found[0].name, found[0].by, found[0].reason) == ("IDA JAY", "ann", "asked for a letter")
    (struck,) = [row for row in found if row.status == "struck"]
    assert (struck.name, struck.by, struck.reason) == ("TESS TENANT", "ann", "moved out")


def test_a_frozen_list_is_hashed_and_nothing_changes_it(case_store: CaseStore) -> None:
    number = frozen(case_store)
    with case_store.reading() as session:
        mailing = mailing_named(session, number)
        assert mailing.digest == digest_of(mailing, rows_of(session, mailing))
        assert (mailing.state, mailing.letter) == ("frozen", LETTER)
    with pytest.raises(NotNow, match="nothing in it is changed any more"):
        write(case_store, decide_row, DESK, number, "1", "strike", "late")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE mailing_row SET name = 'SOMEBODY ELSE'",
        "DELETE FROM mailing_row",
        "INSERT INTO mailing_row SELECT 'x', mailing_id, 9999, status, kind, standing, name, delivery, city, state, "
        "zip_code, match_key, vacant, why, remark, by, reason FROM mailing_row WHERE position = 1",
        "UPDATE mailing SET state = 'draft'",
        "UPDATE mailing SET digest = NULL",
        "UPDATE mailing SET state = 'mailed', mailed_on = '2026-03-02', frozen_by = 'bob'",
        "DELETE FROM mailing",
    ],
)
def test_the_database_itself_refuses_to_change_what_is_frozen(case_store: CaseStore, statement: str) -> None:
    number = frozen(case_store)
    before = [(row.id, row.name) for row in rows(case_store, number)]
    with case_store.session() as session, pytest.raises(DBAPIError, match="A frozen mailing is never changed"):
        session.execute(text(statement))
    assert [(row.id, row.name) for row in rows(case_store, number)] == before


def test_only_a_person_freezes_and_only_who_works_on_overflows(case_store: CaseStore) -> None:
    number = made(case_store)
    write(case_store, review, DESK, number)
    for actor in (Actor(CLOCK, DESK.actor.lanes), Actor("bob", frozenset({"meters"}))):
        with pytest.raises(NotYourLane):
            write(case_store, freeze, replace(DESK, actor=actor), number, LETTER)
    with pytest.raises(NotYourLane):
        write(case_store, new_mailing, as_somebody(DESK, "bob", "meters"), overflow(case_store, DESK))


def test_who_was_mailed_within_the_days_is_left_alone_and_shown_as_such(case_store: CaseStore) -> None:
    first = frozen(case_store)
    write(case_store, mark_mailed, DESK, first, dt.date(2026, 3, 2))
    soon = later(DESK, days=30)
    second = made(case_store, soon)
    suppressed = [row for row in rows(case_store, second) if row.status == "suppressed"]
    assert len(suppressed) == len(letters(case_store, first))
    assert suppressed[0].reason == f"mailed on 2026-03-02 with {first}, less than 180 days ago"
    write(case_store, review, soon, second)
    with pytest.raises(MailingRefused, match="holds no letter"):
        write(case_store, freeze, soon, second, LETTER)
    write(case_store, decide_row, soon, second, str(suppressed[0].position), "keep", "asked for it")
    write(case_store, review, soon, second)
    write(case_store, freeze, soon, second, LETTER)
    assert len(letters(case_store, second)) == 1
    much_later = later(DESK, days=181)
    assert letters(case_store, made(case_store, much_later)) == letters(case_store, first)


def test_what_came_back_does_not_count_as_mailed(case_store: CaseStore) -> None:
    first = frozen(case_store)
    with pytest.raises(NotNow):
        write(case_store, note_return, DESK, first, "1", "no such number")
    write(case_store, mark_mailed, DESK, first, dt.date(2026, 3, 2))
    write(case_store, note_return, DESK, first, "2", "no such number")
    with pytest.raises(MailingRefused, match="come back already"):
        write(case_store, note_return, DESK, first, "2", "again")
    assert len(letters(case_store, made(case_store, later(DESK, days=9)))) == 1
    with case_store.reading() as session:
        kinds = [event.kind for event in events_of(session, mailing_named(session, first))]
    assert kinds == ["made", "reviewed", "frozen", "mailed", "returned"]


def test_a_list_that_somebody_was_written_to_from_meanwhile_is_looked_through_again(case_store: CaseStore) -> None:
    slow = made(case_store)
    write(case_store, review, DESK, slow)
    quick = frozen(case_store)
    write(case_store, mark_mailed, DESK, quick, dt.date(2026, 3, 2))
    with pytest.raises(NotNow, match="were written to since"):
        write(case_store, freeze, DESK, slow, LETTER)


def test_the_day_of_mailing_cannot_lie_ahead_or_before_the_freeze(case_store: CaseStore) -> None:
    number = frozen(case_store)
    for day in (dt.date(2026, 3, 1), dt.date(2026, 3, 3)):
        with pytest.raises(MailingRefused, match="was frozen on 2026-03-02"):
            write(case_store, mark_mailed, DESK, number, day)


def test_an_automatic_draft_is_made_once_and_beside_none(case_store: CaseStore) -> None:
    case = overflow(case_store, DESK)
    clock = replace(DESK, actor=Actor(CLOCK))
    first, again = (write(case_store, new_mailing, clock, case, automatic=True).made["mailing"] for _ in range(2))
    assert first == again
    with case_store.reading() as session:
        assert len(session.scalars(select(Mailing)).all()) == 1


def test_a_request_that_is_sent_twice_makes_one_mailing(case_store: CaseStore) -> None:
    case = overflow(case_store, DESK)
    one, two = (write(case_store, new_mailing, DESK, case, key="k") for _ in range(2))
    assert (one.made, two.repeated) == (two.made, True)


def test_what_is_not_there_is_said(case_store: CaseStore) -> None:
    number = made(case_store)
    for name, row in (("ML-2026-99999", "1"), (number, "999"), (number, "x")):
        with pytest.raises(MailingUnknown):
            write(case_store, decide_row, DESK, name, row, "strike", "why")


def test_the_day_of_mailing_stands_in_the_sso_log(case_store: CaseStore, tmp_path: Path) -> None:
    desk = sewer_desk(attachments=AttachmentFolder(tmp_path / "files"))
    case = overflow(case_store, desk)
    go_to(case_store, desk, case, "compile", cause="yes", contractor_damage="no", traceable="no")
    number = str(write(case_store, new_mailing, desk, case).made["mailing"])
    write(case_store, review, desk, number)
    write(case_store, freeze, desk, number, LETTER)
    done = write(case_store, mark_mailed, desk, number, dt.date(2026, 3, 2))
    assert (done.made["waits_at"], done.status) == (None, "closed")
    filling = Filling(
        open_registers(desk.processes.processes)["sso_log"], desk.processes.processes, desk.processes.time.zone
    )
    with case_store.reading() as session:
        (entry,) = register_entries(session, filling, EntryFilter())
    assert (entry.status, entry.values["letters_mailed"]) == ("letters_mailed", 10)
    assert str(entry.values["mailing_date"]) == "2026-03-02"


def test_overflows_on_the_line_after_a_mailing_are_counted_beside_those_before(case_store: CaseStore) -> None:
    number = frozen(case_store)
    with case_store.reading() as session:
        assert before_and_after(session, DESK, mailing_named(session, number)) is None
    write(case_store, mark_mailed, DESK, number, dt.date(2026, 3, 2))
    soon = later(DESK, days=30)
    again, elsewhere = overflow(case_store, soon, 100), overflow(case_store, soon, 500)
    with case_store.reading() as session:
        found = before_and_after(session, soon, mailing_named(session, number))
    assert found is not None
    assert [each.number for each in found.after] == [again] != [elsewhere]
    assert found.sentence == (
        f"Overflows on the line: 1 in the 365 days before the mailing, 1 in the 30 days since ({again})."
    )


def test_drafts_are_made_for_open_overflows_that_have_none_and_are_traced_to_nobody(
    case_store: CaseStore, tmp_path: Path
) -> None:
    desk = sewer_desk(attachments=AttachmentFolder(tmp_path / "files"))
    first, second = overflow(case_store, desk), overflow(case_store, desk, 100)
    made(case_store, desk)
    traced = overflow(case_store, desk, 200)
    go_to(case_store, desk, traced, "evidence", cause="yes", contractor_damage="no", traceable="yes")
    with case_store.reading() as session:
        assert overflows_without_mailing(session) == [first, second]
