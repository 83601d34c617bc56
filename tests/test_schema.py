"""The description held against the service by schemathesis, as the public, an officer and an admin.

Without GIS_CE_SCHEMA_SECONDS the examples and two requests of each address that are made up, always the same: two
minutes. With it every case that covers the description, and then, for so many seconds in each of the six runs, what
is made up, and what follows from one answer to the next.
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
SHORT = (("--phases", "examples,fuzzing", "--max-examples", "2"),)
LONG = (("--phases", "examples,coverage"), ("--phases", "fuzzing,stateful", "--max-time", SECONDS or ""))
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
    command = [sys.executable, "-m", "schemathesis.cli", "run", address + path, "--url", address + below]
    command += ["--header", header, "--checks", ",".join(CHECKS), "--seed", "1", "--no-shrink", "--no-color"]
    command += ["--continue-on-failure", "--warnings", "off", "--suppress-health-check", "all"]
    hooked = {"SCHEMATHESIS_HOOKS": "schema_hooks", "PYTHONPATH": str(Path(__file__).parent)}
    for phases in LONG if SECONDS else SHORT:
        done = subprocess.run(
            [*command, *phases], cwd=tmp_path, capture_output=True, text=True, check=False, env=os.environ | hooked
        )
        sys.stdout.write(done.stdout[-600:])
        assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
