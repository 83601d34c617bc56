"""Letters of what runs beside the steps (charges, hearings, the end of a case), and rounds that nobody asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from charged_town import charging_desk
from desks import later, write
from lettered import OWNER, owned_leak, text_of, writing_desk

from gis_ce.actions.charging import ChargeGiven, add_charge
from gis_ce.actions.desk import Desk
from gis_ce.actions.digesting import digest
from gis_ce.actions.due_list import due_list
from gis_ce.actions.hearings import HearingGiven, set_hearing
from gis_ce.actions.letters import LetterAsked, letter_pdf, new_letter
from gis_ce.actions.linking import link
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.parties import PartyGiven, add_party
from gis_ce.actions.paying import Payment, Waiver, pay, stay, waive
from gis_ce.actions.placing import Place
from gis_ce.actions.stepping import Given, answer_step
from gis_ce.actions.visits import VisitGiven, plan_visit
from gis_ce.case_store import CaseStore

MONDAY = date(2026, 3, 2)


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Desk:
    return replace(writing_desk(tmp_path / "files"), rules=charging_desk().rules)


def printed(store: CaseStore, desk: Desk, number: str, kind: str, to: str = "owner", **values: str) -> str:
    made = write(store, new_letter, desk, number, LetterAsked(kind, values, to)).made
    assert made["missing"] == []
    with store.reading() as session:
        return " ".join(text_of(letter_pdf(session, desk, str(made["letter"]))).split())


def test_the_statement_has_its_figures_from_the_charges_of_the_case(case_store: CaseStore, desk: Desk) -> None:
    number = owned_leak(case_store, desk)
    repair = ChargeGiven("repair", 125_050, "WO 4711")
    charge = write(case_store, add_charge, desk, number, repair).made["charge"]
    clean_up = ChargeGiven("clean_up", 10_000, "WO 4712")
    stayed = write(case_store, add_charge, later(desk, hours=1), number, clean_up).made["charge"]
    write(case_store, pay, desk, number, Payment(100_000, MONDAY, "CK 12", str(charge)))
    write(case_store, waive, desk, number, Waiver(str(charge), "hardship", 50))
    write(case_store, stay, later(desk, hours=2), number, "appealed", str(stayed))
    said = printed(case_store, later(desk, hours=3), number, "statement_of_charges", how_to_pay="By check.")
    for words in (
        "$1,250.50 $1,000.50 $250.00",
        "Rests during an appeal $100.00",
        "To be paid now $250.00",
        "By check.",
    ):
        assert words in said


def test_the_notice_of_a_hearing_says_when_and_where(case_store: CaseStore, desk: Desk) -> None:
    number = owned_leak(case_store, desk)
    hearing = HearingGiven(date(2026, 3, 20), "Appeal against the penalty", time(14, 30), "Town hall, room 2")
    write(case_store, set_hearing, desk, number, hearing)
    said = printed(case_store, desk, number, "notice_of_hearing", before="the Director")
    for words in ("March 20, 2026", "14:30, Town hall, room 2", "Appeal against the penalty", "the Director"):
        assert words in said


def test_a_letter_that_the_case_is_closed_names_nobody_else(case_store: CaseStore, desk: Desk) -> None:
    number = owned_leak(case_store, desk)
    reporter = PartyGiven("reporter", "Rita Reporter", None, None, None, "131 Main Street, Smallville, NC 27001")
    write(case_store, add_party, desk, number, reporter)
    said = printed(case_store, desk, number, "case_closed", "reporter", outcome="It is repaired.")
    assert "Rita Reporter 131 Main Street" in said
    assert str(OWNER.name) not in said
    assert f"{number}; the case can be opened again" in said


def test_a_round_that_nobody_asked_for_has_its_visits_and_leads_to_cases(case_store: CaseStore, desk: Desk) -> None:
    place = Place(address="111 Main Street")
    number = write(case_store, open_case, desk, Opening("inspection_round", place, title="Grading at lot 6")).number
    assert number == "ROUND-2026-00001"
    site = {"kind": "construction_site", "permit_number": "P-1", "looks_for": "Marks and cover"}
    write(case_store, answer_step, desk, number, "plan", Given(fields=site))
    write(case_store, plan_visit, desk, number, VisitGiven(date(2026, 3, 4), "Silt fence", "ann"))
    write(case_store, answer_step, desk, number, "visit", Given(fields={"seen": "A line is cut"}, why="seen there"))
    write(case_store, answer_step, desk, number, "violation", Given("yes"))
    found = write(case_store, open_case, desk, Opening("damages", place)).number
    write(case_store, answer_step, desk, number, "open_case", Given(fields={"cases_opened": found}))
    write(case_store, link, desk, found, number, "related")
    write(case_store, answer_step, desk, number, "more", Given("yes"))
    with case_store.reading() as session:
        visits = [due.what for due in due_list(session, desk) if due.number == number and due.kind == "visit"]
        opened = [row for part in digest(session, desk).sections if part.title == "Opened" for row in part.rows]
    assert visits == ["visit: Silt fence"]
    assert (number, "inspection round", "nobody", "Grading at lot 6") in opened
