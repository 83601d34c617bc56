"""A drill brings a backup back elsewhere and proves it, and says so where anything is not as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from case_doors import Doors, doors_of, ok, opened
from case_stores import own_store
from made_pictures import jpeg
from small_town import Town, make_town

from gis_ce.backup_sets import ATTACHMENTS, Backup, backups, copy_attachments, keep_newest, make_backup
from gis_ce.case_store import CaseStore
from gis_ce.errors import BackupRefused
from gis_ce.restore_drill import Drilled, drill

NOW = datetime(2026, 3, 2, 17, tzinfo=UTC)


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(name="store", params=["sqlite", pytest.param("postgis", marks=pytest.mark.heavy)])
def _store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CaseStore]:
    with own_store(request, tmp_path) as store:
        yield store


@pytest.fixture(name="made")
def _made(town: Town, store: CaseStore, tmp_path: Path) -> Backup:
    doors = _doors(town, store, tmp_path)
    number = opened(doors.here)
    picture = {"file": ("leak.jpg", jpeg(), "image/jpeg")}
    ok(doors.here.post(f"/cases/{number}/attachments", files=picture))
    ok(doors.here.post(f"/cases/{number}/proposals", json={}))
    made = make_backup(store, tmp_path / "backups", NOW)
    assert copy_attachments(tmp_path / "files", tmp_path / "backups") >= 1
    return made


def _doors(town: Town, store: CaseStore, folder: Path) -> Doors:
    settings = town.settings.model_copy(update={"attachments": folder / "files"})
    return doors_of(Town(settings, town.city_file, town.store), store.engine.url.render_as_string(hide_password=False))


def tried(made: Backup, store: CaseStore) -> Drilled:
    return drill(made, store.engine.url, 2264)


def test_a_sound_backup_proves_itself_and_the_store_stays_as_it_is(store: CaseStore, made: Backup) -> None:
    found = tried(made, store)
    assert found.problems == ()
    assert found.held["cases"] == 1
    assert found.held["decision_lines"] >= 1
    assert found.files >= 1
    assert "came back: 1 cases" in found.said()
    assert store.check() == []


def test_an_attached_file_that_is_damaged_or_missing_fails_the_drill(
    store: CaseStore, made: Backup, tmp_path: Path
) -> None:
    content = next((tmp_path / "backups" / ATTACHMENTS).glob("??/*"))
    content.chmod(0o600)
    content.write_bytes(b"something else")
    assert "is damaged" in tried(made, store).said()
    content.unlink()
    assert "cannot be read" in tried(made, store).said()


def test_a_backup_that_holds_less_than_the_store_did_fails_the_drill(store: CaseStore, made: Backup) -> None:
    more = {name: count + 1 for name, count in made.least.items()}
    found = tried(Backup(made.file, made.made_at, made.sha256, more, more), store)
    assert "it holds 1 cases and should hold 2 to 2" in found.said()
    assert "NOT" in found.said()


def test_a_changed_file_is_told_by_its_hash(store: CaseStore, made: Backup) -> None:
    other = Backup(made.file, made.made_at, "0" * 64, made.least, made.most)
    assert "its bytes are not those that were written" in tried(other, store).problems


def test_a_decision_that_was_changed_in_the_backup_fails_the_drill(store: CaseStore, made: Backup) -> None:
    if store.engine.dialect.name != "sqlite":
        return
    with sqlite3.connect(made.file) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE decision_record SET body = replace(body, 'format', 'formed')")
    assert any("was changed" in problem for problem in tried(made, store).problems)


def test_a_backup_that_is_gone_or_no_backup_is_refused(store: CaseStore, made: Backup) -> None:
    made.file.chmod(0o600)
    made.file.write_bytes(b"nothing")
    with pytest.raises(BackupRefused):
        tried(made, store)
    made.file.unlink()
    with pytest.raises(BackupRefused, match="not there any more"):
        tried(made, store)


def test_only_the_newest_backups_are_kept(case_store: CaseStore, tmp_path: Path) -> None:
    made = [make_backup(case_store, tmp_path, NOW.replace(day=day)) for day in (1, 2, 3)]
    assert [each.file for each in backups(tmp_path)] == [each.file for each in reversed(made)]
    assert keep_newest(tmp_path, 2) == [made[0].file]
    assert not made[0].file.exists()
    assert len(backups(tmp_path)) == 2
