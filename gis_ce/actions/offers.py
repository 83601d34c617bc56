"""What else is on file when a case is opened: cases that may be the same, and earlier ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis_ce.actions.desk import Desk
from gis_ce.duplicates import Duplicate, Reported, assets_of, duplicates
from gis_ce.errors import PlaceUnknown
from gis_ce.parcel_named import parcel_named
from gis_ce.related_cases import OFFENDERS, EarlierCase, earlier_at_parcel, earlier_by_party
from gis_ce.tables import Case, Json, Site


def offered(
    session: Session, desk: Desk, case: Case, site: Site, parties: Sequence[Mapping[str, str | None]]
) -> dict[str, list[Json]]:
    """The cases to look at beside one: `duplicates`, the likeliest first, and `earlier` ones.

    Earlier ones are at the same parcel, or of the same owner, contractor, firm or occupant.
    """
    assets = assets_of(case.data or {}, site.details)
    report = Reported(case.type, case.opened_at, site.geometry, site.sigma_ft or 0.0, assets, site.parcel_id)
    same = [found for found in duplicates(session, report, desk.reaches) if found.case_id != case.id]
    names = [name for party in parties if party["role"] in OFFENDERS for name in (party["name"], party["firm"]) if name]
    leave_out = (case.id, *(found.case_id for found in same))
    outline = _outline(desk, site.parcel_id)
    at_parcel = earlier_at_parcel(session, site.parcel_id, case.opened_at, outline, leave_out=leave_out)
    by_party = earlier_by_party(session, names, case.opened_at, leave_out=leave_out)
    once = {found.case_id: found for found in (*reversed(by_party), *reversed(at_parcel))}
    return {
        "duplicates": [_duplicate(found) for found in same],
        "earlier": [_earlier(found) for found in reversed(once.values())],
    }


def _outline(desk: Desk, parcel_id: str | None) -> BaseGeometry | None:
    if parcel_id is None or not desk.query.has("parcel"):
        return None
    try:
        return parcel_named(desk.query, parcel_id)
    except PlaceUnknown:
        return None


def _duplicate(found: Duplicate) -> Json:
    return {
        "number": found.number,
        "status": found.status,
        "title": found.title,
        "distance_ft": found.distance_ft,
        "days": found.days,
        "sureness": found.sureness,
        "said": found.sentence,
    }


def _earlier(found: EarlierCase) -> Json:
    return {
        "number": found.number,
        "type": found.type,
        "status": found.status,
        "outcome": found.outcome,
        "opened_at": found.opened_at.isoformat(),
        "title": found.title,
        "said": found.by,
        "sureness": found.sureness,
    }
