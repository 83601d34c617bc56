"""Only one process does a thing at a time, wherever it runs; one that is killed lets go of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import URL, create_engine
from sqlalchemy.pool import NullPool


@dataclass(frozen=True, slots=True)
class Turn:
    """A thing that is done by one: its name is that of a file beside SQLite's, its key PostgreSQL's advisory lock."""

    name: str
    key: int


@contextlib.contextmanager
def alone(url: URL, turn: Turn, busy: Exception) -> Iterator[None]:
    """Holds the turn in the database of an address; raises `busy` where another process has it."""
    if url.get_backend_name() == "sqlite":
        lock = FileLock(Path(f"{url.database}.{turn.name}.lock"), timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise busy from error
        try:
            yield
        finally:
            lock.release()
        return
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        if not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({turn.key})").scalar_one():
            raise busy
        connection.commit()
        yield
