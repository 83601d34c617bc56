"""The services that other tests stand on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

HERE = Path(__file__).parent
_HOLD = """
import sys, time
from postgis_cluster import postgis_cluster
with postgis_cluster() as dsn:
    print(dsn, flush=True)
    time.sleep(60)
"""


def test_postgis_measures(postgis: psycopg.Connection[tuple[object, ...]]) -> None:
    row = postgis.execute("SELECT ST_Distance('POINT(0 0)'::geometry, 'POINT(3 4)'::geometry)").fetchone()
    assert row == (5.0,)


def test_the_server_stops_even_when_its_user_is_killed(postgis_dsn: str) -> None:
    holder = subprocess.Popen([sys.executable, "-c", _HOLD], cwd=HERE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    dsn = holder.stdout.readline()
    psycopg.connect(dsn).close()
    holder.kill()
    holder.wait()
    _assert_stops(dsn)


def _assert_stops(dsn: str) -> None:
    for _ in range(100):
        try:
            psycopg.connect(dsn, connect_timeout=1).close()
        except psycopg.OperationalError:
            return
        subprocess.run(["sleep", "0.1"], check=True)
    pytest.fail("the server still answers ten seconds after its user was killed")


_SKIPPING = "import pytest\n\ndef test_that_skips():\n    pytest.skip('no such thing here')\n"


@pytest.mark.parametrize(("no_skips", "status", "said"), [("", 0, "1 skipped"), ("1", 1, "1 failed")])
def test_a_skip_counts_as_a_failure_only_where_none_is_allowed(
    tmp_path: Path, no_skips: str, status: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "conftest.py").write_text((HERE / "conftest.py").read_text())
    (tmp_path / "test_it.py").write_text(_SKIPPING)
    monkeypatch.setenv("GIS_CE_NO_SKIPS", no_skips)
    monkeypatch.setenv("PYTHONPATH", f"{HERE}{os.pathsep}{HERE.parent}")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert run.returncode == status, run.stdout
    assert said in run.stdout
    assert "no such thing here" in run.stdout or status == 0
