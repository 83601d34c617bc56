"""A PostgreSQL server of our own that is ended as by a power cut, and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from postgis_cluster import postgis_cluster

_WITHIN_S = 30.0


@dataclass(frozen=True)
class CrashingDatabase:
    """A running server: its address, its folder, and the words that start it."""

    dsn: str
    data: Path
    command: tuple[str, ...]

    def crash(self) -> None:
        """End the server at once, with all that it was doing."""
        note = self.data / "postmaster.pid"
        os.kill(int(note.read_text().splitlines()[0]), signal.SIGKILL)
        deadline = time.monotonic() + _WITHIN_S
        while _answers(self.dsn):
            assert time.monotonic() < deadline, "the server did not end"
            time.sleep(0.05)
        for lock in (note, *self.data.parent.glob(".s.PGSQL.*")):
            lock.unlink()  # after a power cut no process has their number; here its parent still holds it

    @contextmanager
    def started_again(self) -> Iterator[None]:
        """The server as it comes back after a crash, until the block ends."""
        owner = self.data.stat()
        servant = {"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}
        deadline = time.monotonic() + _WITHIN_S
        while True:  # what the dead server started may still hold its memory for a moment
            server = subprocess.Popen(self.command, cwd=self.data, stderr=subprocess.DEVNULL, **servant)
            while server.poll() is None and not _answers(self.dsn):
                time.sleep(0.05)
            if server.poll() is None:
                break
            assert time.monotonic() < deadline, "the server did not come back"
            time.sleep(0.2)
        try:
            yield
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait(timeout=_WITHIN_S)


@contextmanager
def crashing_database() -> Iterator[CrashingDatabase]:
    """A server with PostGIS; raises NoPostGISError where there is none."""
    with postgis_cluster() as dsn:
        with psycopg.connect(dsn) as connection:
            data = Path(str(connection.execute("SHOW data_directory").fetchone()[0]))  # type: ignore[index]
            pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().rstrip("\0").split("\0")
        yield CrashingDatabase(dsn, data, tuple(command))


def _answers(dsn: str) -> bool:
    try:
        with psycopg.connect(dsn, connect_timeout=1):
            return True
    except psycopg.OperationalError:
        return False
