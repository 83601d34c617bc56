"""A PostgreSQL server with PostGIS of our own, in a temporary folder, for as long as it is needed."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "256MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
}
_STARTS_WITHIN_S = 30.0
_KEEP = """
"$@" >log 2>&1 </dev/null & server=$!
trap '' INT TERM
read -r _
kill -QUIT $server; wait $server
cd /; rm -rf "$0"
"""


class NoPostGISError(Exception):
    """There is no PostgreSQL with PostGIS on this machine; the message says how to get it."""


@contextmanager
def postgis_cluster() -> Iterator[str]:
    """The address of a running server that has PostGIS; it stops when the block, or this process, ends."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="gis-ce-pg-"))
    run_as = _servant(folder)
    data, port = folder / "data", _free_port()
    made = [*run_as, str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "-N"]
    subprocess.run(made, check=True, capture_output=True, cwd=folder)
    settings = [word for name, value in _OPTIONS.items() for word in ("-c", f"{name}={value}")]
    serve = [str(programs / "postgres"), "-D", str(data), "-p", str(port), "-k", str(folder), *settings]
    keeper = _kept(run_as, serve, folder)
    dsn = f"host=127.0.0.1 port={port} user=postgres dbname=postgres"
    try:
        _wait(dsn, keeper, folder)
        yield dsn
    finally:
        assert keeper.stdin is not None
        keeper.stdin.close()
        keeper.wait(timeout=_STARTS_WITHIN_S)
        shutil.rmtree(folder, ignore_errors=True)


def _kept(run_as: list[str], serve: list[str], folder: Path) -> subprocess.Popen[bytes]:
    """The server under a shell that stops it as soon as our end of its input closes, however we end."""
    command = [*run_as, "sh", "-c", _KEEP, str(folder), *serve]
    return subprocess.Popen(command, stdin=subprocess.PIPE, cwd=folder, start_new_session=True)


def _wait(dsn: str, keeper: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while True:
        try:
            with psycopg.connect(dsn, autocommit=True, connect_timeout=2) as connection:
                connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
            return
        except psycopg.errors.FeatureNotSupported as error:
            raise NoPostGISError("PostgreSQL is here, PostGIS is not: install it (make services).") from error
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline or keeper.poll() is not None:
                log = (folder / "log").read_text(errors="replace") if (folder / "log").exists() else ""
                raise RuntimeError(f"The test server did not start: {log}") from error
            time.sleep(0.05)


def _programs() -> Path:
    """The folder of initdb and postgres of the newest PostgreSQL here."""
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[4]))
    on_path = shutil.which("postgres")
    found = [*(Path(on_path).resolve() for _ in [0] if on_path), *newest]
    if not found:
        raise NoPostGISError("No PostgreSQL here: make services installs it where it can.")
    return found[-1].parent


def _servant(folder: Path) -> list[str]:
    """The words that run a command as somebody else than root, who then owns the folder."""
    if os.geteuid() != 0:
        return []
    known = {entry.pw_name for entry in pwd.getpwall()}
    name = next(name for name in ("postgres", "_postgres", "nobody") if name in known)
    shutil.chown(folder, name)
    if runuser := shutil.which("runuser"):
        return [runuser, "-u", name, "--"]
    return ["sudo", "-n", "-u", name, "--"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
