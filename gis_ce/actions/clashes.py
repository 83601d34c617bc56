"""What somebody who was too late must know: what changed meanwhile, by whom, and both values of what they gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis_ce.case_changes import case_named
from gis_ce.tables import Case, Event, Site

_MOST = 50


@dataclass(frozen=True, slots=True)
class BothValues:
    """One thing that was given and what the case holds of it; `by` and `at` where it was changed meanwhile."""

    name: str
    yours: object
    theirs: object
    by: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Clash:
    """A change that came too late: the version it had seen, the case as it is now, and all that happened between."""

    case: Case
    seen: int
    events: tuple[Event, ...]
    values: tuple[BothValues, ...]


def clash_of(session: Session, name: str, seen: int, given: Mapping[str, object]) -> Clash:
    """The clash of a change with the case of a number or id; raises CaseUnknown.

    `given` are values by name: fields, `answer of STEP`, `step`, `priority`, `place`, `officer`.
    """
    case = case_named(session, name)
    first_change = select(func.min(Event.id)).where(Event.case_id == case.id, Event.row_version > seen)
    start = session.scalars(first_change).one() or 0
    rows = select(Event).where(Event.case_id == case.id, Event.id >= start).order_by(Event.id.desc()).limit(_MOST)
    events = tuple(reversed(session.scalars(rows).all()))
    site = session.scalars(select(Site).where(Site.case_id == case.id)).one()
    values = tuple(_both(case, site, events, each, yours) for each, yours in given.items())
    return Clash(case, seen, events, values)


def _both(case: Case, site: Site, events: Sequence[Event], name: str, yours: object) -> BothValues:
    changed = next((event for event in reversed(events) if _touches(event, name)), None)
    by, at = (changed.by, changed.at) if changed is not None else (None, None)
    return BothValues(name, yours, _theirs(case, site, name), by, at)


def _theirs(case: Case, site: Site, name: str) -> object:
    answered = name.removeprefix("answer of ")
    if answered != name:
        return case.answers.get(answered)
    if name == "place":
        return site.address or site.how_located
    if name in ("step", "priority", "officer") and name not in case.data:
        return getattr(case, name)
    return case.data.get(name)


_STEPPING = (
    "answered",
    "closed",
    "corrected",
    "deadline_passed",
    "definition_changed",
    "handed_over",
    "reopened",
    "returned",
    "wait_ended",
)
"""Kinds of events after which a case stands at another step."""
_KINDS: Mapping[str, tuple[str, ...]] = {
    "place": ("moved",),
    "priority": ("priority_set",),
    "officer": ("assigned",),
}


def _touches(event: Event, name: str) -> bool:
    """Whether an event changed a value."""
    answered = name.removeprefix("answer of ")
    if answered != name:
        return answered == event.data.get("answer_of") or (event.step == answered and bool(event.data.get("answer")))
    if name == "step":
        return event.kind in _STEPPING
    fields = event.data.get("fields")
    noted = name in fields if isinstance(fields, Mapping) else False
    return noted or event.data.get("field") == name or event.kind in _KINDS.get(name, ())
