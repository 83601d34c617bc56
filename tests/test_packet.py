"""The hearing packet: everything on record in one PDF, the originals beside it, and nobody named who must not be."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from desks import as_somebody, attached, later, rules, write
from lettered import owned_leak, text_of, writing_desk
from made_pictures import jpeg
from pypdf import PdfReader

from api.case_packets import packet_of, write_folder, write_zip
from api.errors import ApiError
from gis_ce.actions.desk import Desk
from gis_ce.actions.filing_appeals import AppealDecision, AppealGiven, decide_appeal, file_appeal
from gis_ce.actions.hearings import HearingGiven, set_hearing
from gis_ce.actions.letter_issuing import issue_letter
from gis_ce.actions.letter_service import Served, serve_letter
from gis_ce.actions.letters import LetterAsked, letter_pdf, new_letter
from gis_ce.actions.notes import add_note
from gis_ce.actions.packet_facts import rule_said
from gis_ce.actions.parties import PartyGiven, add_party
from gis_ce.case_store import CaseStore
from gis_ce.errors import NotYourLane
from gis_ce.packet import Packet, sheets_of, shown_picture
from gis_ce.rule_record import rule_on_record

RITA = PartyGiven("reporter", "Rita Reporter", None, "919-555-0199")


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Desk:
    return writing_desk(tmp_path / "attachments")


def a_whole_case(store: CaseStore, desk: Desk) -> str:
    """The number of a leak with a reporter, a note, a photo, a file, and a notice that was served with a proof."""
    number = owned_leak(store, desk)
    write(store, add_party, desk, number, RITA)
    write(store, add_note, desk, number, "Rita Reporter called again from 919-555-0199.")
    attached(store, desk, number, jpeg(), "drive.jpg")
    attached(store, desk, number, b"meter reading 17", "reading.txt")
    letter = str(write(store, new_letter, desk, number, LetterAsked()).made["letter"])
    write(store, issue_letter, desk, letter)
    with store.reading() as session:
        scan = letter_pdf(session, desk, letter)
    proof = attached(store, desk, number, scan + b"\n", "scan of the signed copy.pdf")
    write(store, serve_letter, desk, letter, Served("hand", desk.today, by="Ann", proof=proof))
    return number


def made(store: CaseStore, desk: Desk, number: str) -> Packet:
    with store.reading() as session:
        return packet_of(session, desk, number)


def test_the_packet_has_it_all_on_numbered_pages(case_store: CaseStore, desk: Desk) -> None:
    number = a_whole_case(case_store, desk)
    packet = made(case_store, desk, number)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(packet.pdf)).pages]
    for place, page in enumerate(pages, 1):
        assert f"Page {place} of {len(pages)}" in page
    whole = " ".join(" ".join(pages).split())
    for said in (
        "Contents",
        "Case file",
        "Chronology",
        f"{number}-L1: Notice to repair a leak within 48 hours",
        "served by hand",
        "received that day",
        "Right of way",
        "lines, each bound to the one before",
        "hold.",
        "Photo 1: drive.jpg",
        "Exhibit 2: reading.txt",
        "This file cannot be shown on paper",
        "within 48 hours of receiving this notice",
        "Exhibit 3, sheet 1 of 1",
        "List of originals",
    ):
        assert said in whole, said


def test_the_cover_tells_of_the_appeals_and_the_hearing(case_store: CaseStore, desk: Desk) -> None:
    number = owned_leak(case_store, desk)
    write(case_store, file_appeal, desk, number, AppealGiven("Not my pipe", desk.today))
    write(case_store, decide_appeal, desk, number, AppealDecision("last", "withdrawn", "It is mine after all"))
    write(case_store, file_appeal, later(desk, hours=1), number, AppealGiven("Too dear", desk.today))
    hearing = HearingGiven(date(2026, 3, 20), "The costs", time(14, 30), "Town hall")
    write(case_store, set_hearing, desk, number, hearing)
    packet = made(case_store, desk, number)
    cover = " ".join(PdfReader(io.BytesIO(packet.pdf)).pages[0].extract_text().split())
    assert "Appeal: filed Mon 2 Mar 2026, Not my pipe; withdrawn on Mon 2 Mar 2026: It is mine after all" in cover
    assert "Too dear; to be decided: appeal filed Mon 2 Mar 2026, 60 calendar days, last day Fri 1 May 2026" in cover
    assert "Hearing: Fri 20 Mar 2026, 14:30, Town hall. The costs" in cover


def test_the_contents_lead_to_the_right_pages(case_store: CaseStore, desk: Desk) -> None:
    packet = made(case_store, desk, a_whole_case(case_store, desk))
    reader = PdfReader(io.BytesIO(packet.pdf))
    pages = [page.extract_text() for page in reader.pages]
    contents = next(page for page in pages if page.count("....") or "Contents" in page).splitlines()
    for part in ("Chronology", "Decisions", "Photos", "List of originals"):
        listed = next(line for line in contents if line.startswith(part))
        assert part in pages[int(listed.split()[-1]) - 1]


def test_who_reported_it_is_not_named(case_store: CaseStore, desk: Desk) -> None:
    words = text_of(made(case_store, desk, a_whole_case(case_store, desk)).pdf)
    assert "Rita" not in words
    assert "919-555-0199" not in words
    assert "(reporter) called again from (reporter)." in " ".join(words.split())


def test_the_folder_has_the_originals_and_their_hashes(case_store: CaseStore, desk: Desk, tmp_path: Path) -> None:
    number = a_whole_case(case_store, desk)
    packet, folder = made(case_store, desk, number), tmp_path / "out" / "hearing"
    write_folder(packet, folder)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    listed = [manifest["packet"], *manifest["files"]]
    assert len(listed) == 6
    for row in listed:
        assert hashlib.sha256((folder / row["name"]).read_bytes()).hexdigest() == row["sha256"]
    assert (
        sorted(path.name for path in (folder / "originals").iterdir())[0] == f"001-Letter-{number}-L1-{number}-L1.pdf"
    )
    with pytest.raises(ApiError, match="is not an empty folder"):
        write_folder(packet, folder)
    assert [path.name for path in folder.parent.iterdir()] == ["hearing"]


def test_the_same_packet_is_the_same_bytes(case_store: CaseStore, desk: Desk, tmp_path: Path) -> None:
    number = a_whole_case(case_store, desk)
    for name in ("a.zip", "b.zip"):
        write_zip(made(case_store, desk, number), tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert made(case_store, later(desk, days=1), number).pdf != made(case_store, desk, number).pdf


def test_only_who_works_on_such_cases_gets_it(case_store: CaseStore, desk: Desk) -> None:
    number = a_whole_case(case_store, desk)
    with pytest.raises(NotYourLane):
        made(case_store, as_somebody(desk, "mel", "meters"), number)


def test_the_packet_quotes_no_rule_before_somebody_has_read_it(desk: Desk) -> None:
    (rule,) = desk.rules.rulebook.of("service_of_notice")
    kept = rule_on_record(rule)
    assert rule_said(desk, kept)[0] == rule.text
    unread = kept | {"status": "unconfirmed", "reading": None}
    assert rule_said(desk, unread)[0] == rule.text, "read since"
    changed = unread | {"digest": "of other words"}
    for one, who in ((unread, replace(desk, rules=rules())), (changed, desk)):
        said = rule_said(who, one)
        assert said[0] == "Not quoted: nobody had recorded reading the official text of this rule."
        assert rule.text not in " ".join(said)
        assert rule.citation not in " ".join(said)
    assert rule.text not in rule_said(desk, kept | {"text_is": "bill"})


def test_files_that_cannot_be_shown_are_told_apart() -> None:
    assert sheets_of(b"%PDF-1.7 broken") == 0
    assert shown_picture(b"no picture") is None
    assert shown_picture(jpeg()) is not None
