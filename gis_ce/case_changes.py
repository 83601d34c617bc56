"""Finding a case, and refusing to change one that somebody else has changed since it was read."""

from __future__ import annotations

from datetime import tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.errors import CaseChanged, CaseUnknown
from gis_ce.process import in_words
from gis_ce.tables import Case, Event


def case_named(session: Session, name: str) -> Case:
    """The case of a number (in any case of letters) or an id; raises CaseUnknown."""
    found = session.scalars(select(Case).where(Case.number == name.strip().upper())).one_or_none()
    found = found or session.get(Case, name.strip())
    if found is None:
        raise CaseUnknown(f"There is no case {name.strip()[:80]!r}.")
    return found


def case_to_change(session: Session, name: str, seen: int | None, zone: tzinfo) -> Case:
    """The case, as the session's to change; `seen` is the row_version the caller read, `zone` the town's.

    Raises CaseChanged, which says who did what and when since then, and CaseUnknown.
    """
    case = case_named(session, name)
    if seen is not None and seen != case.row_version:
        raise changed_since(session, case, seen, zone)
    return case


def changed_since(session: Session, case: Case, seen: int, zone: tzinfo) -> CaseChanged:
    """What to tell somebody who read an older version of a case: the last thing that happened to it since."""
    newest = select(Event).where(Event.case_id == case.id).order_by(Event.id.desc()).limit(1)
    event = session.scalars(newest.where(Event.row_version > seen)).first() or session.scalars(newest).first()
    if seen > case.row_version or event is None:
        return CaseChanged(case.number, f"{case.number} is at version {case.row_version}, not {seen}. {_AGAIN}")
    said = f": {event.text}" if event.text else ""
    when = event.at.astimezone(zone).strftime("%Y-%m-%d at %H:%M")
    what = f"{in_words(event.kind)}{said}"
    sentence = f"{case.number} was changed by {event.by} on {when} ({what}) after you read it. {_AGAIN}"
    return CaseChanged(case.number, sentence, by=event.by, at=event.at, what=event.kind, row_version=case.row_version)


_AGAIN = "Read it again, then repeat your change if it still fits."
