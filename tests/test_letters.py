"""Letters of a case: begun, checked, issued once, served, counted, issued again."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from desks import kinds, later, rules, shown, write
from lettered import owned_leak, text_of, writing_desk
from pypdf import PdfReader

from gis_ce.actions.desk import Desk
from gis_ce.actions.letter_issuing import issue_letter, reissue_letter, withdraw_letter
from gis_ce.actions.letter_service import CameBack, Served, count_receipts, receive_letter, return_letter, serve_letter
from gis_ce.actions.letters import LetterAsked, change_letter, letter_pdf, new_letter, show_letter
from gis_ce.attachments.folder import content_path
from gis_ce.case_store import CaseStore
from gis_ce.city_letters import CityLetters
from gis_ce.errors import LetterRefused, LetterUnknown

MONDAY = date(2026, 3, 2)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return writing_desk(tmp_path)


def issued(store: CaseStore, desk: Desk) -> tuple[str, str]:
    """The numbers of a leak and of its notice, which is issued."""
    number = owned_leak(store, desk)
    letter = str(write(store, new_letter, desk, number, LetterAsked()).made["letter"])
    write(store, issue_letter, desk, letter)
    return number, letter


def pdf_of(store: CaseStore, desk: Desk, letter: str) -> bytes:
    with store.reading() as session:
        return letter_pdf(session, desk, letter)


def test_the_letter_of_a_step_is_issued_from_what_the_case_knows(case_store: CaseStore, desk: Desk) -> None:
    number, letter = issued(case_store, desk)
    words = text_of(pdf_of(case_store, desk, letter))
    assert letter == f"{number}-L1"
    for said in ("Olive Owner", "within 48 hours of receiving", "March 2, 2026", number, "Page 1 of 1", "919-555-0100"):
        assert said in words
    assert "DRAFT" not in words


def test_an_issued_letter_is_kept_by_its_hash_attached_and_never_set_again(case_store: CaseStore, desk: Desk) -> None:
    number, letter = issued(case_store, desk)
    before = pdf_of(case_store, desk, letter)
    assert pdf_of(case_store, later(desk, days=400), letter) == before
    case = shown(case_store, number)
    (row,) = [row for row in case.letters if row.number == letter]
    (attached,) = [each for each in case.attachments if each.id == row.attachment_id]
    assert (attached.sha256, attached.field, attached.name) == (row.sha256, "notice", f"{letter}.pdf")
    assert content_path(desk.folder().path, str(row.sha256)).read_bytes() == before
    with pytest.raises(LetterRefused, match="is issued, so it cannot be changed or issued"):
        write(case_store, issue_letter, desk, letter)


def test_everything_that_is_missing_is_named_at_once(case_store: CaseStore, desk: Desk) -> None:
    bare = replace(desk, letters=CityLetters())
    number = owned_leak(case_store, desk)
    made = write(case_store, new_letter, bare, number, LetterAsked("nov")).made
    with pytest.raises(LetterRefused) as refused:
        write(case_store, issue_letter, bare, str(made["letter"]))
    for said in ("violation", "code_section", "correction", "comply_by", "no department in [letters]", "takes appeals"):
        assert said in str(refused.value)


def test_a_rule_that_nobody_has_read_is_not_quoted(case_store: CaseStore, desk: Desk) -> None:
    unread = replace(desk, rules=rules())
    number = owned_leak(case_store, desk)
    made = write(case_store, new_letter, unread, number, LetterAsked("nov", NOV)).made
    assert len(made["missing"]) == 1
    assert "Rule raleigh-2018-service-of-notice is unconfirmed" in made["missing"][0]


NOV = {
    "violation": "On March 2 a hose ran from the hydrant to the yard.\n\nNo meter was on it.",
    "code_section": "Code 8-2010",
    "correction": "Remove the hose.",
    "comply_by": "2026-03-12",
}


def test_a_notice_of_violation_quotes_the_law_with_who_read_it(case_store: CaseStore, desk: Desk) -> None:
    number = owned_leak(case_store, desk)
    letter = str(write(case_store, new_letter, desk, number, LetterAsked("nov", NOV)).made["letter"])
    words = " ".join(text_of(pdf_of(case_store, desk, letter)).split())
    for said in (
        "by March 12, 2026",
        "within 30 days of the day on which you receive it",
        "counts if it is not returned within 7 days of mailing",
        "Smallville Code 8-2100 (read January 5, 2026 by Paula Clerk)",
        "DRAFT",
    ):
        assert said in words


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"violatoin": "x"}, "did you mean 'violation'"),
        ({"violation": "x" * 30_000}, "20,000 characters at most"),
    ],
)
def test_values_of_no_field_are_refused(case_store: CaseStore, desk: Desk, values: dict[str, str], says: str) -> None:
    number = owned_leak(case_store, desk)
    with pytest.raises(LetterRefused, match=says):
        write(case_store, new_letter, desk, number, LetterAsked("nov", values))


def test_a_value_of_the_wrong_kind_is_named(case_store: CaseStore, desk: Desk) -> None:
    number = owned_leak(case_store, desk)
    made = write(case_store, new_letter, desk, number, LetterAsked("nov", NOV | {"comply_by": "soon"})).made
    assert made["missing"] == ["comply_by: 'soon' is no date (The day by which it must be done)"]
    fixed = write(case_store, change_letter, desk, str(made["letter"]), LetterAsked(values={"comply_by": "2026-03-12"}))
    assert fixed.made["missing"] == []


def test_the_address_must_fit_the_window(case_store: CaseStore, desk: Desk) -> None:
    number = owned_leak(case_store, desk)
    lines = ("Olive Owner", "Owner and Daughters", "Suite 4", "111 Main Street", "Smallville, NC 27001")
    made = write(case_store, new_letter, desk, number, LetterAsked(to=lines)).made
    assert made["missing"] == ["the address has 5 lines; the envelope's window shows 4"]


def test_there_must_be_somebody_to_write_to(case_store: CaseStore, desk: Desk) -> None:
    number = owned_leak(case_store, desk)
    made = write(case_store, new_letter, desk, number, LetterAsked(to="contractor")).made
    assert "note the contractor of the case with a mailing address" in made["missing"][0]


def test_a_letter_by_hand_counts_at_once_to_the_hour(case_store: CaseStore, desk: Desk) -> None:
    number, letter = issued(case_store, desk)
    done = write(case_store, serve_letter, desk, letter, Served("hand", MONDAY, time(10, 30), "Ann"))
    assert done.made["state"] == "received"
    assert done.made["clock"]["receipt"]["day"] == "2026-03-02"
    assert "until Wed 4 Mar 2026 10:30 EST" in done.made["clock"]["compliance"]["said"]
    assert kinds(case_store, number)[-2:] == ["letter_served", "letter_counts"]


def test_first_class_mail_counts_once_it_could_not_come_back_any_more(case_store: CaseStore, desk: Desk) -> None:
    _, letter = issued(case_store, desk)
    done = write(case_store, serve_letter, desk, letter, Served("first_class_mail", MONDAY))
    assert (done.made["state"], done.made["clock"]["receipt"]["day"]) == ("served", None)
    for days, count in ((7, 0), (8, 1), (9, 0)):
        with case_store.session() as session:
            assert len(count_receipts(session, later(desk, days=days))) == count
            session.commit()
    with case_store.reading() as session:
        found = show_letter(session, later(desk, days=9), letter)
        assert (found.letter.state, found.letter.received_on) == ("received", MONDAY + timedelta(days=7))


def test_mail_that_comes_back_does_not_count(case_store: CaseStore, desk: Desk) -> None:
    _, letter = issued(case_store, desk)
    write(case_store, serve_letter, desk, letter, Served("certified_mail", MONDAY, tracking="7019 0000 0001"))
    back = later(desk, days=4)
    done = write(case_store, return_letter, back, letter, CameBack(back.today))
    assert done.made["state"] == "returned"
    assert "serve the notice in another way" in done.made["clock"]["receipt"]["said"]
    done = write(case_store, serve_letter, back, letter, Served("posting", back.today))
    assert done.made["state"] == "received"


def test_the_signed_receipt_of_certified_mail_sets_the_day(case_store: CaseStore, desk: Desk) -> None:
    _, letter = issued(case_store, desk)
    write(case_store, serve_letter, desk, letter, Served("certified_mail", MONDAY))
    back = later(desk, days=3)
    done = write(case_store, receive_letter, back, letter, CameBack(MONDAY + timedelta(days=2)))
    assert done.made["clock"]["receipt"]["day"] == "2026-03-04"
    with pytest.raises(LetterRefused, match="noted already"):
        write(case_store, receive_letter, back, letter, CameBack(back.today))


def test_nothing_runs_from_a_letter_that_was_issued_again(case_store: CaseStore, desk: Desk) -> None:
    _, letter = issued(case_store, desk)
    write(case_store, serve_letter, desk, letter, Served("hand", MONDAY))
    newer = str(write(case_store, reissue_letter, desk, letter, "the address was wrong").made["letter"])
    write(case_store, issue_letter, desk, newer)
    with case_store.reading() as session:
        old, new = (show_letter(session, desk, each) for each in (letter, newer))
        assert (old.letter.state, new.letter.state) == ("reissued", "issued")
        assert old.clock is not None
        assert old.clock.receipt.said == f"The letter {letter} was issued again as {newer}, so nothing runs from it."


def test_a_letter_is_withdrawn_with_a_reason_and_stays_on_record(case_store: CaseStore, desk: Desk) -> None:
    _, letter = issued(case_store, desk)
    with pytest.raises(LetterRefused, match="Say why"):
        write(case_store, withdraw_letter, desk, letter, " ")
    write(case_store, withdraw_letter, desk, letter, "the leak was repaired before")
    assert pdf_of(case_store, desk, letter)
    with pytest.raises(LetterRefused, match="only an issued letter is served"):
        write(case_store, serve_letter, desk, letter, Served("hand", MONDAY))


@pytest.mark.parametrize(
    ("served", "says"),
    [
        (Served("pigeon", MONDAY), "There is no service by 'pigeon'"),
        (Served("hand", MONDAY - timedelta(days=1)), "not between the day of issue"),
        (Served("hand", MONDAY + timedelta(days=1)), "not between the day of issue"),
        (Served("hand", MONDAY, proof="nothing"), "attach it first"),
    ],
)
def test_a_service_that_cannot_be_is_refused(case_store: CaseStore, desk: Desk, served: Served, says: str) -> None:
    _, letter = issued(case_store, desk)
    with pytest.raises(LetterRefused, match=says):
        write(case_store, serve_letter, desk, letter, served)


def test_a_letter_that_is_not_there_is_told(case_store: CaseStore, desk: Desk) -> None:
    with case_store.reading() as session, pytest.raises(LetterUnknown, match="There is no letter 'X-L1'"):
        show_letter(session, desk, "X-L1")


def test_the_same_letter_on_the_same_day_is_the_same_file(case_store: CaseStore, desk: Desk) -> None:
    number = owned_leak(case_store, desk)
    letter = str(write(case_store, new_letter, desk, number, LetterAsked()).made["letter"])
    assert pdf_of(case_store, desk, letter) == pdf_of(case_store, desk, letter)
    assert len(PdfReader(io.BytesIO(pdf_of(case_store, desk, letter))).pages) == 1
