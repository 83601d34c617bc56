"""`gis-ce config check` says what would embarrass a city in production, and what to do about it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from case_doors import PASSWORD, own_store
from command_line import runner
from made_layers import DAY
from small_town import Town, features, make_town, publish_rows

from api.backup_note import note_backup
from api.production import Asked, embarrassments
from api.wiring import open_cases, open_city
from gis_ce.accounts import add_user

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture(name="town")
def _town(tmp_path: Path, sqlite_template: Path) -> Town:
    made = make_town(tmp_path)
    settings = made.settings.model_copy(update={"cases": own_store(tmp_path, sqlite_template)})
    return Town(settings, made.city_file, made.store)


def said(town: Town, now: datetime = NOW, **settings: Any) -> list[str]:
    asked = town.settings.model_copy(update=settings)
    opened = open_city(asked, town.city_file, tested=False)
    store = open_cases(asked, opened.city)
    return [f"{each.severity}: {each.what}" for each in embarrassments(Asked(asked, opened, store, now, 2))]


def with_account(town: Town) -> None:
    store = open_cases(town.settings, open_city(town.settings, town.city_file).city).ready()
    with store.session() as session:
        add_user(session, "root", "", PASSWORD, ["admin"])
        session.commit()


def backed_up(town: Town, at: datetime) -> Path:
    folder = open_city(town.settings, town.city_file).folders.layers.parent
    file = folder / "saved.sqlite"
    file.touch()
    note_backup(folder, at, file)
    return file


@pytest.fixture(name="sound")
def _sound(town: Town) -> Town:
    with_account(town)
    backed_up(town, NOW - timedelta(hours=9))
    return town


def test_a_sound_office_has_nothing_to_be_ashamed_of(sound: Town) -> None:
    assert said(sound, public_url="https://gis.city.example", host="0.0.0.0") == []


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"host": "0.0.0.0"}, "error: The service listens on 0.0.0.0 and does not know its own address"),
        ({"public_url": "http://gis.city.example"}, "error: People reach the service at http://gis.city.example"),
        ({"webhooks_inside": True}, "warning: Webhooks may go to this machine"),
        ({"oidc_secret": "hunter2"}, "error: The secret in GIS_CE_OIDC_SECRET is short or easily guessed."),
    ],
    ids=["no address", "http", "webhooks", "weak secret"],
)
def test_a_careless_setting_is_named(sound: Town, settings: dict[str, Any], expected: str) -> None:
    found = said(sound, **settings)
    assert len(found) == 1
    assert found[0].startswith(expected)


def test_a_guessed_password_of_the_database_is_named_without_being_told(town: Town, postgis_case_url: str) -> None:
    weak = re.sub(r"//([^:@/]+)(:[^@]*)?@", r"//\1:gis_ce@", postgis_case_url)
    found = [each for each in said(town, cases=weak) if "GIS_CE_CASES" in each]
    assert found == ["error: The secret in GIS_CE_CASES is short or easily guessed."]


def test_without_accounts_whoever_sits_there_is_staff(town: Town) -> None:
    backed_up(town, NOW)
    assert [each for each in said(town) if "no accounts" in each]
    assert said(town, oidc_issuer="https://login.city.example") == []


def test_a_backup_that_is_old_gone_or_was_never_made_is_named(sound: Town) -> None:
    file = backed_up(sound, NOW - timedelta(days=9))
    assert said(sound) == ["error: The last backup is of 21 Nov 2026, 9 days ago."]
    backed_up(sound, NOW)
    file.unlink()
    assert said(sound)[0].startswith("warning: The last backup")
    (file.parent / "last-backup.json").unlink()
    assert said(sound) == ["error: The cases have never been backed up with this data folder."]


def test_a_layer_that_everybody_may_see_but_should_not_is_named(sound: Town) -> None:
    words = sound.city_file.read_text("utf-8")
    begin = words.index('role = "water_main"')
    end = words.index("audience", begin)
    sound.city_file.write_text(words[:end] + words[end:].replace('"staff"', '"public"', 1), "utf-8")
    assert [each for each in said(sound) if "Everybody may see the layer" in each and "(water_main)" in each]


def test_a_stale_layer_is_named_with_its_age(sound: Town) -> None:
    publish_rows(sound.store, "hydrants", "hydrant", features()["hydrants"], audience="staff", stale_after_days=1)
    (found,) = said(sound)
    age = (open_city(sound.settings, sound.city_file).today() - DAY).days
    assert (
        found == f"error: The layer hydrants is {age:,} days old, more than the 1 it may be: its checks are undecided."
    )


def test_the_command_ends_with_1_where_something_is_grave_and_a_backup_mends_it(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GIS_CE_CASES", str(town.settings.cases))
    run = runner(town, monkeypatch, capsys)
    with_account(town)
    before = run("config", "check", "--json", "--city", town.city_file)
    assert before.code == 1
    assert [each["severity"] for each in json.loads(before.out)["findings"]] == ["error"]
    assert run("db", "backup", tmp_path / "night.sqlite", "--city", town.city_file).code == 0
    after = run("config", "check", "--city", town.city_file)
    assert (after.code, after.out.strip()) == (0, "Smallville: nothing to be ashamed of.")
