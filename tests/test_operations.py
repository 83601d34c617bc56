"""What watches the service learns how it is: ready or not, figures for Prometheus, and a log without personal data."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from case_doors import Doors, doors_of, ok, opened, own_store, problem
from prometheus_client.parser import text_string_to_metric_families
from small_town import Town, make_town
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from api.logs import log_to_stderr
from api.service_state import state_of
from gis_ce.case_store import open_store
from gis_ce.tables import Party


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(name="log")
def _log(monkeypatch: pytest.MonkeyPatch) -> Iterator[StringIO]:
    """What is logged as JSON."""
    written = StringIO()
    monkeypatch.setattr("sys.stderr", written)
    loggers = [logging.getLogger(name) for name in ("gis_ce", "uvicorn", "uvicorn.error")]
    before = [(each, each.handlers[:], each.level, each.propagate) for each in loggers]
    log_to_stderr("json", "info")
    yield written
    for each, handlers, level, propagate in before:
        each.handlers[:], each.propagate = handlers, propagate
        each.setLevel(level)


def figures(doors: Doors) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    answer = doors.here.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def figure(doors: Doors, name: str, **labels: str) -> float | None:
    return figures(doors).get((name, frozenset(labels.items())))


def test_it_is_ready_while_layers_are_there_and_the_store_answers(doors: Doors) -> None:
    assert ok(doors.public.get("/ready")) == {"status": "ready"}


def test_a_store_that_cannot_be_opened_makes_it_not_ready_and_tells_no_address(town: Town, tmp_path: Path) -> None:
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database" * 100)
    doors = doors_of(town, f"sqlite:///{broken}")
    answer = doors.here.get("/ready")
    assert answer.status_code == 503
    assert str(tmp_path) not in answer.text


def test_a_database_that_does_not_answer_is_a_figure_and_makes_it_not_ready(town: Town) -> None:
    doors = doors_of(town, "postgresql://nobody@127.0.0.1:9/none")
    assert "case store" in problem(doors.public.get("/ready"), 503)
    told = {name: value for name, _, _, value in state_of(doors.app.state.city, doors.app.state.office)}
    assert told["gis_ce_case_store_up"] == 0
    assert "gis_ce_layer_age_days" in told


def test_requests_are_counted_by_route_and_not_by_address(doors: Doors) -> None:
    number = opened(doors.here)
    for _ in range(3):
        ok(doors.here.get(f"/cases/{number}"))
    doors.here.get("/nowhere/at/all")
    told = figures(doors)
    counted = {"method": "GET", "route": "/cases/{no}"}
    assert told[("gis_ce_requests_total", frozenset({**counted, "status": "200"}.items()))] == 3
    assert told[("gis_ce_request_seconds_count", frozenset(counted.items()))] == 3
    assert told[("gis_ce_requests_total", frozenset({"method": "GET", "route": "none", "status": "404"}.items()))] == 1
    assert not any(number in value for _, labels in told for _, value in labels)


def test_the_state_of_layers_and_cases_is_told(doors: Doors) -> None:
    assert figure(doors, "gis_ce_cases_open") == 0
    opened(doors.here)
    assert figure(doors, "gis_ce_cases_open") == 1
    assert figure(doors, "gis_ce_case_store_up") == 1
    assert figure(doors, "gis_ce_flips_waiting") == 0
    ages = [value for (name, _), value in figures(doors).items() if name == "gis_ce_layer_age_days"]
    assert len(ages) == len(ok(doors.here.get("/health"))["layers"])
    due = {dict(labels)["state"] for name, labels in figures(doors) if name == "gis_ce_deadlines"}
    assert due == {"overdue", "due_soon", "later"}


def test_a_key_for_the_figures_reads_them_and_nothing_else(doors: Doors) -> None:
    made = ok(doors.here.post("/keys", json={"name": "watch", "role": "field", "scopes": ["metrics:read"]}), 201)
    watch = doors.public
    watch.headers["Authorization"] = f"Bearer {made['key']}"
    assert watch.get("/metrics").status_code == 200
    assert watch.get("/cases").status_code == 403
    assert doors.public.get("/metrics").status_code == 401


def test_each_request_is_one_line_with_its_id_case_and_time_and_nobodys_name(doors: Doors, log: StringIO) -> None:
    number = opened(doors.here, parties=[{"role": "reporter", "name": "Jane Doe", "phone": "555 0100"}])
    answer = doors.here.get(f"/cases/{number}?about=Jane+Doe", headers={"X-Request-ID": "proxy-7"})
    assert answer.headers["X-Request-ID"] == "proxy-7"
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    last = lines[-1]
    assert (last["request"], last["case"], last["route"], last["method"]) == ("proxy-7", number, "/cases/{no}", "GET")
    assert last["ms"] > 0
    assert last["level"] == "INFO"
    assert "Jane" not in log.getvalue()
    assert "555" not in log.getvalue()
    assert len({line["request"] for line in lines}) == len(lines)


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "line\tbreak"])
def test_an_id_that_could_spoil_the_log_is_not_taken(doors: Doors, given: str) -> None:
    told = doors.here.get("/ready", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert told != given
    assert len(told) == 32


def test_a_mistake_of_the_database_is_told_without_the_values(tmp_path: Path, sqlite_template: Path) -> None:
    store = open_store(own_store(tmp_path, sqlite_template), 2264).ready()
    with store.session() as session:
        twice = [{"id": "1", "case_id": "none", "role": "reporter", "name": "Jane Doe"}] * 2
        with pytest.raises(IntegrityError) as caught:
            session.execute(insert(Party), twice)
    assert "Jane" not in str(caught.value)
