"""A disk that takes no more: who writes is told so in one sentence, nothing is half there, and room makes it go on.

The limit is one on the size of files, which the system enforces at the same place and in the same way.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from case_doors import LEAK, Doors, ok, opened, problem
from case_rows import rows_of
from made_cities import Town, layer, lots
from small_town import Town as SmallTown
from small_town import make_town
from sqlalchemy import text

pytestmark = pytest.mark.heavy
PARCELS = layer("parcels", "parcel", fields={"parcel_id": "PIN"})
LETTER = {"file": ("a.txt", b"what the neighbour wrote\n" * 20_000, "text/plain")}


@contextmanager
def files_of_at_most(count: int) -> Iterator[None]:
    """No file of this process may grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (count, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> SmallTown:
    return make_town(tmp_path_factory.mktemp("town"))


def everything(doors: Doors) -> dict[str, list[Any]]:
    """Every row of every table."""
    return rows_of(doors.app.state.office().store)


def test_an_import_without_room_leaves_the_version_before_and_nothing_stray(tmp_path: Path) -> None:
    made = Town(tmp_path)
    made.write(lots(30), PIN=[str(number) for number in range(30)])
    made.take(PARCELS)
    before, current = made.files(), made.store.current()["parcels"].version
    made.write(lots(20_000), PIN=[str(number) for number in range(20_000)])
    with files_of_at_most(100_000), pytest.raises(OSError, match="File too large"):
        made.take(PARCELS)
    assert made.store.current()["parcels"].version == current
    assert made.store.verify() == {}
    assert [name for name in made.files() if name not in before and "source" not in name] == []
    made.take(PARCELS)
    assert made.store.current()["parcels"].version != current


def test_a_case_that_finds_no_room_is_not_there_and_the_same_request_makes_it_later(doors: Doors) -> None:
    ok(doors.here.post("/cases", json=LEAK), 201)
    before, key = everything(doors), {"Idempotency-Key": "a leak"}
    with files_of_at_most(4_096):
        assert problem(doors.here.post("/cases", json=LEAK, headers=key), 503)
        assert ok(doors.here.get("/cases"))["cases"]
    assert everything(doors) == before
    ok(doors.here.post("/cases", json=LEAK, headers=key), 201)
    with doors.app.state.office().store.reading() as session:
        assert session.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]


def test_a_file_that_finds_no_room_is_not_attached(doors: Doors) -> None:
    path = f"/cases/{opened(doors.here)}/attachments"
    before = everything(doors)
    with files_of_at_most(100_000):
        assert problem(doors.here.post(path, files=LETTER), 507)
    assert everything(doors) == before
    ok(doors.here.post(path, files=LETTER))
