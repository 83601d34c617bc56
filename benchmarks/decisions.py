"""`python -m benchmarks.decisions`: decisions on record held against layers of which 1 % has changed, on both stores.

`--decisions N` says how many, `--write` puts the table into docs/performance.md too.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely
from sqlalchemy import insert

from benchmarks.performance_page import write_section
from benchmarks.towns import demo
from gis_ce.actions.desk import Actor, Desk
from gis_ce.actions.evaluating import footprint_of
from gis_ce.actions.flips import Rechecked, recheck_all
from gis_ce.actions.on_record import layer_set
from gis_ce.assess import assess
from gis_ce.canonical import canonical
from gis_ce.case_store import CaseStore
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Check, by_name
from gis_ce.city_processes import city_processes
from gis_ce.city_rules import CityRules
from gis_ce.decision_chain import START, digest_of, hash_of
from gis_ce.decision_inputs import Inputs, sites_from
from gis_ce.ids import new_id
from gis_ce.locate import AddressBook
from gis_ce.rule_files import open_pack
from gis_ce.tables import Case, Decision, DecisionArea, DecisionPersonal, DecisionRecord, Site
from layers.features import Features, LayerPart
from layers.model import City
from layers.query import LayerQuery
from layers.versions import LayerStore
from tests.case_stores import postgis_database, upgraded
from tests.oracle_places import hard_places
from tests.postgis_cluster import postgis_cluster

ASKED = ("right_of_way", "tolerance_zone", "easement_exists", "jurisdiction")
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
DAY = date(2026, 3, 2)
SHARE = 0.01
PLACES = 500
"""So many different places are judged by each check; their decisions are stored again and again up to the number."""
_AT_ONCE = 1000
_RULES = CityRules(open_pack("nc-raleigh-2016"), 0.95)
_CITY = City("Bench", "America/New_York", 2264, "NC", Path(), (), other={"rules": {"pack": "nc-raleigh-2016"}})


@dataclass(frozen=True)
class Measured:
    """What one store took."""

    store: str
    decisions: int
    evaluated: int
    flips: int
    seconds: float
    all_seconds: float
    missed: int


@dataclass(frozen=True)
class Made:
    """One decision as it is to be stored."""

    check: Check
    inputs: Inputs
    answer: str | None
    margin_ft: float | None
    probability: float | None
    asked: dict[str, object]
    box: shapely.Geometry | None


def main() -> None:
    """Measure on SQLite and on PostGIS, and print one table."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="gis-ce-bench-") as folder:
        town = demo("town", Path(folder))
        before, kept = _town(LayerStore(town.store).open())
        after, changed = _one_percent_changed(before)
        started = time.perf_counter()
        made = _decisions(before, options.decisions)
        spent = time.perf_counter() - started
        distinct = min(len(made), PLACES * len(ASKED))
        notes = [
            f"- {len(made):,} decisions ({', '.join(ASKED)}) at hard places of the made-up town; what one rests on is "
            f"found in {1e6 * spent / distinct:,.0f} us.",
            f"- {changed:,} of {sum(len(before.features(role)) for role in before.roles):,} features lie in the "
            f"one percent of the town whose features were all moved by 2 ft.",
        ]
        print(*notes, sep="\n", file=sys.stderr, flush=True)
        measured = []
        for name, store in _stores():
            measured.append(_measured(name, store, made, before, after, kept))
            print(_table(measured[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
    said = "\n".join([_circumstances(), "", *notes, "", _table(measured)])
    print(said)
    if options.write:
        write_section(Path("docs/performance.md"), "decisions held against changed layers", said)


def _town(query: LayerQuery) -> tuple[LayerQuery, dict[str, LayerPart]]:
    parts = {part.version.version: part for role in query.roles for part in query.features(role).parts}
    return query, parts


def _one_percent_changed(query: LayerQuery) -> tuple[LayerQuery, int]:
    """Every feature that meets a square of one percent of the town's area, in its middle, moved by 2 ft to the east."""
    west, south, east, north = shapely.total_bounds(query.features("parcel").geometry).tolist()
    x, y, half = (west + east) / 2, (south + north) / 2, np.sqrt(SHARE * (east - west) * (north - south)) / 2
    square = shapely.box(x - half, y - half, x + half, y + half)
    roles, count = [], 0
    for role in query.roles:
        parts = []
        for part in query.features(role).parts:
            shapes = np.asarray(part.geometry, dtype=object).copy()
            rows = np.flatnonzero(shapely.within(shapes, square))
            shapes[rows] = shapely.transform(shapes[rows], lambda at: at + np.array([2.0, 0.0]))
            count += len(rows)
            version = replace(part.version, version=f"{part.version.name}/{'1' * 64}") if len(rows) else part.version
            table = part.table if isinstance(part.table, pa.Table) else part.table.table()
            parts.append(LayerPart(version, part.description, table, shapes))
        roles.append(Features(role, parts))
    return LayerQuery(roles, query.grid_epsg, query.network_settings), count


def _decisions(query: LayerQuery, count: int) -> list[Made]:
    made: list[Made] = []
    places = hard_places(query, min(PLACES, -(-count // len(ASKED))))
    for name in ASKED:
        check = by_name(CHECKS, name)
        assert check is not None
        inputs = [Inputs(place, None, 1.0, DAY, "map", "map") for place in places]
        found = assess(sites_from(inputs), query, _RULES.rulebook, [check], _RULES.confidence)[name]
        for row, of_row in enumerate(inputs):
            footprint = footprint_of(check, of_row, query, _RULES)
            margin, probability = float(found.measures.margin_ft[row]), float(found.probability[row])
            known = (None if np.isnan(value) else value for value in (margin, probability))
            made.append(Made(check, of_row, found.answer_of(row), *known, footprint.as_json(), footprint.box))
    return [made[number % len(made)] for number in range(count)]


def _measured(
    name: str, store: CaseStore, made: list[Made], before: LayerQuery, after: LayerQuery, kept: dict[str, LayerPart]
) -> Measured:
    _store_all(store, made, before)
    desk = _desk(after)
    started = time.perf_counter()
    expected = _turned(made, after)
    all_seconds = time.perf_counter() - started
    found, seconds = _recheck(store, desk, kept)
    missed = len(expected - {flip.number for flip in found.flips})
    return Measured(name, found.decisions, found.evaluated, len(found.flips), seconds, all_seconds, missed)


def _turned(made: list[Made], after: LayerQuery) -> set[int]:
    """The numbers of the decisions that turn, by asking all of them again, each check for all places at once."""
    turned: set[int] = set()
    for name in ASKED:
        numbers = [number for number, each in enumerate(made, 1) if each.check.name == name]
        sites = sites_from([made[number - 1].inputs for number in numbers])
        check = made[numbers[0] - 1].check
        found = assess(sites, after, _RULES.rulebook, [check], _RULES.confidence)[name]
        turned |= {number for row, number in enumerate(numbers) if found.answer_of(row) != made[number - 1].answer}
    return turned


def _recheck(store: CaseStore, desk: Desk, kept: dict[str, LayerPart]) -> tuple[Rechecked, float]:
    started = time.perf_counter()
    with store.session() as session:
        found = recheck_all(session, desk, kept.get)
        session.commit()
    return found, time.perf_counter() - started


def _desk(query: LayerQuery) -> Desk:
    processes = city_processes(_CITY, _RULES.rulebook.calendar)
    return Desk(query, AddressBook(query), _RULES, _CITY, processes, NOW, Actor("bench"))


def _store_all(store: CaseStore, made: list[Made], query: LayerQuery) -> None:
    """One case a decision, written in bulk as `gis_ce.decision_chain` would write it."""
    with store.session() as session:
        layers = layer_set(session, query)
        for start in range(0, len(made), _AT_ONCE):
            rows = [
                _rows(number, each, layers, store.srid)
                for number, each in enumerate(made[start : start + _AT_ONCE], start + 1)
            ]
            for place, table in enumerate((Case, Site, Decision, DecisionRecord, DecisionPersonal, DecisionArea)):
                session.execute(insert(table), [row[place] for row in rows])
        session.commit()


def _rows(number: int, made: Made, layers: str, srid: int) -> tuple[dict[str, object], ...]:
    case_id, site_id, decision_id, name = new_id(NOW), new_id(NOW), new_id(NOW), made.check.name
    salt, details = "0" * 32, canonical({})
    body = canonical(
        {
            "kind": "proposed",
            "inputs": made.inputs.as_json(),
            "personal": {"details": digest_of(salt, details)},
            "number": number,
        }
    )
    where = {
        "process_version": "v1",
        "step": "start",
        "lane": "ce",
        "opened_at": NOW,
        "event_on": DAY,
        "row_version": 1,
    }
    texts = {"title": "", "description": "", "data": {}, "answers": {}, "state": {}, "status": "open"}
    case = {"id": case_id, "number": f"B-{number:06}", "type": "leaks", "site_id": site_id, **where, **texts}
    site = {
        "id": site_id,
        "case_id": case_id,
        "geometry": made.inputs.place,
        "srid": srid,
        "details": {},
        "revision": 0,
    }
    decision = {
        "id": decision_id,
        "case_id": case_id,
        "check": name,
        "step": "location",
        "proposed_at": NOW,
        "proposed": made.answer,
        "margin_ft": made.margin_ft,
        "probability": made.probability,
        "rule": {},
        "versions": {},
        "sentence": "",
        "site_revision": 0,
        "state": "confirmed",
    }
    record = {
        "case_id": case_id,
        "seq": 1,
        "number": number,
        "decision_id": decision_id,
        "kind": "proposed",
    }
    record |= {"at": NOW, "by": "bench", "body": body, "prev": START, "hash": hash_of(START, body)}
    personal = {"record_id": number, "name": "details", "salt": salt, "value": details}
    area = {"decision_id": decision_id, "layer_set": layers, "area": made.box, "asked": made.asked}
    return case, site, decision, record, personal, area


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gis-ce-bench-") as folder:
        yield Path(folder)


def _stores() -> Iterator[tuple[str, CaseStore]]:
    with _folder() as folder:
        store = upgraded(f"sqlite:///{folder / 'cases.sqlite'}")
        yield "SQLite", store
        store.close()
    with postgis_cluster() as dsn, postgis_database(dsn) as url:
        store = upgraded(url)
        yield "PostGIS", store
        store.close()


def _table(measured: list[Measured]) -> str:
    head = "| store | decisions | evaluated | turned | missed | seconds | answers of all, seconds |"
    lines = [head, "|---|---:|---:|---:|---:|---:|---:|"]
    for each in measured:
        figures = (each.decisions, each.evaluated, each.flips, each.missed)
        said = " | ".join(f"{figure:,}" for figure in figures)
        lines.append(f"| {each.store} | {said} | **{each.seconds:.1f}** | {each.all_seconds:.1f} |")
    return "\n".join(lines)


def _circumstances() -> str:
    command = " ".join(["python -m benchmarks.decisions", *sys.argv[1:]])
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"Made by `{command}` on {datetime.now(tz=UTC).date()}, {machine}."


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decisions", description=__doc__)
    parser.add_argument("--decisions", type=int, default=100_000, help="how many decisions")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
