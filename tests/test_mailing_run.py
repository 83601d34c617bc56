"""Drafts for all overflows, by night or on demand: killed in the middle, resumed, no list twice, none lost."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from case_doors import Doors, doors_of, ok
from case_doors import own_store as own_file
from case_stores import own_store
from sewer_street import make_street_town
from small_town import Town, lonlat
from sqlalchemy import func, select

from api.mailing_jobs import run_mailings
from api.schedules import run_named
from gis_ce.case_store import CaseStore
from gis_ce.jobs import listed
from gis_ce.tables import Mailing

OVERFLOWS = 12
_SLOWED = """
import sys, time
from pathlib import Path
import api.mailing_jobs as jobs
from api.case_office import open_office
from api.settings import Settings
from api.wiring import open_city
quick = jobs.draft_for
def slow(session, desk, case):
    said = quick(session, desk, case)
    time.sleep(0.3)
    return said
jobs.draft_for = slow
settings = Settings(data=Path(sys.argv[1]), cases=sys.argv[2])
jobs.run_mailings(open_office(settings, open_city(settings)))
"""
"""The run, each draft slow enough to be killed in the middle of its transaction."""


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_street_town(tmp_path_factory.mktemp("street"))


@pytest.fixture(name="store", params=["sqlite", pytest.param("postgis", marks=pytest.mark.heavy)])
def _store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CaseStore]:
    with own_store(request, tmp_path) as store:
        yield store


def _doors(town: Town, store: CaseStore) -> Doors:
    return doors_of(town, store.engine.url.render_as_string(hide_password=False))


def _open_overflows(doors: Doors) -> list[str]:
    numbers = []
    for at in range(OVERFLOWS):
        lon, lat = lonlat(20 + 40 * at, 30)
        body = {"type": "sso", "place": {"lon": lon, "lat": lat}}
        numbers.append(str(ok(doors.here.post("/cases", json=body), 201)["number"]))
    return numbers


def _drafts(store: CaseStore) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(Mailing)) or 0


def _begun(town: Town, store: CaseStore) -> subprocess.Popen[bytes]:
    address = store.engine.url.render_as_string(hide_password=False)
    return subprocess.Popen([sys.executable, "-c", _SLOWED, str(town.settings.data), address])


def test_a_killed_run_is_resumed_and_makes_no_list_twice_and_loses_none(town: Town, store: CaseStore) -> None:
    doors = _doors(town, store)
    cases = _open_overflows(doors)
    killed = _begun(town, store)
    limit = time.monotonic() + 300
    while _drafts(store) < 3:
        assert killed.poll() is None
        assert time.monotonic() < limit
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait(30)
    assert 3 <= _drafts(store) < OVERFLOWS

    office = doors.app.state.office()
    resumed, new = run_mailings(office)
    with store.reading() as session:
        found = session.execute(select(Mailing.case_id, func.count()).group_by(Mailing.case_id)).all()
        states = set(session.scalars(select(Mailing.state)))
    assert [count for _, count in found] == [1] * OVERFLOWS
    assert states == {"draft"}
    assert (resumed.state, resumed.done, resumed.of) == ("done", OVERFLOWS, OVERFLOWS)
    assert [said.partition(":")[0] for said in resumed.results] == cases
    assert (new.state, new.of) == ("done", 0)
    assert store.check() == []
    office.store.close()


def test_by_night_drafts_are_made_and_nothing_is_mailed(town: Town, tmp_path: Path, sqlite_template: Path) -> None:
    doors = doors_of(town, own_file(tmp_path, sqlite_template))
    office = doors.app.state.office()
    assert run_named(doors.settings, office, "mailings", "clock").said == "0 of 0 drafts made."
    lon, lat = lonlat(300, 30)
    traced = str(ok(doors.here.post("/cases", json={"type": "sso", "place": {"lon": lon, "lat": lat}}), 201)["number"])
    far_lon, far_lat = lonlat(300, 600)
    far = ok(doors.here.post("/cases", json={"type": "sso", "place": {"lon": far_lon, "lat": far_lat}}), 201)["number"]
    done = run_named(doors.settings, office, "mailings", "clock")
    assert (done.outcome, done.said) == ("done", "2 of 2 drafts made.")
    job = listed(office.store.engine.url)[0]
    assert job.results[0].startswith(f"{traced}: ML-")
    assert job.results[1].startswith(f"{far}: no draft. ")
    (line,) = ok(doors.here.get("/mailings"))["mailings"]
    assert (line["state"], line["automatic"], line["made_by"]) == ("draft", True, "clock")
    office.store.close()
