"""A process that writes to a case store, or reads from it, for some seconds or until it is killed.

Each line of its file is JSON: what it has committed (written after the commit), or at the end what a reader has seen.
"""

from __future__ import annotations

import json
import os
import random
import time
from datetime import UTC, datetime

import shapely
from case_stores import GRID
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis_ce.case_changes import case_to_change
from gis_ce.case_lists import CaseFilter, listed
from gis_ce.case_numbers import next_number
from gis_ce.case_store import CaseStore, open_store
from gis_ce.errors import CaseChanged
from gis_ce.geometry_column import intersects, nearest
from gis_ce.ids import new_id
from gis_ce.tables import Case, Event, Note, Site, SiteMove
from layers.grid import AT_LIMIT_FT

X, Y, TOWN_FT = 2_100_000, 738_000, 20_000
PREFIXES = {"damages": "DAM", "leaks": "LEK"}


def write(store: CaseStore, name: str, until: float) -> None:
    """Open cases, change them, move them and note things; say what was committed."""
    chance = random.Random(name)
    mine: list[str] = []
    while time.monotonic() < until:
        act = chance.random()
        if act < 0.5 or not mine:
            say(_open(store, name, chance, mine))
        elif act < 0.75:
            say(_change(store, name, chance.choice(mine)))
        else:
            say(_move(store, name, chance.choice(mine), chance))


def _open(store: CaseStore, name: str, chance: random.Random, mine: list[str]) -> dict[str, object]:
    now, case_type = datetime.now(UTC), chance.choice(list(PREFIXES))
    case_id, site_id = new_id(now), new_id(now)
    with store.session() as session:
        number = next_number(session, case_type, PREFIXES[case_type], now, "America/New_York")
        values = {"process_version": "v1", "step": "start", "lane": "field", "opened_at": now, "event_on": now.date()}
        session.add(Case(id=case_id, number=number, type=case_type, site_id=site_id, officer=name, **values))
        session.add(Site(id=site_id, case_id=case_id, geometry=_place(chance), srid=store.srid))
        session.add(Event(case_id=case_id, at=now, by=name, kind="opened", row_version=1))
        if chance.random() < 0.1:
            session.rollback()
            return {}
        session.commit()
    mine.append(case_id)
    return {"case": case_id, "number": number, "events": 1}


def _change(store: CaseStore, name: str, case_id: str) -> dict[str, object]:
    now = datetime.now(UTC)
    with store.reading() as session:
        seen = session.get_one(Case, case_id).row_version
    try:
        with store.session() as session:
            case = case_to_change(session, case_id, seen, UTC)
            case.data = {**case.data, "turn": seen}
            session.flush()
            session.add(Event(case_id=case_id, at=now, by=name, kind="noted", row_version=case.row_version))
            session.add(Note(id=new_id(now), case_id=case_id, at=now, by=name, text="seen"))
            session.commit()
    except CaseChanged:
        return {}
    return {"changed": case_id, "events": 1}


def _move(store: CaseStore, name: str, case_id: str, chance: random.Random) -> dict[str, object]:
    now, place = datetime.now(UTC), _place(chance)
    with store.session() as session:
        site = session.scalars(select(Site).where(Site.case_id == case_id)).one()
        moved = {"from_geometry": site.geometry, "to_geometry": place, "reason": "found"}
        session.add(SiteMove(case_id=case_id, at=now, by=name, **moved))
        site.geometry, site.revision = place, site.revision + 1
        session.add(Event(case_id=case_id, at=now, by=name, kind="moved"))
        session.commit()
    return {"moved": case_id, "events": 1}


def read(store: CaseStore, name: str, until: float) -> None:
    """Follow the events by their ids, and ask for lists and places, each of one moment; at the end say how it went."""
    chance = random.Random(name)
    followed, token, turns = 0, 0, 0
    while time.monotonic() < until:
        with store.reading() as session:
            new = list(session.scalars(select(Event.id).where(Event.id > token).order_by(Event.id).limit(500)))
            followed, token = followed + len(new), (new or [token])[-1]
            _look(session, chance)
        turns += 1
    with store.reading() as session:
        before = session.scalar(select(func.count()).select_from(Event).where(Event.id <= token))
    say({"followed": followed, "there": before, "turns": turns})


def _look(session: Session, chance: random.Random) -> None:
    """A list, a box and the nearest; what is seen of one moment fits together."""
    rows = session.execute(listed(CaseFilter(status="open"), limit=20)).all()
    assert all(site is not None for _, site in rows)
    corner = _place(chance)
    area = shapely.box(corner.x, corner.y, corner.x + 2_000, corner.y + 2_000)
    inside = session.execute(select(Site.geometry).where(intersects(Site.geometry, area)).limit(50))
    assert all(shapely.dwithin(area, place, 2 * AT_LIMIT_FT) for (place,) in inside)
    near = session.execute(select(Site.id).where(nearest(Site.geometry, corner, 3))).all()
    cases = session.scalar(select(func.count()).select_from(Case))
    assert len(near) >= min(3, cases or 0)
    assert session.scalar(select(func.count()).select_from(Event).where(Event.kind == "opened")) == cases


def _place(chance: random.Random) -> shapely.Point:
    return shapely.Point(X + chance.random() * TOWN_FT, Y + chance.random() * TOWN_FT)


def say(line: dict[str, object]) -> None:
    """Write one line at once, past every buffer of ours."""
    if line:
        os.write(1, (json.dumps(line) + "\n").encode())


def run(what: str, url: str, name: str, seconds: float, said: str, failed: str) -> None:
    """The whole life of a worker; what it says goes into one file, and how it failed into another."""
    for number, file in ((1, said), (2, failed)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    store = open_store(url, GRID)
    say({"ready": name})
    {"write": write, "read": read}[what](store, name, time.monotonic() + seconds)
    store.close()
