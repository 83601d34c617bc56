"""One case with all that belongs to it, and what its present step asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, look_at
from gis_ce.actions.desk import Desk
from gis_ce.actions.following import Follow, follows
from gis_ce.actions.judging import ToReview, to_review
from gis_ce.actions.proposals import decides, decisions_of, standing
from gis_ce.actions.suggestions import DoubtfulField, Suggestion, doubtful_fields, suggested
from gis_ce.case_links import LinkedCase, links_of
from gis_ce.errors import FilterRefused
from gis_ce.process import Field, Process, Step
from gis_ce.process_engine import may_act, waits, who_may_act
from gis_ce.process_given import asked
from gis_ce.process_state import State
from gis_ce.tables import (
    Attachment,
    Case,
    Deadline,
    Decision,
    Event,
    ExternalReference,
    Letter,
    Note,
    Party,
    Site,
    SiteMove,
)

MOST_EVENTS = 1000
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class AskedField:
    """A field of the present step: what is noted already, and what the map suggests."""

    field: Field
    noted: object
    suggestion: Suggestion | None


@dataclass(frozen=True, slots=True)
class Form:
    """What the step at which a case stands asks for, as somebody sees it.

    `choices` are the answers of a decision or the processes to choose from. `proposal` is what the map
    says; where its check only informs, `decides` is false. `waits` says what the case waits for, `follows` what
    comes after each answer.
    """

    step: Step
    done_by: tuple[str, ...]
    may_act: bool
    fields: tuple[AskedField, ...]
    choices: tuple[str, ...]
    proposal: Decision | None
    decides: bool
    waits: str | None
    follows: tuple[Follow, ...]


@dataclass(frozen=True, slots=True)
class CaseShown:
    """A case with all that belongs to it but its history, in the order of time; `form` is None once it is closed."""

    case: Case
    site: Site
    process: Process
    state: State
    form: Form | None
    review: tuple[ToReview, ...]
    parties: tuple[Party, ...]
    notes: tuple[Note, ...]
    attachments: tuple[Attachment, ...]
    decisions: tuple[Decision, ...]
    deadlines: tuple[Deadline, ...]
    letters: tuple[Letter, ...]
    references: tuple[ExternalReference, ...]
    moves: tuple[SiteMove, ...]
    links: tuple[LinkedCase, ...]
    doubtful: tuple[DoubtfulField, ...]


def show_case(session: Session, desk: Desk, case: str) -> CaseShown:
    """The case of a number or id; raises CaseUnknown."""
    hand = look_at(session, desk, case)
    name = hand.case.id
    said = decisions_of(session, name)
    return CaseShown(
        case=hand.case,
        site=hand.site,
        process=hand.process,
        state=hand.state,
        form=None if hand.state.closed else form_of(session, desk, hand),
        review=tuple(to_review(session, hand)),
        parties=_rows(session, select(Party).where(Party.case_id == name).order_by(Party.id)),
        notes=_rows(session, select(Note).where(Note.case_id == name).order_by(Note.at, Note.id)),
        attachments=_rows(session, select(Attachment).where(Attachment.case_id == name).order_by(Attachment.at)),
        decisions=tuple(said),
        deadlines=_rows(session, select(Deadline).where(Deadline.case_id == name).order_by(Deadline.due_at)),
        letters=_rows(session, select(Letter).where(Letter.case_id == name).order_by(Letter.id)),
        references=_rows(
            session, select(ExternalReference).where(ExternalReference.case_id == name).order_by(ExternalReference.id)
        ),
        moves=_rows(session, select(SiteMove).where(SiteMove.case_id == name).order_by(SiteMove.id)),
        links=tuple(links_of(session, name)),
        doubtful=tuple(doubtful_fields(hand, said)),
    )


def form_of(session: Session, desk: Desk, hand: Hand) -> Form:
    """What the present step asks for, with the map's proposal and suggestions."""
    step, decisions = hand.process.steps[hand.state.step], standing(session, hand.case.id)
    here = [row for row in decisions if row.step == step.id and row.state == "proposed"]
    names = [field.name for field in step.fields]
    if step.deadline is not None and step.deadline.date_field and step.deadline.date_field not in names:
        names.append(step.deadline.date_field)
    fields = [field for name in names if (field := asked(step, name)) is not None]
    lanes = [hand.process.lanes[lane] for lane in who_may_act(hand.process, hand.state)]
    return Form(
        step=step,
        done_by=tuple(lanes),
        may_act=may_act(hand.process, hand.state, desk.actor.lanes),
        fields=tuple(
            AskedField(field, hand.state.data.get(field.name), suggested(hand, field, decisions)) for field in fields
        ),
        choices=step.choices,
        proposal=here[-1] if here else None,
        decides=decides(step),
        waits=waits(hand.process, hand.state) if hand.state.waiting_for is not None else None,
        follows=follows(session, desk, hand),
    )


def case_history(session: Session, desk: Desk, case: str, after: int = 0, limit: int = 200) -> list[Event]:
    """What happened in a case after the event of that id, oldest first; raises CaseUnknown, FilterRefused."""
    if not 1 <= limit <= MOST_EVENTS:
        raise FilterRefused(f"A page has 1 to {MOST_EVENTS:,} events, not {limit}.")
    found = look_at(session, desk, case)
    events = select(Event).where(Event.case_id == found.case.id, Event.id > after).order_by(Event.id).limit(limit)
    return list(session.scalars(events))


def _rows(session: Session, query: Select[_Row]) -> tuple[_Row, ...]:
    return tuple(session.scalars(query))
