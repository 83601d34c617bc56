"""Days as the law counts them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_ce.clock import NO_HOLIDAYS, Calendar, day_after, days_after, left_out_between, shown, working_days_between
from gis_ce.holidays import Holiday, day_of, easter, is_known
from gis_ce.rule_files import open_pack

NC = open_pack("nc").calendar
US = open_pack("us").calendar
DAY = st.dates(date(1990, 1, 1), date(2060, 12, 31))
COUNT = st.integers(0, 60)


def test_15_working_days_from_the_last_day_of_the_old_law() -> None:
    assert day_after(date(2025, 9, 30), 15, "working_days", NC) == date(2025, 10, 21)


def test_28_calendar_days_from_the_first_day_of_the_new_law() -> None:
    said = shown(date(2025, 10, 1), 28, "calendar_days", NC)
    assert said == "given Wed 1 Oct 2025, 28 calendar days, last day Wed 29 Oct 2025"


def test_the_arithmetic_of_working_days_lists_weekends_and_holidays() -> None:
    said = shown(date(2025, 12, 22), 3, "working_days", NC)
    assert said == (
        "given Mon 22 Dec 2025, 3 working days, last day Tue 30 Dec 2025; left out: weekends Sat 27 Dec, Sun 28 Dec; "
        "Wed 24 Dec 2025 (Christmas Eve); Thu 25 Dec 2025 (Christmas Day); Fri 26 Dec 2025 (Day after Christmas)"
    )


def test_a_ticket_given_on_a_saturday_counts_from_monday() -> None:
    assert day_after(date(2026, 3, 7), 1, "working_days", NC) == date(2026, 3, 9)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2021, 12, 31), "New Year's Day (observed)"),
        (date(2022, 1, 1), None),
        (date(2021, 6, 18), "Juneteenth (observed)"),
        (date(2020, 6, 19), None),
        (date(1985, 1, 21), None),
        (date(1986, 1, 20), "Martin Luther King Jr. Day"),
        (date(2026, 5, 25), "Memorial Day"),
        (date(2025, 11, 27), "Thanksgiving Day"),
    ],
)
def test_federal_holidays_fall_as_the_law_says(day: date, name: str | None) -> None:
    assert US.holiday(day) == name


@pytest.mark.parametrize(
    ("year", "day"),
    [(1961, date(1961, 4, 2)), (2008, date(2008, 3, 23)), (2024, date(2024, 3, 31)), (2025, date(2025, 4, 20)),
     (2038, date(2038, 4, 25)), (2049, date(2049, 4, 18)), (2076, date(2076, 4, 19))],
)  # fmt: skip
def test_easter_falls_as_almanacs_say(year: int, day: date) -> None:
    assert easter(year) == day


@pytest.mark.parametrize(
    "words", ["4 Jule", "31 April", "32 January", "fifth Monday of May", "Easter Monday", "29 February"]
)
def test_words_that_name_no_day_of_every_year_are_refused(words: str) -> None:
    assert not is_known(words)


def test_days_before_and_after_can_be_named() -> None:
    assert day_of("2 days before Easter", 2025) == date(2025, 4, 18)
    assert day_of("1 day after fourth Thursday of November", 2025) == date(2025, 11, 28)
    assert day_of("last Friday of December", 2026) == date(2026, 12, 25)


def test_a_city_adds_and_removes_days() -> None:
    plain = Calendar((Holiday("New Year's Day", "1 January"),))
    moved = Calendar(plain.holidays, ((date(2026, 3, 4), "Founders' Day"),), frozenset({date(2026, 1, 1)}))
    assert moved.holiday(date(2026, 1, 1)) is None
    assert moved.day_off(date(2026, 3, 4)) == "Founders' Day"
    assert day_after(date(2026, 3, 3), 1, "working_days", moved) == date(2026, 3, 5)


@given(DAY, COUNT)
def test_working_days_are_those_that_one_counts_one_by_one(given_on: date, count: int) -> None:
    day, left = given_on, count
    while left:
        day += timedelta(days=1)
        left -= NC.day_off(day) is None
    assert day_after(given_on, count, "working_days", NC) == day
    assert working_days_between(given_on, day, NC) == count


@given(DAY, st.integers(1, 60))
def test_every_day_between_is_counted_or_left_out_with_its_reason(given_on: date, count: int) -> None:
    last = day_after(given_on, count, "working_days", NC)
    said = "; ".join(left_out_between(given_on, last, NC))
    off = [given_on + timedelta(days=n) for n in range(1, (last - given_on).days + 1)]
    assert sum(NC.day_off(day) is not None for day in off) == (last - given_on).days - count
    assert all(f"{day.day} {day:%b}" in said for day in off if NC.day_off(day) is not None)


@given(DAY, COUNT, COUNT)
def test_counting_on_is_counting_once(given_on: date, first: int, second: int) -> None:
    for unit in ("working_days", "calendar_days"):
        at_once = day_after(given_on, first + second, unit, NC)
        assert day_after(day_after(given_on, first, unit, NC), second, unit, NC) == at_once


@given(st.lists(st.tuples(DAY, st.integers(1, 40)), min_size=1, max_size=20))
def test_many_at_once_count_as_each_alone(rows: list[tuple[date, int]]) -> None:
    days = np.array([day for day, _ in rows], dtype="datetime64[D]")
    together = days_after(days, np.array([float(count) for _, count in rows]), "working_days", NC)
    assert [day.item() for day in together] == [day_after(day, count, "working_days", NC) for day, count in rows]


def test_an_unknown_day_stays_unknown() -> None:
    days = np.array(["NaT", "2026-01-05"], dtype="datetime64[D]")
    found = days_after(days, np.array([3.0, np.nan]), "working_days", NO_HOLIDAYS)
    assert np.isnat(found).all()
