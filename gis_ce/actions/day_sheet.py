"""The day sheet of an officer: their open cases in the order of a short way, with what each one waits for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import shapely
from sqlalchemy.orm import Session

from gis_ce.actions.definitions import in_store
from gis_ce.actions.desk import Desk
from gis_ce.case_lists import CaseFilter, page
from gis_ce.clock import named
from gis_ce.process import Process
from gis_ce.route import short_route
from gis_ce.tables import Case, Site

MOST_STOPS = 200
_READ = 900


@dataclass(frozen=True, slots=True)
class Stop:
    """One case of the day: its place on the grid in feet, and how far it is from the stop before (None: the first)."""

    number: str
    title: str
    kind: str
    address: str
    step: str
    priority: int | None
    due_at: datetime | None
    overdue: bool
    place: shapely.Point | None
    from_before_ft: float | None = None


@dataclass(frozen=True, slots=True)
class DaySheet:
    """The stops in the order of the way, then those without a place; `left_out` counts the open cases beyond them."""

    officer: str
    day: str
    stops: tuple[Stop, ...]
    nowhere: tuple[Stop, ...]
    left_out: int


def day_sheet(
    session: Session, desk: Desk, officer: str, types: frozenset[str] | None = None, most: int = MOST_STOPS
) -> DaySheet:
    """The sheet of an officer's open cases, of some types where only those may be seen.

    The most urgent are taken (overdue, then priority, then what is due first), at most 200; the way begins with
    the most urgent one.
    """
    rows = page(session, CaseFilter(status="open", officer=officer, types=types), None, _READ)
    known = {**desk.processes.processes, **in_store(session, desk)}
    stops = sorted((_stop(desk, known, case, site) for case, site in rows), key=_urgency)
    taken = stops[:most]
    there = [stop for stop in taken if stop.place is not None]
    return DaySheet(
        officer=officer,
        day=named(desk.today),
        stops=tuple(_in_order(there)),
        nowhere=tuple(stop for stop in taken if stop.place is None),
        left_out=len(stops) - len(taken),
    )


def _stop(desk: Desk, known: Mapping[str, Process], case: Case, site: Site | None) -> Stop:
    process = known.get(case.type)
    step = process.steps.get(case.step) if process is not None else None
    shape = site.geometry if site is not None else None
    return Stop(
        number=case.number,
        title=case.title,
        kind=process.title if process is not None else case.type,
        address=(site.address if site is not None else None) or "",
        step=step.text if step is not None else case.step,
        priority=case.priority,
        due_at=case.due_at,
        overdue=case.due_at is not None and case.due_at < desk.now,
        place=None if shape is None or shape.is_empty else shapely.Point(shape.representative_point()),
    )


def _urgency(stop: Stop) -> tuple[bool, int, float, str]:
    """Overdue first, then the highest priority (none last), then what is due first, then by number."""
    due = stop.due_at.timestamp() if stop.due_at is not None else float("inf")
    return not stop.overdue, -stop.priority if stop.priority is not None else 1, due, stop.number


def _in_order(stops: list[Stop]) -> list[Stop]:
    if not stops:
        return []
    xy = np.array([[stop.place.x, stop.place.y] for stop in stops if stop.place is not None])
    order = short_route(xy)
    legs = np.linalg.norm(np.diff(xy[order], axis=0), axis=1).tolist()
    return [replace(stops[row], from_before_ft=leg) for row, leg in zip(order.tolist(), [None, *legs], strict=True)]
