"""Every address and every command there is: what makes no sense gets one clear error, and no row changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from case_doors import Doors, does, doors_of, opened, own_store
from case_rows import rows_of
from command_line import runner
from small_town import Town, make_town
from typer.main import get_command

from api.cli import command_line

_REFUSED = {400, 403, 404, 405, 406, 409, 412, 413, 415, 422}


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module", name="doors")
def _doors(town: Town, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Doors:
    """A service with one leak at its first decision."""
    doors = doors_of(town, own_store(tmp_path_factory.mktemp("refused"), sqlite_template))
    does(doors.here, opened(doors.here))("site_visit")
    return doors


def operations(doors: Doors) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in doors.here.get("/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def filled(path: str, words: str) -> str:
    """The address with the same words for each of its parts."""
    while "{" in path:
        path = path[: path.index("{")] + words + path[path.index("}") + 1 :]
    return path


def is_clear(response: Any) -> bool:
    """Whether an answer is a problem in one sentence."""
    detail = str(response.json().get("detail", ""))
    return bool(detail) and "Traceback" not in detail and len(detail) < 4_000


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"zzz": 1}', b"\xff\xfe", b"null"])
def test_every_address_refuses_a_body_that_makes_no_sense(doors: Doors, body: bytes) -> None:
    store = doors.app.state.office().store
    before, client, wrong, count = rows_of(store), doors.here, [], 0
    for method, path, operation in operations(doors):
        if "requestBody" not in operation:
            continue
        for words in ("LEAK-2026-00001", "nonsense"):
            sent = client.request(
                method, filled(path, words), content=body, headers={"Content-Type": "application/json"}
            )
            count += 1
            if sent.status_code not in _REFUSED or not is_clear(sent):
                wrong.append((method, path, sent.status_code, sent.text[:200]))
    assert wrong == []
    assert count > 40
    assert rows_of(store) == before


@pytest.mark.parametrize("words", ["nonsense", "-1", "%00", "..%2F..%2Fetc", "x" * 300])
def test_no_address_breaks_on_words_that_make_no_sense(doors: Doors, words: str) -> None:
    store = doors.app.state.office().store
    before, client, wrong = rows_of(store), doors.here, []
    for method, path, operation in operations(doors):
        if method != "get":
            continue
        asked = {each["name"]: words for each in operation.get("parameters", []) if each["in"] == "query"}
        sent = client.get(filled(path, words), params=asked)
        if sent.status_code >= 500 or (sent.status_code >= 400 and not is_clear(sent)):
            wrong.append((path, sent.status_code, sent.text[:200]))
    assert wrong == []
    assert rows_of(store) == before


def commands() -> list[tuple[str, ...]]:
    """Every command by its words."""
    found: list[tuple[str, ...]] = []

    def walk(command: Any, before: tuple[str, ...]) -> None:
        for name, inner in getattr(command, "commands", {}).items():
            walk(inner, (*before, name))
        if not hasattr(command, "commands"):
            found.append(before)

    walk(get_command(command_line([])), ())
    return found


def test_every_command_refuses_an_option_that_it_does_not_know(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run, names = runner(town, monkeypatch, capsys), commands()
    assert len(names) > 60
    for words in names:
        assert run(*words, "--zzz").line.startswith("No such option: --zzz"), words
