"""Answer clocks and targets as an officer can check them on a calendar, and a city's own targets."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from desks import processes

from gis_ce.due_times import day_before, due_after
from gis_ce.process_deadlines import read_length
from gis_ce.target_tables import city_targets, shipped_targets, target_mistakes

SITUATIONS = yaml.safe_load((Path(__file__).parent / "situations_clocks.yaml").read_text("utf-8"))
TIME = processes().time
TARGETS = shipped_targets()


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TIME.zone)


def local(at: datetime) -> datetime:
    return at.astimezone(TIME.zone).replace(tzinfo=None)


def is_due(at: datetime, expected: Any) -> None:
    """At that minute, or with the end of that day."""
    wanted = expected if isinstance(expected, str) else f"{expected} 23:59:59"
    assert local(at) == datetime.fromisoformat(wanted)


@pytest.mark.parametrize("each", SITUATIONS["answers"], ids=lambda each: each["why"])
def test_a_call_is_answered_within_one_business_day(each: dict[str, Any]) -> None:
    due = due_after(moment(each["came"]), TARGETS.call_answer, TIME, "call")
    is_due(due.at, each["by"])
    assert due.said.startswith("call ")
    assert "1 working day" in due.said


@pytest.mark.parametrize("each", SITUATIONS["targets"], ids=lambda each: each["why"])
def test_a_category_has_its_response_its_resolution_and_its_updates(each: dict[str, Any]) -> None:
    category, opened = TARGETS.categories[each["category"]], moment(each["opened"])
    is_due(due_after(opened, category.initial_response, TIME).at, each["response"])
    is_due(due_after(opened, category.resolution, TIME).at, each["resolution"])
    is_due(due_after(opened, category.update, TIME).at, each["update"])


@pytest.mark.parametrize("each", SITUATIONS["hearings"], ids=lambda each: str(each["hearing"]))
def test_the_notice_of_a_hearing_goes_out_before_it(each: dict[str, Any]) -> None:
    before = read_length(each.get("before", "10 days"))
    assert before is not None
    assert day_before(each["hearing"], before, TIME) == each["notice"]


def test_the_violation_decides_the_category_and_a_person_may_choose_another() -> None:
    assert TARGETS.category("leaks", {}).name == "II"
    assert TARGETS.category("leaks", {"major_leak": "no"}).name == "II"
    assert TARGETS.category("leaks", {"major_leak": "yes"}).name == "I"
    assert TARGETS.category("leaks", {"major_leak": "yes"}, "III").name == "III"
    assert TARGETS.category("a_process_of_ours", {}).name == "III"
    assert set(TARGETS.types) == set(processes().processes)
    assert target_mistakes({"types": dict.fromkeys(TARGETS.types, "I")}, processes().processes) == []


def test_a_city_sets_its_own_and_keeps_the_rest() -> None:
    table = tomllib.loads("""
        call_answer = "4 hours"
        [categories.I]
        resolution = "5 days"
        [categories.0]
        title = "flood"
        initial_response = "1 hours"
        resolution = "1 day"
        update = "4 hours"
        [types]
        sso = "0"
        leaks = { category = "III", when = { cause = { contractor = "II" } } }
    """)
    assert target_mistakes(table, processes().processes) == []
    found = city_targets(table)
    assert (str(found.call_answer), str(found.due_soon)) == ("4 hours", "3 working days")
    assert str(found.categories["I"].resolution) == "5 days"
    assert found.categories["I"].initial_response == TARGETS.categories["I"].initial_response
    assert found.category("sso", {}).title == "flood"
    assert found.category("leaks", {"major_leak": "yes", "cause": "contractor"}).name == "II"


def test_every_mistake_of_a_city_is_listed_at_once() -> None:
    table = tomllib.loads("""
        call_anwser = "1 day"
        due_soon = "soon"
        other = "IX"
        [categories.I]
        resolution = "10 fortnights"
        respond = "1 day"
        [categories.V]
        title = "rare"
        [types]
        leeks = "I"
        sso = "IX"
        leaks = { category = "I", when = { cause = { nobody = "I" } } }
    """)
    said = "\n".join(str(mistake) for mistake in target_mistakes(table, processes().processes))
    for words in (
        "did you mean call_answer?",
        "due_soon: must be a period such as '24 hours'",
        "[targets.categories.I] resolution: must be a period",
        "respond: is not a key of this table",
        "[targets.categories.V] initial_response: is missing",
        "there is no case type 'leeks'; did you mean leaks?",
        "there is no category 'IX'; there are I, II, III, V",
        "Leaks has no answer 'nobody' at a step 'cause'",
        "[targets] other: is one of I, II, III, V, not 'IX'",
    ):
        assert words in said, said


def test_every_shipped_target_says_where_it_is_from() -> None:
    assert all(category.source for category in TARGETS.categories.values())
    assert date.fromisoformat("2026-05-25") in dict.fromkeys(
        day.item() for day in TIME.calendar.between(date(2026, 1, 1), date(2026, 12, 31))
    )
