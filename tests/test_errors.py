"""Every mistake has one status and one sentence, and a fault of our own tells nothing of its inside."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from small_town import make_town

import api.errors
import gis_ce.errors
import gis_ce.file_errors
import layers.errors
import maps.errors
from api.app import make_app
from api.error_answers import OURS, validation_sentence
from api.errors import STATUS, NoCity, status_of
from api.settings import Settings


def _declared() -> list[type[Exception]]:
    found = []
    for module in (api.errors, maps.errors, gis_ce.errors, gis_ce.file_errors, layers.errors):
        classes = [
            kind for _, kind in inspect.getmembers(module, inspect.isclass) if kind.__module__ == module.__name__
        ]
        found += [kind for kind in classes if issubclass(kind, Exception)]
    return found


@pytest.mark.parametrize("kind", _declared(), ids=lambda kind: kind.__name__)
def test_every_mistake_of_ours_has_a_status(kind: type[Exception]) -> None:
    assert issubclass(kind, OURS)
    assert 400 <= status_of(kind.__new__(kind)) < 600


def test_the_table_names_only_mistakes_of_ours() -> None:
    assert [kind for kind in STATUS if not issubclass(kind, OURS)] == []


def test_a_fault_in_our_own_files_is_not_shown_to_the_caller(tmp_path: Path) -> None:
    town = make_town(tmp_path)
    client = TestClient(make_app(town.settings), raise_server_exceptions=False)
    for snapshot in town.store.folder.glob("*/*.parquet"):
        snapshot.write_bytes(b"broken")
    response = client.get("/layers")
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert str(tmp_path) not in response.text
    assert "parquet" not in response.text


def test_without_a_city_the_service_does_not_start_and_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoCity, match="gis-ce demo"):
        make_app(Settings(data=tmp_path))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ({"loc": ("query", "lon"), "type": "missing", "msg": "Field required"}, "query.lon: is missing."),
        ({"loc": ("body", "one", "on"), "type": "x", "msg": "Input should be a date"}, "on: input should be a date."),
        ({"loc": ("body",), "type": "x", "msg": "Value error, No"}, "the body: no."),
    ],
)
def test_a_validation_mistake_names_its_field(error: dict[str, object], said: str) -> None:
    assert validation_sentence([error]) == said
    assert validation_sentence([error, error]).endswith(" There is 1 more mistake.")
