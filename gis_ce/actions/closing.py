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
from gis_ce.closing_rules import ROLES
from gis_ce.errors import StepRefused
from gis_ce.process import in_words
from gis_ce.process_state import Moved
from gis_ce.tables import Contact, Event, Party


@dataclass(frozen=True, slots=True)
class Closing:
    """Reasons given with the step that closes a case: why there is no 'after' photo, why parties were not told."""

    no_photo: str | None = None
    not_told: str | None = None


NO_REASONS = Closing()


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
    wanted = [
        *_photo(session, desk, hand, reasons),
        *_told(session, desk, hand, reasons),
        *_counted(session, desk, hand),
    ]
    missing = [each.missing for each in wanted if each.missing]
    if missing:
        raise StepRefused(f"{hand.case.number} cannot close yet: {'; '.join(missing)}.")
    words = "; ".join(each.said for each in wanted)
    return [Said("closing", moved.state.step, words)] if words else []


def may_close_by_clock(session: Session, desk: Desk, hand: Hand, moved: Moved) -> bool:
    """Whether the clock may make a move: it closes no case that lacks something; such a case stays, overdue."""
    try:
        ready_to_close(session, desk, hand, moved)
    except StepRefused:
        return False
    return True


def _photo(session: Session, desk: Desk, hand: Hand, reasons: Closing) -> Sequence[_Wanted]:
    if hand.case.type not in desk.closing.after_photo:
        return ()
    marked = _since_reopened(session, hand, "after_photo")
    if marked:
        return (_Wanted(None, f"'after' photo of {marked[-1].data['taken_on']}"),)
    if reason := _reason(reasons.no_photo):
        return (_Wanted(None, f"no 'after' photo: {reason}"),)
    return (_Wanted("attach an 'after' photo with its day (or say why there is none)", ""),)


def _told(session: Session, desk: Desk, hand: Hand, reasons: Closing) -> Sequence[_Wanted]:
    parties = session.scalars(select(Party).where(Party.case_id == hand.case.id).order_by(Party.id)).all()
    told = _told_parties(session, hand)
    found = []
    for group in desk.closing.tell:
        own = [party for party in parties if party.role in ROLES[group]]
        if not own:
            found.append(_Wanted(None, f"no {group} party is on record"))
        elif any(party.id in told for party in own):
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


def _told_parties(session: Session, hand: Hand) -> set[str]:
    """The parties that were told of the closing, since the case was last opened."""
    opened = _since_reopened(session, hand, "reopened", whole=True)
    after = opened[-1].at if opened else hand.case.opened_at
    query = select(Contact.party_id).where(Contact.case_id == hand.case.id, Contact.tells_closing)
    return {party for party in session.scalars(query.where(Contact.logged_at >= after)) if party}


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
