"""Overflows on the line of a mailing, before it and after: what letters have led to is measured, not supposed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import look_at
from gis_ce.actions.desk import Desk
from gis_ce.actions.mailing_making import SSO
from gis_ce.checks.line_properties import properties_on_line
from gis_ce.checks.line_rule import line_rule
from gis_ce.checks.measuring import OURS, first_of_each
from gis_ce.checks.traced_line import traced_line
from gis_ce.errors import MailingRefused
from gis_ce.mailing.reporting import Reporting, Spill, reporting
from gis_ce.mailing.traceability import Traceability, traceability
from gis_ce.tables import Case, Mailing, Site


@dataclass(frozen=True, slots=True)
class Overflow:
    """An overflow on a line: its case, the day, and the parcel that it was noted at."""

    number: str
    event_on: date
    parcel_id: str | None


@dataclass(frozen=True, slots=True)
class BeforeAndAfter:
    """Overflows on the line of a mailing in as many days before the day of mailing and after it (that day's own count
    as before). `days_after` is less than `days_before` while the time is not over."""

    mailed_on: date
    before: tuple[Overflow, ...]
    after: tuple[Overflow, ...]
    days_before: int
    days_after: int

    @property
    def sentence(self) -> str:
        """The figures in words."""
        later = (
            f"{len(self.after)} in the {self.days_after} days since" if self.days_after else "none yet to count since"
        )
        numbers = f" ({', '.join(each.number for each in self.after)})" if self.after else ""
        before = f"{len(self.before)} in the {self.days_before} days before the mailing"
        return f"Overflows on the line: {before}, {later}{numbers}."


def before_and_after(session: Session, desk: Desk, mailing: Mailing) -> BeforeAndAfter | None:
    """The overflows on a mailing's line before and after it was mailed; None while it was not mailed."""
    if mailing.mailed_on is None:
        return None
    days = desk.mailing.repeat_days
    found = overflows_on(session, desk, mailing.trace.get("segments", ()))
    first, last = mailing.mailed_on - timedelta(days=days), mailing.mailed_on + timedelta(days=days)
    return BeforeAndAfter(
        mailing.mailed_on,
        tuple(each for each in found if first < each.event_on <= mailing.mailed_on),
        tuple(each for each in found if mailing.mailed_on < each.event_on <= last),
        days,
        max(0, min(days, (desk.today - mailing.mailed_on).days)),
    )


def overflows_on(session: Session, desk: Desk, segments: Collection[str]) -> list[Overflow]:
    """The overflows whose place lies on one of some segments (facility ids), by day; from the map as it is now."""
    wanted = (
        select(Case.number, Case.event_on, Site.parcel_id, Site.geometry)
        .join(Site, Site.case_id == Case.id)
        .where(Case.type == SSO, Site.geometry.is_not(None))
        .order_by(Case.event_on, Case.number)
    )
    rows = session.execute(wanted).all()
    on = _segments_at(desk, [row.geometry for row in rows])
    return [
        Overflow(row.number, row.event_on, row.parcel_id)
        for row, segment in zip(rows, on, strict=True)
        if segment is not None and segment in segments
    ]


def _segments_at(desk: Desk, shapes: Sequence[Any]) -> list[str | None]:
    """The main in service nearest to each place, within the reach of a trace; None where there is none."""
    if not shapes or not desk.query.has("sewer_main"):
        return [None] * len(shapes)
    mains = desk.query.features("sewer_main")
    places = np.array([shapely.centroid(shape) for shape in shapes], dtype=object)
    reach = desk.city.network.start_ft
    row, _ = first_of_each(desk.query.nearest("sewer_main", places, reach_ft=reach, select=OURS), len(places))
    return [None if at < 0 else str(mains.texts("facility_id")[at] or mains.ids[at]) for at in row.tolist()]


def traceable(session: Session, desk: Desk, case: str) -> Traceability:
    """How traceable the overflow of a case is, with where to look first; raises MailingRefused, TraceRefused."""
    hand = look_at(session, desk, case)
    if hand.case.type != SSO or hand.site.geometry is None:
        raise MailingRefused(f"{hand.case.number} is no overflow with a place; there is no line to look at.")
    place = shapely.Point(shapely.get_coordinates(shapely.centroid(hand.site.geometry))[0])
    line = traced_line(desk.query, place, desk.mailing.line)
    rule = line_rule(desk.rules.rulebook, hand.case.event_on)
    found = properties_on_line(desk.query, line.segments, rule)
    others = overflows_on(session, desk, set(line.told["segments"]))
    earlier = [
        each.parcel_id for each in others if each.number != hand.case.number and each.event_on <= hand.case.event_on
    ]
    return traceability(desk.query, desk.tables, found.on_line, place, desk.mailing.food_service, earlier)


def reporting_of(
    session: Session,
    desk: Desk,
    case: str,
    gallons: float | None = None,
    to_surface_water_gal: float | None = None,
    known_at: datetime | None = None,
) -> Reporting:
    """What must be reported of the overflow of a case; what is not given is taken from the case's own notes.

    First knowledge is when the case was opened, where no earlier time is given. Raises MailingRefused.
    """
    hand = look_at(session, desk, case)
    if hand.case.type != SSO:
        raise MailingRefused(f"{hand.case.number} is no overflow; there is nothing to report.")
    if gallons is None:
        gallons = _noted(hand.case.data, "spilled_gallons")
    if to_surface_water_gal is None:
        to_surface_water_gal = _noted(hand.case.data, "surface_water_gallons")
    spill = Spill(gallons, to_surface_water_gal, known_at or hand.case.opened_at)
    return reporting(desk.rules.rulebook, hand.case.event_on, spill)


def _noted(data: Mapping[str, Any], name: str) -> float | None:
    value = data.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
