"""Rules as dated data: which is in force, and what a broken file is told."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import numpy as np
import pytest

from gis_ce.errors import RuleFileError, UnknownPack
from gis_ce.rule_files import open_pack, read_pack, shipped_packs

TEXT = (files("gis_ce") / "data" / "rules" / "nc-raleigh-2016.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        (date(2014, 9, 30), "nc-tolerance-zone-before-2014"),
        (date(2014, 10, 1), "nc-tolerance-zone-2014"),
        (date(2025, 9, 30), "nc-tolerance-zone-2014"),
        (date(2025, 10, 1), "nc-tolerance-zone-2025"),
    ],
)
def test_the_rule_in_force_on_the_day_of_the_event_counts(day: date, rule: str) -> None:
    book = open_pack("nc-raleigh-2016")
    chosen = book.choose("tolerance_zone", np.array([day], dtype="datetime64[D]"))
    found = book.on("tolerance_zone", day)
    assert found is not None
    assert found.id == rule
    assert chosen.rules[chosen.index[0]].id == rule


def test_before_the_first_rule_there_is_none() -> None:
    assert open_pack("nc-raleigh-2016").on("tolerance_zone", date(1984, 12, 31)) is None


def test_every_shipped_pack_can_be_read() -> None:
    assert shipped_packs()
    assert all(open_pack(name).rules for name in shipped_packs())


def test_every_shipped_rule_names_its_source_and_the_day_it_was_read() -> None:
    for name in shipped_packs():
        for rule in open_pack(name).rules:
            assert rule.citation, rule.id
            assert rule.read_on <= date(2026, 12, 31), rule.id


def test_a_broken_file_is_told_every_mistake_at_once_with_its_line() -> None:
    broken = TEXT.replace("add_in: 24", "add_in: two feet").replace("subject: water_availability", "subject: watr")
    with pytest.raises(RuleFileError) as refused:
        read_pack(broken, "broken.yaml")
    lines = [index for index, line in enumerate(broken.splitlines(), 1) if "- id: nc-tolerance-zone-2014" in line]
    assert f"line {lines[0]} (nc-tolerance-zone-2014): values.add_in is not a number" in str(refused.value)
    assert "subject 'watr' is not one of" in str(refused.value)
    assert len(refused.value.mistakes) == 5


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("effective_to: 2025-09-30", "effective_to: 2026-09-30", "are in force on the same day"),
        ("effective_to: 2025-09-30", "effective_to: 2013-09-30", "effective_to lies before effective_from"),
        ("- id: nc-right-of-way", "- id: raleigh-2016-nearest", "is used twice"),
        ("status: confirmed", "status: sure", "is not one of confirmed, unconfirmed, missing"),
        ("limit_ft: 100", "limit_m: 30", "values.limit_m is not a value of water_availability"),
        ("format: 1", "format: [", "it is not YAML"),
    ],
)
def test_each_mistake_in_a_rules_file_has_its_own_words(old: str, new: str, said: str) -> None:
    with pytest.raises(RuleFileError, match=said):
        read_pack(TEXT.replace(old, new, 1), "broken.yaml")


def test_an_unknown_pack_is_told_which_packs_there_are() -> None:
    with pytest.raises(UnknownPack, match="nc-raleigh-2016"):
        open_pack("raleigh")
