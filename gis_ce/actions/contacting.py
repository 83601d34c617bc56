"""The contact log: every call and e-mail of a case, with by when it must be answered."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from gis_ce.actions.at_hand import Hand, look_at, refuse_stranger, take
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import tell
from gis_ce.due_times import due_after
from gis_ce.errors import ContactRefused, ContactUnknown
from gis_ce.ids import new_id
from gis_ce.process import in_words
from gis_ce.tables import Case, Contact, Json, Party
from gis_ce.tables.contacts import CHANNELS, DIRECTIONS

Direction = Literal["in", "out"]
Channel = Literal["call", "email", "letter", "in_person", "message"]
_LONGEST = 20_000
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class ContactGiven:
    """One call, e-mail or talk: what came `in` from outside, or what went `out`.

    What came in must be answered within the office's period, unless `no_answer` says why it needs none. `at` is when
    it was, without it now; `party` whom it was with: an id, or a role that one party alone has;
    `answers` the contact that it answers. `tells_closing` is true where the party was told that the case closes.
    """

    direction: Direction
    channel: Channel
    text: str
    at: datetime | None = None
    party: str | None = None
    answers: str | None = None
    no_answer: str | None = None
    tells_closing: bool = False


def log_contact(
    session: Session, desk: Desk, case: str, given: ContactGiven, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Writes a contact down; `made["contact"]` is its id, `made["due_at"]` by when it must be answered.

    Raises NotYourLane, ContactUnknown for a contact to answer that is not there, and ContactRefused.
    """

    def act() -> Done:
        hand = take(session, desk, case, seen)
        refuse_stranger(hand.process, desk.actor)
        row = _row(session, desk, hand, given)
        session.add(row)
        tell(session, hand.case, desk.act, f"contact_{row.direction}", _said(session, row), contact=row.id)
        due_at = row.due_at.isoformat() if row.due_at else None
        return done(session, hand.case, contact=row.id, due_at=due_at, arithmetic=row.arithmetic)

    return carried_out(session, desk, "log_contact", asdict(given) | {"case": case, "seen": seen}, key, act)


def contacts_of(session: Session, desk: Desk, case: str) -> list[Contact]:
    """The contacts of a case in the order of time; raises CaseUnknown."""
    hand = look_at(session, desk, case)
    return list(
        session.scalars(select(Contact).where(Contact.case_id == hand.case.id).order_by(Contact.at, Contact.id))
    )


def unanswered(session: Session, officer: str | None = None) -> list[tuple[Contact, Case]]:
    """Every contact that still waits for its answer, the longest first; of an officer's cases only, if one is named."""
    answer = aliased(Contact)
    query = select(Contact, Case).join(Case, Case.id == Contact.case_id).where(Contact.due_at.is_not(None))
    query = query.where(~select(answer.id).where(answer.answers == Contact.id).exists())
    if officer is not None:
        query = query.where(Case.officer == officer)
    return [(row.Contact, row.Case) for row in session.execute(query.order_by(Contact.due_at, Contact.id))]


def _row(session: Session, desk: Desk, hand: Hand, given: ContactGiven) -> Contact:
    _refuse_wrong(desk, given)
    at = given.at or desk.now
    return Contact(
        id=new_id(desk.now),
        case_id=hand.case.id,
        at=at,
        logged_at=desk.now,
        by=desk.actor.name,
        direction=given.direction,
        channel=given.channel,
        party_id=_party(session, hand, given),
        text=given.text.strip(),
        answers=_answered(session, hand, given),
        tells_closing=given.tells_closing,
        **_due(desk, at, given),
    )


def _due(desk: Desk, at: datetime, given: ContactGiven) -> Json:
    if given.direction == "out":
        return {"due_at": None, "arithmetic": ""}
    if given.no_answer is not None:
        return {"due_at": None, "arithmetic": f"no answer owed: {given.no_answer.strip()}"}
    due = due_after(at, desk.targets.call_answer, desk.processes.time, in_words(given.channel))
    return {"due_at": due.at, "arithmetic": due.said}


def _refuse_wrong(desk: Desk, given: ContactGiven) -> None:
    wrong = []
    if given.direction not in DIRECTIONS or given.channel not in CHANNELS:
        wrong.append(f"a contact goes {' or '.join(DIRECTIONS)}, by {', '.join(CHANNELS)}")
    if not 0 < len(given.text.strip()) <= _LONGEST:
        wrong.append(f"say what it was about, in {_LONGEST:,} characters at most")
    if given.at is not None and given.at > desk.now:
        wrong.append("it lies in time to come")
    if given.no_answer is not None and (given.direction == "out" or not given.no_answer.strip()):
        wrong.append("only what came in can need no answer, and a reason says why")
    if given.direction == "in" and (given.answers or given.tells_closing):
        wrong.append("only what goes out answers a contact or tells of the closing")
    if given.tells_closing and not (given.party or given.answers):
        wrong.append("say which party was told of the closing")
    if wrong:
        raise ContactRefused(f"The contact cannot be noted: {'; '.join(wrong)}.")


def _party(session: Session, hand: Hand, given: ContactGiven) -> str | None:
    """Whom it was with: the party named, else that of the contact that is answered."""
    if given.party is None:
        before = session.get(Contact, given.answers) if given.answers else None
        return before.party_id if before is not None else None
    party = session.get(Party, given.party)
    if party is not None and party.case_id == hand.case.id:
        return party.id
    of_role = select(Party.id).where(Party.case_id == hand.case.id, Party.role == given.party)
    found = session.scalars(of_role).all()
    if len(found) != 1:
        raise ContactRefused(f"{hand.case.number} has no party, or more than one, of {given.party[:80]!r}.")
    return found[0]


def _answered(session: Session, hand: Hand, given: ContactGiven) -> str | None:
    if given.answers is None:
        return None
    row = session.get(Contact, given.answers)
    if row is None or row.case_id != hand.case.id or row.direction != "in":
        raise ContactUnknown(f"{hand.case.number} has no contact {given.answers[:80]!r} that came in.")
    if session.scalars(select(Contact.id).where(Contact.answers == row.id)).first() is not None:
        raise ContactUnknown(f"This contact was answered already: {row.text[:_SHOWN]}")
    return row.id


def _said(session: Session, row: Contact) -> str:
    party = session.get(Party, row.party_id) if row.party_id else None
    who = f" {'from' if row.direction == 'in' else 'to'} {party.name or party.firm} ({party.role})" if party else ""
    shown = row.text if len(row.text) <= _SHOWN else f"{row.text[: _SHOWN - 3]}..."
    due = f"; {row.arithmetic}" if row.arithmetic else ""
    return f"{in_words(row.channel)}{who}: {shown}{due}"
