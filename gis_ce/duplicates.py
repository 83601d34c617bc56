"""Which cases may be the same as one that is being opened: the same facility first, then near in feet and days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from gis_ce.checks.wording import feet
from gis_ce.duplicate_reach import Reach, Reaches
from gis_ce.geometry_column import dwithin
from gis_ce.tables import Case, Json, Site
from layers.grid import AT_LIMIT_FT

ASSET_REACH_FT = 2_000.0
"""A facility is not longer than this; on the same one, two places may lie so far apart."""
ASSET_KEYS = ("facility_id",)
"""Under these names a case's data and its site's details name the facility."""
_DOUBT_FT = 200.0
"""How much further cases are looked for, since their own positions are in doubt too."""
_MOST_CANDIDATES = 2_000
_AT_ONCE = 500
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reported:
    """What is known of a report, new or old: where (with its sigma), when, and on which facilities."""

    type: str
    at: datetime
    place: BaseGeometry | None = None
    sigma_ft: float = 0.0
    assets: frozenset[str] = frozenset()
    parcel_id: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that may be the same."""

    case_id: str
    number: str
    status: str
    title: str
    reported: Reported


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A case that is offered: why, and how sure from 0 to 1. `days` before the report (negative: after it)."""

    case_id: str
    number: str
    status: str
    title: str
    same_assets: tuple[str, ...]
    distance_ft: float | None
    days: float
    sureness: float
    sentence: str


def duplicates(session: Session, report: Reported, reaches: Reaches, limit: int = 5) -> list[Duplicate]:
    """The cases that may be the same as a report, the likeliest first; none where its type is not looked at."""
    reach = reaches.of(report.type)
    return [] if reach is None else likeliest(report, _candidates(session, report, reach), reach, limit)


def likeliest(report: Reported, candidates: Iterable[Candidate], reach: Reach, limit: int = 5) -> list[Duplicate]:
    """Those of some cases that may be the same: on the same facility first, then by distance and time."""
    found = [each for candidate in candidates if (each := _duplicate(report, candidate, reach)) is not None]
    return sorted(found, key=lambda each: (not each.same_assets, -round(each.sureness, 6), each.number))[:limit]


def assets_of(data: Json, details: Json) -> frozenset[str]:
    """The facilities that a case names."""
    named = [values.get(key) for values in (data, details) for key in ASSET_KEYS]
    return frozenset(_plain(name) for name in named if isinstance(name, str) and name.strip())


def _candidates(session: Session, report: Reported, reach: Reach) -> list[Candidate]:
    """Cases of the type near in days, at places that the spatial index or the parcel selects; without either, all."""
    if report.place is None and report.parcel_id is None:
        return _read(session, report, reach, true())
    names = sorted(_cases_around(session, report, reach))
    parts = [names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE)]
    return [each for part in parts for each in _read(session, report, reach, Case.id.in_(part))]


def _cases_around(session: Session, report: Reported, reach: Reach) -> set[str]:
    """The cases whose site lies near enough, or on the parcel: asked of the sites alone, so by their indexes."""
    found: set[str] = set()
    if report.place is not None:
        nearby = max(reach.reach_ft, ASSET_REACH_FT if report.assets else 0.0) + _DOUBT_FT + 2 * report.sigma_ft
        found |= set(session.scalars(select(Site.case_id).where(dwithin(Site.geometry, report.place, nearby))))
    if report.parcel_id is not None:
        found |= set(session.scalars(select(Site.case_id).where(Site.parcel_id == report.parcel_id)))
    return found


def _read(session: Session, report: Reported, reach: Reach, condition: ColumnElement[bool]) -> list[Candidate]:
    days = timedelta(days=max(reach.days, reach.asset_days) + 1)
    query = (
        select(Case.id, Case.number, Case.status, Case.title, Case.opened_at, Case.data, Site)
        .join(Site, Site.case_id == Case.id)
        .where(Case.type == report.type, Case.opened_at.between(report.at - days, report.at + days), condition)
        .order_by(Case.opened_at.desc(), Case.id.desc())
        .limit(_MOST_CANDIDATES)
    )
    return [
        Candidate(name, number, status, title, _reported(report.type, opened_at, data, site))
        for name, number, status, title, opened_at, data, site in session.execute(query)
    ]


def _reported(case_type: str, at: datetime, data: Json, site: Site) -> Reported:
    assets = assets_of(data, site.details)
    return Reported(case_type, at, site.geometry, site.sigma_ft or 0.0, assets, site.parcel_id)


def _duplicate(report: Reported, candidate: Candidate, reach: Reach) -> Duplicate | None:
    other = candidate.reported
    same = tuple(sorted(report.assets & other.assets))
    days = (report.at - other.at) / _DAY
    recency = _share(abs(days), reach.asset_days if same else reach.days)
    distance = _distance_ft(report, other)
    doubt = 2 * (report.sigma_ft**2 + other.sigma_ft**2) ** 0.5
    nearness = 0.0 if distance is None else _share(max(distance - doubt, 0.0), reach.reach_ft)
    if same:
        sureness = 0.7 + 0.3 * recency if recency > 0 else 0.0
    else:
        sureness = 0.7 * nearness * (0.5 + 0.5 * recency) if recency > 0 else 0.0
    if sureness <= 0:
        return None
    sentence = _said(candidate, same, distance, days)
    return Duplicate(
        candidate.case_id,
        candidate.number,
        candidate.status,
        candidate.title,
        same,
        distance,
        days,
        round(sureness, 4),
        sentence,
    )


def _distance_ft(report: Reported, other: Reported) -> float | None:
    if report.place is None or other.place is None:
        return None
    return float(shapely.distance(report.place, other.place))


def _share(value: float, most: float) -> float:
    """1 at nothing, and a little above 0 at the limit, which still counts; 0 beyond it."""
    return 0.0 if value > most + AT_LIMIT_FT else 1.0 - 0.95 * min(value / most, 1.0) if most > 0 else 1.0


def _said(candidate: Candidate, same: Sequence[str], distance_ft: float | None, days: float) -> str:
    """`LEAK-2026-00004 (open): same facility HYD-1, 12.0 ft away, 3 days before`."""
    parts = [f"same facility {', '.join(same)}"] if same else []
    if distance_ft is not None:
        parts.append("at the same place" if distance_ft <= AT_LIMIT_FT else f"{feet(distance_ft)} away")
    count = round(abs(days))
    when = f"{count} day{'s' if count != 1 else ''} {'before' if days >= 0 else 'after'}" if count else "the same day"
    return f"{candidate.number} ({candidate.status}): {', '.join([*parts, when])}"


def _plain(name: str) -> str:
    return name.strip().upper()
