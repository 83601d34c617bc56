"""Every kind of letter: right in its head, set as a PDF, whole on the sheet, its address in the window."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from desks import processes
from lettered import text_of
from pypdf import PdfReader

from gis_ce.checks.all import CHECKS
from gis_ce.file_errors import LetterFileError
from gis_ce.letter import LetterKind, MergeField
from gis_ce.letter_files import open_letters, read_letter, shipped_letters
from gis_ce.typesetting import typeset

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
WINDOW_IN = (0.875, 2.5, 4.375, 3.167)
"""Left, top, right and bottom of what a #10 envelope's window always shows, in inches on the sheet."""
EVER_SHOWN_IN = (0.0, 2.042, 5.375, 3.625)
LONG = "On the lot between the street and the creek, about forty feet from the corner of the house, we found this. "
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 936 600"><rect width="936" height="600" fill="#ccc"/></svg>'
)
SAMPLES: Mapping[str, Any] = {
    "text": "something that is said here",
    "paragraphs": [LONG * 3, LONG * 2],
    "date": "March 12, 2026",
    "money": "$1,250.00",
    "number": "12",
    "lines": ["The first of them", "The second of them"],
    "table": [["Civil penalty: 3 days at $100.00 a day", "$300.00", "$0.00", "$300.00"]],
    "picture": {"file": "map.svg", "alt": "What the place looks like; grid north is up."},
}
KINDS = sorted(shipped_letters())


def data_for(kind: LetterKind, **changed: Any) -> dict[str, Any]:
    """What a letter of a kind prints, with a sample for every field."""
    head = {
        "name": "City of Smallville",
        "department": "Public Utilities, Code Enforcement",
        "address": ["1 City Plaza", "Smallville, NC 27001"],
        "phone": "919-555-0100",
        "email": "code@smallville.example",
        "website": "smallville.example",
        "signatory": "Dana Field",
        "signatory_title": "Code Enforcement Supervisor",
        "appeals_to": "the Director of Public Utilities",
        "logo": None,
    }
    rule = {
        "id": "r",
        "text": LONG,
        "citation": "Code 8-2100",
        "read": "read by P. Clerk",
        "values": {"appeal_days": 30, "appeal_unit": "calendar_days"},
    }
    return {
        "title": kind.title,
        "draft": False,
        "number": "LEAK-2026-00001-L1",
        "date": "March 2, 2026",
        "head": head,
        "to": [
            "Olive Owner",
            "Owner and Daughters, Incorporated",
            "1111 North Martin Luther King Boulevard",
            "Smallville, NC 27001-1234",
        ],
        "about": [["Letter", "LEAK-2026-00001-L1"], ["Case", "LEAK-2026-00001"], ["Site", "111 Main Street"]],
        "case": {"number": "LEAK-2026-00001", "officer": "Ann Officer"},
        "f": {field.name: sample(field) for field in kind.fields},
        "rules": dict.fromkeys(kind.rules, rule),
        "due": "The last day is March 12, 2026.",
    } | changed


def sample(field: MergeField) -> Any:
    return SAMPLES[field.type]


def set_kind(kind: LetterKind, **changed: Any) -> bytes:
    return typeset(kind.template, data_for(kind, **changed), {"map.svg": SVG}, made_at=AT)


def words_at(pdf: bytes) -> list[tuple[str, float, float]]:
    """Every run of words of the first page with its place, in inches from the left and the top."""
    found: list[tuple[str, float, float]] = []

    def visit(text: str, matrix: Any, placed: Any, *_: Any) -> None:
        if text.strip():
            x = placed[4] * matrix[0] + placed[5] * matrix[2] + matrix[4]
            y = placed[4] * matrix[1] + placed[5] * matrix[3] + matrix[5]
            found.append((text.strip(), x / 72, 11 - y / 72))

    PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=visit)
    return found


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_set_on_numbered_sheets_with_its_title(name: str) -> None:
    kind = shipped_letters()[name]
    pdf = set_kind(kind)
    reader = PdfReader(io.BytesIO(pdf))
    pages = [page.extract_text() for page in reader.pages]
    assert 1 <= len(pages) <= 4
    assert all(f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, 1))
    assert kind.title.split()[-1] in " ".join(pages[0].split())
    assert reader.metadata is not None
    assert reader.metadata.title == kind.title
    assert {tuple(map(float, page.mediabox[2:])) for page in reader.pages} == {(612.0, 792.0)}
    assert set_kind(kind) == pdf


