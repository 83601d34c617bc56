"""The description held against the service by schemathesis, as the public, an officer and an admin.

With GIS_CE_SCHEMA_SECONDS each of the six runs goes through all its phases for so long; else one request of each
address is made up, always the same.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from case_doors import PASSWORD, basic, does, doors_of, opened, own_store
from case_server import Server
from small_town import Town, make_town

pytestmark = pytest.mark.schema

SECONDS = os.environ.get("GIS_CE_SCHEMA_SECONDS")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
ROLES = {"public": None, "officer": ("ce", "stormwater"), "admin": ("admin", "ce", "stormwater")}
DOCUMENTS = {"ogc": ("/ogc/api", "/ogc"), "own": ("/openapi.json", "")}


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module", name="address")
def _address(town: Town, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[str]:
    """A service with two cases and two accounts."""
    folder = tmp_path_factory.mktemp("schema")
    cases = own_store(folder, sqlite_template)
    doors = doors_of(town, cases)
    opened(doors.here)
    does(doors.here, opened(doors.here))("site_visit", comments="wet")
    for role, lanes in ROLES.items():
        if lanes is not None:
            doors.add(role, *lanes)
    server = Server(town.settings.data, cases, folder / "attachments")
    yield server.address
    server.kill()


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("role", ROLES)
def test_every_answer_is_as_the_description_says(address: str, role: str, document: str, tmp_path: Path) -> None:
    path, below = DOCUMENTS[document]
    header = "X-Forwarded-For: 203.0.113.9" if ROLES[role] is None else f"Authorization: {basic(role, PASSWORD)}"
    how_long = ["--max-time", SECONDS] if SECONDS else ["--phases", "examples,fuzzing", "--max-examples", "1"]
    command = [sys.executable, "-m", "schemathesis.cli", "run", address + path, "--url", address + below]
    command += ["--header", header, "--checks", ",".join(CHECKS), "--seed", "1", "--no-shrink", "--no-color", *how_long]
    command += ["--continue-on-failure", "--warnings", "off", "--suppress-health-check", "all"]
    hooked = {"SCHEMATHESIS_HOOKS": "schema_hooks", "PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=os.environ | hooked)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
