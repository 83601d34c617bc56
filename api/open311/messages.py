"""What GeoReport v2 asks and answers: parameters read strictly, services and requests as it words them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from api.errors import ApiError
from api.ogc.times import moment_of
from gis_ce.actions.reporting import Report, ReportFilter, ReportSeen
from gis_ce.public_reports import Intake, Service

Given = Mapping[str, str]
Row = dict[str, Any]
MOST_REQUESTS = 1_000
LONGEST_SPAN = timedelta(days=90)
"""As the standard has it: a query without dates, or with one of them, looks at 90 days."""
_ASKED = ("service_request_id", "service_code", "status", "start_date", "end_date", "jurisdiction_id", "api_key")
_NAMES = ("first_name", "last_name")
_STATUSES = ("open", "closed")


def service_row(service: Service) -> Row:
    """A service as it stands in the list."""
    return {
        "service_code": service.code,
        "service_name": service.name,
        "description": service.description,
        "metadata": False,
        "type": "realtime",
        "keywords": ",".join(service.keywords),
        "group": service.group,
    }


def definition_row(service: Service) -> Row:
    """What a report of a service can say beyond what all can: nothing."""
    return {"service_code": service.code, "attributes": []}


def request_row(seen: ReportSeen, intake: Intake) -> Row:
    """A report and what became of it. Descriptions are not shown: they are other people's words."""
    service = intake.services.get(seen.service)
    lon, lat = seen.lonlat or (None, None)
    return {
        "service_request_id": seen.number,
        "status": seen.status,
        "status_notes": None,
        "service_name": service.name if service else seen.service,
        "service_code": seen.service,
        "description": None,
        "agency_responsible": intake.agency or None,
        "service_notice": intake.notice,
        "requested_datetime": _time(seen.reported_at),
        "updated_datetime": _time(seen.changed_at),
        "expected_datetime": None,
        "address": seen.address,
        "address_id": None,
        "zipcode": None,
        "lat": lat,
        "long": lon,
        "media_url": None,
    }


def report_of(given: Given) -> Report:
    """The report of a request; raises ApiError for what cannot be read. Unknown parameters are left alone, as other
    servers do: clients send more than the standard names."""
    if not given.get("service_code"):
        raise ApiError("service_code: is missing; GET services lists those that there are.")
    lat, long = _degrees(given, "lat", 90), _degrees(given, "long", 180)
    if (lat is None) != (long is None):
        raise ApiError("lat, long: one of them is missing; give both, or address_string.")
    return Report(
        service=given["service_code"],
        lonlat=(long, lat) if long is not None and lat is not None else None,
        address=given.get("address_string") or None,
        description=given.get("description", ""),
        name=" ".join(given[name].strip() for name in _NAMES if given.get(name, "").strip()) or None,
        phone=given.get("phone") or None,
        email=given.get("email") or None,
        media_url=given.get("media_url") or None,
    )


def filter_of(given: Given, now: datetime) -> ReportFilter:
    """Which reports a query asks for; raises ApiError."""
    if unknown := [name for name in given if name not in _ASKED]:
        raise ApiError(f"{unknown[0]}: there is no such parameter here; these are: {', '.join(_ASKED)}.")
    numbers = _words(given, "service_request_id")
    statuses = _words(given, "status")
    if wrong := [word for word in statuses if word not in _STATUSES]:
        raise ApiError(f"status: {wrong[0]!r} is none; these are: open, closed.")
    services = _words(given, "service_code")
    if numbers:
        return ReportFilter(numbers, services, statuses)
    first = moment_of(given["start_date"], "start_date") if given.get("start_date") else None
    last = moment_of(given["end_date"], "end_date", last=True) if given.get("end_date") else None
    if first is None:
        first = (last or now) - LONGEST_SPAN
    if last is None:
        last = min(first + LONGEST_SPAN, now) if given.get("start_date") else now
    if last < first:
        raise ApiError("end_date: it lies before start_date.")
    if last - first > LONGEST_SPAN + timedelta(days=1):
        raise ApiError("start_date, end_date: at most 90 days lie between them; ask for parts.")
    return ReportFilter((), services, statuses, first, last)


def _words(given: Given, name: str) -> tuple[str, ...]:
    words = tuple(word.strip() for word in given.get(name, "").split(",") if word.strip())
    if len(words) > MOST_REQUESTS:
        raise ApiError(f"{name}: at most {MOST_REQUESTS:,} at once.")
    return words


def _degrees(given: Given, name: str, most: float) -> float | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise ApiError(f"{name}: {text[:40]!r} is no number of degrees.") from error
    if not math.isfinite(value) or abs(value) > most:
        raise ApiError(f"{name}: {text[:40]!r} is no number of degrees from -{most} to {most}.")
    return value


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()