@pytest.mark.parametrize("name", [name for name in KINDS if not shipped_letters()[name].form])
def test_the_address_stands_in_the_window_and_nothing_else_does(name: str) -> None:
    kind = shipped_letters()[name]
    data = data_for(kind)
    lines = "".join(data["to"]).replace(" ", "")
    seen = words_at(set_kind(kind))
    left, top, right, bottom = EVER_SHOWN_IN
    shown = [(text, x, y) for text, x, y in seen if left <= x < right and top <= y <= bottom]
    assert "".join(text for text, _, _ in shown).replace(" ", "") == lines
    for _, x, y in shown:
        assert WINDOW_IN[0] <= x <= WINDOW_IN[2]
        assert WINDOW_IN[1] + 0.1 <= y <= WINDOW_IN[3] - 0.04


def test_a_long_name_is_made_smaller_and_stays_in_the_window() -> None:
    to = ["WILHELMINA WINTERBOTTOM-MONTGOMERY AND MAXWELL", "111 Main Street", "Smallville, NC 27001"]
    seen = words_at(set_kind(shipped_letters()["nov"], to=to))
    (line,) = [(x, y) for text, x, y in seen if text == to[0]]
    assert line[0] == pytest.approx(0.95, abs=0.02)
    assert [round(y, 1) for text, x, y in seen if text in to[1:] and x < 1] == [2.7, 2.9]


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_set_without_what_is_optional(name: str) -> None:
    kind = shipped_letters()[name]
    values = {field.name: None if field.optional else sample(field) for field in kind.fields}
    assert set_kind(kind, f=values, due=None)


def test_every_letter_of_every_process_has_its_template_and_says_so() -> None:
    steps = {
        f"{process.id}.{step.id}": step.letter
        for process in processes().processes.values()
        for step in process.steps.values()
        if step.letter
    }
    said = {step: kind.id for kind in shipped_letters().values() for step in kind.steps}
    assert said == steps


def test_every_check_that_a_letter_asks_for_is_there() -> None:
    checks = {check.name for check in CHECKS}
    asked = {
        source.split(".")[1]
        for kind in shipped_letters().values()
        for field in kind.fields
        for source in field.sources
        if source.startswith("decision.")
    }
    assert asked <= checks


@pytest.mark.parametrize("name", KINDS)
def test_no_semicolon_of_a_letter_is_swallowed(name: str) -> None:
    """A semicolon right behind a value ends the code there, and is not printed unless it is escaped."""
    swallowed = re.compile(r"#[a-zA-Z][\w.-]*(?:\([^()]*\)|\[[^\[\]]*\])*;")
    assert swallowed.findall(shipped_letters()[name].template.source) == []


def test_there_is_an_education_piece_for_each_topic() -> None:
    topics = {kind.topic for kind in shipped_letters().values() if kind.id.startswith("education_")}
    assert topics >= {"grease", "wipes_and_roots", "hydrant_clearance", "easements", "cross_connection"}


def test_letters_about_easements_say_so() -> None:
    about = {kind.id for kind in shipped_letters().values() if kind.about_easement}
    assert about == {"letter_of_removal", "notice_remove_fence", "licence_packet_cover"}


def test_a_broken_head_is_refused_with_every_mistake_and_its_line() -> None:
    text = """/*
format: 1
id: other
title: A letter
topic: t
about: a
source: s
to: [ownr]
rules: {x: no_such_subject}
compliance: {period: soon}
colour: red
fields:
  site: {type: txt, from: [sight.address, party.boss.name], ask: what}
  when: {type: date, ask: what}
*/
"""
    with pytest.raises(LetterFileError) as refused:
        read_letter(text, "mine.typ", {})
    said = str(refused.value)
    for line in ("line 3", "line 8", "line 9", "line 10", "line 11", "line 13", "line 14"):
        assert f"{line}: " in said, said
    assert "did you mean 'owner'" in said
    with pytest.raises(LetterFileError, match="begins with /\\*"):
        read_letter("#import", "mine.typ", {})


def test_a_city_replaces_letters_and_the_frame(tmp_path: Any) -> None:
    shipped = shipped_letters()["education_letter"].template
    (tmp_path / "parts").mkdir()
    frame = shipped.parts["letter.typ"].replace("[Sincerely,]", "[With kind regards,]")
    (tmp_path / "parts" / "letter.typ").write_text(frame, "utf-8")
    (tmp_path / "education_letter.typ").write_text(shipped.source.replace("In the kitchen", "Your kitchen"), "utf-8")
    kinds = open_letters(tmp_path)
    words = PdfReader(io.BytesIO(set_kind(kinds["education_letter"]))).pages[0].extract_text()
    assert "Your kitchen" in words
    assert "With kind regards" in text_of(set_kind(kinds["notice_48_hours"]))
