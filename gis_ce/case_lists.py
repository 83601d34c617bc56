"""Lists of cases: filters that use an index, and pages by key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from gis_ce.geometry_column import dwithin, intersects
from gis_ce.tables import Case, Site

MOST = 1000
"""The longest page."""


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list holds: the cases that meet everything given. `area` and `near` are on the grid, in feet."""

    type: str | None = None
    status: str | None = None
    step: str | None = None
    lane: str | None = None
    priority: int | None = None
    officer: str | None = None
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    due_before: datetime | None = None
    area: BaseGeometry | None = None
    near: BaseGeometry | None = None
    within_ft: float = 0.0
    parcel_id: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class After:
    """The last case of the page before."""

    opened_at: datetime
    id: str


def listed(wanted: CaseFilter, after: After | None = None, limit: int = 50) -> Select[Case, Site | None]:
    """The statement for one page of cases with their sites, newest first; the next page begins after its last row."""
    newest = select(Case, Site).outerjoin(Site, Site.case_id == Case.id)
    newest = newest.where(*_conditions(wanted)).order_by(Case.opened_at.desc(), Case.id.desc())
    if after is not None:
        newest = newest.where(tuple_(Case.opened_at, Case.id) < (after.opened_at, after.id))
    return newest.limit(min(limit, MOST))


def _conditions(wanted: CaseFilter) -> Iterator[ColumnElement[bool]]:
    same: tuple[tuple[InstrumentedAttribute[Any], object], ...] = (
        (Case.type, wanted.type),
        (Case.status, wanted.status),
        (Case.step, wanted.step),
        (Case.lane, wanted.lane),
        (Case.priority, wanted.priority),
        (Case.officer, wanted.officer),
    )
    yield from (column == value for column, value in same if value is not None)
    if wanted.opened_from is not None:
        yield Case.opened_at >= wanted.opened_from
    if wanted.opened_before is not None:
        yield Case.opened_at < wanted.opened_before
    if wanted.due_before is not None:
        yield Case.due_at < wanted.due_before
    yield from _places(wanted)
    if wanted.text is not None:
        yield _says(wanted.text)


def _places(wanted: CaseFilter) -> Iterator[ColumnElement[bool]]:
    """Conditions on the site, each as a list of cases: so the spatial index, and not the cases, is gone through."""
    if wanted.area is not None:
        yield Case.id.in_(select(Site.case_id).where(intersects(Site.geometry, wanted.area)))
    if wanted.near is not None:
        yield Case.id.in_(select(Site.case_id).where(dwithin(Site.geometry, wanted.near, wanted.within_ft)))
    if wanted.parcel_id is not None:
        yield Case.id.in_(select(Site.case_id).where(Site.parcel_id == wanted.parcel_id))


def _says(text: str) -> ColumnElement[bool]:
    """Whether the words stand somewhere, in any case of letters; there is no index for it."""
    columns = (Case.number, Case.title, Case.description, Site.address)
    found = [column.icontains(text, autoescape=True) for column in columns]
    return found[0] | found[1] | found[2] | found[3]
