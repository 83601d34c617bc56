"""The page on working on cases names every command and every address there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from case_doors import ROOTS
from conftest import ROOT
from fastapi.testclient import TestClient
from small_town import make_town
from typer.main import get_command

from api.app import make_app
from api.cli.case import app as case
from api.cli.charge import app as charge
from api.cli.contact import contact, visit
from api.cli.decisions import app as decisions
from api.cli.jobs import app as jobs
from api.cli.letter import app as letter
from api.cli.mailing import app as mailing
from api.cli.proceeding import app as proceeding
from api.cli.register import app as register
from api.cli.webhook import app as webhook

PAGES = (
    "case-doors.md",
    "charges.md",
    "deadlines-and-digests.md",
    "field-apps.md",
    "decisions-on-record.md",
    "letters.md",
    "mailings.md",
    "webhooks.md",
)
PAGE = "\n".join((ROOT / "docs" / name).read_text("utf-8") for name in PAGES)


APPS = (case, register, charge, contact, visit, letter, mailing, jobs, proceeding, decisions, webhook)


@pytest.mark.parametrize("name", sorted(names for app in APPS for names in get_command(app).commands))  # type: ignore[attr-defined]
def test_every_command_is_named(name: str) -> None:
    assert any(f"{before}{name}{after}" in PAGE for before in "`|" for after in "`| ")


def test_every_address_is_named(tmp_path: Path) -> None:
    client = TestClient(make_app(make_town(tmp_path).settings))
    paths = client.get("/openapi.json").json()["paths"]
    ours = [path for path in paths if path.split("/")[1] in ROOTS]
    assert len(ours) > 25
    for path in ours:
        last = [part for part in path.split("/") if part and not part.startswith("{")][-1]
        assert f"/{last.replace('{ending}', '')}" in PAGE, path
