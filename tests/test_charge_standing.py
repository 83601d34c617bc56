"""The days of a penalty and what they come to, as an officer can check them on a calendar."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from desks import rules
from hypothesis import given
from hypothesis import strategies as st

from gis_ce.charge_standing import standing
from gis_ce.errors import ChargeRefused
from gis_ce.money import cents_of, dollars
from gis_ce.tables import Charge, ChargeEntry

SITUATIONS = yaml.safe_load((Path(__file__).parent / "situations_penalties.yaml").read_text("utf-8"))


def entries(situation: dict[str, Any]) -> list[ChargeEntry]:
    made = []
    for first, again in situation.get("stays", ()):
        made.append(ChargeEntry(kind="stayed", on_day=first))
        made += [ChargeEntry(kind="resumed", on_day=again)] if again else []
    return made + ([ChargeEntry(kind="ended", on_day=situation["ended"])] if "ended" in situation else [])


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda each: each["name"])
def test_a_penalty_counts_as_on_the_calendar(situation: dict[str, Any]) -> None:
    charge = Charge(
        per_day_cents=cents_of(situation["amount"]),
        first_day_on=situation["deadline"] + timedelta(days=1),
        day_unit=situation.get("unit", "calendar_days"),
        counted_while_stayed=situation.get("counted", False),
        most_cents=cents_of(situation["most"]) if "most" in situation else None,
    )
    found = standing(charge, entries(situation), situation["today"], rules().rulebook.calendar)
    assert (found.days, dollars(found.charged_cents)) == (situation["days"], situation["charged"])
    assert found.running == ("ended" not in situation)
    assert found.said.startswith(f"{situation['days']} ")


@given(st.integers(min_value=1, max_value=100_000_000_000))
def test_an_amount_is_read_as_it_is_shown(cents: int) -> None:
    assert cents_of(dollars(cents)) == cents


@pytest.mark.parametrize("text", ["", "-5", "0", "1.234", "1,25", "12e3", "ten", "NaN", "2000000000"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ChargeRefused, match="An amount"):
        cents_of(text)
