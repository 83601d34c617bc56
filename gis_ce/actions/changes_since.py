"""What has changed since a device last asked: cases in the order of their last events, none left out.

Ids of events grow as transactions commit (one writer at a time), so "after this id" misses nothing. A mark names the
event that it stands at and what that event was, so that a store put back from a backup is noticed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from gis_ce.actions.at_hand import held
from gis_ce.actions.desk import Desk
from gis_ce.actions.showing import CaseShown, show_case
from gis_ce.errors import FilterRefused, MarkStale
from gis_ce.tables import Case, Event

MOST = 200
_MOST_EVENTS = 50
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases a device asks for: of one officer or all, and whether only of kinds in which its user works."""

    officer: str | None = None
    own_lanes: bool = False

    def fingerprint(self, desk: Desk) -> str:
        """The same so long as the same is asked by somebody who may see the same."""
        return _fingerprint(sorted(desk.actor.lanes), self.officer, self.own_lanes)


EVERYTHING = Wanted()


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a device has come: up to the event `at`, which had `was` as its fingerprint.

    While it looks for the first time, `until` is the newest event of when it began. `since` is where it stood when it
    began to catch up, page after page; `asked` is the fingerprint of what it asks for and of what its user may see.
    """

    at: int
    until: int
    since: int
    was: str
    asked: str


@dataclass(frozen=True, slots=True)
class Change:
    """A case as it is now, with what happened since; `gone` says why the device need not keep it any more."""

    number: str
    case_id: str
    shown: CaseShown | None
    gone: str | None
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """One page; the mark asks for what comes after it, `more` tells that there is something already."""

    changes: tuple[Change, ...]
    mark: Mark
    more: bool


def changes_since(
    session: Session, desk: Desk, mark: Mark | None, wanted: Wanted = EVERYTHING, limit: int = 50
) -> Changes:
    """The cases that changed after a mark, the longest unchanged first; without a mark, all open cases.

    Of an officer's cases, one that closed is told as it closed, and one that went to somebody else as gone. Raises
    MarkStale for a mark of another store, user or question, FilterRefused for a page that cannot be.
    """
    if not 1 <= limit <= MOST:
        raise FilterRefused(f"A page has 1 to {MOST} cases, not {limit}.")
    asked = wanted.fingerprint(desk)
    newest = session.scalars(select(func.max(Event.id))).one() or 0
    start = mark or Mark(0, newest, 0, "", asked)
    _refuse_stale(session, start, asked)
    first = start.until > 0
    rows = session.execute(_first(start, wanted.officer, limit) if first else _after(start, limit)).all()
    found = (_change(session, desk, name, start.since, wanted) for _, name in rows[:limit])
    changes = tuple(change for change in found if change is not None)
    more_here = len(rows) > limit
    at = rows[limit - 1][0] if more_here else (start.until if first else newest)
    more = more_here or at < newest
    until = start.until if first and more_here else 0
    return Changes(changes, Mark(at, until, start.since if more else at, _was(session, at), asked), more)


def mark_now(session: Session, desk: Desk, wanted: Wanted) -> Mark:
    """The mark of somebody who has everything as it is in this moment, such as in a field pack."""
    newest = session.scalars(select(func.max(Event.id))).one() or 0
    return Mark(newest, 0, newest, _was(session, newest), wanted.fingerprint(desk))


def _first(mark: Mark, officer: str | None, limit: int) -> Select[int, str]:
    """Open cases by their last events, up to the newest event of when the device began to ask."""
    wanted = _last_events(mark.at).join(Case, Case.id == Event.case_id)
    wanted = wanted.where(Event.id <= mark.until, Case.status == "open").limit(limit + 1)
    return wanted.where(Case.officer == officer) if officer is not None else wanted


def _after(mark: Mark, limit: int) -> Select[int, str]:
    return _last_events(mark.at).limit(limit + 1)


def _last_events(after: int) -> Select[int, str]:
    """The last event of each case that has one after an id."""
    later = aliased(Event)
    has_later = exists().where(later.case_id == Event.case_id, later.id > Event.id)
    return select(Event.id, Event.case_id).where(Event.id > after, ~has_later).order_by(Event.id)


def _change(session: Session, desk: Desk, name: str, after: int, wanted: Wanted) -> Change | None:
    """The change of a case; None for one of a kind that the actor does not see."""
    case, officer = session.get_one(Case, name), wanted.officer
    if wanted.own_lanes and held(session, desk, case).process.lanes.keys().isdisjoint(desk.actor.lanes):
        return None
    if officer is not None and case.officer != officer:
        who = f"{case.officer} has it now" if case.officer else "nobody has it now"
        return Change(case.number, case.id, None, f"{case.number}: {who}.", ())
    events = select(Event).where(Event.case_id == name, Event.id > after).order_by(Event.id.desc())
    since = () if after == 0 else tuple(reversed(session.scalars(events.limit(_MOST_EVENTS)).all()))
    return Change(case.number, case.id, show_case(session, desk, name), None, since)


def _refuse_stale(session: Session, mark: Mark, asked: str) -> None:
    if mark.asked != asked:
        raise MarkStale("What you ask for, or what you may see, is not what it was: begin again without a token.")
    if mark.was != _was(session, mark.at):
        raise MarkStale("The store was put back from a backup since you last asked: begin again without a token.")


def _was(session: Session, at: int) -> str:
    """The fingerprint of an event; an id without an event (of a change that was undone) has that of the one before."""
    event = session.scalars(select(Event).where(Event.id <= at).order_by(Event.id.desc()).limit(1)).first()
    newest = session.scalars(select(func.max(Event.id))).one() or 0
    if event is None or at > newest:
        return ""
    return _fingerprint(event.id, event.case_id, event.kind, event.by, event.at.isoformat())


def _fingerprint(*words: object) -> str:
    return hashlib.sha256(json.dumps(words, ensure_ascii=True).encode()).hexdigest()[:_DIGITS]
