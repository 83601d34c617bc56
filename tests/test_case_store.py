"""The store of cases: the same tables, rows and refusals on SQLite and on PostGIS."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import case_stores
import psycopg
import pytest
import shapely
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from case_stores import GRID
from made_cases import add_case
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from gis_ce import case_migrations
from gis_ce.case_store import CaseStore, open_store
from gis_ce.errors import GeometryRefused, StoreBusy, StoreNotReady, TextRefused
from gis_ce.geometry_column import stored_srid
from gis_ce.tables import Case, CaseLink, Event, Note, Party, Site

NOW = datetime(2026, 3, 5, 14, 30, 15, 123456, tzinfo=UTC)


def test_what_goes_in_comes_out(case_store: CaseStore) -> None:
    place = shapely.LineString([(2_100_000.123456789, 738_000.987654321), (2_100_010, 738_005)])
    with case_store.session() as session:
        add_case(session, "a", place, data={"depth": 3.5, "ünit": "ft"}, event_on=date(2026, 3, 1), opened_at=NOW)
        session.commit()
    with case_store.reading() as session:
        case, site = session.get_one(Case, "a"), session.get_one(Site, "site-a")
        assert case.data == {"depth": 3.5, "ünit": "ft"}
        assert (case.opened_at, case.opened_at.tzinfo, case.event_on) == (NOW, UTC, date(2026, 3, 1))
        assert site.geometry is not None
        assert site.geometry.equals_exact(place, 0.0)
        assert shapely.get_srid(site.geometry) == GRID == case_store.srid


def test_the_tables_of_a_new_store_are_those_of_the_models(case_store: CaseStore) -> None:
    with case_store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=case_migrations.compared())
        assert compare_metadata(context, case_migrations.compared()["target_metadata"]) == []


def test_a_new_store_has_nothing_wrong(case_store: CaseStore) -> None:
    assert case_store.check() == []
    assert case_store.version() == case_migrations.newest()


def test_an_upgrade_of_what_is_new_changes_nothing(case_store: CaseStore) -> None:
    with case_store.session() as session:
        add_case(session, "a", shapely.Point(2_100_000, 738_000))
        session.commit()
    case_store.upgrade()
    assert case_store.check() == []
    assert case_store.ready() is case_store


def test_a_store_of_a_newer_program_is_refused_and_left_alone(case_store: CaseStore) -> None:
    with case_store.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'from_tomorrow'"))
        session.commit()
    for use in (case_store.upgrade, case_store.ready):
        with pytest.raises(StoreNotReady, match="from_tomorrow, newer than this program"):
            use()


def test_what_is_not_committed_is_undone(case_store: CaseStore) -> None:
    with case_store.session() as session:
        add_case(session, "a")
    with case_store.reading() as session:
        assert session.get(Case, "a") is None


def test_the_store_of_a_city_on_another_grid_is_noticed(case_store: CaseStore) -> None:
    with case_store.session() as session:
        add_case(session, "a", shapely.Point(2_100_000, 738_000))
        session.commit()
    other = open_store(case_store.engine.url, 2263)
    assert [finding.what for finding in other.check()] == [
        "1 sites lie on another grid than the city's (their number is not 2263)."
    ]
    other.close()


def test_rows_may_be_written_in_any_order_but_must_refer_to_something(case_store: CaseStore) -> None:
    with case_store.session() as session:
        session.add(Party(id="p", case_id="later", role="owner"))
        session.flush()
        add_case(session, "later")
        session.commit()
    with case_store.session() as session:
        session.add(Party(id="q", case_id="never", role="owner"))
        session.flush()
        with pytest.raises(IntegrityError):
            session.commit()


def test_only_the_listed_words_fit(case_store: CaseStore) -> None:
    with case_store.session() as session:
        add_case(session, "a")
        add_case(session, "b")
        session.add(CaseLink(from_case="a", to_case="b", kind="cousin", at=NOW, by="ann"))
        with pytest.raises(IntegrityError):
            session.flush()


def test_a_case_number_is_given_once(case_store: CaseStore) -> None:
    with case_store.session() as session:
        add_case(session, "a", number="DAM-2026-00001")
        with pytest.raises(IntegrityError):
            add_case(session, "b", number="DAM-2026-00001")


def test_times_come_back_in_utc_whatever_their_zone(case_store: CaseStore) -> None:
    there = NOW.astimezone(timezone(timedelta(hours=-5)))
    with case_store.session() as session:
        add_case(session, "a", due_at=there)
        session.commit()
    with case_store.reading() as session:
        found = session.get_one(Case, "a").due_at
        assert found == NOW
        assert found is not None
        assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"title": "a\0b"}, "NUL"),
        ({"title": "half \ud800"}, "position 5"),
        ({"data": {"note": "a\0b"}}, "NUL"),
        ({"data": {"depth": float("nan")}}, "not finite"),
        ({"due_at": datetime(2026, 3, 5, 14, 30)}, "no zone"),  # noqa: DTZ001
    ],
)
def test_a_value_that_one_database_could_not_hold_fits_neither(
    case_store: CaseStore, values: dict[str, object], said: str
) -> None:
    with pytest.raises(TextRefused, match=said), case_store.session() as session:
        add_case(session, "a", **values)


def test_backslashes_in_json_are_no_nul(case_store: CaseStore) -> None:
    with case_store.session() as session:
        add_case(session, "a", data={"path": "c:\\u0000x"})
        session.commit()
    with case_store.reading() as session:
        assert session.get_one(Case, "a").data == {"path": "c:\\u0000x"}


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (shapely.Point(), "empty"),
        (shapely.Point(float("nan"), 1), "finite"),
        (shapely.set_srid(shapely.Point(-78.6, 35.8), 4326), "EPSG:4326, and cases lie on EPSG:2264"),
    ],
)
def test_what_is_no_place_on_the_grid_is_refused(case_store: CaseStore, place: shapely.Geometry, said: str) -> None:
    with pytest.raises(GeometryRefused, match=said), case_store.session() as session:
        add_case(session, "a", place)


def test_heights_are_left_out(case_store: CaseStore) -> None:
    with case_store.session() as session:
        add_case(session, "a", shapely.Point(2_100_000, 738_000, 99))
        session.commit()
    with case_store.reading() as session:
        site = session.get_one(Site, "site-a")
        assert site.geometry == shapely.Point(2_100_000, 738_000)


def test_a_reading_session_cannot_write(case_store: CaseStore) -> None:
    with case_store.reading() as session, pytest.raises(DBAPIError, match=r"read-?only"):
        add_case(session, "a")
    with case_store.session() as session:
        add_case(session, "a")
        session.commit()


def test_a_reading_session_sees_one_moment_to_its_end(case_store: CaseStore) -> None:
    with case_store.reading() as reading:
        assert reading.get(Case, "a") is None
        with case_store.session() as session:
            add_case(session, "a")
            session.commit()
        reading.expire_all()
        assert reading.get(Case, "a") is None


def test_ids_of_events_grow_in_the_order_of_commits(case_store: CaseStore) -> None:
    with case_store.session() as session:
        add_case(session, "a")
        add_case(session, "b")
        session.add(Note(id="n", case_id="a", at=NOW, by="ann", text="x"))
        session.commit()
        first, second = session.query(Event.id).order_by(Event.id)
        assert first < second


def test_who_waits_too_long_to_write_is_told_to_try_again(
    case_store: CaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gis_ce.case_engine.WAIT_S", 0.2)
    other = open_store(case_store.engine.url, GRID)
    with case_store.session() as session:
        add_case(session, "a")
        with pytest.raises(StoreBusy, match="try again"), other.session() as second:
            add_case(second, "b")
        with other.reading() as reader:
            assert reader.get(Case, "a") is None
        session.commit()
    with other.session() as second:
        add_case(second, "b")
        second.commit()
    other.close()


def test_a_grid_in_metres_has_no_number_in_the_store() -> None:
    assert stored_srid(2264) == 2264
    assert stored_srid(32119) == 0


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://x/y", "cannot lie on mysql"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("not an address", "cannot be read"),
        ("postgresql://nobody@127.0.0.1:1/none", "cannot be opened"),
    ],
)
def test_an_address_that_cannot_be_opened_is_said_in_one_sentence(url: str, said: str) -> None:
    with pytest.raises(StoreNotReady, match=said) as refused:
        open_store(url, GRID)
    assert "\n" not in str(refused.value)


def test_a_database_without_postgis_says_who_can_add_it(postgis_dsn: str) -> None:
    with case_stores.postgis_database(postgis_dsn) as url, psycopg.connect(postgis_dsn, autocommit=True) as server:
        server.execute("DROP ROLE IF EXISTS gis_ce_plain")
        server.execute("CREATE ROLE gis_ce_plain")
        store = open_store(make_url(url).update_query_dict({"options": "-c role=gis_ce_plain"}), GRID)
        with pytest.raises(StoreNotReady, match="CREATE EXTENSION postgis"):
            store.upgrade()
        store.close()
        server.execute("DROP ROLE gis_ce_plain")
