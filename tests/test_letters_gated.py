"""What holds a letter back, and what its receipt sets going: easements, letterheads, waits of processes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from case_stores import copied
from desks import CITY, go_to, later, shown, write
from lettered import LETTERS, OWNER, owned_leak, text_of, writing_desk
from made_pictures import jpeg
from test_letters import NOV

from gis_ce.actions.deeds import Deed, see_deed
from gis_ce.actions.desk import Desk
from gis_ce.actions.letter_gate import refused_by_easement
from gis_ce.actions.letter_issuing import issue_letter
from gis_ce.actions.letter_rows import look_at_letter
from gis_ce.actions.letter_service import CameBack, Served, count_receipts, receive_letter, serve_letter
from gis_ce.actions.letters import LetterAsked, letter_pdf, new_letter, show_letter
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.parties import add_party
from gis_ce.actions.placing import Place
from gis_ce.actions.stepping import Given, answer_step
from gis_ce.case_store import CaseStore
from gis_ce.checks.easement_basis import GUARD
from gis_ce.city_letters import CityLetters, city_letters
from gis_ce.errors import LetterRefused
from gis_ce.letter_facts import for_outside, staff_only_lines
from gis_ce.letterhead import Letterhead
from gis_ce.tables import Decision
from layers.errors import CityFileError
from layers.model import LayerDeclaration

REMOVAL = {
    "obstruction": "A shed of wood stands on the line.",
    "remove_by": "2026-04-15",
    "easement_says": "The shed takes 40 square feet of the easement.",
}


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Desk:
    return writing_desk(tmp_path)


@pytest.fixture(name="sqlite_store")
def _sqlite_store(sqlite_template: Path, tmp_path: Path) -> Iterator[CaseStore]:
    store = copied(sqlite_template, tmp_path)
    yield store
    store.close()


def at_step(store: CaseStore, desk: Desk, type_: str, step: str, **answers: str) -> str:
    """The number of a case with an owner that stands at a step."""
    number = write(store, open_case, desk, Opening(type_, Place(address="111 Main Street"), title="A shed")).number
    write(store, add_party, desk, number, OWNER)
    go_to(store, desk, number, step, **answers)
    return number


def removal(store: CaseStore, desk: Desk) -> tuple[str, str]:
    """The numbers of an easement case and of its letter of removal, a draft."""
    number = at_step(
        store, desk, "easements", "letter_removal", obstructions="yes", exists="yes", code_obstruction="yes", log="no"
    )
    return number, str(write(store, new_letter, desk, number, LetterAsked(values=REMOVAL)).made["letter"])


def test_a_letter_about_an_easement_waits_until_the_deed_was_seen(case_store: CaseStore, desk: Desk) -> None:
    number, letter = removal(case_store, desk)
    with pytest.raises(LetterRefused, match="record who saw the deed, when, and its book and page"):
        write(case_store, issue_letter, desk, letter)
    write(case_store, see_deed, desk, number, Deed("R. Reader", date(2026, 2, 27), "812", "44"))
    write(case_store, issue_letter, desk, letter)
    with case_store.reading() as session:
        words = " ".join(text_of(letter_pdf(session, desk, letter)).split())
    assert "recorded as book 812, page 44 (seen on February 27, 2026 by R. Reader)" in words


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        (Decision(proposed="yes", sentence=f"On an easement: yes. {GUARD}"), "only modelled, not recorded"),
        (Decision(proposed="yes", sentence="yes", evidence={"facts": {"modelled": True}}), "only modelled"),
        (Decision(proposed="no", sentence="none in reach"), "shows no recorded easement"),
        (Decision(proposed=None, sentence="undecided", reason="no layer"), "shows no recorded easement"),
        (Decision(proposed="yes", sentence="On an easement: yes, deed book 812 page 44."), None),
    ],
)
def test_only_a_recorded_easement_carries_a_letter(
    sqlite_store: CaseStore, desk: Desk, said: Decision, refused: str | None
) -> None:
    _, letter = removal(sqlite_store, desk)
    with sqlite_store.session() as session:
        held = look_at_letter(session, desk, letter)
        for row in session.query(Decision).where(Decision.case_id == held.hand.case.id):
            row.state = "stale"
        session.add(
            Decision(
                id="of-the-test",
                case_id=held.hand.case.id,
                check="easement_exists",
                proposed=said.proposed,
                reason=said.reason,
                sentence=said.sentence,
                evidence=said.evidence,
                proposed_at=desk.now,
                site_revision=0,
                state="proposed",
            )
        )
        session.flush()
        found = refused_by_easement(session, held)
    assert bool(found) == bool(refused)
    assert refused is None or refused in found[0]


@pytest.mark.parametrize(
    ("deed", "says"),
    [
        (Deed("", date(2026, 2, 27), "812", " "), "has seen_by, page as well"),
        (Deed("R. Reader", date(2026, 3, 3), "812", "44"), "still to come"),
        (Deed("R. Reader", date(2026, 2, 27), "812", "44", copy="none"), "attach it first"),
    ],
)
def test_a_deed_is_seen_by_somebody_on_a_day_in_a_book(
    sqlite_store: CaseStore, desk: Desk, deed: Deed, says: str
) -> None:
    number, _ = removal(sqlite_store, desk)
    with pytest.raises(LetterRefused, match=says):
        write(sqlite_store, see_deed, desk, number, deed)


def valve_case(store: CaseStore, desk: Desk) -> tuple[str, str]:
    """The numbers of a case about a valve, at its notice, and of the notice, which is issued."""
    number = at_step(store, desk, "illegal_valve_operation", "nov", damage="no", emergency="no")
    values = NOV | {"civil_penalty": "500", "map_says": None}
    letter = str(write(store, new_letter, desk, number, LetterAsked(values=values)).made["letter"])
    write(store, issue_letter, desk, letter)
    return number, letter


def answer_notice(store: CaseStore, desk: Desk, number: str) -> None:
    write(store, answer_step, desk, number, "nov", Given(None, {"civil_penalty": "500"}))


def test_the_wait_to_appeal_starts_with_the_receipt_whichever_comes_first(case_store: CaseStore, desk: Desk) -> None:
    number, letter = valve_case(case_store, desk)
    answer_notice(case_store, desk, number)
    assert shown(case_store, number).state.waiting_for == "date"
    write(case_store, serve_letter, desk, letter, Served("certified_mail", desk.today))
    assert shown(case_store, number).state.waiting_for == "date"
    back = later(desk, days=4)
    write(case_store, receive_letter, back, letter, CameBack(desk.today + timedelta(days=2)))
    (deadline,) = shown(case_store, number).deadlines
    assert (deadline.starts_on, deadline.kind) == (date(2026, 3, 4), "appeal_period")
    assert "last day Fri 3 Apr 2026" in deadline.arithmetic

    other, served = valve_case(case_store, desk)
    write(case_store, serve_letter, desk, served, Served("hand", desk.today))
    answer_notice(case_store, desk, other)
    assert shown(case_store, other).deadlines[0].starts_on == desk.today


def test_the_clock_starts_the_wait_once_mail_can_no_longer_come_back(case_store: CaseStore, desk: Desk) -> None:
    number, letter = valve_case(case_store, desk)
    answer_notice(case_store, desk, number)
    write(case_store, serve_letter, desk, letter, Served("first_class_mail", desk.today))
    with case_store.session() as session:
        count_receipts(session, later(desk, days=8))
        session.commit()
    assert shown(case_store, number).deadlines[0].starts_on == desk.today + timedelta(days=7)


def test_a_logo_stands_in_the_letterhead(sqlite_store: CaseStore, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "seal.jpg").write_bytes(jpeg())
    city = replace(CITY, folder=tmp_path, other={**CITY.other, "letters": {**LETTERS, "logo": "seal.jpg"}})
    with_logo = replace(desk, letters=city_letters(city))
    number, _ = valve_case(sqlite_store, with_logo)
    with sqlite_store.reading() as session:
        (row,) = shown(sqlite_store, number).letters
        pdf = letter_pdf(session, with_logo, str(row.number))
    assert b"/Image" in pdf
    assert CityLetters(letterhead=Letterhead(logo=b"x")).letterhead.missing()


def test_every_mistake_in_the_letterhead_is_told(tmp_path: Path) -> None:
    table = {"phone": 5, "address": "1 City Plaza", "colour": "red", "logo": 7}
    with pytest.raises(CityFileError) as refused:
        city_letters(replace(CITY, other={"letters": table}))
    for said in ("phone", "address", "colour", "logo"):
        assert f"[letters] {said}" in str(refused.value)
    for table in ({"logo": "no.png"}, {"logo": "seal.exe"}, {"folder": "nowhere"}):
        with pytest.raises(CityFileError):
            city_letters(replace(CITY, folder=tmp_path, other={"letters": table}))


def test_what_a_letter_printed_is_shown_after_it_was_issued(sqlite_store: CaseStore, desk: Desk) -> None:
    _, letter = valve_case(sqlite_store, desk)
    with sqlite_store.reading() as session:
        found = show_letter(session, desk, letter)
        assert found.ready is None
        assert (found.letter.given or {})["printed"]["f"]["civil_penalty"] == "$500.00"


def test_a_letter_prints_no_sentence_about_mains_that_are_kept_to_the_staff(case_store: CaseStore, desk: Desk) -> None:
    mains = LayerDeclaration("water_mains", "water_main", "staff", "recorded", 1.0)
    streets = LayerDeclaration("streets", "street", "staff", "recorded", 1.0)
    careful = replace(desk, city=replace(desk.city, layers=(mains, streets)))
    assert staff_only_lines(careful.city) == {"water_main"}
    number = owned_leak(case_store, desk)
    letter = str(write(case_store, new_letter, desk, number, LetterAsked()).made["letter"])
    open_to_all, kept = (text_of(letter_bytes(case_store, who, letter)) for who in (desk, careful))
    assert "62.0 ft beyond meter MT-1" in " ".join(open_to_all.split())
    assert "62.0 ft" not in kept
    assert "in front of the meter or behind it? Behind, by our records of March 2, 2026." in " ".join(kept.split())


@pytest.mark.parametrize(
    ("status", "also", "printed"),
    [
        ("confirmed", "", True),
        ("unconfirmed", " Rule nc-ticket-life-2025 is unconfirmed: nobody has read it.", False),
        ("confirmed", " A second call is answered within 3 hours (SL 2025-21; unconfirmed).", False),
    ],
)
def test_a_letter_prints_no_sentence_that_rests_on_a_rule_that_nobody_has_read(
    status: str, also: str, printed: bool
) -> None:
    said = f"Does a ticket cover the place: yes (28 calendar days).{also}"
    at = datetime(2026, 3, 2, 15, tzinfo=UTC)
    row = Decision(check="locate_ticket", proposed="yes", sentence=said, rule={"status": status}, proposed_at=at)
    answer = "Does a locate ticket cover digging at the place on the day? Yes, by our records of March 2, 2026."
    assert for_outside(row, ()) == (said if printed else answer)


def letter_bytes(store: CaseStore, desk: Desk, letter: str) -> bytes:
    with store.reading() as session:
        return letter_pdf(session, desk, letter)
