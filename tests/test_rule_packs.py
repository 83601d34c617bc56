"""Packs that prove themselves, readings by name, the city's own days, and what turns under other rules."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from drawn_towns import drawn_layer, drawn_query, sites

from gis_ce.assess import assess, explain
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import by_name
from gis_ce.city_calendar import calendar_mistakes, with_city_days
from gis_ce.city_rules import city_rules
from gis_ce.clock import day_after
from gis_ce.errors import NotQuotable
from gis_ce.file_errors import PackRefused, ReadingsFileError
from gis_ce.pack_tests import open_tested_pack
from gis_ce.readings import FILE, quotable, read_readings, record_reading, with_readings
from gis_ce.rule_files import open_pack, shipped_packs
from gis_ce.rule_listing import check_packs, list_packs, show_rules
from gis_ce.rule_preview import preview
from gis_ce.rules import Reading, Rule, RuleBook
from layers.errors import CityFileError
from layers.model import City

FOLDER = files("gis_ce") / "data" / "rules"
DAY = date(2026, 11, 1)
READING = Reading("Jane Roe, Code Enforcement", date(2026, 11, 20), "G.S. 87-117(22)", "https://www.ncleg.gov/")
OFFICIAL = "Tolerance zone: the words of the statute."


def _rule(book: RuleBook, name: str) -> Rule:
    return next(rule for rule in book.rules if rule.id == name)


@pytest.mark.parametrize("name", shipped_packs())
def test_every_shipped_pack_passes_its_own_tests(name: str) -> None:
    assert open_tested_pack(name).pack == name


def test_every_shipped_pack_but_the_common_one_brings_tests() -> None:
    assert [line.pack for line in list_packs() if not line.tests] == ["us"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("add_in: 24", "add_in: 30", "expected outside, got within"),
        ("clear: true, marked: false}", "clear: false, marked: false}", "code 10 means no conflict (clear: False)"),
        ("    effective_to: 2025-09-30\n", "    effective_to: 2025-09-29\n", "on 2025-09-30 the rule is none"),
        ("life: 28", "life: 30", "its last day is 2025-10-31, not 2025-10-29"),
        ("check: locate_ticket", "check: ticket", "There is no check 'ticket'"),
        ("answer: within}", "undecided: No rule}", "expected undecided (No rule), got within"),
        ('code: "10", day: 2026-01-05', 'code: "11", day: 2026-01-05', "code 11 has no meaning"),
    ],
)
def test_a_pack_whose_own_tests_fail_is_refused(old: str, new: str, said: str, tmp_path: Path) -> None:
    text = (FOLDER / "nc.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "nc.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(PackRefused) as refused:
        open_tested_pack("nc", tmp_path)
    assert said in str(refused.value)
    assert all("nc.yaml line " in line for line in refused.value.failed)


def test_a_citys_pack_is_refused_where_the_states_fails(tmp_path: Path) -> None:
    text = (FOLDER / "nc.yaml").read_text(encoding="utf-8")
    (tmp_path / "nc.yaml").write_text(text.replace("life: 28", "life: 30"), encoding="utf-8")
    with pytest.raises(PackRefused, match=r"nc-clayton fails .*\n.*nc\.yaml line"):
        open_tested_pack("nc-clayton", tmp_path)


def test_all_packs_can_be_listed_shown_and_checked(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("format: 1\n", encoding="utf-8")
    verdicts = {found.pack: found.problems for found in check_packs(folder=tmp_path)}
    assert verdicts.pop("broken")
    assert set(verdicts.values()) == {()}
    lives = show_rules(open_pack("nc"), "ticket_life")
    assert [rule.number("life") for rule in lives] == [15, 15, 28]
    assert [rule.id for rule in show_rules(open_pack("nc"), "ticket_life", DAY)] == ["nc-ticket-life-2025"]


def test_an_unconfirmed_rule_answers_but_may_not_be_quoted() -> None:
    with pytest.raises(NotQuotable, match=r"somebody must read the official text of G\.S\. 87-117"):
        quotable(_rule(open_pack("nc"), "nc-tolerance-zone-2025"))
    with pytest.raises(NotQuotable, match="has no known number"):
        quotable(_rule(open_pack("tx"), "tx-tolerance-zone"))
    quotable(_rule(open_pack("nc"), "common-right-of-way"))


def test_a_recorded_reading_makes_a_rule_quotable_and_says_by_whom(tmp_path: Path) -> None:
    book = open_pack("nc-raleigh-2016")
    record_reading(tmp_path, _rule(book, "raleigh-2016-water-availability"), READING)
    record_reading(tmp_path, _rule(book, "nc-tolerance-zone-2025"), READING, OFFICIAL)
    read = with_readings(book, read_readings(tmp_path))
    rule = _rule(read, "nc-tolerance-zone-2025")
    quotable(rule)
    assert (rule.status, rule.reading, rule.text, rule.text_is) == ("confirmed", READING, OFFICIAL, "statute")
    assert _rule(read, "nc-tolerance-zone-2014") == _rule(book, "nc-tolerance-zone-2014")


def test_an_answer_says_that_its_rule_is_unconfirmed_until_it_has_been_read(tmp_path: Path) -> None:
    book = open_pack("nc-raleigh-2016")
    record_reading(tmp_path, _rule(book, "nc-tolerance-zone-2025"), READING, OFFICIAL)
    query = drawn_query(
        drawn_layer("water_main", [{"id": "W1", "wkt": "LINESTRING(0 0,100 0)", "diameter_in": 8}]),
        drawn_layer("sewer_main", [{"id": "S1", "wkt": "LINESTRING(0 900,100 900)", "diameter_in": 8}]),
    )
    check, asked = by_name(CHECKS, "tolerance_zone"), sites(["POINT(50 1)"], on=DAY)
    assert check is not None
    said = []
    for rules in (book, with_readings(book, read_readings(tmp_path))):
        found = assess(asked, query, rules, [check])["tolerance_zone"]
        said.append("is unconfirmed" in explain(check, asked, query, found, 0).sentence)
    assert said == [True, False]


def test_the_words_of_a_bill_are_no_statutes_even_when_somebody_has_read_them(tmp_path: Path) -> None:
    with pytest.raises(ReadingsFileError, match="its words are a bill's"):
        record_reading(tmp_path, _rule(open_pack("nc"), "nc-tolerance-zone-2025"), READING)


def test_a_missing_number_cannot_be_read_into_being(tmp_path: Path) -> None:
    with pytest.raises(ReadingsFileError, match="its number is missing"):
        record_reading(tmp_path, _rule(open_pack("tx"), "tx-tolerance-zone"), READING)


def test_a_reading_has_a_name(tmp_path: Path) -> None:
    nobody = Reading(" ", DAY, "G.S. 87-122")
    with pytest.raises(ReadingsFileError, match="the name of its reader"):
        record_reading(tmp_path, _rule(open_pack("nc"), "nc-ticket-life-2014"), nobody)


def test_a_reading_does_not_hold_for_a_row_that_has_changed_since(tmp_path: Path) -> None:
    record_reading(tmp_path, _rule(open_pack("nc"), "nc-ticket-life-2014"), READING)
    changed = (FOLDER / "nc.yaml").read_text(encoding="utf-8").replace("life: 15", "life: 16")
    (tmp_path / "nc.yaml").write_text(changed, encoding="utf-8")
    with pytest.raises(ReadingsFileError, match="the row has changed since Jane Roe"):
        with_readings(open_pack("nc", tmp_path), read_readings(tmp_path))


def test_a_broken_file_of_readings_is_told_every_mistake_with_its_line(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(
        "format: 1\nreadings:\n  - {rule: a, row: b, by: Jane, citation: c}\n  - {rule: a, wrong: 1}\n",
        encoding="utf-8",
    )
    with pytest.raises(ReadingsFileError) as refused:
        read_readings(tmp_path)
    assert "line 3 (a): read_on is missing" in str(refused.value)
    assert "line 4 (a): wrong is not a key of a reading" in str(refused.value)


def test_the_preview_lists_what_turns_between_two_days_and_nothing_else() -> None:
    query = drawn_query(
        drawn_layer("water_main", [{"id": "W1", "wkt": "LINESTRING(0 0,100 0)", "diameter_in": 8}]),
        drawn_layer("sewer_main", [{"id": "S1", "wkt": "LINESTRING(0 900,100 900)", "diameter_in": 8}]),
    )
    asked = sites(["POINT(50 1)", "POINT(50 2.8)", "POINT(50 9)"], on=DAY)
    book = open_pack("nc")
    zone = [check for check in CHECKS if check.name == "tolerance_zone"]
    days = (date(2014, 9, 30), date(2014, 10, 1))
    (turned,) = preview(asked, query, book, book, zone, days=days)
    assert turned.check == "tolerance_zone"
    assert (list(turned.site), list(turned.before), list(turned.after)) == ([1], ["within"], ["outside"])
    assert list(turned.rule_before) == ["nc-tolerance-zone-before-2014"]
    np.testing.assert_allclose(turned.margin_after_ft - turned.margin_before_ft, [-0.5])
    assert preview(asked, query, book, book, zone) == []


def test_the_preview_lists_what_turns_between_two_packs() -> None:
    query = drawn_query(
        drawn_layer("water_main", [{"id": "W1", "wkt": "LINESTRING(0 250,100 250)", "diameter_in": 8}]),
        drawn_layer("parcel", [{"id": "P1", "wkt": "POLYGON((0 0,100 0,100 100,0 100,0 0))"}]),
    )
    asked = sites(["POINT(50 50)"], on=DAY)
    water = [check for check in CHECKS if check.name == "water_available"]
    (turned,) = preview(asked, query, open_pack("nc-raleigh-2016"), open_pack("nc-sanford"), water)
    assert (list(turned.before), list(turned.after)) == (["no"], ["yes"])
    assert list(turned.rule_after) == ["sanford-water-availability"]


def test_a_city_can_add_and_remove_holidays() -> None:
    book = with_city_days(open_pack("nc"), {"add": {"2026-03-04": "Founders' Day"}, "remove": [date(2026, 11, 11)]})
    assert day_after(date(2026, 3, 3), 1, "working_days", book.calendar) == date(2026, 3, 5)
    assert book.calendar.holiday(date(2026, 11, 11)) is None
    assert book.calendar.holiday(date(2026, 12, 25)) == "Christmas Day"


def test_a_wrong_calendar_is_told_every_mistake() -> None:
    mistakes = calendar_mistakes({"add": {"4 March": "x"}, "remove": ["2026-11-11"], "holidays": "US"})
    assert [mistake.place for mistake in mistakes] == ["[calendar] holidays", "[calendar] add", "[calendar] remove"]
    assert calendar_mistakes({}) == []


def _city(folder: Path, **tables: dict[str, object]) -> City:
    return City("Drawn", "America/New_York", 2264, "NC", folder, (), other=tables)


def test_a_citys_rules_have_its_readings_and_its_days(tmp_path: Path) -> None:
    record_reading(tmp_path / "law", _rule(open_pack("nc"), "nc-ticket-life-2014"), READING)
    rules = {"pack": "nc-raleigh-2016", "folder": "law"}
    book = city_rules(_city(tmp_path, rules=rules, calendar={"remove": [date(2026, 11, 11)]})).rulebook
    assert _rule(book, "nc-ticket-life-2014").reading == READING
    assert book.calendar.holiday(date(2026, 11, 11)) is None


def test_a_city_with_a_pack_that_fails_its_tests_is_not_opened(tmp_path: Path) -> None:
    text = (FOLDER / "nc.yaml").read_text(encoding="utf-8")
    (tmp_path / "nc.yaml").write_text(text.replace("life: 28", "life: 30"), encoding="utf-8")
    with pytest.raises(PackRefused):
        city_rules(_city(tmp_path, rules={"pack": "nc", "folder": "."}))
    with pytest.raises(CityFileError, match=r"\[calendar\] remove"):
        city_rules(_city(tmp_path, rules={"pack": "nc"}, calendar={"remove": "never"}))
