"""A town that writes letters: a letterhead, rules that somebody has read, and a case with an owner to write to."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

from desks import CITY, a_desk, go_to, rules, write
from pypdf import PdfReader

from gis_ce.actions.desk import Desk
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.parties import PartyGiven, add_party
from gis_ce.actions.placing import Place
from gis_ce.case_store import CaseStore
from gis_ce.city_letters import CityLetters
from gis_ce.letterhead import city_letterhead
from gis_ce.readings import RecordedReading, digest, with_readings
from gis_ce.rules import Reading, RuleBook

LETTERS = {
    "department": "Public Utilities, Code Enforcement",
    "address": ["1 City Plaza", "Smallville, NC 27001"],
    "phone": "919-555-0100",
    "email": "code@smallville.example",
    "signatory": "Dana Field",
    "signatory_title": "Code Enforcement Supervisor",
    "appeals_to": "the Director of Public Utilities",
}
OWNER = PartyGiven("owner", "Olive Owner", None, None, None, "111 Main Street, Smallville, NC 27001")


def writing_desk(folder: Path, **more: object) -> Desk:
    """Ann's desk, with a letterhead, a folder of attachments, and the rule on service read by name."""
    desk = a_desk(folder=folder, **more)  # type: ignore[arg-type]
    city = replace(CITY, other={**CITY.other, "letters": LETTERS})
    letters = CityLetters(letterhead=city_letterhead(city))
    return replace(desk, city=city, letters=letters, rules=replace(rules(), rulebook=read_book()))


def read_book() -> RuleBook:
    """The town's rules, of which the one on service has been read in its official text."""
    book = rules().rulebook
    (rule,) = book.of("service_of_notice")
    reading = Reading("Paula Clerk", date(2026, 1, 5), "Smallville Code 8-2100")
    return with_readings(book, [RecordedReading(rule.id, digest(rule), reading)])


def owned_leak(store: CaseStore, desk: Desk, step: str = "notice_48h") -> str:
    """The number of a leak behind the meter, at the step that sends the notice, with an owner who has an address."""
    place = Place(address="111 Main Street")
    number = write(store, open_case, desk, Opening("leaks", place, title="Water runs down the drive")).number
    write(store, add_party, desk, number, OWNER)
    go_to(store, desk, number, step, location="outside", meter_side="behind", major_leak="no")
    return number


def text_of(pdf: bytes) -> str:
    """All words of a PDF."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
