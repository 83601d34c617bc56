"""Jobs go on after a crash where they were cut off, on both stores, and lie in the store's own backup."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from case_stores import own_store
from sqlalchemy import URL

from gis_ce.backup import back_up, restore
from gis_ce.case_store import CaseStore
from gis_ce.errors import JobsBusy, JobUnknown
from gis_ce.jobs import Work, go_on, listed, retry, run

_CUT_OFF = """
import sys, time
from pathlib import Path
from sqlalchemy import make_url
from gis_ce.jobs import Work, run
done = Path(sys.argv[2])
def each(item):
    if item == sys.argv[3]:
        done.with_suffix(".stuck").touch()
        time.sleep(600)
    with done.open("a") as stream:
        stream.write(item + chr(10))
    return "did " + item
run(make_url(sys.argv[1]), Work("trial", lambda: list("abcd"), each))
"""


@pytest.fixture(name="store", params=["sqlite", "postgis"], scope="module")
def _store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseStore]:
    with own_store(request, tmp_path_factory.mktemp("jobs")) as store:
        yield store


def _work(log: list[str], name: str = "trial") -> Work:
    def each(item: str) -> str:
        log.append(item)
        return f"did {item}"

    return Work(name, lambda: list("abcd"), each)


def _killed_at(item: str, url: URL, folder: Path) -> Path:
    """Where a process that was killed in the middle of a job has noted what it did."""
    noted = folder / "done.txt"
    words = [sys.executable, "-c", _CUT_OFF, url.render_as_string(hide_password=False), str(noted), item]
    process = subprocess.Popen(words)
    limit = time.monotonic() + 90
    while not noted.with_suffix(".stuck").exists():
        assert process.poll() is None
        assert time.monotonic() < limit
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    return noted


def test_a_killed_job_goes_on_where_it_was_and_its_story_is_in_the_backup(store: CaseStore, tmp_path: Path) -> None:
    url = store.engine.url
    assert listed(url) == []
    noted = _killed_at("c", url, tmp_path)
    assert noted.read_text().split() == ["a", "b"]
    (cut_off,) = listed(url)
    assert (cut_off.state, cut_off.done, cut_off.of) == ("running", 2, 4)
    back_up(store, tmp_path / "backup")

    log: list[str] = []
    (job,) = go_on(url, [_work(log)])
    assert (job.state, job.results) == ("done", ("did a", "did b", "did c", "did d"))
    assert log == ["c", "d"]
    assert store.check() == []

    restore(store, tmp_path / "backup")
    (again,) = listed(url)
    assert (again.id, again.state, again.done) == (cut_off.id, "running", 2)
    heard: list[tuple[int, int]] = []
    old, new = run(url, _work(log), lambda done, of, _: heard.append((done, of)))
    assert (old.id, new.state, new.done) == (cut_off.id, "done", 4)
    assert heard[-1] == (4, 4)
    assert [each.id for each in listed(url)] == [new.id, old.id]


def test_a_step_that_fails_is_tried_again_and_a_job_that_failed_can_be_gone_on_with(tmp_path: Path) -> None:
    url = URL.create("sqlite", database=str(tmp_path / "cases.sqlite"))
    tries: list[str] = []

    def plan() -> list[str]:
        tries.append("plan")
        if len(tries) < 7:
            raise OSError("the disk is away")
        return ["a"]

    work = Work("trial", plan, lambda item: f"did {item}")
    (failed,) = run(url, work)
    assert (failed.state, len(tries)) == ("failed", 5)
    assert "the disk is away" in str(failed.error)
    tries.append("and the disk is back")
    job = retry(url, [work], failed.id)
    assert (job.state, job.results) == ("done", ("did a",))
    with pytest.raises(JobUnknown, match="is done; only one that failed"):
        retry(url, [work], job.id)
    with pytest.raises(JobUnknown, match="There is no job 'x'"):
        retry(url, [work], "x")


def test_only_one_process_does_jobs(store: CaseStore) -> None:
    def each(item: str) -> str:
        with pytest.raises(JobsBusy):
            go_on(store.engine.url, [])
        return item

    (job,) = [job for job in run(store.engine.url, Work("other", lambda: ["a"], each)) if job.name == "other"]
    assert job.state == "done"
