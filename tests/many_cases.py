"""Many cases at once: their kinds, ages and places as a utility's years would leave them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import shapely
from sqlalchemy import insert, text

from gis_ce.case_store import CaseStore
from gis_ce.case_words import words_of
from gis_ce.tables import Case, Event, Site

TODAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
X, Y = 2_050_000, 700_000
CITY_FT = 100_000
TYPES = 15
_A_TIME = 20_000


def fill(store: CaseStore, count: int, seed: int = 1) -> None:
    """Put cases of ten years into an empty store: one in twenty is open; then let the planner look at them."""
    chosen = np.random.default_rng(seed)
    minutes = np.sort(chosen.integers(0, 10 * 365 * 24 * 60, count))[::-1]
    places = chosen.integers((X, Y), (X + CITY_FT, Y + CITY_FT), (count, 2))
    kinds = chosen.integers(0, (20, TYPES, 4, 9), (count, 4)).tolist()
    for start in range(0, count, _A_TIME):
        rows = range(start, min(start + _A_TIME, count))
        with store.session() as session:
            cases = [_case(row, kinds[row], TODAY - timedelta(minutes=int(minutes[row]))) for row in rows]
            session.execute(insert(Case), cases)
            session.execute(
                insert(Site), [_site(row, places[row], store.srid, case) for row, case in zip(rows, cases, strict=True)]
            )
            session.execute(insert(Event), [_event(row, TODAY) for row in rows])
            session.commit()
    with store.session() as session:
        session.execute(text("ANALYZE"))
        session.commit()


def _case(row: int, kind: list[int], opened_at: datetime) -> dict[str, Any]:
    is_open = kind[0] == 0
    return {
        "id": f"case-{row:06}",
        "number": f"DAM-{opened_at.year}-{row:06}",
        "type": f"type_{kind[1]}",
        "process_version": "v1",
        "step": "visit",
        "lane": "field",
        "status": "open" if is_open else "closed",
        "outcome": None if is_open else "closed",
        "priority": kind[2],
        "officer": f"officer_{kind[3]}",
        "opened_at": opened_at,
        "event_on": opened_at.date(),
        "due_at": opened_at + timedelta(days=10) if is_open else None,
        "title": f"Report {row} of a broken main",
        "description": "Water stands in the street before the house; the neighbour saw a digger the day before.",
        "data": {"depth_ft": row % 7, "potholing": "yes"},
        "answers": {"location": "inside"},
        "state": {"waiting_for": None},
        "row_version": 1,
        "site_id": f"site-{row:06}",
    }


def _site(row: int, place: Any, srid: int, case: dict[str, Any]) -> dict[str, Any]:
    address = f"{100 + row % 900} Main St"
    return {
        "id": f"site-{row:06}",
        "case_id": f"case-{row:06}",
        "geometry": shapely.Point(*place.tolist()),
        "srid": srid,
        "address": address,
        "parcel_id": f"P{row // 3:06}",
        "how_located": "address",
        "sigma_ft": 10.0,
        "details": {},
        "revision": 0,
        "words": words_of(case["number"], case["title"], case["description"], address),
    }


def _event(row: int, at: datetime) -> dict[str, Any]:
    return {"case_id": f"case-{row:06}", "at": at, "by": "ann", "kind": "opened", "text": "opened", "data": {}}
