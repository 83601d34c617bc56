"""Carries a move of the engine into the store: the row, deadlines, letters, history, other cases and proposals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, held
from gis_ce.actions.definitions import published
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import Said, tell, tell_moves
from gis_ce.actions.proposals import propose
from gis_ce.case_links import add_link
from gis_ce.case_numbers import next_number
from gis_ce.case_state import put_state
from gis_ce.ids import new_id
from gis_ce.process import Process, in_words
from gis_ce.process_engine import child_returned, start
from gis_ce.process_state import Act, DeadlineEnd, HandOver, Moved, RunningDeadline
from gis_ce.tables import Case, Deadline, Letter, Party, Site

_COPIED = ("name", "firm", "phone", "email", "mailing_address")


@dataclass(frozen=True, slots=True)
class Others:
    """Numbers of other cases that a move has opened, and of those that it let go on."""

    opened: tuple[str, ...] = ()
    woken: tuple[str, ...] = ()


def begin(session: Session, desk: Desk, process: Process, case: Case, site: Site) -> Hand:
    """A new case at its first step; its number is taken, its row and its site go into the session."""
    moved = start(process, desk.act)
    case.number = next_number(session, process.id, process.prefix, desk.now, desk.city.time_zone)
    put_state(case, moved.state, desk.now)
    session.add_all([case, site])
    hand = Hand(case, site, process, replace(moved.state, step=process.start, way=()))
    keep(session, desk, hand, moved)
    return hand


def keep(
    session: Session,
    desk: Desk,
    hand: Hand,
    moved: Moved,
    also: Sequence[Said] = (),
    of_parents: Sequence[Sequence[Said]] = (),
) -> Others:
    """Stores what a move brings about, with what else is to be told of it, and of the cases that it lets go on."""
    before, hand.state = hand.state, moved.state
    put_state(hand.case, moved.state, desk.now)
    _keep_deadline(session, hand, moved, desk.act)
    tell_moves(session, hand.case, desk.act, moved.entries, also)
    opened = (_open_child(session, desk, hand, moved.open_child),) if moved.open_child else ()
    if (before.step, before.way) != (moved.state.step, moved.state.way):
        _keep_letters(session, desk, hand, before.step)
        propose(session, desk, [hand])
    return Others(opened, _wake_parent(session, desk, hand.case, of_parents) if moved.wake_parent else ())


def _keep_deadline(session: Session, hand: Hand, moved: Moved, act: Act) -> None:
    if moved.deadline_end is not None:
        _end_deadlines(session, hand.case, moved.deadline_end, act)
    if moved.deadline is not None:
        session.add(_deadline(hand, moved.deadline, act))


def _end_deadlines(session: Session, case: Case, end: DeadlineEnd, act: Act) -> None:
    running = select(Deadline).where(Deadline.case_id == case.id, Deadline.state == "running")
    for row in session.scalars(running):
        row.state, row.ended_at = end, act.at


def _deadline(hand: Hand, running: RunningDeadline, act: Act) -> Deadline:
    deadline = hand.process.steps[running.step].deadline
    return Deadline(
        id=new_id(act.at),
        case_id=hand.case.id,
        step=running.step,
        kind=(deadline.setting if deadline else None) or "wait",
        starts_on=running.starts_on,
        due_at=running.due_at,
        arithmetic=running.said,
        state="running",
        remind_at=running.remind_at,
    )


def _keep_letters(session: Session, desk: Desk, hand: Hand, left: str) -> None:
    """A letter is a draft from when its step is come to, and sent when that step is done; one that was begun stays."""
    drafts = select(Letter).where(Letter.case_id == hand.case.id, Letter.state == "draft", Letter.number.is_(None))
    done = left if hand.state.way[-1] == left else None
    for draft in session.scalars(drafts):
        if draft.step == done:
            draft.state, draft.sent_at = "sent", desk.now
        elif not draft.text:
            session.delete(draft)
    step = hand.process.steps[hand.state.step]
    if step.letter is not None:
        session.add(Letter(id=new_id(desk.now), case_id=hand.case.id, step=step.id, template=step.letter))


def _open_child(session: Session, desk: Desk, parent: Hand, asked: HandOver) -> str:
    """The case that a hand-over opens: at the same place, of the same day, with the same parties."""
    process = published(session, desk, asked.process)
    from_case, place = parent.case, parent.site
    name = new_id(desk.now)
    case = Case(
        id=name,
        opened_at=desk.now,
        event_on=from_case.event_on,
        title=from_case.title,
        description=from_case.description,
        officer=from_case.officer,
        parent_id=from_case.id if asked.returns else None,
        site_id=new_id(desk.now),
    )
    site = Site(
        id=case.site_id,
        case_id=name,
        geometry=place.geometry,
        srid=place.srid,
        address=place.address,
        parcel_id=place.parcel_id,
        how_located=place.how_located,
        datum=place.datum,
        sigma_ft=place.sigma_ft,
        structure=place.structure,
        details=dict(place.details),
        revision=0,
    )
    _copy_parties(session, desk, from_case, name)
    begin(session, desk, process, case, site)
    kind = "returns" if asked.returns else "handover"
    add_link(session, from_case.id, name, kind, desk.actor.name, desk.now)
    tell(session, from_case, desk.act, "child_opened", f"{case.number} was opened from here", child=case.number)
    tell(session, case, desk.act, "came_from", f"opened from {from_case.number}", parent=from_case.number)
    return case.number


def _copy_parties(session: Session, desk: Desk, from_case: Case, to_case: str) -> None:
    for party in session.scalars(select(Party).where(Party.case_id == from_case.id).order_by(Party.id)):
        same = {name: getattr(party, name) for name in _COPIED}
        session.add(Party(id=new_id(desk.now), case_id=to_case, role=party.role, **same))


def parent_woken(session: Session, desk: Desk, child: Case) -> tuple[Hand, Moved] | None:
    """The case that waits for this one, the last that it has opened, and how it goes on once this one has closed."""
    parent = session.get(Case, child.parent_id) if child.parent_id else None
    if parent is None:
        return None
    hand = held(session, desk, parent)
    if hand.state.waiting_for != "child" or _last_child(session, parent) != child.id:
        return None
    return hand, child_returned(hand.process, hand.state, child.number, in_words(str(child.outcome)), desk.act)


def _wake_parent(session: Session, desk: Desk, child: Case, told: Sequence[Sequence[Said]]) -> tuple[str, ...]:
    woken = parent_woken(session, desk, child)
    if woken is None:
        return ()
    hand, moved = woken
    return (hand.case.number, *keep(session, desk, hand, moved, told[0] if told else (), told[1:]).woken)


def _last_child(session: Session, parent: Case) -> str | None:
    newest = select(Case.id).where(Case.parent_id == parent.id).order_by(Case.opened_at.desc(), Case.id.desc())
    return session.scalars(newest.limit(1)).first()
