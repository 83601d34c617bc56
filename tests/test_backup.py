"""Backups are made while others write, and what is restored is what was there."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from threading import Event as Flag
from threading import Thread

import case_stores
import pytest
import shapely
from made_cases import OPENED, add_case
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from gis_ce.backup import back_up, held, restore
from gis_ce.case_numbers import next_number
from gis_ce.case_store import CaseStore, open_store
from gis_ce.errors import BackupRefused
from gis_ce.geometry_column import dwithin
from gis_ce.tables import Case, Event, Note, Site

HERE = shapely.Point(2_100_000, 738_000)


@pytest.fixture
def store(case_store: CaseStore) -> CaseStore:
    with case_store.session() as session:
        for name in "abc":
            number = next_number(session, "damages", "DAM", OPENED, "America/New_York")
            add_case(session, name, HERE, number=number, data={"ünit": "ft", "depth": 1.25})
        session.add(Note(id="n", case_id="a", at=OPENED, by="ann", text="wet"))
        session.commit()
    return case_store


def _everything(store: CaseStore) -> dict[str, list[tuple[object, ...]]]:
    tables = ("case_", "site", "event", "note", "case_counter", "site_move", "alembic_version")
    with store.reading() as session:
        return {
            name: sorted(tuple(map(repr, row)) for row in session.execute(text(f"SELECT * FROM {name}")))
            for name in tables
        }


def test_a_backup_brings_everything_back_after_it_was_changed(store: CaseStore, tmp_path: Path) -> None:
    before = _everything(store)
    back_up(store, tmp_path / "then.backup")
    with store.session() as session:
        add_case(session, "d", HERE)
        session.get_one(Case, "a").title = "changed"
        session.commit()
    assert _everything(store) != before
    restore(store, tmp_path / "then.backup", keep=tmp_path / "replaced.backup")
    assert _everything(store) == before
    assert store.check() == []
    restore(store, tmp_path / "replaced.backup", keep=tmp_path / "again.backup")
    assert held(store).cases == 4


def test_a_restored_store_is_guarded_indexed_and_counts_on(store: CaseStore, tmp_path: Path) -> None:
    back_up(store, tmp_path / "then.backup")
    last = _last_event(store)
    restore(store, tmp_path / "then.backup", keep=tmp_path / "replaced.backup")
    with store.session() as session:
        assert next_number(session, "damages", "DAM", OPENED, "America/New_York") == "DAM-2026-00004"
        add_case(session, "d", HERE)
        session.commit()
        assert len(session.scalars(select(Site.id).where(dwithin(Site.geometry, HERE, 1))).all()) == 4
    assert _last_event(store) > last
    with store.session() as session, pytest.raises(DBAPIError, match="never changed"):
        session.execute(text("DELETE FROM event"))


def _last_event(store: CaseStore) -> int:
    with store.reading() as session:
        return max(session.scalars(select(Event.id)))


def test_what_else_lies_in_the_database_stays_as_it_is(store: CaseStore, tmp_path: Path) -> None:
    if store.engine.dialect.name == "sqlite":
        return
    with store.session() as session:
        session.execute(text("CREATE SCHEMA town CREATE TABLE pipe (id int)"))
        session.execute(text("CREATE TABLE public.other AS SELECT 1 AS id"))
        session.commit()
    try:
        back_up(store, tmp_path / "then.backup")
        with store.session() as session:
            session.execute(text("INSERT INTO town.pipe VALUES (7)"))
            session.execute(text("INSERT INTO public.other VALUES (2)"))
            session.commit()
        restore(store, tmp_path / "then.backup", keep=tmp_path / "kept")
        with store.reading() as session:
            assert session.execute(text("SELECT id FROM town.pipe")).all() == [(7,)]
            assert session.execute(text("SELECT count(*) FROM public.other")).scalar_one() == 2
        assert store.check() == []
    finally:
        with store.session() as session:
            session.execute(text("DROP SCHEMA town CASCADE"))
            session.execute(text("DROP TABLE public.other"))
            session.commit()


def test_a_backup_is_restored_into_a_store_that_never_had_tables(
    store: CaseStore, tmp_path: Path, postgis_dsn: str
) -> None:
    back_up(store, tmp_path / "then.backup")
    if store.engine.dialect.name == "sqlite":
        new = open_store(f"sqlite:///{tmp_path / 'new' / 'cases.sqlite'}", 2264)
        restore(new, tmp_path / "then.backup")
        assert _everything(new) == _everything(store)
        return
    with case_stores.postgis_database(postgis_dsn) as url:
        new = open_store(url, 2264)
        restore(new, tmp_path / "then.backup")
        assert _everything(new) == _everything(store)
        assert new.check() == []
        new.close()


def test_a_backup_holds_one_moment_while_others_write(store: CaseStore, tmp_path: Path) -> None:
    stop, failed = Flag(), []

    def write() -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            with store.session() as session:
                add_case(session, f"w{turn}", HERE)
                session.add(Note(id=f"w{turn}", case_id=f"w{turn}", at=OPENED, by="ann", text="x"))
                session.commit()
        if turn < 2:
            failed.append("nobody wrote meanwhile")

    writer = Thread(target=write)
    writer.start()
    for turn in range(3):
        back_up(store, tmp_path / f"{turn}.backup")
    stop.set()
    writer.join()
    assert failed == []
    for turn in range(3):
        restore(store, tmp_path / f"{turn}.backup", keep=tmp_path / f"{turn}.replaced")
        with store.reading() as session:
            cases = set(session.scalars(select(Case.id))) - {"a", "b", "c"}
            assert cases == set(session.scalars(select(Note.id))) - {"n"}
        assert store.check() == []


def test_a_restore_over_cases_needs_a_place_to_keep_them(store: CaseStore, tmp_path: Path) -> None:
    back_up(store, tmp_path / "then.backup")
    with pytest.raises(BackupRefused, match="holds 3 cases; a restore would replace them"):
        restore(store, tmp_path / "then.backup")


def test_a_backup_never_writes_over_a_file(store: CaseStore, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("precious")
    with pytest.raises(BackupRefused, match="there already"):
        back_up(store, tmp_path / "there")
    assert (tmp_path / "there").read_text() == "precious"


def test_what_is_no_backup_is_refused_and_nothing_changes(store: CaseStore, tmp_path: Path) -> None:
    before = _everything(store)
    (tmp_path / "text").write_text("no backup")
    (tmp_path / "none").write_bytes(b"")
    sqlite3.connect(tmp_path / "other.sqlite").execute("CREATE TABLE x (y)").connection.close()
    for name in ("text", "none", "other.sqlite", "missing"):
        with pytest.raises(BackupRefused, match="no backup"):
            restore(store, tmp_path / name, keep=tmp_path / "kept")
    assert not (tmp_path / "kept").exists()
    assert _everything(store) == before


def test_half_a_backup_is_refused(store: CaseStore, tmp_path: Path) -> None:
    back_up(store, tmp_path / "whole")
    content = (tmp_path / "whole").read_bytes()
    (tmp_path / "half").write_bytes(content[: len(content) // 2])
    before = _everything(store)
    with pytest.raises(BackupRefused):
        restore(store, tmp_path / "half", keep=tmp_path / "kept")
    assert _everything(store) == before


def test_a_backup_of_a_newer_program_is_refused(store: CaseStore, tmp_path: Path) -> None:
    if store.engine.dialect.name != "sqlite":
        return
    back_up(store, tmp_path / "then")
    with sqlite3.connect(tmp_path / "then") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from_tomorrow'")
    with pytest.raises(BackupRefused, match="from_tomorrow, newer than this program"):
        restore(store, tmp_path / "then", keep=tmp_path / "kept")


def test_an_unfinished_backup_is_not_left_behind(
    store: CaseStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if store.engine.dialect.name == "sqlite":
        return
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupRefused, match=r"pg_dump is not installed here: install .*postgresql-client"):
        back_up(store, tmp_path / "then")
    assert list(tmp_path.glob("then*")) == []


def test_the_password_of_a_database_is_not_among_the_words_of_a_command(
    store: CaseStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if store.engine.dialect.name == "sqlite":
        return
    seen = tmp_path / "seen"
    fake = tmp_path / "bin" / "pg_dump"
    fake.parent.mkdir()
    fake.write_text(
        f'#!/bin/sh\necho "$@" > {seen}\necho "$PGPASSWORD" >> {seen}\nexec {shutil.which("pg_dump")} "$@"\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(fake.parent), prepend=":")
    url = store.engine.url.set(password="s3cret-word")
    back_up(open_store(url, 2264), tmp_path / "then")
    words, password = seen.read_text().splitlines()
    assert "s3cret-word" not in words
    assert password == "s3cret-word"
