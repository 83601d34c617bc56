"""Rules on the command line: list, show, check, read, preview."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from command_line import runner
from small_town import Town, make_town

OWN_PACK = """format: 1
pack: smallville
title: Smallville's own distances
jurisdiction: Smallville, NC
extends: nc-raleigh-2016
rules:
  - id: smallville-water
    subject: water_availability
    effective_from: 2020-01-01
    status: confirmed
    limit_included: true
    citation: Town code 1-2-3
    text: Water within 30 feet.
    text_is: ordinance
    read_on: 2026-11-01
    values: {limit_ft: 30.0, measured_from: parcel_edge, not_counted_use: []}
tests:
  town:
    parcel: [{id: P1, wkt: "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))", parcel_id: P1}]
    water_main: [{id: W1, wkt: "LINESTRING (0 -20, 100 -20)", diameter_in: 8.0}]
  cases:
    - {check: water_available, at: [50, 50], day: 2026-01-05, answer: "yes"}
"""


@pytest.fixture(name="town")
def _town(tmp_path: Path) -> Town:
    made = make_town(tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "smallville.yaml").write_text(OWN_PACK, "utf-8")
    head = made.city_file.read_text("utf-8")
    made.city_file.write_text(head.replace('pack = "nc-raleigh-2016"', 'pack = "nc-raleigh-2016"\nfolder = "rules"'))
    return made


@pytest.fixture(name="run")
def _run(town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return runner(town, monkeypatch, capsys)


def test_shipped_packs_and_the_citys_own_are_listed(run: Any) -> None:
    lines = {line["pack"]: line for line in json.loads(run("rules", "list", "--json").out)}
    assert lines["smallville"]["own"] is True
    assert lines["smallville"]["extends"] == "nc-raleigh-2016"
    assert lines["nc"]["own"] is False
    assert "smallville (own)" in run("rules", "list").out


def test_packs_can_be_looked_at_without_any_city(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIS_CE_DATA", str(tmp_path / "nothing"))
    assert "nc-raleigh-2016" in run("rules", "list").out
    assert "va-" in run("rules", "show", "va").out
    assert json.loads(run("rules", "check", "va", "--json").out) == [{"pack": "va", "problems": []}]


def test_the_rules_of_a_day_are_shown(run: Any) -> None:
    before = run("rules", "show", "--on", "2014-01-01", "--subject", "ticket_life").out
    after = run("rules", "show", "--on", "2026-01-01", "--subject", "ticket_life").out
    assert "nc-ticket-life-2025" in after
    assert "nc-ticket-life-2025" not in before
    every = json.loads(run("rules", "show", "--all", "--subject", "ticket_life", "--json").out)
    assert [rule["effective_from"] for rule in every] == sorted(rule["effective_from"] for rule in every)
    assert len(every) > 1
    assert json.loads(run("rules", "show", "smallville", "--subject", "water_availability", "--json").out)[0]["id"] == (
        "smallville-water"
    )


def test_a_pack_that_fails_its_tests_is_named_with_the_line(run: Any, town: Town) -> None:
    assert run("rules", "check").code == 0
    broken = OWN_PACK.replace('answer: "yes"', 'answer: "no"')
    (town.city_file.parent / "rules" / "smallville.yaml").write_text(broken, "utf-8")
    ran = run("rules", "check", "nc", "smallville")
    assert ran.line == "1 of 2 packs cannot be used: smallville."
    assert "smallville.yaml line 22: expected no, got yes" in " ".join(ran.out.split())


def test_who_has_read_a_rule_is_recorded_and_makes_it_confirmed(run: Any, town: Town) -> None:
    shown = ("rules", "show", "--subject", "water_availability", "--json")
    assert json.loads(run(*shown).out)[0]["status"] == "unconfirmed"
    source = "https://www.ncleg.gov/"
    ran = run("rules", "read", "raleigh-2016-water-availability", "--by", "Jane Roe", "--source", source)
    assert ran.code == 0, ran.err
    assert "read by Jane Roe" in ran.out
    (rule,) = json.loads(run(*shown).out)
    assert (rule["status"], rule["read_by"]) == ("confirmed", "Jane Roe")
    (line,) = yaml.safe_load((town.city_file.parent / "rules" / "readings.yaml").read_text("utf-8"))["readings"]
    assert line["source_url"] == source
    assert "Read by Jane Roe" in run("rules", "show", "--subject", "water_availability").out


def test_a_bills_words_are_read_with_the_official_ones(run: Any, tmp_path: Path) -> None:
    words = ("rules", "read", "nc-tolerance-zone-2025", "--by", "Jane Roe", "--source", "https://www.ncleg.gov/")
    refused = run(*words)
    assert refused.code == 1
    assert "its words are a bill's; give the official words" in refused.err
    (tmp_path / "official.txt").write_text("The statute's own words.\n", "utf-8")
    assert run(*words, "--text", tmp_path / "official.txt").code == 0
    (rule,) = json.loads(run("rules", "show", "--subject", "tolerance_zone", "--json").out)
    assert (rule["text"], rule["text_is"]) == ("The statute's own words.", "statute")


def test_what_turns_under_another_pack_is_counted_and_listed(run: Any) -> None:
    words = ("rules", "preview", "--to-pack", "smallville", "--from-day", "2026-11-01", "--checks", "water_available")
    message = json.loads(run(*words, "--json").out)
    assert (message["before"]["pack"], message["after"]["pack"]) == ("nc-raleigh-2016", "smallville")
    assert {(turned["check"], turned["before"], turned["after"]) for turned in message["turned"]} == {
        ("water_available", "yes", "no")
    }
    assert {turned["rule_after"] for turned in message["turned"]} == {"smallville-water"}
    shown = run(*words).out
    assert "101 Main Street" in shown
    assert "yes (60.0 ft)" in shown


def test_what_turns_from_one_day_to_another_is_told_for_a_file_of_cases(run: Any, tmp_path: Path) -> None:
    cases = tmp_path / "cases.csv"
    cases.write_text("address\n101 Main Street\nNowhere 5\n", "utf-8")
    words = ("rules", "preview", cases, "--to-pack", "smallville", "--checks", "water_available", "--json")
    message = json.loads(run(*words).out)
    assert (message["places"], message["not_located"]) == (1, 1)
    assert [turned["place"] for turned in message["turned"]] == ["row 1"]
    same = ("rules", "preview", cases, "--from-day", "2026-01-05", "--to-day", "2026-01-06")
    assert "No answer turns." in run(*same).out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "nowhere"), "There is no rules pack 'nowhere'"),
        (("show", "--subject", "luck"), "has no rule on 'luck' then; its subjects are asset_clearance"),
        (("show", "--on", "someday"), "--on"),
        (("check", "nowhere"), "There is no rules pack 'nowhere'; there are ca, "),
        (("read", "no-such-rule", "--by", "J", "--source", "x"), "has no rule 'no-such-rule'"),
        (("preview",), "Say what is to change: --to-pack PACK, or --to-day DATE."),
        (("preview", "--to-pack", "nowhere"), "There is no rules pack 'nowhere'"),
        (("preview", "none.csv", "--to-pack", "nc"), "There is no file none.csv."),
        (("nonsense",), "No such command"),
    ],
)
def test_a_mistake_is_one_clear_line(run: Any, words: tuple[str, ...], said: str) -> None:
    assert said in run("rules", *words).line


def test_a_city_without_a_folder_of_its_own_is_told_how_to_get_one(run: Any, town: Town) -> None:
    text = town.city_file.read_text("utf-8")
    town.city_file.write_text(text.replace('folder = "rules"\n', ""), "utf-8")
    ran = run("rules", "read", "nc-tolerance-zone-2025", "--by", "Jane Roe", "--source", "x")
    assert 'add folder = "rules" under [rules]' in ran.line


@pytest.mark.parametrize("width", [80, 120])
def test_no_table_is_cut_at_the_width_of_a_terminal(run: Any, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    preview = ("rules", "preview", "--to-pack", "smallville", "--checks", "water_available")
    for words in (("rules", "list"), ("rules", "show"), ("rules", "check"), preview):
        printed = run(*words).out
        assert "…" not in printed
        assert max(map(len, printed.splitlines())) <= width
