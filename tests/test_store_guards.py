"""What the database itself keeps watch over: rows that are never changed, and the spatial index."""

from __future__ import annotations

import pytest
import shapely
from made_cases import OPENED, add_case
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from gis_ce.case_store import CaseStore, ensure_spatial_index, open_store
from gis_ce.geometry_column import dwithin
from gis_ce.geometry_sql import box_table
from gis_ce.store_guards import indexed_columns, missing_guards
from gis_ce.tables import Mailing, MailingEvent, Note, Site, SiteMove

HERE = shapely.Point(2_100_000, 738_000)
_KEPT = ("event", "note", "site_move", "mailing_event")


def _with_a_row_in_each(store: CaseStore) -> None:
    with store.session() as session:
        add_case(session, "a", HERE)
        session.add(Note(id="n", case_id="a", at=OPENED, by="ann", text="x"))
        session.add(SiteMove(case_id="a", at=OPENED, by="ann", to_geometry=HERE, reason="found"))
        session.add(Mailing(id="m", number="M-1", case_id="a", made_at=OPENED, made_by="ann"))
        session.add(MailingEvent(mailing_id="m", at=OPENED, by="ann", kind="made"))
        session.commit()


@pytest.mark.parametrize("table", _KEPT)
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET by = 'bob'", "UPDATE {} SET id = id", "DELETE FROM {}", "DELETE FROM {} WHERE by = 'ann'"],
)
def test_events_notes_and_moves_are_never_changed_or_deleted(case_store: CaseStore, table: str, statement: str) -> None:
    _with_a_row_in_each(case_store)
    with case_store.session() as session, pytest.raises(DBAPIError, match=f"A row of {table} is never changed"):
        session.execute(text(statement.format(table)))
    with case_store.reading() as session:
        assert session.execute(text(f"SELECT count(*), min(by) FROM {table}")).one() == (1, "ann")


@pytest.mark.parametrize("table", _KEPT)
def test_they_cannot_be_emptied_or_replaced_at_once_either(case_store: CaseStore, table: str) -> None:
    _with_a_row_in_each(case_store)
    whole = f"REPLACE INTO {table} SELECT * FROM {table}"
    if case_store.engine.dialect.name == "postgresql":
        whole = f"TRUNCATE {table} CASCADE"
    with case_store.session() as session, pytest.raises(DBAPIError, match=r"A row of \w+ is never changed"):
        session.execute(text(whole))


def _drop_all_guards(store: CaseStore) -> set[str]:
    with store.engine.connect() as connection, connection.begin():
        before = set(_guards(store, connection))
        for name in sorted(before):
            connection.execute(text(_drop(store, name)))
        assert set(missing_guards(connection)) == before
    return before


def _guards(store: CaseStore, connection: object) -> list[str]:
    sqlite = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    postgis = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal UNION ALL SELECT 'ix_site_geometry'"
    words = sqlite if store.engine.dialect.name == "sqlite" else postgis
    return [row[0] for row in connection.execute(text(words))]  # type: ignore[attr-defined]


def _drop(store: CaseStore, name: str) -> str:
    if name.startswith("ix_"):
        return f"DROP INDEX {name}"
    on = "" if store.engine.dialect.name == "sqlite" else f" ON {name.rpartition('_no_')[0]}"
    return f"DROP TRIGGER {name}{on}"


def test_all_guards_come_back_when_a_store_is_opened_and_when_it_is_upgraded(case_store: CaseStore) -> None:
    dropped = _drop_all_guards(case_store)
    assert len(dropped) >= 7
    assert {finding.what for finding in case_store.check()} == {f"The guard {name} is missing." for name in dropped}
    url = case_store.engine.url.render_as_string(hide_password=False)
    opened = open_store(url, 2264)
    assert opened.check() == []
    _drop_all_guards(case_store)
    case_store.upgrade()
    assert opened.check() == []
    opened.close()


def test_an_index_whose_triggers_were_gone_is_filled_anew(case_store: CaseStore) -> None:
    _with_a_row_in_each(case_store)
    _drop_all_guards(case_store)
    far = shapely.Point(2_200_000, 738_000)
    with case_store.session() as session:
        session.execute(text("UPDATE site SET geometry = NULL"))
        add_case(session, "b", far)
        session.get_one(Site, "site-a").geometry = shapely.Point(2_150_000, 738_000)
        session.commit()
    assert ensure_spatial_index(case_store.engine)
    assert ensure_spatial_index(case_store.engine) == []
    assert _found(case_store, far) == ["site-b"]
    assert _found(case_store, shapely.Point(2_150_000, 738_000)) == ["site-a"]
    assert _found(case_store, HERE) == []
    assert case_store.check() == []


def test_the_index_follows_every_change_of_a_place(case_store: CaseStore) -> None:
    with case_store.session() as session:
        for name, place in (("a", HERE), ("b", None), ("c", HERE)):
            add_case(session, name, place)
        session.commit()
        session.get_one(Site, "site-a").geometry = None
        session.get_one(Site, "site-b").geometry = HERE
        session.delete(session.get_one(Site, "site-c"))
        session.commit()
    assert _found(case_store, HERE) == ["site-b"]
    assert case_store.check() == []


def test_a_table_rebuilt_by_a_migration_keeps_its_index(case_store: CaseStore) -> None:
    """SQLite changes a table by making it anew, and its triggers go with the old one."""
    if case_store.engine.dialect.name != "sqlite":
        return
    _with_a_row_in_each(case_store)
    with case_store.engine.connect() as connection, connection.begin():
        for words in (
            "CREATE TABLE site_new AS SELECT * FROM site",
            "DROP TABLE site",
            "ALTER TABLE site_new RENAME TO site",
        ):
            connection.execute(text(words))
        assert missing_guards(connection)
    case_store.upgrade()
    assert _found(case_store, HERE) == ["site-a"]
    assert case_store.check() == []


def test_a_wrong_index_is_found_and_an_upgrade_mends_it(case_store: CaseStore) -> None:
    if case_store.engine.dialect.name != "sqlite":
        return
    _with_a_row_in_each(case_store)
    boxes = box_table(*next(indexed_columns()))
    with case_store.session() as session:
        session.execute(text(f"UPDATE {boxes} SET min_x = 1, max_x = 2"))
        session.execute(text(f"INSERT INTO {boxes} VALUES (99, 1, 2, 1, 2)"))
        session.commit()
    (finding,) = case_store.check()
    assert finding.what == "The spatial index of site misses 1 rows and has 1 too many."
    case_store.upgrade()
    assert case_store.check() == []


def _found(store: CaseStore, place: shapely.Point) -> list[str]:
    with store.reading() as session:
        return list(session.scalars(select(Site.id).where(dwithin(Site.geometry, place, 1.0)).order_by(Site.id)))
