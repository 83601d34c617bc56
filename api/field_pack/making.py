"""Makes a field pack: what an officer needs of an area, from one moment of the store and one set of layer versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from api.access import View
from api.case_office import CaseOffice
from api.errors import ApiError, TooMuch
from api.field_pack.cases import case_tables
from api.field_pack.tables import PackTable, layer_tables, plain_table
from api.field_pack.writing import write_pack
from api.sync_tokens import token_of
from gis_ce.accounts import account
from gis_ce.actions.changes_since import Wanted, mark_now
from gis_ce.actions.desk import Actor, Desk
from gis_ce.case_lists import CaseFilter
from gis_ce.roles import ROLE_NAMES, Rights, rights_of
from gis_ce.tables import User
from maps.qgis.project import Drawn, zipped

_ALL = rights_of(ROLE_NAMES)
MOST_FEATURES = 500_000
_AROUND_FT = 300.0
"""How much of the map is taken around the cases where no area is named."""


@dataclass(frozen=True, slots=True)
class Pack:
    """What is to be written: an officer's cases, an area on the grid (None: around the cases).

    `rights` are those of who takes it: which cases it has, and whose names stand in their texts.
    """

    officer: str
    area: BaseGeometry | None = None
    rights: Rights = _ALL


@dataclass(frozen=True, slots=True)
class Made:
    """What was written: how many cases, features and answers of checks there are."""

    cases: int
    features: int
    answers: int
    project: bytes


def make_pack(session: Session, desk: Desk, office: CaseOffice, view: View, pack: Pack, path: Path) -> Made:
    """Writes a pack to a `.gpkg`; its project lies in it, and is given for a `.qgz` beside it.

    Raises ApiError where there is neither an area nor a case with a place, TooMuch.
    """
    wanted = CaseFilter(status="open", officer=pack.officer, area=pack.area)
    cases = case_tables(session, desk, view, wanted, pack.rights)
    area = pack.area if pack.area is not None else _around(cases, pack.officer)
    layers = layer_tables(office.city, view, area)
    if (count := sum(map(len, layers))) > MOST_FEATURES:
        raise TooMuch(f"There are {count:,} features in this area; a pack has at most {MOST_FEATURES:,}.")
    tables = [*_ordered(cases, layers), _about(session, desk, view, pack)]
    west, south, east, north = _extent(cases, area)
    drawn = Drawn(
        title=f"{office.city.city.name}, {pack.officer}, {desk.today.isoformat()}",
        file=path.name,
        epsg=office.city.city.grid_epsg,
        extent=(west, south, east, north),
        layers=tuple(table.drawn for table in tables),
    )
    write_pack(path, tables, drawn, desk.grid, desk.now, desk.actor.name)
    counts = {table.drawn.table: len(table) for table in tables}
    return Made(counts.get("cases", 0), count, counts.get("checks", 0), zipped(drawn, path.stem))


def _ordered(cases: Sequence[PackTable], layers: Sequence[PackTable]) -> list[PackTable]:
    """The top first: cases and answers, then lines and points, then areas; of each, evidence over the map."""

    of_map = {id(table) for table in layers}

    def rank(table: PackTable) -> tuple[bool, bool, int]:
        look = table.drawn.look
        return table.drawn.shape == "Polygon", id(table) in of_map, -look.order if look is not None else 0

    return sorted([*cases, *layers], key=rank)


def _around(cases: Sequence[PackTable], officer: str) -> BaseGeometry:
    """A box around the cases."""
    if not cases:
        raise ApiError(f"{officer} has no open case with a place; name an area.")
    west, south, east, north = _box(cases[0])
    reach = _AROUND_FT
    return shapely.box(west - reach, south - reach, east + reach, north + reach)


def _extent(cases: Sequence[PackTable], area: BaseGeometry) -> tuple[float, float, float, float]:
    west, south, east, north = _box(cases[0]) if cases else area.bounds
    reach = _AROUND_FT
    return west - reach, south - reach, east + reach, north + reach


def _box(table: PackTable) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.total_bounds(shapely.from_wkb(table.table.column("geometry").to_pylist()))
    return float(west), float(south), float(east), float(north)


def _about(session: Session, desk: Desk, view: View, pack: Pack) -> PackTable:
    """What the pack is and from when; `since` is the token with which a device goes on from here."""
    said = {
        "officer": pack.officer,
        "made_at": desk.now.isoformat(),
        "made_by": desk.actor.name,
        "sees": view.caller,
        "since": token_of(
            mark_now(
                session, _as_officer(session, desk, pack.officer), Wanted(pack.officer, pack.rights.cases != "all")
            )
        ),
        "rules": view.rulebook.pack,
    }
    rows = [{"name": name, "value": value} for name, value in said.items()]
    rows += [{"name": f"layer {name}", "value": version} for name, version in sorted(view.query.versions.items())]
    return plain_table("pack", "About this pack", rows, ("name", "value"))


def _as_officer(session: Session, desk: Desk, officer: str) -> Desk:
    """The desk of the officer whose device goes on from the pack, where there is such an account."""
    if session.get(User, officer) is None:
        return desk
    return replace(desk, actor=Actor(officer, account(session, officer).lanes))
