"""Deadlines of cases: hours, days and working days, from the step or a noted date, in the city's time zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from process_walks import MONDAY, RALEIGH, TIME, act

from gis_ce.clock import day_after
from gis_ce.errors import StepRefused
from gis_ce.process import Deadline, Length, Step
from gis_ce.process_deadlines import begun, end_of, local_day, read_length, reminder
from gis_ce.process_state import RunningDeadline, Timekeeping


def wait(deadline: Deadline, remind: Length | None = None) -> Step:
    return Step("wait", "wait", "ce", "Wait", deadline=deadline, remind=remind, next="end")


def running(deadline: Deadline, at: datetime = MONDAY, time: Timekeeping = TIME, **data: str) -> RunningDeadline:
    found = begun(wait(deadline), data, at, act(at, time=time))
    assert found is not None
    return found


def local(found: RunningDeadline) -> str:
    return found.due_at.astimezone(RALEIGH).strftime("%Y-%m-%d %H:%M:%S %Z")


def days(count: int, unit: str = "calendar_days") -> Deadline:
    return Deadline(Length(count, unit))  # type: ignore[arg-type]


def test_hours_run_on_the_clock_through_the_end_of_summer_time() -> None:
    found = running(Deadline(Length(48, "hours")), datetime(2026, 10, 31, 14, 30, tzinfo=UTC))
    assert found.due_at == datetime(2026, 11, 2, 14, 30, tzinfo=UTC)
    assert local(found) == "2026-11-02 09:30:00 EST"
    assert found.said == "from Sat 31 Oct 2026 10:30 EDT, 48 hours, until Mon 2 Nov 2026 09:30 EST"


def test_calendar_days_end_with_the_last_day_in_the_citys_time_zone() -> None:
    late = datetime(2026, 11, 3, 3, 0, tzinfo=UTC)  # still 2 November in Raleigh
    found = running(days(10), late)
    assert local(found) == "2026-11-12 23:59:59 EST"
    assert found.starts_on == date(2026, 11, 2)
    assert found.said == "from Mon 2 Nov 2026, 10 calendar days, last day Thu 12 Nov 2026"


def test_working_days_leave_out_weekends_and_holidays_and_say_so() -> None:
    found = running(days(3, "working_days"), datetime(2026, 11, 24, 15, 0, tzinfo=UTC))
    assert local(found).startswith("2026-11-30 23:59:59")
    assert "left out: weekends Sat 28 Nov, Sun 29 Nov; Thu 26 Nov 2026 (Thanksgiving Day)" in found.said


def test_an_appeal_runs_from_the_receipt_and_not_before_it_is_noted() -> None:
    appeal = Deadline(setting="appeal_period", from_field="nov_received_on")
    assert begun(wait(appeal), {}, MONDAY, act()) is None
    found = running(appeal, nov_received_on="2026-10-20")
    assert local(found) == "2026-11-19 23:59:59 EST"
    assert found.said == "nov received on Tue 20 Oct 2026, 30 calendar days, last day Thu 19 Nov 2026"
    assert found.starts_on == date(2026, 10, 20)


def test_a_citys_own_period_is_used() -> None:
    city = replace(TIME, settings={**TIME.settings, "appeal_period": Length(15, "working_days")})
    found = running(Deadline(setting="appeal_period"), time=city)
    assert "15 working days" in found.said


def test_a_date_that_the_officer_sets_is_the_last_day_itself() -> None:
    found = running(Deadline(on_field="nov_deadline"), nov_deadline="2026-12-05")
    assert local(found) == "2026-12-05 23:59:59 EST"
    assert found.said == "nov deadline: last day Sat 5 Dec 2026"


def test_a_last_day_on_a_day_off_moves_on_where_the_city_says_so() -> None:
    moving = replace(TIME, next_working_day=True)
    thanksgiving = running(days(24), time=moving)
    assert local(thanksgiving).startswith("2026-11-27")
    assert thanksgiving.said.endswith("; that is a day off (Thanksgiving Day), so Fri 27 Nov 2026")
    assert local(running(days(12), time=moving)).startswith("2026-11-16")
    assert local(running(days(12))).startswith("2026-11-14")
    set_date = running(Deadline(on_field="nov_deadline"), time=moving, nov_deadline="2026-11-14")
    assert local(set_date).startswith("2026-11-14"), "what an officer sets stays as it is"


@pytest.mark.parametrize(
    ("before", "remind_at"),
    [("3 days", "2026-11-27 00:00"), ("3 working days", "2026-11-24 00:00"), ("12 hours", "2026-11-30 11:59")],
)
def test_a_reminder_comes_before_the_deadline(before: str, remind_at: str) -> None:
    length = read_length(before)
    assert length is not None
    found = begun(wait(days(28), length), {}, MONDAY, act())
    assert found is not None
    assert found.remind_at is not None
    assert found.remind_at.astimezone(RALEIGH).strftime("%Y-%m-%d %H:%M") == remind_at


def test_without_a_reminder_of_its_own_a_wait_has_the_citys() -> None:
    found = running(days(28))
    assert found.remind_at == reminder(found.due_at, TIME.settings["reminder"], TIME)
    silent = replace(TIME, settings={})
    assert running(days(28), time=silent).remind_at is None


def test_nobody_is_reminded_of_a_deadline_that_is_nearer_than_the_reminder() -> None:
    assert running(Deadline(Length(48, "hours"))).remind_at is None


@pytest.mark.parametrize(
    "text", ["", "10", "ten days", "0 days", "-3 days", "3 weeks", "99999 days", "3 days ", None, 3]
)
def test_what_is_no_period_is_none(text: object) -> None:
    assert read_length(text) is None


UNITS = st.sampled_from(["hours", "calendar_days", "working_days"])
YEARS_2015_TO_2045 = st.integers(1_420_000_000, 2_367_000_000)
MOMENTS = YEARS_2015_TO_2045.map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(MOMENTS, st.integers(1, 200), UNITS, st.booleans())
def test_deadlines_lie_ahead_and_longer_ones_later(at: datetime, count: int, unit: str, moves: bool) -> None:
    time = replace(TIME, next_working_day=moves)
    short, long = (running(days(number, unit), at, time) for number in (count, count + 1))
    assert at < short.due_at <= long.due_at
    assert short.due_at.tzinfo is UTC
    assert short.remind_at is None or at < short.remind_at <= short.due_at


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=400)), st.integers(1, 60), UNITS)
def test_who_begins_later_never_ends_earlier(at: datetime, after: timedelta, count: int, unit: str) -> None:
    assert running(days(count, unit), at).due_at <= running(days(count, unit), at + after).due_at


@given(MOMENTS, st.integers(1, 60))
def test_the_last_day_is_whole_in_the_city_and_is_the_clocks(at: datetime, count: int) -> None:
    found = running(days(count, "working_days"), at)
    last = local_day(found.due_at, TIME)
    assert last == day_after(local_day(at, TIME), count, "working_days", TIME.calendar)
    assert found.due_at == end_of(last, TIME)
    assert local_day(found.due_at + timedelta(seconds=1), TIME) == last + timedelta(days=1)


def test_a_period_that_the_city_no_longer_has_is_named() -> None:
    with pytest.raises(StepRefused, match="has no period our_period under"):
        running(Deadline(setting="our_period"))
