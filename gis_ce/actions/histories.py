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
        _add(session, case, act, Said(entry.kind, entry.step, entry.text, entry.data), case.row_version)
    for said in also:
        _add(session, case, act, said, None)
    session.flush()


def tell(session: Session, case: Case, act: Act, kind: str, text: str, **data: Any) -> None:
    """Writes one thing that was added to a case; it belongs to the step at which the case stands."""
    session.flush()
    _add(session, case, act, Said(kind, case.step, text, data), None)
    session.flush()


def tell_change(session: Session, case: Case, act: Act, kind: str, text: str, **data: Any) -> None:
    """Writes one thing that was changed in a case, with the version that this has led to."""
    touch(case)
    session.flush()
    _add(session, case, act, Said(kind, case.step, text, data), case.row_version)
    session.flush()


def _add(session: Session, case: Case, act: Act, said: Said, row_version: int | None) -> None:
    session.add(
        Event(
            case_id=case.id,
            at=act.at,
            by=act.by,
            kind=said.kind,
            step=said.step,
            text=said.text,
            data=dict(said.data),
            row_version=row_version,
        )
    )
