"""What a case needs before it closes: a dated 'after' photo or a reason, the parties told or a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand
from gis_ce.actions.charge_rows import calendar_of, charges_of
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import Said
from gis_ce.actions.moving import parent_woken
from gis_ce.closing_rules import ROLES
from gis_ce.errors import StepRefused
from gis_ce.process import in_words
from gis_ce.process_state import Moved
from gis_ce.tables import Contact, Event, Letter, Party


@dataclass(frozen=True, slots=True)
class Closing:
    """Reasons given with the step that closes a case: why there is no 'after' photo, why parties were not told."""

    no_photo: str | None = None
    not_told: str | None = None


NO_REASONS = Closing()
_Same = tuple[str, str | None, str | None]
_SENT = ("issued", "served", "received")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One thing asked before closing: what is missing in words, or None; and what is told of it."""

    missing: str | None
    said: str


def ready_to_close(session: Session, desk: Desk, hand: Hand, moved: Moved, reasons: Closing = NO_REASONS) -> list[Said]:
    """What to tell of a closing; nothing where a move closes no case. Raises StepRefused with all that is missing.

    A case that goes on as another one is asked for nothing.
    """
    if not moved.state.closed or hand.state.closed:
        return []
    if moved.open_child is not None:
        return [Said("closing", moved.state.step, "the matter goes on in another case")]
    return _asked(session, desk, hand, moved, reasons, ())


def parents_ready(
    session: Session, desk: Desk, hand: Hand, moved: Moved, reasons: Closing = NO_REASONS
) -> list[list[Said]]:
    """What to tell of the closing of the case that waits for this one, and of the one above; see `ready_to_close`.

    Where the close of this one would close them too, they are asked for the same, with the same reasons; a photo, a
    call or a letter of the case that closes first counts for them as well. Raises StepRefused.
    """
    told, below = [], [hand]
    while moved.state.closed and moved.wake_parent:
        woken = parent_woken(session, desk, below[-1].case)
        if woken is None:
            break
        above, moved = woken
        asked = moved.state.closed and moved.open_child is None
        told.append(_asked(session, desk, above, moved, reasons, below) if asked else [])
        below.append(above)
    return told


def _asked(
    session: Session, desk: Desk, hand: Hand, moved: Moved, reasons: Closing, below: Sequence[Hand]
) -> list[Said]:
    wanted = [
        *_photo(session, desk, hand, reasons, below),
        *_told(session, desk, hand, reasons, below),
        *_counted(session, desk, hand),
    ]
    missing = [each.missing for each in wanted if each.missing]
    if missing:
        raise StepRefused(f"{hand.case.number} cannot close yet: {'; '.join(missing)}.")
    words = "; ".join(each.said for each in wanted)
    return [Said("closing", moved.state.step, words)] if words else []


def lacking(session: Session, desk: Desk, hand: Hand) -> dict[str, str]:
    """What a case lacks before it can close, in words, by the reason that may stand for it (`no_photo`, `not_told`).

    Under `charges` stands what no reason helps against.
    """
    wanted = {
        "no_photo": _photo(session, desk, hand, NO_REASONS, ()),
        "not_told": _told(session, desk, hand, NO_REASONS, ()),
        "charges": _counted(session, desk, hand),
    }
    told = {name: "; ".join(each.missing for each in found if each.missing) for name, found in wanted.items()}
    return {name: words for name, words in told.items() if words}


def may_close_by_clock(session: Session, desk: Desk, hand: Hand, moved: Moved) -> bool:
    """Whether the clock may make a move: it closes no case that lacks something; such a case stays, overdue."""
    try:
        ready_to_close(session, desk, hand, moved)
        parents_ready(session, desk, hand, moved)
    except StepRefused:
        return False
    return True


def _photo(session: Session, desk: Desk, hand: Hand, reasons: Closing, below: Sequence[Hand]) -> Sequence[_Wanted]:
    if hand.case.type not in desk.closing.after_photo:
        return ()
    marked = [event for each in (*below, hand) for event in _since_reopened(session, each, "after_photo")]
    if marked:
        return (_Wanted(None, f"'after' photo of {marked[-1].data['taken_on']}"),)
    if reason := _reason(reasons.no_photo):
        return (_Wanted(None, f"no 'after' photo: {reason}"),)
    return (_Wanted("attach an 'after' photo with its day (or say why there is none)", ""),)


def _told(session: Session, desk: Desk, hand: Hand, reasons: Closing, below: Sequence[Hand]) -> Sequence[_Wanted]:
    parties = session.scalars(select(Party).where(Party.case_id == hand.case.id).order_by(Party.id)).all()
    told = {same for each in (*below, hand) for same in _told_parties(session, desk, each)}
    found = []
    for group in desk.closing.tell:
        own = [party for party in parties if party.role in ROLES[group]]
        if not own:
            found.append(_Wanted(None, f"no {group} party is on record"))
        elif any(_same(party) in told for party in own):
            found.append(_Wanted(None, f"the {group} party was told"))
        elif reason := _reason(reasons.not_told):
            found.append(_Wanted(None, f"the {group} party was not told: {reason}"))
        else:
            who = " or ".join(str(party.name or party.firm) for party in own)
            found.append(_Wanted(f"tell the {group} party, {who}, of the closing (or say why not)", ""))
    return found


def _counted(session: Session, desk: Desk, hand: Hand) -> Sequence[_Wanted]:
    """A penalty that still counts would go on for ever."""
    running = [each for each in charges_of(session, hand.case, desk.today, calendar_of(desk)) if each.standing.running]
    return [
        _Wanted(f"say on which day the {in_words(each.charge.kind)} ends (gis-ce charge end)", "") for each in running
    ]


def _told_parties(session: Session, desk: Desk, hand: Hand) -> set[_Same]:
    """Who was told of the closing since the case was last opened, by a contact or by a letter with the outcome."""
    opened = _since_reopened(session, hand, "reopened", whole=True)
    after = opened[-1].at if opened else hand.case.opened_at
    contacts = select(Contact.party_id).where(Contact.case_id == hand.case.id, Contact.tells_closing)
    letters = select(Letter).where(Letter.case_id == hand.case.id, Letter.state.in_(_SENT), Letter.issued_at >= after)
    kinds = desk.letters.kinds
    told = {name for name in session.scalars(contacts.where(Contact.logged_at >= after)) if name}
    told |= {
        str((letter.given or {}).get("party"))
        for letter in session.scalars(letters)
        if letter.template in kinds and kinds[letter.template].tells_outcome
    }
    return {_same(party) for party in session.scalars(select(Party).where(Party.id.in_(told)))}


def _same(party: Party) -> _Same:
    """What a party and its copy in another case have in common."""
    return party.role, party.name, party.firm


def _since_reopened(session: Session, hand: Hand, kind: str, *, whole: bool = False) -> Sequence[Event]:
    """The events of a kind since the case was last opened again, or all of them."""
    of_case = select(Event).where(Event.case_id == hand.case.id)
    last = session.scalars(of_case.where(Event.kind == "reopened").order_by(Event.id.desc()).limit(1)).first()
    query = of_case.where(Event.kind == kind)
    if last is not None and not whole:
        query = query.where(Event.id > last.id)
    return session.scalars(query.order_by(Event.id)).all()


def _reason(text: str | None) -> str | None:
    return (text or "").strip() or None
