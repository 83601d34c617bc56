"""Rules as dated data: which is in force, and what a broken file is told."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from gis_ce.errors import UnknownPack
from gis_ce.file_errors import RuleFileError
from gis_ce.rule_files import open_pack, read_pack, shipped_packs

FOLDER = files("gis_ce") / "data" / "rules"
TEXT = (FOLDER / "nc.yaml").read_text(encoding="utf-8")


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
    broken = TEXT.replace("add_in: 24", "add_in: two feet").replace("subject: second_call", "subject: watr", 1)
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
        ("- id: nc-ticket-life-2014", "- id: nc-ticket-life-2025", "is used twice"),
        ("status: unconfirmed", "status: sure", "is not one of confirmed, unconfirmed, missing"),
        ("text_is: bill", "text_is: law", "text_is 'law' is not one of statute, ordinance"),
        ("    text_is: bill\n", "", "text_is is missing"),
        ("answer_within_hours: 3", "answer_in_h: 3", "values.answer_in_h is not a value of second_call"),
        (
            "life_unit: working_days",
            "life_unit: days",
            "values.life_unit 'days' is not one of working_days",
        ),
        ('"10": {meaning', "10: {meaning", "values.codes.10: write the code in quotes"),
        ("meaning: no conflict, clear: true}", "meaning: no conflict}", "line .*clear is missing"),
        ('meaning: "marked", clear: true, marked: true', "meaning: marked, clear: true", "codes.20.marked is missing"),
        ("falls: 4 July", "falls: 4 Jule", "Independence Day falls on '4 Jule', which names no day of every year"),
        ("at: [150, 2.8]", "at: [150]", "at is not two numbers"),
        ('"LINESTRING(0 0,300 0)"', '"LINESTRING(0 0"', "wkt is no geometry"),
        ("check: tolerance_zone", "chek: tolerance_zone", "a case begins with one of check, code, subject, given"),
        ("extends: us", "extends: [us]", "extends is not a str"),
        ("format: 1", "format: [", "it is not YAML"),
    ],
)
def test_each_mistake_in_a_rules_file_has_its_own_words(old: str, new: str, said: str) -> None:
    with pytest.raises(RuleFileError, match=said):
        read_pack(TEXT.replace(old, new, 1), "broken.yaml")


def test_an_unknown_pack_is_told_which_packs_there_are() -> None:
    with pytest.raises(UnknownPack, match="nc-raleigh-2016"):
        open_pack("raleigh")


def test_a_pack_that_extends_another_has_its_rules_and_replaces_whole_subjects() -> None:
    state, city = open_pack("nc"), open_pack("nc-clayton")
    assert city.base is not None
    assert city.base.pack == "nc"
    assert city.of("ticket_life") == state.of("ticket_life")
    assert [rule.id for rule in city.of("water_availability")] == ["clayton-water-availability"]
    assert city.calendar == state.calendar


def test_packs_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    for name, other in (("one", "two"), ("two", "one")):
        head = f"format: 1\npack: {name}\ntitle: t\njurisdiction: NC\nextends: {other}\nrules: []\n"
        (tmp_path / f"{name}.yaml").write_text(head, encoding="utf-8")
    with pytest.raises(RuleFileError, match="extend each other"):
        open_pack("one", tmp_path)


def test_a_response_code_is_never_without_its_jurisdiction() -> None:
    day = date(2026, 1, 5)
    north_carolina, virginia = (open_pack(name).on("response_codes", day) for name in ("nc", "va"))
    assert north_carolina is not None
    assert virginia is not None
    assert (north_carolina.jurisdiction, north_carolina.table("codes")["10"]["meaning"]) == ("NC", "no conflict")
    assert (virginia.jurisdiction, virginia.table("codes")["10"]["meaning"]) == ("VA", "marked")


def test_no_shipped_rule_that_rests_on_a_bill_is_called_confirmed() -> None:
    of_bills = [rule for name in shipped_packs() for rule in open_pack(name).rules if rule.text_is == "bill"]
    assert of_bills
    assert {rule.status for rule in of_bills} == {"unconfirmed"}
