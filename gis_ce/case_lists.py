"""Lists of cases: filters that use an index, and pages by key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from gis_ce.case_search import in_no_index, many_say, says, says_by_looking
from gis_ce.geometry_column import distance, dwithin
from gis_ce.geometry_sql import boxes_meeting
from gis_ce.tables import Case, Site
from layers.grid import AT_LIMIT_FT

MOST = 1000
"""The longest page."""

MANY = 3_000
"""From so many on it is quicker to look through the newest cases than through all of an area, or with some words."""


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
    types: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class After:
    """The last case of the page before."""

    opened_at: datetime
    id: str


def page(
    session: Session, wanted: CaseFilter, after: After | None = None, limit: int = 50
) -> list[tuple[Case, Site | None]]:
    """One page of cases with their sites, newest first; the next page begins after its last row.

    Where thousands of places lie in an area, or thousands of cases have the words, the newest cases are looked
    through until the page is full, instead of all that lie there or have them.
    """
    area, near = wanted.area, wanted.near
    wide = any(
        shape is not None and boxes_meeting(session, Site.geometry, shape, reach, MANY) == MANY
        for shape, reach in ((area, 0.0), (near, wanted.within_ft))
    )
    common = wanted.text is not None and many_say(session, wanted.text, MANY)
    return [(case, site) for case, site in session.execute(listed(wanted, after, limit, wide=wide, common=common))]


def listed(
    wanted: CaseFilter, after: After | None = None, limit: int = 50, *, wide: bool = False, common: bool = False
) -> Select[Case, Site | None]:
    """The statement of one page; `wide` measures place by place, `common` compares words case by case, not by index."""
    newest = select(Case, Site).outerjoin(Site, Site.case_id == Case.id)
    newest = newest.where(*_conditions(wanted, wide, common)).order_by(Case.opened_at.desc(), Case.id.desc())
    if after is not None:
        newest = newest.where(tuple_(Case.opened_at, Case.id) < (after.opened_at, after.id))
    return newest.limit(min(limit, MOST))


def _conditions(wanted: CaseFilter, wide: bool, common: bool) -> Iterator[ColumnElement[bool]]:
    same: tuple[tuple[InstrumentedAttribute[Any], object], ...] = (
        (Case.type, wanted.type),
        (Case.status, wanted.status),
        (Case.step, wanted.step),
        (Case.lane, wanted.lane),
        (Case.priority, wanted.priority),
        (Case.officer, wanted.officer),
    )
    yield from (column == value for column, value in same if value is not None)
    if wanted.types is not None:
        yield Case.type.in_(sorted(wanted.types))
    if wanted.opened_from is not None:
        yield Case.opened_at >= wanted.opened_from
    if wanted.opened_before is not None:
        yield Case.opened_at < wanted.opened_before
    if wanted.due_before is not None:
        yield Case.due_at < wanted.due_before
    yield from _places(wanted, wide)
    if wanted.text is not None:
        yield _has_words(wanted.text, common)


def _places(wanted: CaseFilter, wide: bool) -> Iterator[ColumnElement[bool]]:
    """Conditions on the site."""
    if wanted.area is not None:
        yield _within(wanted.area, 0.0, wide)
    if wanted.near is not None:
        yield _within(wanted.near, wanted.within_ft, wide)
    if wanted.parcel_id is not None:
        yield Case.id.in_(select(Site.case_id).where(Site.parcel_id == wanted.parcel_id))


def _within(shape: BaseGeometry, reach_ft: float, wide: bool) -> ColumnElement[bool]:
    """As a list of cases, so that the spatial index is gone through and not the cases; or by measuring each."""
    if wide:
        return distance(Site.geometry, shape) <= reach_ft + AT_LIMIT_FT
    return Case.id.in_(select(Site.case_id).where(dwithin(Site.geometry, shape, reach_ft)))


def _has_words(text: str, common: bool) -> ColumnElement[bool]:
    """Whether the words stand in number, title, description or address, in any case of letters."""
    if common or in_no_index(text):
        return says_by_looking(text)
    return Case.id.in_(select(Site.case_id).where(says(text)))
