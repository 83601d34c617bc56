"""Opening a case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, refuse_stranger
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.definitions import published
from gis_ce.actions.desk import Desk
from gis_ce.actions.details import details_given
from gis_ce.actions.histories import tell
from gis_ce.actions.moving import begin
from gis_ce.actions.offers import offered
from gis_ce.actions.parties import PartyGiven, note_party
from gis_ce.actions.placing import Place, Placed, on_the_grid, place_asked, placed
from gis_ce.actions.ranking import known_officer, priority_given
from gis_ce.errors import CaseRefused
from gis_ce.geometry_column import stored_srid
from gis_ce.ids import new_id
from gis_ce.process import Process
from gis_ce.tables import Case, Json, Site
from layers.sentences import sentence

LONGEST_TITLE, LONGEST_DESCRIPTION = 200, 20_000
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{7,63}")


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known when a case is opened; without `event_on` the event was today in the city.

    `structure` is what was built, on the grid in feet; `details` are what checks can use (see
    `gis_ce.actions.details`). A device without a connection makes the `id` itself.
    """

    type: str
    place: Place | None = None
    event_on: date | None = None
    title: str = ""
    description: str = ""
    parties: tuple[PartyGiven, ...] = ()
    officer: str | None = None
    priority: int | None = None
    structure: BaseGeometry | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    id: str | None = None


def open_case(session: Session, desk: Desk, opening: Opening, *, key: str | None = None) -> Done:
    """Opens a case at the first step of its process, with the map's proposal where the step has a check.

    `made` has `located` (how the place was found), `duplicates` and `earlier` cases. Raises
    UnknownProcess, NotYourLane, PlaceUnknown, PlaceRefused, and CaseRefused with everything else that is wrong.
    """

    def act() -> Done:
        process = published(session, desk, opening.type)
        found = offers_of(session, desk, process, opening)
        case, site = found.case, found.site
        case.officer = known_officer(session, desk, opening.officer)
        hand = begin(session, desk, process, case, site)
        for party in opening.parties:
            note_party(session, desk, case, party)
        _tell_place(session, desk, hand, found.where)
        return done(session, case, **found.told)

    return carried_out(session, desk, "open_case", _request(opening), key, act)


@dataclass(frozen=True, slots=True)
class Offers:
    """A case that is not in the session yet, where it lies, and what is told of both."""

    case: Case
    site: Site
    where: Placed | None
    told: Json


def offers_of(session: Session, desk: Desk, process: Process, opening: Opening) -> Offers:
    """The rows of a new case, and the cases to look at beside it; keeps nothing. Raises as `open_case` does."""
    refuse_stranger(process, desk.actor)
    _refuse_wrong(session, desk, opening)
    day = opening.event_on or desk.today
    where = placed(desk, opening.place, day) if opening.place is not None else None
    case, site = _rows(desk, opening, where, day)
    located = where.said if where is not None else None
    also = offered(session, desk, case, site, [party.as_plain() for party in opening.parties])
    return Offers(case, site, where, {"located": located, "address": site.address, "parcel_id": site.parcel_id, **also})


def _refuse_wrong(session: Session, desk: Desk, opening: Opening) -> None:
    wrong = []
    if opening.event_on is not None and opening.event_on > desk.today:
        wrong.append(f"the event is on {opening.event_on}, which lies after today, {desk.today}")
    if len(opening.title) > LONGEST_TITLE:
        wrong.append(f"the title has more than {LONGEST_TITLE} characters")
    if len(opening.description) > LONGEST_DESCRIPTION:
        wrong.append(f"the description has more than {LONGEST_DESCRIPTION:,} characters")
    if opening.id is not None and not _ID.fullmatch(opening.id):
        wrong.append(f"the id {opening.id[:80]!r} is none: 8 to 64 letters, digits, - and _")
    elif opening.id is not None and session.get(Case, opening.id) is not None:
        wrong.append(f"there is a case {opening.id} already; to send a request twice, give it a key")
    if wrong:
        raise CaseRefused(sentence(f"The case cannot be opened: {'; '.join(wrong)}"))


def _rows(desk: Desk, opening: Opening, where: Placed | None, day: date) -> tuple[Case, Site]:
    name, site_id = opening.id or new_id(desk.now), new_id(desk.now)
    case = Case(
        id=name,
        type=opening.type,
        opened_at=desk.now,
        event_on=day,
        title=opening.title.strip(),
        description=opening.description.strip(),
        priority=priority_given(opening.priority),
        site_id=site_id,
    )
    site = Site(
        id=site_id,
        case_id=name,
        srid=stored_srid(desk.city.grid_epsg),
        structure=on_the_grid(opening.structure) if opening.structure is not None else None,
        details=details_given(opening.details),
        revision=0,
    )
    if where is not None:
        put_place(site, where)
    return case, site


def put_place(site: Site, where: Placed) -> None:
    """Writes a place to a site's row."""
    site.geometry, site.how_located = where.geometry, where.how
    site.sigma_ft, site.datum = where.sigma_ft, where.datum
    site.address, site.parcel_id = where.address, where.parcel_id


def _tell_place(session: Session, desk: Desk, hand: Hand, where: Placed | None) -> None:
    if where is not None:
        at = ", ".join(word for word in (where.address, where.said) if word)
        tell(session, hand.case, desk.act, "placed", f"placed: {at}", how=where.how, sigma_ft=where.sigma_ft)


def _request(opening: Opening) -> dict[str, Any]:
    values = {name: getattr(opening, name) for name in Opening.__slots__}
    values |= {"place": place_asked(opening.place), "details": dict(opening.details)}
    return values | {"parties": [party.as_plain() for party in opening.parties]}
