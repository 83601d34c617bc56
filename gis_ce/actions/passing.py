"""Deadlines that have passed: cases go on by themselves."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, held
from gis_ce.actions.carried_out import Done, done
from gis_ce.actions.closing import may_close_by_clock, parents_ready, ready_to_close
from gis_ce.actions.desk import CLOCK, Actor, Desk
from gis_ce.actions.judging import commits, to_review
from gis_ce.actions.moving import keep
from gis_ce.process_engine import pass_deadline
from gis_ce.tables import Case


def pass_if_due(session: Session, desk: Desk, hand: Hand) -> bool:
    """Lets a case go on whose deadline has passed; the history says that the clock did it.

    The clock ends no case over answers that the map no longer bears out, and none that lacks what a closing asks for:
    such a case stays, overdue.
    """
    due_at = hand.state.due_at
    if hand.state.waiting_for != "deadline" or due_at is None or desk.now < due_at:
        return False
    if commits(hand, None) and not all(review.holds for review in to_review(session, hand)):
        return False
    by_clock = replace(desk, actor=Actor(CLOCK))
    moved = pass_deadline(hand.process, hand.state, by_clock.act)
    if not may_close_by_clock(session, by_clock, hand, moved):
        return False
    told = ready_to_close(session, by_clock, hand, moved)
    keep(session, by_clock, hand, moved, told, parents_ready(session, by_clock, hand, moved))
    return True


def pass_deadlines(session: Session, desk: Desk, limit: int = 100) -> list[Done]:
    """Lets the cases go on whose deadlines have passed, the longest past first; for a command that runs by the clock.

    At most `limit` at once, so that other writers get their turn: commit, and call again until none is left.
    """
    due = select(Case.id).where(Case.status == "open", Case.due_at <= desk.now).order_by(Case.due_at, Case.id)
    passed: list[Done] = []
    for name in session.scalars(due).all():
        if len(passed) == limit:
            break
        hand = held(session, desk, session.get_one(Case, name))
        with session.begin_nested():
            if pass_if_due(session, desk, hand):
                passed.append(done(session, hand.case))
    return passed
