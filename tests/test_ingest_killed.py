"""An ingest killed with -9 at any moment leaves the version before current, and the next one cleans up."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import shapely
from made_cities import Town, layer, lots
from made_layers import EAST, NORTH

ROOT = Path(__file__).resolve().parent.parent
PARCELS = layer("parcels", "parcel", fields={"parcel_id": "PIN"})
HERE = np.array([shapely.Point(EAST + 50, NORTH + 50)], dtype=object)
MANY = 20_000

IMPORT = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests"]
from made_cities import Town
from made_layers import DAY, NOW
from test_ingest_killed import PARCELS
from layers.ingest import import_layer

def tell(stage, share):
    print(stage, flush=True)
    if stage == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

town = Town(Path(sys.argv[2]))
print("ready", flush=True)
sys.stdin.readline()
import_layer(town.city(PARCELS), PARCELS, town.store, today=DAY, now=NOW, reports=town.reports, progress=tell)
"""


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A town with a published version, and a much larger source that waits to be imported."""
    made = Town(tmp_path)
    made.write(lots(30), PIN=[str(number) for number in range(30)])
    made.take(PARCELS)
    made.write(lots(MANY), PIN=[str(number) for number in range(MANY)])
    return made


def begun(town: Town, die_at: str = "") -> subprocess.Popen[str]:
    """A process that imports the parcels, from the moment it starts to do so."""
    command = [sys.executable, "-c", IMPORT, str(ROOT), str(town.folder), die_at]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("go\n")
    process.stdin.flush()
    return process


def ended(process: subprocess.Popen[str]) -> int:
    process.communicate(timeout=60)
    return process.returncode


def assert_whole_and_as_before(town: Town, version: str) -> None:
    assert town.store.current()["parcels"].version == version
    assert town.store.verify() == {}
    assert len(town.store.open().intersecting("parcel", HERE)) == 1


def assert_next_import_leaves_nothing_stray(town: Town) -> None:
    report = town.take(PARCELS)
    versions = {entry.version for entry in town.store.history("parcels")}
    reports = {name for name in town.files() if name.endswith("report.json")}
    assert report.rows_written == MANY
    assert town.files() == {"catalogue.json"} | {f"{version}.parquet" for version in versions} | reports
    assert not list(town.store.folder.rglob("*.unfinished"))
    assert not list(town.reports.rglob("*.unfinished"))


@pytest.mark.parametrize("stage", ["reading", "checking", "comparing", "writing", "publishing"])
def test_an_import_that_dies_between_two_steps(town: Town, stage: str) -> None:
    before = town.store.current()["parcels"].version
    assert ended(begun(town, die_at=stage)) == -signal.SIGKILL
    assert_whole_and_as_before(town, before)
    assert_next_import_leaves_nothing_stray(town)


@pytest.mark.heavy
def test_an_import_killed_at_ten_random_moments(town: Town) -> None:
    before = town.store.current()["parcels"]
    moments = random.Random(2026)
    lasts = _seconds_until_published(Town(town.folder / "trial"))
    killed = 0
    while killed < 10:
        process = begun(town)
        time.sleep(moments.uniform(0.0, 0.9) * lasts)
        process.kill()
        if ended(process) == -signal.SIGKILL and town.store.current()["parcels"] == before:
            killed += 1
            assert_whole_and_as_before(town, before.version)
        else:
            town.store.publish(before)
            lasts *= 0.8
            assert lasts > 0.05, "this machine is too quick for the size of the layer"
    assert_next_import_leaves_nothing_stray(town)


def _seconds_until_published(town: Town) -> float:
    """How long an import of the same size takes here when nobody kills it."""
    town.folder.mkdir()
    town.write(lots(MANY), PIN=[str(number) for number in range(MANY)])
    process = begun(town)
    start = time.monotonic()
    assert process.stdout is not None
    while process.stdout.readline() not in ("publishing\n", ""):
        pass
    lasted = time.monotonic() - start
    assert ended(process) == 0
    return lasted
