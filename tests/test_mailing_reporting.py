"""What must be reported of an overflow, by its own numbers and day; how traceable it is; settings of mailings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
import shapely
from made_layers import EAST, NORTH
from sewer_street import accounts, street

from gis_ce.checks.line_properties import properties_on_line
from gis_ce.checks.line_rule import line_rule
from gis_ce.mailing.reporting import Spill, reporting
from gis_ce.mailing.settings import mailing_mistakes, mailing_settings
from gis_ce.mailing.traceability import traceability
from gis_ce.pack_tests import open_tested_pack

BOOK = open_tested_pack("nc-raleigh-2016", None)
KNOWN = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
VOLUME, WATER, PRESS, NOTICE, WRITTEN = (
    "verbal_report_volume",
    "verbal_report_surface_water",
    "press_release",
    "public_notice",
    "written_report",
)


def _duties(gallons: float | None, to_water: float | None, day: date = DAY) -> dict[str, tuple[str, float | None]]:
    """Answer of each duty, and its clock in hours."""
    found = reporting(BOOK, day, Spill(gallons, to_water, KNOWN)).duties
    hours = {duty.name: (duty.due_at - KNOWN) / timedelta(hours=1) if duty.due_at else None for duty in found}
    return {duty.name: (duty.answer, hours[duty.name]) for duty in found}


@pytest.mark.parametrize(
    ("gallons", "to_water", "due"),
    [
        (1000, 0, {WRITTEN}),
        (1000.1, 0, {VOLUME, WRITTEN}),
        (1, 1, {WATER, WRITTEN}),
        (999, 999, {WATER, WRITTEN}),
        (1000, 1000, {WATER, PRESS, WRITTEN}),
        (20_000, 999, {VOLUME, WATER, WRITTEN}),
        (14_999, 14_999, {VOLUME, WATER, PRESS, WRITTEN}),
        (15_000, 15_000, {VOLUME, WATER, PRESS, NOTICE, WRITTEN}),
    ],
)
def test_the_thresholds_of_north_carolina(gallons: float, to_water: float, due: set[str]) -> None:
    found = _duties(gallons, to_water)
    assert {name for name, (answer, _) in found.items() if answer == "due"} == due
    assert {name for name, (answer, _) in found.items() if answer == "not_due"} == set(found) - due


def test_the_clocks_run_from_first_knowledge_and_the_press_had_48_hours_before_2014() -> None:
    now, then = _duties(15_000, 15_000), _duties(15_000, 15_000, date(2014, 9, 19))
    assert now == {
        VOLUME: ("due", 24),
        WATER: ("due", 24),
        PRESS: ("due", 24),
        NOTICE: ("due", None),
        WRITTEN: ("due", 120),
    }
    assert then[PRESS] == ("due", 48)
    assert _duties(1, 1, date(2014, 9, 20))[WATER] == ("due", 24)
    (notice,) = [d for d in reporting(BOOK, DAY, Spill(2e4, 2e4, KNOWN)).duties if d.name == NOTICE]
    assert notice.why.endswith("its time limit is not on record here.")


def test_what_nobody_noted_is_undecided_and_never_not_due() -> None:
    found = _duties(None, None)
    assert {name: answer for name, (answer, _) in found.items()} == {
        VOLUME: "undecided", WATER: "undecided", PRESS: "undecided", NOTICE: "undecided", WRITTEN: "due",
    }  # fmt: skip
    (press,) = [d for d in reporting(BOOK, DAY, Spill(5000, None, KNOWN)).duties if d.name == PRESS]
    assert press.why == "It is due from 1,000 gallons or more to surface water, and how much was spilled is not noted."


def test_where_no_rule_is_in_force_there_is_no_duty_and_no_rule() -> None:
    found = reporting(open_tested_pack("va", None), DAY, Spill(1, 1, KNOWN))
    assert (found.duties, found.rule) == ((), None)


def test_how_traceable_is_told_by_figures_and_leads_with_reasons() -> None:
    query = street()
    on_line = properties_on_line(query, np.array([0, 1]), line_rule(BOOK, DAY)).on_line
    place = shapely.Point(EAST + 150, NORTH + 30)
    found = traceability(query, accounts(), on_line, place, ("food service",), ["S1", None])
    assert (found.connections, found.accounts, found.food_service, found.repeats) == (8, 2, 1, 2)
    assert found.nearest_lateral_ft == pytest.approx(0.0)
    first = found.leads[0]
    assert (first.parcel_id, first.reasons) == (
        "N1",
        ("an account there is for food service", "its lateral lies 0 ft from the place"),
    )
    assert "1 earlier overflows were noted at it" in {said for lead in found.leads for said in lead.reasons}
    assert "1 of 2 accounts serve food (50 %)" in found.sentence
    assert found.sentence.endswith("it is no finding against anybody.")


def test_without_accounts_the_share_is_not_known_and_not_zero() -> None:
    on_line = properties_on_line(street(), np.array([2]), line_rule(BOOK, DAY)).on_line
    found = traceability(street(), None, on_line, shapely.Point(EAST + 500, NORTH + 30), ("food",))
    assert (found.food_service, found.nearest_lateral_ft, found.leads) == (None, None, ())
    assert "no account says what it is for" in found.sentence


def test_every_mistake_of_the_settings_is_told_at_once() -> None:
    table = {
        "reach": "down",
        "upstream_ft": 0,
        "suppress_days": True,
        "letter": "",
        "food_service": "bar",
        "nightly": 1,
        "x": 1,
    }
    assert len(mailing_mistakes(table)) == 7
    good = {
        "reach": "segment",
        "upstream_ft": 500,
        "suppress_days": 90,
        "city": "A",
        "state": "NC",
        "zip_code": "27000",
    }
    assert mailing_mistakes(good) == []
    made = mailing_settings(good)
    assert (made.reach, made.upstream_ft, made.suppress_days, made.town.zip_code) == ("segment", 500.0, 90, "27000")
    assert mailing_settings({"upstream_ft": 500}).line.sentence == (
        "The blocked segment and 500 ft upstream of it along the pipes."
    )
