"""Doing the step at which a case stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, refuse_other_lane, take
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.closing import NO_REASONS, Closing, parents_ready, ready_to_close
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import Said
from gis_ce.actions.judging import judge, stand_by
from gis_ce.actions.letter_service import start_from_receipt
from gis_ce.actions.moving import keep
from gis_ce.actions.parties import note_parties
from gis_ce.actions.passing import pass_if_due
from gis_ce.actions.proposals import decides, open_at
from gis_ce.actions.shut_offs import refuse_unapproved
from gis_ce.errors import NotNow, StepRefused
from gis_ce.process import Step
from gis_ce.process_engine import answer, note
from gis_ce.process_state import Moved
from gis_ce.tables import Attachment


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody gives for a step: the answer of a decision (or the process that a hand-over leaves to choose),
    the fields, and why, where the answer is not the map's. `closing` has reasons for the step that closes a case."""

    answer: str | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    why: str | None = None
    closing: Closing = NO_REASONS


def answer_step(
    session: Session, desk: Desk, case: str, step: str, given: Given, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Does the step at which the case stands, and goes on to the next.

    An answer that is the map's proposal confirms it; another overrides it and needs `why`. `made` has
    `opened` and `woken` (numbers of other cases) and `proposals` (ids of decisions at the new step).
    Raises NotNow, NotYourLane, ReasonNeeded, and StepRefused with everything that is missing or wrong, also for the
    closing of the case (see `gis_ce.actions.closing`).
    """

    def act() -> Done:
        hand = take(session, desk, case, seen)
        pass_if_due(session, desk, hand)
        _refuse(session, desk, hand, step, given.fields)
        moved = answer(hand.process, hand.state, step, given.answer, given.fields, desk.act)
        refuse_unapproved(session, desk, hand)
        also = stand_by(session, desk, hand, given.answer)
        also += _judged(session, desk, hand, moved, given)
        return kept(session, desk, hand, moved, also, given.closing)

    asked = {"case": case, "step": step, "answer": given.answer, "fields": dict(given.fields), "why": given.why}
    if given.closing != NO_REASONS:
        asked["closing"] = asdict(given.closing)
    return carried_out(session, desk, "answer_step", asked | {"seen": seen}, key, act)


def notate(
    session: Session,
    desk: Desk,
    case: str,
    step: str,
    fields: Mapping[str, object],
    *,
    seen: int | None = None,
    key: str | None = None,
) -> Done:
    """Notes fields of the present step without leaving it; the date that a wait needs starts its deadline.

    Raises NotNow, NotYourLane, and StepRefused with everything that is wrong.
    """

    def act() -> Done:
        hand = take(session, desk, case, seen)
        pass_if_due(session, desk, hand)
        _refuse(session, desk, hand, step, fields)
        return kept(session, desk, hand, note(hand.process, hand.state, step, fields, desk.act))

    asked = {"case": case, "step": step, "fields": dict(fields), "seen": seen}
    return carried_out(session, desk, "notate", asked, key, act)


def hand_over(
    session: Session,
    desk: Desk,
    case: str,
    process: str | None = None,
    *,
    seen: int | None = None,
    key: str | None = None,
) -> Done:
    """Does the hand-over at which the case stands: opens a case of its process, or of the one chosen.

    `made["opened"]` has the new case's number. Raises NotNow where the case stands at no hand-over.
    """

    def act() -> Done:
        hand = take(session, desk, case, seen)
        here = hand.process.steps[hand.state.step]
        if hand.state.closed or here.kind != "handover":
            raise NotNow(f"{hand.case.number} stands at {here.id} ({here.text}), which hands over to no other case.")
        chosen = process if here.processes else None
        if process is not None and not here.processes and process != here.process:
            raise StepRefused(f"{here.text}: this hands over to {here.process}, not to {process}.")
        return answer_step(session, desk, case, here.id, Given(chosen))

    return carried_out(session, desk, "hand_over", {"case": case, "process": process, "seen": seen}, key, act)


def _judged(session: Session, desk: Desk, hand: Hand, moved: Moved, given: Given) -> list[Said]:
    here = hand.process.steps[hand.state.step]
    return judge(session, desk, hand.case, here, _value(here, given, moved), given.why)


def _value(here: Step, given: Given, moved: Moved) -> str | None:
    """What was answered to the step's check."""
    if not decides(here):
        return None
    return given.answer if here.kind == "decision" else moved.state.data.get(str(here.fills))


def _refuse(session: Session, desk: Desk, hand: Hand, step: str, fields: Mapping[str, object]) -> None:
    if not hand.state.closed and step == hand.state.step:
        refuse_other_lane(hand.process, step, desk.actor)
        refuse_unknown_files(session, hand, fields)


def refuse_unknown_files(session: Session, hand: Hand, fields: Mapping[str, object]) -> None:
    """Raises StepRefused for attachments that a field names and the case does not have."""
    asked = {name: value for name, value in fields.items() if _is_files(hand, name)}
    named = {name: [value] if isinstance(value, str) else value for name, value in asked.items()}
    files = {name: [str(file) for file in value] for name, value in named.items() if isinstance(value, list | tuple)}
    if not any(files.values()):
        return
    there = set(session.scalars(select(Attachment.id).where(Attachment.case_id == hand.case.id)))
    missing = [f"{name}: {file[:80]}" for name, value in files.items() for file in value if file not in there]
    if missing:
        raise StepRefused(f"Not attached to {hand.case.number} yet: {'; '.join(missing)}. Attach it first.")


def _is_files(hand: Hand, name: str) -> bool:
    field = hand.process.field(name)
    return field is not None and field.type == "attachments"


def kept(
    session: Session,
    desk: Desk,
    hand: Hand,
    moved: Moved,
    also: Sequence[Said] = (),
    closing: Closing = NO_REASONS,
) -> Done:
    """Stores a move and answers where the case stands now; see `answer_step` for what is in `made`.

    Raises StepRefused where it would close a case that still lacks something, this one or one that waits for it.
    """
    told = [*also, *ready_to_close(session, desk, hand, moved, closing)]
    others = keep(session, desk, hand, moved, told, parents_ready(session, desk, hand, moved, closing))
    start_from_receipt(session, desk, hand)
    note_parties(session, desk, hand.case)
    proposed = [] if hand.state.closed else open_at(session, hand.case.id, hand.state.step)
    proposals = [row.id for row in proposed]
    return done(session, hand.case, opened=list(others.opened), woken=list(others.woken), proposals=proposals)
