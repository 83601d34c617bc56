"""The database of cases goes as in a power cut, and comes back: nothing is lost, nothing done twice."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from case_doors import LEAK, Doors, doors_of, ok, problem
from case_stores import upgraded, url_of
from crashing_database import CrashingDatabase, crashing_database
from postgis_cluster import NoPostGISError
from small_town import Town, lonlat, make_town

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(name="database")
def _database() -> Iterator[CrashingDatabase]:
    try:
        with crashing_database() as database:
            yield database
    except NoPostGISError as error:
        pytest.skip(str(error))


@pytest.fixture(name="doors")
def _doors(town: Town, database: CrashingDatabase) -> Doors:
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        connection.execute("CREATE DATABASE cases")
        connection.execute("ALTER DATABASE cases SET synchronous_commit = on")  # as it is wherever it matters
    url = url_of(database.dsn, "cases")
    upgraded(url).close()
    return doors_of(town, url)


def test_while_the_database_is_away_cases_say_so_and_the_map_goes_on(doors: Doors, database: CrashingDatabase) -> None:
    ok(doors.here.post("/cases", json=LEAK), 201)
    database.crash()
    refused = doors.here.post("/cases", json=LEAK)
    assert "case store" in problem(refused, 503)
    assert doors.here.get("/ready").status_code == 503
    place = {"type": "Point", "coordinates": list(lonlat(150, 30))}
    checked = ok(doors.here.post("/checks", json={"geometry": place, "on": "2026-03-02"}))
    assert checked["places"][0]["findings"]


def test_when_the_database_is_back_the_service_goes_on_by_itself_with_all_that_was_acknowledged(
    doors: Doors, database: CrashingDatabase
) -> None:
    before = ok(doors.here.post("/cases", json=LEAK), 201)["number"]
    database.crash()
    key = {"Idempotency-Key": "a leak"}
    assert doors.here.post("/cases", json=LEAK, headers=key).status_code == 503
    with database.started_again():
        assert doors.here.get("/ready").status_code == 200
        after = ok(doors.here.post("/cases", json=LEAK, headers=key), 201)["number"]
        assert ok(doors.here.post("/cases", json=LEAK, headers=key), 201)["number"] == after
        assert {case["number"] for case in ok(doors.here.get("/cases"))["cases"]} == {before, after}
