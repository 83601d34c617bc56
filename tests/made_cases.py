"""Cases for tests of the store, made by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis_ce.tables import Case, Event, Site

OPENED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def add_case(session: Session, name: str, place: BaseGeometry | None = None, **values: Any) -> Case:
    """A case with a site and its first event; `values` are columns of the case."""
    given = {
        "number": f"DAM-2026-{name}",
        "type": "damages",
        "process_version": "v1",
        "step": "start",
        "lane": "field",
        "opened_at": OPENED,
        "event_on": date(2026, 3, 1),
        **values,
    }
    case = Case(id=name, site_id=f"site-{name}", **given)
    session.add(case)
    session.add(Site(id=f"site-{name}", case_id=name, geometry=place, srid=2264))
    session.add(Event(case_id=name, at=given["opened_at"], by="ann", kind="opened", text="opened"))
    session.flush()
    return case
