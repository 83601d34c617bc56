"""What follows from the service of a notice: every line of a table that an officer can check by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from desks import rules
from hypothesis import given
from hypothesis import strategies as st

from gis_ce.letter import METHODS, Compliance
from gis_ce.process_deadlines import read_length
from gis_ce.process_state import Timekeeping
from gis_ce.rules import RuleBook
from gis_ce.service_clock import SUBJECT, Notice, Service, decide_appeal_by, reckon

TABLE = yaml.safe_load(Path(__file__).with_name("service_of_notices.yaml").read_text("utf-8"))
TIME = Timekeeping({}, ZoneInfo("America/New_York"), rules().rulebook.calendar)
DAYS = st.dates(date(2018, 1, 1), date(2035, 12, 31))


@cache
def old_and_new() -> RuleBook:
    """The rule of the town from July 2025, and before it one with 20 days and without posting."""
    book = rules().rulebook
    (rule,) = book.of(SUBJECT)
    values = {**rule.values, "appeal_days": 20, "methods": ("certified_mail", "hand", "first_class_mail")}
    old = replace(rule, id="old", effective_to=date(2025, 6, 30), values=values)
    new = replace(rule, effective_from=date(2025, 7, 1))
    return replace(book, rules=(*(each for each in book.rules if each.subject != SUBJECT), old, new))


def served_of(row: dict[str, Any]) -> Service:
    at = time.fromisoformat(row["at"]) if "at" in row else None
    return Service(row["method"], row["day"], at, row.get("received"), row.get("returned"))


@pytest.mark.parametrize("row", TABLE, ids=[row["name"] for row in TABLE])
def test_the_days_are_those_of_the_table(row: dict[str, Any]) -> None:
    comply = row.get("comply", {})
    notice = Notice(
        issued_on=row.get("issued", row["served"][0]["day"] if row["served"] else row["today"]),
        appealable="appeal" in row,
        compliance=Compliance(read_length(comply.get("period")), counted_from=comply.get("from", "receipt")),
        comply_by=comply.get("date"),
        replaced=row.get("replaced", ""),
    )
    time_ = replace(TIME, next_working_day=row.get("last_day") == "next_working_day")
    book = old_and_new() if row.get("rule") == "old" else rules().rulebook
    clock = reckon(notice, [served_of(each) for each in row["served"]], book, time_, row["today"])
    assert clock.receipt.day == row["receipt"], clock.receipt.said
    assert row.get("says", "") in clock.receipt.said
    if "appeal" in row:
        assert clock.appeal is not None
        assert clock.appeal.day == row["appeal"], clock.appeal.said
        assert "cross-connection article" in clock.appeal.source
    if "compliance" in row:
        assert clock.compliance is not None
        assert clock.compliance.day == row["compliance"], clock.compliance.said
        assert row.get("says_compliance", "") in clock.compliance.said


def test_an_appeal_is_to_be_decided_within_the_rules_days() -> None:
    rule = rules().rulebook.on(SUBJECT, date(2026, 3, 2))
    assert rule is not None
    found = decide_appeal_by(date(2026, 3, 2), rule, TIME)
    assert (found.day, "60 calendar days" in found.said) == (date(2026, 5, 1), True)


@given(DAYS, st.sampled_from(METHODS), st.integers(0, 40), st.integers(0, 60))
def test_more_service_never_makes_the_receipt_later_and_no_receipt_lies_before_its_service(
    on: date, method: str, back: int, passed: int
) -> None:
    today = date.fromordinal(on.toordinal() + passed)
    one = Service(
        method, on, received_on=date.fromordinal(on.toordinal() + back) if method == "certified_mail" else None
    )
    other = Service("posting", today)
    first = reckon(Notice(on, True), [one], rules().rulebook, TIME, today)
    both = reckon(Notice(on, True), [one, other], rules().rulebook, TIME, today)
    assert both.receipt.day is not None
    assert both.receipt.day <= today or first.receipt.day is not None
    if first.receipt.day is not None:
        assert on <= first.receipt.day
        assert both.receipt.day <= first.receipt.day
        assert first.appeal is not None
        assert first.appeal.day == date.fromordinal(first.receipt.day.toordinal() + 30)
    else:
        assert first.appeal is not None
        assert first.appeal.day is None
