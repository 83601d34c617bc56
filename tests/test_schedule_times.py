"""When something is on the schedule: by cron in the city's time or every so often, whatever the clock does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gis_ce.errors import ScheduleRefused
from gis_ce.schedule_times import AGAIN, is_due, next_after, rhythms, when

ZONE = ZoneInfo("America/New_York")
NIGHT = when("30 2 * * *")
SHIPPED = {"layers": "off", "backup": "0 0 * * *"}
BEGUN = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
"""Half past two in the town."""


def test_what_never_ran_is_due_and_what_is_off_never_is() -> None:
    assert is_due(NIGHT, None, False, BEGUN, ZONE)
    assert not is_due(when("off"), None, False, BEGUN, ZONE)
    assert next_after(when("off"), BEGUN, ZONE) is None


def test_cron_comes_once_a_night_by_the_clock_of_the_city() -> None:
    assert not is_due(NIGHT, BEGUN, False, BEGUN + timedelta(hours=23, minutes=59), ZONE)
    assert is_due(NIGHT, BEGUN, False, BEGUN + timedelta(hours=24), ZONE)


def test_an_hour_that_the_clock_leaves_out_in_spring_is_made_up_for() -> None:
    before = datetime(2026, 3, 7, 12, tzinfo=ZONE)
    following = next_after(NIGHT, before, ZONE)
    assert following is not None
    assert following.astimezone(ZONE).date().isoformat() == "2026-03-08"


def test_an_interval_counts_from_the_last_begin() -> None:
    often = when("every 6 hours")
    assert not is_due(often, BEGUN, False, BEGUN + timedelta(hours=5, minutes=59), ZONE)
    assert is_due(often, BEGUN, False, BEGUN + timedelta(hours=6), ZONE)


def test_what_failed_is_tried_again_but_not_at_once() -> None:
    assert not is_due(NIGHT, BEGUN, True, BEGUN + AGAIN - timedelta(seconds=1), ZONE)
    assert is_due(NIGHT, BEGUN, True, BEGUN + AGAIN, ZONE)
    assert not is_due(NIGHT, BEGUN, False, BEGUN + AGAIN, ZONE)


def test_a_clock_that_was_set_back_stops_nothing() -> None:
    assert is_due(NIGHT, BEGUN, False, BEGUN - timedelta(days=300), ZONE)


def test_a_clock_that_jumps_ahead_makes_one_run_due_and_not_one_for_each_day() -> None:
    later = BEGUN + timedelta(days=400)
    assert is_due(NIGHT, BEGUN, False, later, ZONE)
    assert not is_due(NIGHT, later, False, later + timedelta(minutes=1), ZONE)


def test_a_day_that_never_comes_is_never_due() -> None:
    assert next_after(when("0 0 30 2 *"), BEGUN, ZONE) is None


def test_settings_change_the_rhythm_of_what_they_name() -> None:
    found = rhythms(
        "drill = off; layers=every 12 hours ;", {"drill": "0 1 * * 0", "layers": "off", "backup": "0 0 * * *"}
    )
    assert {name: each.said for name, each in found.items()} == {
        "drill": "off",
        "layers": "every 12 hours",
        "backup": "0 0 * * *",
    }


def test_all_mistakes_in_settings_are_told_at_once() -> None:
    with pytest.raises(ScheduleRefused) as caught:
        rhythms(
            "drill; coffee = off; backup = 99 * * * *; layers = every 0 days",
            {"drill": "off", "backup": "off", "layers": "off"},
        )
    for said in ("'drill' has no rhythm", "no schedule 'coffee'", "'99 * * * *' is no rhythm", "every 0"):
        assert said in str(caught.value)
