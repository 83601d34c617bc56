"""Carries a case along its process map with the words of one command; all of it is kept, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from api.cli.case_words import Words
from gis_ce.actions.at_hand import Hand, look_at
from gis_ce.actions.carried_out import Done
from gis_ce.actions.closing import NO_REASONS, Closing
from gis_ce.actions.desk import Desk
from gis_ce.actions.passing import pass_if_due
from gis_ce.actions.showing import Form, form_of
from gis_ce.actions.stepping import Given, answer_step
from gis_ce.errors import NotNow, NotYourLane, StepRefused
from gis_ce.process import Step, in_words
from layers.sentences import sentence
from layers.toml_table import did_you_mean

MOST_STEPS = 200
"""A map may lead in a circle; no case is carried around it for ever."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How far a case is to be carried.

    Without `until` (the step to stop at) it goes on while words are left; `to_the_end` until it closes.
    `as_the_map_says` takes over what the map proposes where no answer is given. `closing` has reasons for the
    last step.
    """

    why: str | None = None
    until: str | None = None
    closing: Closing = NO_REASONS
    to_the_end: bool = False
    as_the_map_says: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was done: what it was, and what it led to."""

    step: Step
    given: Given
    done: Done


def carry(session: Session, desk: Desk, case: str, words: Words, plan: Plan) -> list[Taken]:
    """Does the present step, and those after it as far as the plan says; the caller commits.

    Raises StepRefused, NotNow or NotYourLane with where the case would have stood, and for words that no
    step has asked for.
    """
    hand = look_at(session, desk, case)
    pass_if_due(session, desk, hand)
    _refuse_unknown(hand, words, plan)
    taken: list[Taken] = []
    while not taken or _goes_on(taken[-1].done, words, plan):
        if len(taken) == MOST_STEPS:
            raise StepRefused(f"{hand.case.number} goes in a circle: it has not come to its end in {MOST_STEPS} steps.")
        now = replace(desk, now=datetime.now(UTC))
        taken.append(_step(session, now, hand.case.number, words, plan, taken))
    _refuse_left(hand, words, taken, plan)
    return taken


def _step(session: Session, desk: Desk, number: str, words: Words, plan: Plan, before: list[Taken]) -> Taken:
    hand = look_at(session, desk, number)
    here = hand.process.steps[hand.state.step]
    given = _given(session, desk, hand, words, plan)
    try:
        return Taken(here, given, answer_step(session, desk, number, here.id, given))
    except (StepRefused, NotNow, NotYourLane) as error:
        if not before:
            raise
        came = f"{number} would come to {here.id}, and there: "
        raise type(error)(f"{came}{error} So nothing was done.") from error


def _given(session: Session, desk: Desk, hand: Hand, words: Words, plan: Plan) -> Given:
    """What the words say for the present step, and where they are silent the map, if that is wanted."""
    here = hand.process.steps[hand.state.step]
    names = [field.name for field in here.fields]
    fields: dict[str, Any] = {name: value for name in names if (value := words.take(name)) is not None}
    answer = words.take_answer()
    if answer is None and here.choices:
        answer = words.take(here.id)
    if plan.as_the_map_says and not hand.state.closed:
        return Given(*_with_the_map(form_of(session, desk, hand), answer, fields), plan.why, plan.closing)
    return Given(answer, fields, plan.why, plan.closing)


def _with_the_map(form: Form, answer: str | None, fields: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """What was given, filled up with the map's proposal and with what it suggests for fields that are required."""
    if form.step.kind == "decision" and form.proposal is not None:
        answer = answer or form.proposal.proposed
    filled = {
        asked.field.name: asked.suggestion.value
        for asked in form.fields
        if asked.suggestion is not None and asked.field.required and asked.noted is None
    }
    return answer, {**filled, **fields}


def _goes_on(done: Done, words: Words, plan: Plan) -> bool:
    if done.status == "closed":
        return False
    if plan.until is not None:
        return done.step != plan.until
    return plan.to_the_end or bool(words.left)


def _refuse_unknown(hand: Hand, words: Words, plan: Plan) -> None:
    steps = hand.process.steps
    if plan.until is not None and plan.until not in steps:
        raise StepRefused(
            sentence(f"{hand.process.title} has no step {plan.until!r}; {did_you_mean(plan.until, list(steps))}")
        )
    asked = {name for step in steps.values() for name in (*(field.name for field in step.fields), *_answered(step))}
    for name in words.named:
        if name not in asked:
            raise StepRefused(
                sentence(f"No step of {hand.process.title} asks for {name!r}; {did_you_mean(name, list(asked))}")
            )


def _answered(step: Step) -> tuple[str, ...]:
    """The name by which the answer of a step is given."""
    return (step.id,) if step.choices else ()


def _refuse_left(hand: Hand, words: Words, taken: list[Taken], plan: Plan) -> None:
    last = taken[-1].done
    if plan.until is not None and last.step != plan.until:
        raise StepRefused(f"{last.number} would close at {last.step} without coming to {plan.until}; nothing was done.")
    if words.left:
        where = f"closes at {last.step}" if last.status == "closed" else f"comes to {last.step}"
        raise StepRefused(
            f"No step asked for {', '.join(words.left)} before {last.number} {where}, so nothing was done. "
            f"The steps were {', '.join(each.step.id for each in taken)}."
        )


def said_of(taken: Taken) -> str:
    """One step in words: what was done, and with what."""
    given = [in_words(taken.given.answer)] if taken.given.answer else []
    given += [f"{in_words(name)}: {value}" for name, value in taken.given.fields.items()]
    return f"{taken.step.text} ({'; '.join(given)})" if given else taken.step.text
