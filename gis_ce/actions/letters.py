"""Letters of a case: begun from a template, looked at, issued once, issued again, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, take
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import tell
from gis_ce.actions.letter_drafts import draft_of, refuse_lane
from gis_ce.actions.letter_rows import (
    LetterHand,
    clock_of,
    look_at_letter,
    next_letter_number,
    services_of,
)
from gis_ce.actions.letter_setting import Picture, Prepared, prepared, set_letter
from gis_ce.attachments.folder import open_content
from gis_ce.errors import LetterRefused
from gis_ce.ids import new_id
from gis_ce.letter import LetterKind
from gis_ce.letter_merge import LONGEST
from gis_ce.process_mistakes import nearest
from gis_ce.service_clock import ServiceClock
from gis_ce.tables import Letter, LetterService

_MOST_VALUES = 60


@dataclass(frozen=True, slots=True)
class LetterAsked:
    """What somebody gives for a letter: values of merge fields, and to whom (a role, a party's id, or lines).

    Without `template`, the letter of the step at which the case stands.
    """

    template: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    to: str | tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class LetterShown:
    """A letter with its kind, what it would print or what is missing, and what follows from its service."""

    letter: Letter
    kind: LetterKind
    case_number: str
    case_version: int
    ready: Prepared | None
    services: tuple[LetterService, ...]
    clock: ServiceClock | None


def new_letter(
    session: Session, desk: Desk, case: str, asked: LetterAsked, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Begins a letter of a case; `made` has `letter` (its number), `id`, and `missing`: what it still needs.

    The draft that a step has made is taken up. Raises LetterUnknown, and LetterRefused for values of no field.
    """

    def act() -> Done:
        hand = take(session, desk, case, seen)
        kind = desk.letters.kind(asked.template or _letter_of_step(hand))
        step = _step_of(hand, kind)
        refuse_lane(desk, hand, step)
        _refuse_values(kind, asked.values)
        row = _drafted(session, desk, hand, kind, step)
        row.given = _given(asked)
        row.number = next_letter_number(session, hand.case)
        session.flush()
        tell(session, hand.case, desk.act, "letter_begun", f"{row.number}: {kind.title}", letter=row.id)
        ready = prepared(session, desk, LetterHand(row, kind, hand))
        return done(session, hand.case, letter=row.number, id=row.id, missing=list(ready.wrong))

    request = {"case": case, "template": asked.template, "values": dict(asked.values), "to": asked.to, "seen": seen}
    return carried_out(session, desk, "new_letter", request, key, act)


def change_letter(
    session: Session, desk: Desk, letter: str, asked: LetterAsked, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Gives further values for a draft, or takes some away (None); raises LetterRefused once it was issued."""

    def act() -> Done:
        held = draft_of(session, desk, letter, seen)
        _refuse_values(held.kind, asked.values)
        before = held.letter.given or {}
        values = {**before.get("values", {}), **asked.values}
        to = asked.to if asked.to is not None else before.get("to")
        kept = LetterAsked(values={name: value for name, value in values.items() if value is not None}, to=to)
        held.letter.given = _given(kept)
        ready = prepared(session, desk, held)
        return done(session, held.hand.case, letter=held.letter.number, id=held.letter.id, missing=list(ready.wrong))

    request = {"letter": letter, "values": dict(asked.values), "to": asked.to, "seen": seen}
    return carried_out(session, desk, "change_letter", request, key, act)


def show_letter(
    session: Session, desk: Desk, letter: str, pictures: Mapping[str, Picture] | None = None
) -> LetterShown:
    """A letter as it stands; raises LetterUnknown."""
    held = look_at_letter(session, desk, letter)
    ready = prepared(session, desk, held, pictures) if held.letter.state == "draft" else None
    services = tuple(services_of(session, held.letter))
    case, clock = held.hand.case, clock_of(session, desk, held)
    return LetterShown(held.letter, held.kind, case.number, case.row_version, ready, services, clock)


def letter_pdf(session: Session, desk: Desk, letter: str, pictures: Mapping[str, Picture] | None = None) -> bytes:
    """The PDF of a letter: as it was issued, or of a draft as it would be, marked as one.

    Raises LetterRefused for a draft with everything that is wrong or missing, AttachmentMissing.
    """
    held = look_at_letter(session, desk, letter)
    if held.letter.sha256 is not None:
        with open_content(desk.folder().path, held.letter.sha256) as content:
            return content.read()
    if held.letter.state != "draft":
        raise LetterRefused(f"This letter was {held.letter.state} without being issued here; there is no PDF of it.")
    return set_letter(desk, held, prepared(session, desk, held, pictures), draft=True)


def _letter_of_step(hand: Hand) -> str:
    step = hand.process.steps[hand.state.step]
    if step.letter is None:
        raise LetterRefused(f"{hand.case.number} stands at {step.id}, which sends no letter; name the kind of letter.")
    return step.letter


def _step_of(hand: Hand, kind: LetterKind) -> str | None:
    """The step of the case that sends this kind: where it stands, else where it came by last."""
    way = [hand.state.step, *reversed(hand.state.way)]
    steps = hand.process.steps
    return next((step for step in way if step in steps and steps[step].letter == kind.id), None)


def _refuse_values(kind: LetterKind, values: Mapping[str, Any]) -> None:
    names = [known.name for known in kind.fields]
    unknown = [f"{name[:80]}{nearest(name, names)}" for name in values if name not in names]
    if unknown:
        raise LetterRefused(f"{kind.title} has no field {'; '.join(unknown)}.")
    too_long = [name for name, value in values.items() if len(str(value)) > LONGEST]
    if too_long or len(values) > _MOST_VALUES:
        raise LetterRefused(f"{', '.join(too_long)}: a value has {LONGEST:,} characters at most.")


def _drafted(session: Session, desk: Desk, hand: Hand, kind: LetterKind, step: str | None) -> Letter:
    """The draft that the step has made, or a new one."""
    made = select(Letter).where(
        Letter.case_id == hand.case.id,
        Letter.template == kind.id,
        Letter.state == "draft",
        Letter.number.is_(None),
    )
    row = session.scalars(made).first()
    if row is None:
        row = Letter(id=new_id(desk.now), case_id=hand.case.id, step=step, template=kind.id, state="draft", text="")
        session.add(row)
    return row


def _given(asked: LetterAsked) -> dict[str, Any]:
    to = list(asked.to) if isinstance(asked.to, tuple | list) else asked.to
    return {"values": dict(asked.values)} | ({"to": to} if to else {})
