"""Shutting off somebody's water: asked for with its reason, approved or refused by the executive team."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, take
from gis_ce.actions.carried_out import Done, carried_out
from gis_ce.actions.desk import Desk
from gis_ce.actions.proceedings import Became, Began, become, begin, hand_to_note, noted, running_named
from gis_ce.errors import NotYourLane, StepRefused
from gis_ce.process_engine import reason_given
from gis_ce.tables import Proceeding, ProceedingEntry


@dataclass(frozen=True, slots=True)
class ShutOffDecision:
    """Whether a shut-off is approved, and why."""

    request: str
    approved: bool
    why: str


def ask_shut_off(
    session: Session, desk: Desk, case: str, why: str, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Asks the executive team to approve a shut-off; `made["proceeding"]` is the id of the request."""

    def act() -> Done:
        hand = hand_to_note(session, desk, case, seen)
        return noted(session, hand, begin(session, desk, hand, Began("shut_off", reason_given(why), desk.today)))

    return carried_out(session, desk, "ask_shut_off", {"case": case, "why": why, "seen": seen}, key, act)


def decide_shut_off(
    session: Session,
    desk: Desk,
    case: str,
    decision: ShutOffDecision,
    *,
    seen: int | None = None,
    key: str | None = None,
) -> Done:
    """Approves or refuses a shut-off; raises NotYourLane for anybody but the executive team."""

    def act() -> Done:
        hand = take(session, desk, case, seen)
        lane = desk.closing.approved_by
        if lane not in desk.actor.lanes:
            raise NotYourLane(f"A shut-off is approved by {lane}; {desk.actor.name} does not act for {lane}.")
        running = running_named(session, hand, "shut_off", decision.request)
        kind = "approved" if decision.approved else "refused"
        become(session, desk, hand, running, Became(kind, reason_given(decision.why), desk.today, ends=True))
        return noted(session, hand, running.row)

    return carried_out(session, desk, "decide_shut_off", asdict(decision) | {"case": case, "seen": seen}, key, act)


def refuse_unapproved(session: Session, desk: Desk, hand: Hand) -> None:
    """Raises StepRefused at a step that shuts somebody off before that was approved."""
    here = hand.process.steps[hand.state.step]
    if not desk.closing.needs_approval(hand.case.type, here.id):
        return
    approved = (
        select(ProceedingEntry.id)
        .join(Proceeding, Proceeding.id == ProceedingEntry.proceeding_id)
        .where(Proceeding.case_id == hand.case.id, Proceeding.kind == "shut_off", ProceedingEntry.kind == "approved")
    )
    if session.scalars(approved).first() is None:
        who = desk.closing.approved_by
        raise StepRefused(f"{here.text}: no shut-off is approved yet; ask for it with its reason, and {who} decides.")
