"""Very many decisions on record for `benchmarks.decisions`, stored in bulk, and a town of which a part changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import shapely
from sqlalchemy import insert

from gis_ce.actions.evaluating import footprint_of
from gis_ce.actions.on_record import layer_set
from gis_ce.assess import assess
from gis_ce.canonical import canonical
from gis_ce.case_store import CaseStore
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Check, by_name
from gis_ce.city_rules import CityRules
from gis_ce.decision_chain import START, digest_of, hash_of
from gis_ce.decision_inputs import Inputs, sites_from
from gis_ce.ids import new_id
from gis_ce.rule_files import open_pack
from gis_ce.tables import Case, Decision, DecisionArea, DecisionPersonal, DecisionRecord, Site
from layers.features import Features, LayerPart
from layers.query import LayerQuery
from tests.oracle_places import hard_places

ASKED = ("right_of_way", "tolerance_zone", "easement_exists", "jurisdiction")
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
DAY = date(2026, 3, 2)
SHARE = 0.01
MOVED_FT = (8.0, 6.0)
"""How far everything is moved in that share of the town: to the east and to the north."""
PLACES = 2000
"""So many different places are judged by each check; their decisions are stored again and again up to the number."""
RULES = CityRules(open_pack("nc-raleigh-2016"), 0.95)
_AT_ONCE = 1000


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


def parts_by_version(query: LayerQuery) -> dict[str, LayerPart]:
    """All layers of a town by the ids of their versions."""
    return {part.version.version: part for role in query.roles for part in query.features(role).parts}


def one_percent_changed(query: LayerQuery) -> tuple[LayerQuery, int]:
    """Every feature that meets a square of one percent of the town's area, in its middle, moved."""
    west, south, east, north = shapely.total_bounds(query.features("parcel").geometry).tolist()
    x, y, half = (west + east) / 2, (south + north) / 2, np.sqrt(SHARE * (east - west) * (north - south)) / 2
    square = shapely.box(x - half, y - half, x + half, y + half)
    roles, count = [], 0
    for role in query.roles:
        parts = []
        for part in query.features(role).parts:
            shapes = np.asarray(part.geometry, dtype=object).copy()
            rows = np.flatnonzero(shapely.within(shapes, square))
            shapes[rows] = shapely.transform(shapes[rows], lambda at: at + np.array(MOVED_FT))
            count += len(rows)
            version = replace(part.version, version=f"{part.version.name}/{'1' * 64}") if len(rows) else part.version
            table = part.table if isinstance(part.table, pa.Table) else part.table.table()
            parts.append(LayerPart(version, part.description, table, shapes))
        roles.append(Features(role, parts))
    return LayerQuery(roles, query.grid_epsg, query.network_settings), count


def decisions_of(query: LayerQuery, count: int) -> list[Made]:
    """Decisions on hard places all over a town, as its checks have made them."""
    made: list[Made] = []
    places = hard_places(query, min(PLACES, -(-count // len(ASKED))))
    for name in ASKED:
        check = by_name(CHECKS, name)
        assert check is not None
        inputs = [Inputs(place, None, 1.0, DAY, "map", "map") for place in places]
        found = assess(sites_from(inputs), query, RULES.rulebook, [check], RULES.confidence)[name]
        for row, of_row in enumerate(inputs):
            footprint = footprint_of(check, of_row, query, RULES)
            margin, probability = float(found.measures.margin_ft[row]), float(found.probability[row])
            known = (None if np.isnan(value) else value for value in (margin, probability))
            made.append(Made(check, of_row, found.answer_of(row), *known, footprint.as_json(), footprint.box))
    return [made[number % len(made)] for number in range(count)]


def store_all(store: CaseStore, made: list[Made], query: LayerQuery) -> None:
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
