"""Letters as drafts, and who may do what with a letter as it stands."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, refuse_other_lane, refuse_stranger
from gis_ce.actions.desk import Desk
from gis_ce.actions.letter_rows import LetterHand, next_letter_number, take_letter
from gis_ce.errors import LetterRefused


def refuse_lane(desk: Desk, hand: Hand, step: str | None) -> None:
    """Raises NotYourLane for who may not do the step that sends the letter, or work on such cases at all."""
    if step is not None and step == hand.state.step and not hand.state.closed:
        refuse_other_lane(hand.process, step, desk.actor)
    else:
        refuse_stranger(hand.process, desk.actor)


def draft_of(session: Session, desk: Desk, name: str, seen: int | None) -> LetterHand:
    """A letter that is still a draft, with its number; raises LetterRefused once it was issued, NotYourLane."""
    held = take_letter(session, desk, name, seen)
    refuse_lane(desk, held.hand, held.letter.step)
    refuse_unless(held, ("draft",), "changed or issued")
    if held.letter.number is None:
        held.letter.number = next_letter_number(session, held.hand.case)
        session.flush()
    return held


def refuse_unless(held: LetterHand, states: tuple[str, ...], what: str) -> None:
    """Raises LetterRefused for a letter that is in none of the states."""
    if held.letter.state not in states:
        name = held.letter.number or held.kind.title
        raise LetterRefused(f"{name} is {held.letter.state}, so it cannot be {what}.")
