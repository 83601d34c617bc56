"""Cases as one table: what each is and where, its parties, its fields and its answers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.case_exchange.columns import (
    ANSWER,
    CASE_COLUMNS,
    FIELD,
    FILES,
    LAST_COLUMNS,
    PARTY_FIELDS,
    SITE_COLUMNS,
    Kind,
    party_prefix,
)
from gis_ce.case_lists import MOST, After, CaseFilter, listed
from gis_ce.process import Process
from gis_ce.tables import Case, ExternalReference, Party, Site
from layers.grid import Grid
from layers.snapshot import GEOMETRY

_BATCH = 500
_ARROW: Mapping[Kind, pa.DataType] = {
    "text": pa.string(),
    "date": pa.date32(),
    "number": pa.float64(),
    "integer": pa.int64(),
}
_NUMBERS = ("number", "money")
Cells = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sheets:
    """What cases are written with: the processes that say the kind of each field, the grid, and the zone of days."""

    processes: Mapping[str, Process]
    grid: Grid
    zone: ZoneInfo


def wanted_cases(session: Session, wanted: CaseFilter) -> Iterator[str]:
    """The ids of all cases that meet a filter, newest first."""
    after: After | None = None
    while True:
        page = session.execute(listed(wanted, after, MOST).with_only_columns(Case.id, Case.opened_at)).all()
        yield from (name for name, _ in page)
        if len(page) < MOST:
            return
        after = After(page[-1][1], page[-1][0])


def case_table(session: Session, names: Iterable[str], sheets: Sheets) -> pa.Table:
    """The cases of these ids in their order, with the column `geometry` (WKB on the grid)."""
    rows: list[Cells] = []
    shapes: list[bytes | None] = []
    left = iter(names)
    while batch := list(islice(left, _BATCH)):
        for cells, shape in _batch(session, batch, sheets):
            rows.append(cells)
            shapes.append(shape)
    columns = _columns(rows, sheets.processes)
    arrays = [pa.array([row.get(name) for row in rows], _ARROW[kind]) for name, kind in columns]
    names_ = [name for name, _ in columns]
    return pa.table([*arrays, pa.array(shapes, pa.binary())], names=[*names_, GEOMETRY])


def _batch(session: Session, names: Sequence[str], sheets: Sheets) -> Iterator[tuple[Cells, bytes | None]]:
    query = select(Case, Site).outerjoin(Site, Site.case_id == Case.id).where(Case.id.in_(names))
    found = {case.id: (case, site) for case, site in session.execute(query)}
    parties = _by_case(session, select(Party).where(Party.case_id.in_(names)).order_by(Party.id))
    query_ = select(ExternalReference).where(ExternalReference.case_id.in_(names)).order_by(ExternalReference.system)
    references = _by_case(session, query_)
    for name in names:
        case, site = found[name]
        cells = _case_cells(case, sheets) | _site_cells(site, sheets.grid) | _party_cells(parties.get(name, ()))
        said = [f"{each.system}: {each.reference}" for each in references.get(name, ())]
        cells["references"] = "; ".join(said) or None
        yield cells, None if site is None or site.geometry is None else bytes(shapely.to_wkb(site.geometry))


def _by_case(session: Session, query: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for each in session.scalars(query):
        found.setdefault(each.case_id, []).append(each)
    return found


def _case_cells(case: Case, sheets: Sheets) -> Cells:
    same = ("number", "id", "type", "status", "step", "lane", "outcome", "officer", "priority", "title", "description")
    cells: Cells = {name: getattr(case, name) for name in (*same, "event_on", "process_version")}
    for name in ("opened", "closed", "due"):
        at: datetime | None = getattr(case, f"{name}_at")
        cells[f"{name}_at"] = at.isoformat() if at else None
        cells[f"{name}_on"] = at.astimezone(sheets.zone).date() if at else None
    cells["state"] = json.dumps(case.state, ensure_ascii=False, sort_keys=True)
    process = sheets.processes.get(case.type)
    for name, value in case.data.items():
        if isinstance(value, list):
            cells[f"{FILES}{name}"] = len(value)
        else:
            field = process.field(name) if process else None
            is_number = field is not None and field.type in _NUMBERS and value is not None
            cells[f"{FIELD}{name}"] = float(value) if is_number else None if value is None else str(value)
    return cells | {f"{ANSWER}{step}": str(word) for step, word in case.answers.items()}


def _site_cells(site: Site | None, grid: Grid) -> Cells:
    if site is None:
        return {}
    same = ("address", "parcel_id", "sigma_ft", "how_located", "datum")
    cells: Cells = {name: getattr(site, name) for name in same}
    cells["details"] = json.dumps(site.details, ensure_ascii=False, sort_keys=True) if site.details else None
    cells["structure_wkt"] = None if site.structure is None else shapely.to_wkt(site.structure, rounding_precision=-1)
    shape = site.geometry
    if shape is None:
        return cells
    if not isinstance(shape, shapely.Point):
        cells["shape_wkt"] = shapely.to_wkt(shape, rounding_precision=-1)
    middle = shape if isinstance(shape, shapely.Point) else shapely.point_on_surface(shape)
    degrees = grid.to_lonlat(np.array([middle], dtype=object))[0]
    cells |= {"easting_ft": middle.x, "northing_ft": middle.y}
    return cells | {"lon": round(degrees.x, 8), "lat": round(degrees.y, 8)}


def _party_cells(parties: Iterable[Party]) -> Cells:
    """Columns of each party, in an order that does not hang on how they were written down."""
    counts: Counter[str] = Counter()
    cells: Cells = {}
    for party in sorted(parties, key=lambda each: [getattr(each, name) or "" for name in ("role", *PARTY_FIELDS)]):
        counts[party.role] += 1
        prefix = party_prefix(party.role, counts[party.role])
        cells |= {f"{prefix}{name}": value for name in PARTY_FIELDS if (value := getattr(party, name)) is not None}
    return cells


def _columns(rows: Sequence[Cells], processes: Mapping[str, Process]) -> list[tuple[str, Kind]]:
    """The columns that all tables have, with those of the parties, fields and answers that some case has."""
    fixed = [*CASE_COLUMNS, *SITE_COLUMNS]
    known = {name for name, _ in (*fixed, *LAST_COLUMNS)}
    further = {name for row in rows for name in row if name not in known}
    order = _order(processes)
    more = sorted(further, key=lambda name: (name.startswith((FIELD, ANSWER, FILES)), order.get(name, -1), name))
    kinds: list[tuple[str, Kind]] = [(name, _kind(name, rows)) for name in more]
    return [*fixed, *kinds, *LAST_COLUMNS]


def _order(processes: Mapping[str, Process]) -> dict[str, int]:
    """Fields and answers in the order in which the maps ask for them."""
    names: dict[str, int] = {}
    for process in processes.values():
        for step in process.steps.values():
            for name in (*(f"{FIELD}{field.name}" for field in step.fields), f"{ANSWER}{step.id}"):
                names.setdefault(name, len(names))
    return names


def _kind(name: str, rows: Sequence[Cells]) -> Kind:
    """A column holds numbers where every case has a number there; of several processes one may have a text."""
    if name.startswith(FILES):
        return "integer"
    values = [value for row in rows if (value := row.get(name)) is not None]
    if all(isinstance(value, float) for value in values):
        return "number"
    for row in rows:
        if isinstance(row.get(name), float):
            row[name] = f"{row[name]:.12g}"
    return "text"
