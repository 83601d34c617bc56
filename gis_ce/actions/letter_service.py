"""The service of letters: how and when each was served, what came back, and the waits that begin with its receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, held, refuse_stranger
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import tell
from gis_ce.actions.letter_rows import LetterHand, clock_of, look_at_letter, services_of, take_letter
from gis_ce.actions.moving import keep
from gis_ce.clock import named
from gis_ce.errors import LetterRefused
from gis_ce.ids import new_id
from gis_ce.letter import METHODS
from gis_ce.process_engine import note
from gis_ce.service_clock import IN_WORDS, ServiceClock
from gis_ce.tables import Attachment, Case, Letter, LetterService

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Served:
    """How a letter was served: by whom, on which day (and at what hour), with the number of the mail and the proof.

    `proof` is the id of an attachment of the case: the stub of the certified mail, a photo of the posting.
    """

    method: str
    on: date
    at: time | None = None
    by: str | None = None
    tracking: str | None = None
    note: str = ""
    proof: str | None = None


@dataclass(frozen=True, slots=True)
class CameBack:
    """That the receipt of a letter came back, or the letter itself: the day that it bears, and the proof.

    `service` is the id of the service it belongs to; without it, the last one by mail.
    """

    on: date
    service: str | None = None
    note: str = ""
    proof: str | None = None


def serve_letter(
    session: Session, desk: Desk, letter: str, served: Served, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Notes that an issued letter was served; `made` has the `service` and what follows from it: `clock`.

    A letter may be served in several ways. Raises LetterRefused for one that was not issued, and for a day
    before its issue or after today.
    """

    def act() -> Done:
        took = take_letter(session, desk, letter, seen)
        _refuse(session, desk, took, served.on, served.proof, served.method)
        hour = served.at.strftime("%H:%M") if served.at else None
        row = _row(desk, took, "served", served.method, served.on, served.note, served.proof)
        row.time, row.served_by, row.tracking = hour, _cut(served.by) or desk.actor.name, _cut(served.tracking)
        session.add(row)
        session.flush()
        number = f", number {row.tracking}" if row.tracking else ""
        text = f"{took.letter.number} was served by {IN_WORDS[row.method]} on {named(row.on)}{number}"
        tell(session, took.hand.case, desk.act, "letter_served", text, letter=took.letter.id, service=row.id)
        return _settled(session, desk, took, service=row.id)

    asked = {"letter": letter, "served": _plain(served), "seen": seen}
    return carried_out(session, desk, "serve_letter", asked, key, act)


