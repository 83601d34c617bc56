"""`gis-ce serve --workers`: several processes over one socket, renewed when a layer is published."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from small_town import ROLES, Town, features, make_town, publish_rows

from api.workers import Workers
from layers.errors import VersionMissing

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process")
WITHIN_S = 120.0


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


@contextmanager
def served(town: Town, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    said = folder / "said"
    command = [str(Path(sys.executable).with_name("gis-ce")), "serve", "--port", "0", "--workers", "2"]
    environment = {**os.environ, "GIS_CE_DATA": str(town.settings.data), "COLUMNS": "200"}
    with said.open("w") as into:
        process = subprocess.Popen(command, env=environment, stdout=into, stderr=into)
    try:
        until(lambda: "http://" in said.read_text() or process.poll() is not None)
        yield process, "http://" + said.read_text().partition("http://")[2].split()[0]
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, said.read_text()


@pytest.mark.heavy
def test_what_is_published_is_answered_soon_and_no_request_fails_meanwhile(tmp_path: Path) -> None:
    town = make_town(tmp_path)
    before = town.store.current()["hydrants"].version
    with served(town, tmp_path) as (_, address):
        assert httpx.get(f"{address}/health", timeout=60).json()["layers"]["hydrants"]["version"] == before
        publish_rows(town.store, "hydrants", ROLES["hydrants"], features()["hydrants"], sigma_ft=7.0)
        now = town.store.current()["hydrants"].version
        seen = list[str]()

        def is_new() -> bool:
            answer = httpx.get(f"{address}/health", timeout=60)
            assert answer.status_code == 200
            seen.append(answer.json()["layers"]["hydrants"]["version"])
            return seen[-8:] == [now] * 8

        until(is_new)
        assert set(seen) == {before, now}


def work_until_told(note: Path) -> Callable[[], None]:
    """Work of a process that notes its number and goes on until a signal ends it."""

    def work() -> None:
        with note.open("a") as stream:
            stream.write(f"{os.getpid()}\n")
        while True:
            time.sleep(0.05)

    return work


def run_workers(tmp_path: Path, load: str, stamp: str) -> subprocess.Popen[bytes]:
    """Two workers and one by itself, in a process of their own, whose load and stamp are written here."""
    script = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from api.workers import Workers
from layers.errors import VersionMissing
from test_serve_workers import work_until_told
folder = Path({str(tmp_path)!r})
def load():
    {load}
Workers(2, load, lambda: {stamp}, work_until_told(folder / "answer"), work_until_told(folder / "alone")).run()
"""
    return subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parent.parent)


def noted(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def test_a_process_that_ends_is_followed_by_another_and_all_end_with_their_parent(tmp_path: Path) -> None:
    parent = run_workers(tmp_path, "pass", "0")
    until(lambda: len(noted(tmp_path / "answer")) == 2 and len(noted(tmp_path / "alone")) == 1)
    os.kill(noted(tmp_path / "answer")[0], signal.SIGKILL)
    until(lambda: len(noted(tmp_path / "answer")) == 3)
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(30) == 0
    assert not any(Path(f"/proc/{process}").exists() for process in noted(tmp_path / "answer"))


def test_all_are_renewed_once_what_they_share_has_changed_and_not_where_it_cannot_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "stamp").write_text("good")
    load = "if (folder / 'stamp').read_text() == 'bad': raise VersionMissing('damaged')"
    parent = run_workers(tmp_path, load, "(folder / 'stamp').read_text()")
    until(lambda: len(noted(tmp_path / "answer")) == 2 and len(noted(tmp_path / "alone")) == 1)
    (tmp_path / "stamp").write_text("better")
    until(lambda: len(noted(tmp_path / "answer")) == 4 and len(noted(tmp_path / "alone")) == 2)
    (tmp_path / "stamp").write_text("bad")
    time.sleep(2.0)
    assert len(noted(tmp_path / "answer")) == 4
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(30) == 0


def test_what_cannot_be_loaded_at_first_is_told() -> None:
    def load() -> None:
        raise VersionMissing("damaged")

    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    try:
        with pytest.raises(VersionMissing, match="damaged"):
            Workers(2, load, lambda: 0, load, load).run()
    finally:
        for number, handler in zip((signal.SIGTERM, signal.SIGINT), before, strict=True):
            signal.signal(number, handler)
