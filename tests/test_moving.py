"""An office moves from SQLite to PostGIS: every row comes over as it was, or nothing does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import case_stores
import pytest
import sqlalchemy as sa
from case_doors import doors_of, ok, opened
from case_rows import rows_of
from command_line import runner
from every_table import VERSIONS, filled_at
from made_layers import GRID
from small_town import Town, make_town

from gis_ce.case_store import CaseStore, open_store
from gis_ce.decision_proof import verify
from gis_ce.errors import MoveRefused
from gis_ce.moving import move
from gis_ce.tables import Event


@pytest.fixture(name="town")
def _town(tmp_path: Path) -> Town:
    return make_town(tmp_path)


@pytest.fixture(name="target_url")
def _target_url(postgis_dsn: str) -> Iterator[str]:
    with case_stores.postgis_database(postgis_dsn) as url:
        yield url


@pytest.fixture(name="target")
def _target(target_url: str) -> Iterator[CaseStore]:
    store = open_store(target_url, GRID)
    yield store
    store.close()


def worked_on(town: Town, file: Path) -> CaseStore:
    """A store in which people opened cases, proposed answers and signed them."""
    doors = doors_of(town, f"sqlite:///{file}")
    for title in ("Water on the curb", "Ünder the road"):
        number = opened(doors.here, title=title)
        ok(doors.here.post(f"/cases/{number}/notes", json={"text": "wet since Monday"}))
        assert ok(doors.here.get(f"/cases/{number}/proposals"))["proposals"]
    return open_store(f"sqlite:///{file}", GRID)


def test_what_people_did_is_there_as_it_was_and_goes_on_counting(
    town: Town, target: CaseStore, target_url: str, tmp_path: Path
) -> None:
    source = worked_on(town, tmp_path / "old.sqlite")
    before = rows_of(source)
    told: dict[str, int] = {}
    moved = move(source, target, told.__setitem__)
    assert rows_of(target) == before == rows_of(source)
    assert moved.rows == sum(map(len, before.values())) == sum(told.values())
    with target.reading() as session:
        assert verify(session) == moved.proof
        last = max(session.scalars(sa.select(Event.id)))
    assert moved.proof.holds
    assert moved.proof.lines > 0
    assert target.check() == []
    there = doors_of(town, target_url).here
    new = ok(there.get(f"/cases/{opened(there, title='The third')}/events"))["events"]
    assert min(int(each["id"]) for each in new) > last
    assert len(ok(there.get("/cases"))["cases"]) == 3


def test_a_row_of_every_table_comes_over(target: CaseStore, tmp_path: Path) -> None:
    source = open_store(f"sqlite:///{tmp_path / 'full.sqlite'}", GRID)
    filled_at(source, VERSIONS[-1])
    source.upgrade()
    before = rows_of(source)
    assert all(before.values())
    move(source, target)
    assert rows_of(target) == before


def test_nothing_is_moved_into_a_store_that_holds_something_or_onto_itself(target: CaseStore, tmp_path: Path) -> None:
    source = open_store(f"sqlite:///{tmp_path / 'full.sqlite'}", GRID)
    filled_at(source, VERSIONS[-1])
    source.upgrade()
    move(source, target)
    before = rows_of(target)
    with pytest.raises(MoveRefused, match="holds something already"):
        move(source, target)
    with pytest.raises(MoveRefused, match="onto itself"):
        move(source, source)
    assert rows_of(target) == before


def test_a_row_that_comes_over_changed_stops_everything(town: Town, target: CaseStore, tmp_path: Path) -> None:
    source = worked_on(town, tmp_path / "old.sqlite")
    target.upgrade()
    spoil = """CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN NEW.text := upper(NEW.text); RETURN NEW; END $$;
    CREATE TRIGGER spoil BEFORE INSERT ON note FOR EACH ROW EXECUTE FUNCTION spoil()"""
    with target.engine.begin() as connection:
        connection.exec_driver_sql(spoil)
    with pytest.raises(MoveRefused, match="A row of note came over changed"):
        move(source, target)
    assert not any(rows_of(target).values())


def test_the_command_moves_the_city_file_into_the_store_of_the_settings(
    town: Town, target_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run: Any = runner(town, monkeypatch, capsys)
    file = tmp_path / "old.sqlite"
    source = worked_on(town, file)
    monkeypatch.delenv("GIS_CE_CASES", raising=False)
    assert "Set GIS_CE_CASES" in run("db", "move", "--from", file).line
    monkeypatch.setenv("GIS_CE_CASES", target_url)
    assert "There is no file" in run("db", "move", "--from", tmp_path / "none.sqlite").line
    ran = run("db", "move", "--from", file)
    assert ran.code == 0
    assert "rows are there as they were" in ran.err
    store = open_store(target_url, GRID)
    assert rows_of(store) == rows_of(source)
    store.close()
