"""What is written into a case's history: events, which are never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from gis_ce.process_state import Act, Entry
from gis_ce.tables import Case, Event


@dataclass(frozen=True, slots=True)
class Said:
    """One thing to tell of a step, besides what the engine tells."""

    kind: str
    step: str
    text: str
    data: Mapping[str, Any] = field(default_factory=dict)


def touch(case: Case) -> None:
    """Lets the case count as changed where only what belongs to it was, so that its row_version grows."""
    flag_modified(case, "state")


def tell_moves(session: Session, case: Case, act: Act, entries: Iterable[Entry], also: Iterable[Said] = ()) -> None:
    """Writes what the engine says of a move, and what else is to be told of it."""
    session.flush()
    for entry in entries:
        event = _event(case, entry.kind, entry.step, entry.text, entry.data)
        event.at, event.by = entry.at, entry.by
        session.add(event)
    for said in also:
        event = _event(case, said.kind, said.step, said.text, said.data)
        event.at, event.by = act.at, act.by
        session.add(event)
    session.flush()


def tell(session: Session, case: Case, act: Act, kind: str, text: str, **data: Any) -> None:
    """Writes one thing that was done to a case; it belongs to the step at which the case stands."""
    session.flush()
    event = _event(case, kind, case.step, text, data)
    event.at, event.by = act.at, act.by
    session.add(event)
    session.flush()


def _event(case: Case, kind: str, step: str, text: str, data: Mapping[str, Any]) -> Event:
    return Event(case_id=case.id, kind=kind, step=step, text=text, data=dict(data), row_version=case.row_version)
