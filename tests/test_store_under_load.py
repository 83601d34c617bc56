"""Many processes at once, and processes that are killed: nothing is lost, doubled or half there."""

from __future__ import annotations

import json
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import case_stores
import pytest
import store_worker
from sqlalchemy import func, select, text

from gis_ce.case_store import CaseStore
from gis_ce.geometry_sql import box_table
from gis_ce.store_guards import indexed_columns
from gis_ce.tables import Case, CaseCounter, Event, Site

_PROCESSES = get_context("forkserver")
_PROCESSES.set_forkserver_preload(["store_worker"])


@pytest.fixture(params=["sqlite", "postgis"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CaseStore]:
    """A store that other processes open too."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))  # The process that is forked from imports by it.
    with case_stores.own_store(request, tmp_path) as store:
        yield store


class Worker:
    """A process of its own, forked from one that has imported all but opened nothing; what it says goes into a file."""

    def __init__(self, what: str, store: CaseStore, name: str, seconds: float, folder: Path) -> None:
        self.said, self.failed = folder / f"{name}.said", folder / f"{name}.failed"
        url = store.engine.url.render_as_string(hide_password=False)
        words = (what, url, name, seconds, str(self.said), str(self.failed))
        self.process = _PROCESSES.Process(target=store_worker.run, args=words, daemon=True)
        self.process.start()

    def lines(self) -> list[dict[str, Any]]:
        """What it has said; a line that a kill cut short counts as not said."""
        whole = self.said.read_text().rpartition("\n")[0] if self.said.exists() else ""
        return [json.loads(line) for line in whole.splitlines()]

    def wait_ready(self) -> None:
        """Return when it has begun."""
        limit = time.monotonic() + 60
        while not self.lines():
            assert self.process.is_alive(), self.failed.read_text()
            assert time.monotonic() < limit
            time.sleep(0.02)

    def end(self, seconds: float) -> list[dict[str, Any]]:
        """What it said, once it has ended well."""
        self.process.join(seconds)
        assert self.process.exitcode == 0, self.failed.read_text()[-4000:]
        return self.lines()


def _work(store: CaseStore, folder: Path, writers: int, readers: int, seconds: float) -> int:
    workers = [Worker("write", store, f"writer{turn}", seconds, folder) for turn in range(writers)]
    watching = [Worker("read", store, f"reader{turn}", seconds, folder) for turn in range(readers)]
    said = [line for worker in workers for line in worker.end(seconds + 120)]
    seen = [worker.end(seconds + 120)[-1] for worker in watching]
    _assert_all_there(store, said)
    assert all(each["followed"] == each["there"] for each in seen), seen
    assert all(each["turns"] > 0 for each in seen)
    assert store.check() == []
    return len(said)


def _assert_all_there(store: CaseStore, said: list[dict[str, Any]]) -> None:
    """Every acknowledged case with its number and every event is there, and nothing else; numbers have no gap."""
    given = {line["case"]: line["number"] for line in said if "case" in line}
    with store.reading() as session:
        there = dict(session.execute(select(Case.id, Case.number)).all())
        events = session.scalar(select(func.count()).select_from(Event))
        counted = {row.type: row.last for row in session.scalars(select(CaseCounter))}
    assert there == given
    assert events == sum(line.get("events", 0) for line in said)
    _assert_no_gaps(list(there.values()))
    assert sum(counted.values()) == len(given)


def _assert_no_gaps(numbers: list[str]) -> None:
    assert max(Counter(numbers).values(), default=1) == 1
    for start in {number[:9] for number in numbers}:
        counts = sorted(int(number[9:]) for number in numbers if number.startswith(start))
        assert counts == list(range(1, len(counts) + 1))
    assert all(re.fullmatch(r"(DAM|LEK)-\d{4}-\d{5}", number) for number in numbers)


def test_writers_and_readers_at_once_lose_nothing(store: CaseStore, tmp_path: Path) -> None:
    assert _work(store, tmp_path, writers=3, readers=2, seconds=3) > 20


@pytest.mark.heavy
def test_eight_writers_and_four_readers_for_a_minute_lose_nothing(store: CaseStore, tmp_path: Path) -> None:
    assert _work(store, tmp_path, writers=8, readers=4, seconds=60) > 500


def _kill_rounds(store: CaseStore, folder: Path, rounds: int, writers: int = 3) -> None:
    chance, said = random.Random(7), []
    for turn in range(rounds):
        workers = [Worker("write", store, f"round{turn}-{each}", 600, folder) for each in range(writers)]
        for worker in workers:
            worker.wait_ready()
        time.sleep(0.4 + chance.random())
        for worker in workers:
            worker.process.kill()
        for worker in workers:
            worker.process.join()
            said += worker.lines()
        _assert_sound(store, said)
    assert len(said) > 10 * rounds


def _assert_sound(store: CaseStore, said: list[dict[str, Any]]) -> None:
    """Every acknowledged row is there, whole; at most one unsaid transaction of each killed writer came through."""
    given = {line["case"]: line["number"] for line in said if "case" in line}
    with store.reading() as session:
        there = dict(session.execute(select(Case.id, Case.number)).all())
        opened = session.scalar(select(func.count()).select_from(Event).where(Event.kind == "opened"))
        places = session.scalar(select(func.count()).select_from(Site))
        events = session.scalar(select(func.count()).select_from(Event)) or 0
        assert given.items() <= there.items()
        assert opened == places == len(there)
        assert events >= sum(line.get("events", 0) for line in said)
        if store.engine.dialect.name == "sqlite":
            assert ("site", "geometry") in list(indexed_columns())
            assert session.scalar(text(f"SELECT count(*) FROM {box_table('site', 'geometry')}")) == places
    _assert_no_gaps(list(there.values()))
    assert store.check() == []


def test_what_was_acknowledged_outlives_a_kill(store: CaseStore, tmp_path: Path) -> None:
    _kill_rounds(store, tmp_path, rounds=2)


@pytest.mark.heavy
def test_what_was_acknowledged_outlives_ten_kills(store: CaseStore, tmp_path: Path) -> None:
    _kill_rounds(store, tmp_path, rounds=10, writers=4)
