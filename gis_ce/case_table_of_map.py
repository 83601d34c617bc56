"""The table of cases behind the officers' map: the newest first, in columns, each at a point of its place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.tables import Case, Site
from layers.grid import Floats

MOST = 20_000
"""So many cases a page can hold and filter by itself; of more, the newest."""

_COLUMNS: dict[str, Any] = {
    "number": Case.number,
    "type": Case.type,
    "title": Case.title,
    "status": Case.status,
    "step": Case.step,
    "priority": Case.priority,
    "officer": Case.officer,
    "opened_at": Case.opened_at,
    "due_at": Case.due_at,
    "address": Site.address,
    "parcel_id": Site.parcel_id,
}


@dataclass(frozen=True, slots=True)
class CaseTable:
    """Columns of equal length; `xy` are points on the grid in feet, NaN where a case has no place.

    `more` says that older cases were left out.
    """

    columns: dict[str, Sequence[Any]]
    xy: Floats
    more: bool

    def __len__(self) -> int:
        return len(self.xy)


def case_table(session: Session, *, closed: bool, types: Collection[str] | None = None, most: int = MOST) -> CaseTable:
    """Open cases, or the closed ones too, of some types or of all; one statement.

    A shape is stood for by a point that lies within it.
    """
    asked = select(Site.geometry, *_COLUMNS.values()).select_from(Case).outerjoin(Site, Site.case_id == Case.id)
    if not closed:
        asked = asked.where(Case.status != "closed")
    if types is not None:
        asked = asked.where(Case.type.in_(sorted(types)))
    rows = session.execute(asked.order_by(Case.opened_at.desc(), Case.id.desc()).limit(most + 1)).all()
    kept = rows[:most]
    shapes, *columns = zip(*kept, strict=True) if kept else ((), *(() for _ in _COLUMNS))
    return CaseTable(dict(zip(_COLUMNS, columns, strict=True)), _points(shapes), len(rows) > most)


def _points(shapes: Sequence[Any]) -> Floats:
    column = np.full(len(shapes), None, dtype=object)
    column[:] = shapes
    there = ~(shapely.is_missing(column) | shapely.is_empty(column))
    xy = np.full((len(shapes), 2), np.nan)
    xy[there] = shapely.get_coordinates(shapely.point_on_surface(column[there]))
    return xy
