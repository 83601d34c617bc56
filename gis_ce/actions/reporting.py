"""Reports of the public: each becomes a case, and what it said itself is all that the public sees of it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.carried_out import Done
from gis_ce.actions.definitions import published
from gis_ce.actions.desk import Actor, Desk
from gis_ce.actions.histories import tell
from gis_ce.actions.linking import refer
from gis_ce.actions.map_answers import Question, answered_by_map
from gis_ce.actions.notes import add_note
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.parties import PartyGiven
from gis_ce.actions.placing import Place
from gis_ce.errors import ReportRefused, ReportUnknown
from gis_ce.public_reports import Intake, Service
from gis_ce.tables import Case, Event, ExternalReference, Json, Site

THE_PUBLIC = "the public"
"""Who opens a case by a report."""
SYSTEM = "open311"
LONGEST = 4_000
"""Characters of a description, as GeoReport v2 has it."""
_LONGEST_WORD = 500
_REPORTED = "reported"


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reports: where, by degrees (longitude first) or an address, and what they say of it."""

    service: str
    lonlat: tuple[float, float] | None = None
    address: str | None = None
    description: str = ""
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    media_url: str | None = None


@dataclass(frozen=True, slots=True)
class ReportSeen:
    """A report as anybody may see it: nothing that an officer found out, and nobody's words or name."""

    number: str
    service: str
    status: str
    reported_at: datetime
    changed_at: datetime
    lonlat: tuple[float, float] | None
    address: str | None


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """Which reports: by number, by service, by status, by when they were made."""

    numbers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    first: datetime | None = None
    last: datetime | None = None


def report(session: Session, desk: Desk, intake: Intake, given: Report) -> Done:
    """Opens a case for a report, noting the nearest facility and address; duplicates are offered to the officer.

    Raises ReportUnknown for a service that is not offered, ReportRefused with everything else that is wrong,
    PlaceUnknown, PlaceRefused.
    """
    service = intake.services.get(given.service)
    if service is None:
        raise ReportUnknown(f"There is no service {given.service[:40]!r}; these are: {', '.join(intake.services)}.")
    _refuse_wrong(given)
    process = published(session, desk, service.process)
    at_desk = replace(desk, actor=Actor(THE_PUBLIC, frozenset(process.lanes)))
    done = open_case(session, at_desk, _opening(service, given, intake))
    refer(session, at_desk, done.number, SYSTEM, service.code, given.media_url)
    case = cast(Case, session.get(Case, done.case_id))
    said = {"lonlat": list(given.lonlat) if given.lonlat else None, "address": given.address}
    tell(session, case, at_desk.act, _REPORTED, f"reported by the public: {service.name}", **said)
    _note_nearest(session, at_desk, case)
    for same in done.made["duplicates"]:
        add_note(session, at_desk, case.id, f"It may be the same as {same['number']}: {same['said']}")
    return done


def reports_seen(session: Session, wanted: ReportFilter, limit: int) -> Sequence[ReportSeen]:
    """The newest reports that meet a filter."""
    asked = (
        select(Case, ExternalReference.reference)
        .join(ExternalReference, ExternalReference.case_id == Case.id)
        .where(ExternalReference.system == SYSTEM)
        .order_by(Case.opened_at.desc(), Case.id.desc())
        .limit(limit)
    )
    if wanted.numbers:
        asked = asked.where(Case.number.in_(wanted.numbers))
    if wanted.services:
        asked = asked.where(ExternalReference.reference.in_(wanted.services))
    if wanted.statuses:
        asked = asked.where(Case.status.in_(wanted.statuses))
    if wanted.first is not None:
        asked = asked.where(Case.opened_at >= wanted.first)
    if wanted.last is not None:
        asked = asked.where(Case.opened_at <= wanted.last)
    rows = session.execute(asked).all()
    said = _what_was_said(session, [case.id for case, _ in rows])
    return [_seen(case, service, said.get(case.id, {})) for case, service in rows]


def _seen(case: Case, service: str, said: Json) -> ReportSeen:
    lonlat = said.get("lonlat")
    return ReportSeen(
        case.number,
        service,
        case.status,
        case.opened_at,
        case.closed_at or case.opened_at,
        (float(lonlat[0]), float(lonlat[1])) if lonlat else None,
        said.get("address"),
    )


def _what_was_said(session: Session, cases: Sequence[str]) -> dict[str, Json]:
    events = session.execute(
        select(Event.case_id, Event.data).where(Event.case_id.in_(cases), Event.kind == _REPORTED)
    ).all()
    return {row.case_id: row.data for row in events}


def _opening(service: Service, given: Report, intake: Intake) -> Opening:
    place = (
        Place(lonlat=given.lonlat, sigma_ft=intake.sigma_ft, how="map")
        if given.lonlat is not None
        else Place(address=given.address)
    )
    reporter = PartyGiven("reporter", given.name, None, given.phone, given.email)
    named = bool(reporter.as_plain()["name"])
    reached = ", ".join(word for word in (given.phone, given.email) if word)
    if reached and not named:
        reporter, named = replace(reporter, name="A caller who gave no name"), True
    return Opening(
        service.process, place, title=service.name, description=given.description, parties=(reporter,) if named else ()
    )


def _note_nearest(session: Session, desk: Desk, case: Case) -> None:
    site = session.scalars(select(Site).where(Site.case_id == case.id)).one()
    for answered in answered_by_map(desk, [Question(case, site, case.step, "nearest_asset_and_address")]):
        add_note(session, desk, case.id, answered.row.sentence)


def _refuse_wrong(given: Report) -> None:
    wrong = []
    if given.lonlat is None and not (given.address or "").strip():
        wrong.append("it says nowhere: give lat and long, or address_string")
    if len(given.description) > LONGEST:
        wrong.append(f"the description has more than {LONGEST:,} characters")
    words = {"name": given.name, "phone": given.phone, "email": given.email, "address_string": given.address}
    wrong += [f"{name} has more than {_LONGEST_WORD} characters" for name, word in words.items()
              if len(word or "") > _LONGEST_WORD]  # fmt: skip
    url = given.media_url
    if url is not None and (not url.startswith(("https://", "http://")) or len(url) > 4 * _LONGEST_WORD):
        wrong.append("media_url is no address of the web with at most 2,000 characters")
    if wrong:
        raise ReportRefused(f"The report cannot be taken: {'; '.join(wrong)}.")