def receive_letter(
    session: Session, desk: Desk, letter: str, back: CameBack, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Notes that a letter sent by mail was received: the day on its signed receipt. Raises LetterRefused."""
    return _came_back(session, desk, letter, back, "received", seen, key)


def return_letter(
    session: Session, desk: Desk, letter: str, back: CameBack, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Notes that a letter sent by mail came back on a day. Raises LetterRefused."""
    return _came_back(session, desk, letter, back, "returned", seen, key)


def count_receipts(session: Session, desk: Desk) -> list[Done]:
    """Looks at letters that wait for a day to pass, such as first-class mail that may still come back.

    Those that count as received by now start the waits that begin with it; for the clock, no lane is asked for.
    """
    waiting = select(Letter.id).where(
        Letter.state == "served", Letter.received_on.is_(None), Letter.template.in_(list(desk.letters.kinds))
    )
    settled = []
    for name in session.scalars(waiting.order_by(Letter.id)).all():
        clock = clock_of(session, desk, look_at_letter(session, desk, name))
        if clock is not None and clock.receipt.day is not None:
            settled.append(_settled(session, desk, take_letter(session, desk, name)))
    return settled


def start_from_receipt(session: Session, desk: Desk, hand: Hand) -> None:
    """Where a case has come to a wait that begins with a noted receipt, and the letter before it was received:
    notes that day, so that the deadline runs."""
    step = hand.process.steps.get(hand.state.step)
    if hand.state.closed or step is None or hand.state.waiting_for != "date" or step.deadline is None:
        return
    before = [known.id for known in hand.process.steps.values() if known.letter and known.next == step.id]
    rows = select(Letter).where(
        Letter.case_id == hand.case.id,
        Letter.step.in_(before),
        Letter.received_on.is_not(None),
        Letter.state == "received",
    )
    letter = session.scalars(rows.order_by(Letter.issued_at.desc())).first()
    name = step.deadline.from_field
    if letter is None or letter.received_on is None or name is None or hand.state.data.get(name) is not None:
        return
    keep(session, desk, hand, note(hand.process, hand.state, step.id, {name: letter.received_on.isoformat()}, desk.act))


def _came_back(
    session: Session, desk: Desk, letter: str, back: CameBack, kind: str, seen: int | None, key: str | None
) -> Done:
    def act() -> Done:
        took = take_letter(session, desk, letter, seen)
        _refuse(session, desk, took, back.on, back.proof, None)
        service = _mailed(session, took, back, kind)
        row = _row(desk, took, kind, service.method, back.on, back.note, back.proof)
        row.of = service.id
        session.add(row)
        session.flush()
        what = "was received" if kind == "received" else "came back"
        text = f"{took.letter.number} by {IN_WORDS[service.method]} {what} on {named(back.on)}"
        tell(session, took.hand.case, desk.act, f"letter_{kind}", text, letter=took.letter.id, service=row.id)
        return _settled(session, desk, took, service=row.id)

    asked = {"letter": letter, "back": _plain(back), "seen": seen}
    return carried_out(session, desk, f"letter_{kind}", asked, key, act)


def _mailed(session: Session, took: LetterHand, back: CameBack, kind: str) -> LetterService:
    """The service by mail that something came back of; raises LetterRefused where there is none, or it came already."""
    rows = services_of(session, took.letter)
    mailed = [row for row in rows if row.kind == "served" and row.method.endswith("_mail")]
    asked = [row for row in mailed if back.service in (None, row.id)]
    if not asked:
        raise LetterRefused(f"{took.letter.number} was not served by mail{' so' if back.service else ''}.")
    done_ = {row.of for row in rows if row.kind in ("received", "returned")}
    open_ = [row for row in asked if row.id not in done_]
    if not open_:
        raise LetterRefused(f"What came of the mail of {took.letter.number} is noted already.")
    if back.on < open_[-1].on:
        raise LetterRefused(f"{named(back.on)} is before the day of mailing, {named(open_[-1].on)}.")
    if back.service is None and len(open_) > 1 and kind == "received":
        certified = [row for row in open_ if row.method == "certified_mail"]
        return certified[-1] if certified else open_[-1]
    return open_[-1]


def _refuse(session: Session, desk: Desk, took: LetterHand, on: date, proof: str | None, method: str | None) -> None:
    """Raises LetterRefused, NotYourLane where this cannot be noted of the letter."""
    refuse_stranger(took.hand.process, desk.actor)
    letter = took.letter
    if letter.state not in ("issued", "served", "received", "returned") or letter.issued_at is None:
        raise LetterRefused(f"{letter.number or took.kind.title} is {letter.state}; only an issued letter is served.")
    issued = letter.issued_at.astimezone(desk.processes.time.zone).date()
    if method is not None and method not in METHODS:
        raise LetterRefused(f"There is no service by {method[:40]!r}; there is {', '.join(METHODS)}.")
    if not issued <= on <= desk.today:
        raise LetterRefused(f"{named(on)} is not between the day of issue ({named(issued)}) and today.")
    row = session.get(Attachment, proof) if proof is not None else None
    if proof is not None and (row is None or row.case_id != took.hand.case.id):
        raise LetterRefused(f"The proof {proof[:80]!r} is not attached to {took.hand.case.number}; attach it first.")


def _row(
    desk: Desk, took: LetterHand, kind: str, method: str, on: date, note_: str, proof: str | None
) -> LetterService:
    return LetterService(
        id=new_id(desk.now),
        letter_id=took.letter.id,
        kind=kind,
        method=method,
        on=on,
        note=note_.strip()[:_LONGEST],
        attachment_id=proof,
        at=desk.now,
        by=desk.actor.name,
    )


def _settled(session: Session, desk: Desk, took: LetterHand, service: str | None = None) -> Done:
    """Sets the letter's state by what is known of its service, starts the wait, and answers with the clock."""
    clock = clock_of(session, desk, took)
    assert clock is not None
    letter, day = took.letter, clock.receipt.day
    first = letter.received_on is None and day is not None
    letter.received_on = day
    letter.state = "received" if day is not None else _waits_or_returned(session, letter)
    if first and day is not None:
        text = f"{letter.number} counts as received on {named(day)}: {clock.receipt.said}"
        tell(session, took.hand.case, desk.act, "letter_counts", text, letter=letter.id, on=day.isoformat())
    start_from_receipt(session, desk, held(session, desk, session.get_one(Case, letter.case_id)))
    return done(session, took.hand.case, letter=letter.number, state=letter.state, service=service, **clock_made(clock))


def _waits_or_returned(session: Session, letter: Letter) -> str:
    rows = services_of(session, letter)
    returned = {row.of for row in rows if row.kind == "returned"}
    return "returned" if all(row.id in returned for row in rows if row.kind == "served") else "served"


def clock_made(clock: ServiceClock) -> dict[str, object]:
    """What follows from the service, in plain values."""
    made: dict[str, object] = {}
    for name in ("receipt", "appeal", "compliance"):
        found = getattr(clock, name)
        if found is not None:
            day = found.day.isoformat() if found.day else None
            made[name] = {"day": day, "said": found.said, "source": found.source}
    return {"clock": made}


def _plain(value: Served | CameBack) -> dict[str, str | None]:
    return {name: str(found) if (found := getattr(value, name)) is not None else None for name in type(value).__slots__}


def _cut(text: str | None) -> str | None:
    said = (text or "").strip()[:_LONGEST]
    return said or None
