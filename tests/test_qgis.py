"""QGIS without a screen reads layers and cases by the OGC API and the FeatureServer face, and draws them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from case_doors import LEAK, ok
from case_server import Server
from qgis_python import python_of_qgis
from small_town import Town, make_town

pytestmark = pytest.mark.clients

READS = Path(__file__).resolve().parent / "qgis_reads.py"
LOTS = sorted(f"{side}{lot}" for side in "NS" for lot in range(1, 11))


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module", name="address")
def _address(town: Town) -> Iterator[str]:
    """A service with one case."""
    folder = town.city_file.parent
    server = Server(town.settings.data, f"sqlite:///{folder}/cases.sqlite", folder / "attachments")
    with server.client() as client:
        ok(client.post("/cases", json=LEAK), 201)
    yield server.address
    server.kill()


def test_qgis_reads_and_draws_layers_and_cases(address: str, tmp_path: Path) -> None:
    offscreen = os.environ | {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    offscreen.pop("PYTHONPATH", None)
    done = subprocess.run(
        [python_of_qgis(), str(READS), address], env=offscreen, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert found["parcels"] == {"ids": LOTS, "shapes": 20}
    assert found["served"] == {"ids": LOTS, "shapes": 20}
    assert found["cases"] == {"ids": ["LEAK-2026-00001"], "shapes": 1}
    assert found["tiles"] is True
    assert min(found["colours"]) > 1
