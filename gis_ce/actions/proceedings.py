"""What runs beside the steps of a case, written once: how one is begun, told of and ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, look_at, refuse_stranger, take
from gis_ce.actions.carried_out import Done, done
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import tell
from gis_ce.errors import ContactRefused, ContactUnknown
from gis_ce.ids import new_id
from gis_ce.process import in_words
from gis_ce.tables import Case, Proceeding, ProceedingEntry

ProceedingKind = Literal["visit", "hearing", "citation", "abatement", "shut_off", "discrepancy", "appeal"]
LAST = "last"
"""Instead of an id: the one that was begun last."""
_LONGEST = 5_000


@dataclass(frozen=True, slots=True)
class Began:
    """A proceeding that is begun: the day it is for, and by when something must be done about it."""

    kind: ProceedingKind
    text: str
    on: date | None = None
    due_at: datetime | None = None
    officer: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a proceeding; with `ends` nothing more is expected of it."""

    kind: str
    text: str = ""
    on: date | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """A proceeding with its entries, in the order in which they were made."""

    row: Proceeding
    entries: tuple[ProceedingEntry, ...]

    @property
    def ended(self) -> bool:
        """Whether nothing more is expected of it."""
        return any(entry.ends for entry in self.entries)

    def has(self, kind: str) -> bool:
        """Whether an entry of a kind was made."""
        return any(entry.kind == kind for entry in self.entries)


def hour_and_place(row: Proceeding) -> str | None:
    """At which time of the day and where a hearing is; None where neither was said."""
    return ", ".join(str(row.data[name]) for name in ("time", "place") if row.data.get(name)) or None


def hand_to_note(session: Session, desk: Desk, case: str, seen: int | None) -> Hand:
    """A case beside whose steps something is noted; raises NotYourLane, CaseChanged."""
    hand = take(session, desk, case, seen)
    refuse_stranger(hand.process, desk.actor)
    return hand


def begin(session: Session, desk: Desk, hand: Hand, began: Began) -> Proceeding:
    """Writes a proceeding, with its event; raises ContactRefused without words."""
    row = Proceeding(
        id=new_id(desk.now),
        case_id=hand.case.id,
        kind=began.kind,
        at=desk.now,
        by=desk.actor.name,
        officer=began.officer,
        on_day=began.on,
        due_at=began.due_at,
        text=said_checked(began.text),
        data=dict(began.data),
    )
    session.add(row)
    on = f" on {began.on}" if began.on else ""
    text = f"{in_words(began.kind)}{on}: {row.text}"
    tell(session, hand.case, desk.act, f"{began.kind}_begun", text, proceeding=row.id, **began.data)
    return row


def become(session: Session, desk: Desk, hand: Hand, of: Running, became: Became) -> None:
    """Writes what became of a proceeding, with its event."""
    entry = ProceedingEntry(
        proceeding_id=of.row.id,
        case_id=hand.case.id,
        at=desk.now,
        by=desk.actor.name,
        kind=became.kind,
        on_day=became.on,
        text=became.text.strip(),
        data=dict(became.data),
        ends=became.ends,
    )
    session.add(entry)
    on = f" on {became.on}" if became.on else ""
    words = ": ".join(word for word in (f"{in_words(of.row.kind)} {in_words(became.kind)}{on}", entry.text) if word)
    tell(session, hand.case, desk.act, f"{of.row.kind}_{became.kind}", words, proceeding=of.row.id, **became.data)


def said_checked(text: str) -> str:
    """The words; raises ContactRefused where there are none, or too many."""
    if not 0 < len(text.strip()) <= _LONGEST:
        raise ContactRefused(f"Say what it is about, in {_LONGEST:,} characters at most.")
    return text.strip()


def noted(session: Session, hand: Hand, row: Proceeding) -> Done:
    """The answer of an action on a proceeding."""
    due_at = row.due_at.isoformat() if row.due_at else None
    return done(session, hand.case, proceeding=row.id, due_at=due_at)


def running_named(session: Session, hand: Hand, kind: ProceedingKind, name: str) -> Running:
    """The proceeding of an id, or the `last` of its kind, that has not ended; raises ContactUnknown."""
    row = session.get(Proceeding, _last(session, hand, kind) if name == LAST else name)
    what = in_words(kind)
    if row is None or row.case_id != hand.case.id or row.kind != kind:
        raise ContactUnknown(f"{hand.case.number} has no {what} {name[:80]!r}.")
    found = Running(row, _entries(session, [row.id]).get(row.id, ()))
    if found.ended:
        raise ContactUnknown(f"This {what} has ended: {in_words(found.entries[-1].kind)}.")
    return found


def _last(session: Session, hand: Hand, kind: ProceedingKind) -> str:
    """The id of the proceeding of a kind that was begun last; that word itself where there is none."""
    query = select(Proceeding.id).where(Proceeding.case_id == hand.case.id, Proceeding.kind == kind)
    return session.scalars(query.order_by(Proceeding.at.desc(), Proceeding.id.desc()).limit(1)).first() or LAST


def proceedings_of(session: Session, desk: Desk, case: str, kind: ProceedingKind | None = None) -> list[Running]:
    """The proceedings of a case in the order in which they were begun; raises CaseUnknown."""
    hand = look_at(session, desk, case)
    query = select(Proceeding).where(Proceeding.case_id == hand.case.id)
    return _running(session, query if kind is None else query.where(Proceeding.kind == kind))


def open_proceedings(
    session: Session, officer: str | None = None, kind: ProceedingKind | None = None
) -> list[tuple[Running, Case]]:
    """Every proceeding that has not ended, with its case; an officer's own, or of their cases, if one is named."""
    ended = select(ProceedingEntry.id).where(ProceedingEntry.proceeding_id == Proceeding.id, ProceedingEntry.ends)
    query = select(Proceeding).where(~ended.exists())
    if kind is not None:
        query = query.where(Proceeding.kind == kind)
    found = _running(session, query)
    cases = {case.id: case for case in session.scalars(select(Case).where(Case.id.in_({r.row.case_id for r in found})))}
    together = [(each, cases[each.row.case_id]) for each in found]
    return [
        (each, case) for each, case in together if officer is None or officer in (each.row.officer or case.officer,)
    ]


def _running(session: Session, query: Select[Proceeding]) -> list[Running]:
    rows = session.scalars(query.order_by(Proceeding.at, Proceeding.id)).all()
    entries = _entries(session, [row.id for row in rows])
    return [Running(row, entries.get(row.id, ())) for row in rows]


def _entries(session: Session, names: list[str]) -> dict[str, tuple[ProceedingEntry, ...]]:
    found: dict[str, tuple[ProceedingEntry, ...]] = {}
    query = select(ProceedingEntry).where(ProceedingEntry.proceeding_id.in_(names)).order_by(ProceedingEntry.id)
    for entry in session.scalars(query):
        found[entry.proceeding_id] = (*found.get(entry.proceeding_id, ()), entry)
    return found
