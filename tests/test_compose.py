"""The compose file and the image: they parse, name what exists, run as nobody special and hold no password."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import make_url

from api.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
_TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
_DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
_SECRET = "GIS_CE_DB_PASSWORD"
_TOP = {"name", "services", "volumes", "networks", "configs", "secrets"}
_SERVICE = {
    *("image", "build", "command", "environment", "volumes", "healthcheck", "restart", "depends_on", "ports"),
    *("read_only", "tmpfs", "cap_drop", "security_opt", "user", "networks", "secrets", "stop_grace_period"),
}
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?:(:?[-?])([^}]*))?\}|(\w+)|\$)")


class MissingError(Exception):
    """A variable that must be set is not."""


def _interpolated(text: str, environment: dict[str, str]) -> str:
    """The text with its variables, by the rules of the compose specification."""

    def value(found: re.Match[str]) -> str:
        name, rule, word = found[1] or found[4], found[2] or "", found[3] or ""
        if name is None:
            return "$"
        known = environment.get(name)
        if known or (known is not None and not rule.startswith(":")):
            return known
        if rule.endswith("?"):
            raise MissingError(f"{name}: {word}")
        return word

    return _VARIABLE.sub(value, text)


@pytest.fixture(name="compose", scope="module")
def _compose() -> dict[str, Any]:
    return dict(yaml.safe_load(_interpolated(_TEXT, {_SECRET: "given-at-start"})))


def test_the_compose_file_has_only_known_keys(compose: dict[str, Any]) -> None:
    assert set(compose) <= _TOP
    assert set(compose["services"]) == {"db", "service"}
    for service in compose["services"].values():
        assert set(service) <= _SERVICE
        assert "image" in service or "build" in service
        assert service["restart"] == "unless-stopped"


def test_without_a_password_nothing_starts_and_the_message_says_what_to_do() -> None:
    for environment in ({}, {_SECRET: ""}):
        with pytest.raises(MissingError, match="GIS_CE_DB_PASSWORD: set it to the password of the case database"):
            _interpolated(_TEXT, environment)


def test_the_password_stands_nowhere_and_reaches_both_sides(compose: dict[str, Any]) -> None:
    db, service = compose["services"]["db"], compose["services"]["service"]
    assert db["environment"]["POSTGRES_PASSWORD"] == service["environment"]["PGPASSWORD"] == "given-at-start"
    assert set(re.findall(r"PASSWORD: (\S+)", _TEXT)) == {f"${{{_SECRET}:?set"}
    assert make_url(service["environment"]["GIS_CE_CASES"]).password is None


def test_the_service_asks_the_database_that_is_there(compose: dict[str, Any]) -> None:
    db, service = compose["services"]["db"], compose["services"]["service"]
    address = make_url(service["environment"]["GIS_CE_CASES"])
    assert address.host in compose["services"]
    assert (address.database, address.username) == (
        db["environment"]["POSTGRES_DB"],
        db["environment"]["POSTGRES_USER"],
    )
    assert service["depends_on"]["db"] == {"condition": "service_healthy"}
    assert db["healthcheck"]["test"][0] == "CMD"
    assert {name.lower() for name in ("cases", "data", "host", "port")} <= set(Settings.model_fields)


def test_only_this_machine_reaches_the_service_and_nobody_the_database(compose: dict[str, Any]) -> None:
    assert "ports" not in compose["services"]["db"]
    assert compose["services"]["service"]["ports"] == ["127.0.0.1:8000:8000"]


def test_what_is_kept_lies_in_named_volumes(compose: dict[str, Any]) -> None:
    used = {mount.split(":")[0] for service in compose["services"].values() for mount in service["volumes"]}
    assert used == set(compose["volumes"])


def test_images_are_named_with_their_version(compose: dict[str, Any]) -> None:
    images = [*re.findall(r"^FROM (\S+)", _DOCKERFILE, re.MULTILINE), compose["services"]["db"]["image"]]
    assert all(re.fullmatch(r"[\w./-]+:\d[\w.-]+", image) for image in images)


def test_the_programs_that_dump_are_of_the_databases_version(compose: dict[str, Any]) -> None:
    (client,) = re.findall(r"postgresql-client-(\d+)", _DOCKERFILE)
    assert compose["services"]["db"]["image"].split(":")[1].split("-")[0] == client


def test_the_image_runs_as_a_user_of_its_own_and_carries_no_tools() -> None:
    stages = re.split(r"^FROM ", _DOCKERFILE, flags=re.MULTILINE)[1:]
    last = stages[-1]
    assert len(stages) == 2
    assert re.search(r"useradd --uid [1-9]\d+ .* gis-ce", last)
    assert last.index("\nUSER gis-ce\n") < last.index("\nCMD ")
    assert "pip" not in last
    assert re.findall(r"^COPY (.*)$", last, re.MULTILINE) == ["--from=made /gis-ce /gis-ce"]


def test_the_image_is_made_from_what_is_there_by_the_lock() -> None:
    copied = [name for line in re.findall(r"^COPY ([^-].*) \S+$", _DOCKERFILE, re.MULTILINE) for name in line.split()]
    assert {"pyproject.toml", "requirements.lock", "api", "gis_ce", "layers", "maps"} <= set(copied)
    assert all((ROOT / name).exists() for name in copied)
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert let_in == set(copied)
    assert "--require-hashes requirements.lock" in _DOCKERFILE
    assert "--constraint requirements.lock" in _DOCKERFILE


def test_the_settings_of_the_image_are_settings_of_the_service() -> None:
    named = set(re.findall(r"\bGIS_CE_([A-Z_]+)=", _DOCKERFILE))
    assert named
    assert {name.lower() for name in named} <= set(Settings.model_fields)


def test_compose_itself_takes_the_file() -> None:
    """Where compose is at hand; what it would find is asked above too."""
    program = shutil.which("docker-compose")
    if program is None:
        return
    for password, status in (("given-at-start", 0), ("", 1)):
        environment = {**os.environ, _SECRET: password}
        ran = subprocess.run(
            [program, "--file", str(ROOT / "docker-compose.yml"), "config", "--quiet"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == status, ran.stderr
