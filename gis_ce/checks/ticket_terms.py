"""What a locate ticket allows, and for how long, by the rules in force on the day it was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from gis_ce.clock import Unit, days_after
from gis_ce.rules import Chosen, RuleBook
from layers.features import Days, Features, Rows, Texts
from layers.grid import Floats

Flags = npt.NDArray[np.bool_]
YES = ("yes", "true", "1", "y")
"""Words by which a ticket may say that it is a three-hour ticket."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of tickets, one row each: NaT where a day is not known.

    `last_day` is the last day on which digging is allowed, `response_due` the last day the operators
    have; `life` and `notice` are the rules in force on the day the ticket was given. `digs` and
    `never_digs` say what the rule makes of its kind; neither: the rule does not know the kind.
    """

    given: Days
    last_day: Days
    response_due: Days
    life: Chosen
    notice: Chosen
    digs: Flags
    never_digs: Flags
    needs_no_notice: Flags
    three_hour: Flags
    cancelled_on: Days


def terms_of(features: Features, rows: Rows, rulebook: RuleBook) -> Terms:
    """The terms of the tickets in the given rows."""
    given = features.days("called_on")[rows]
    life, notice = rulebook.choose("ticket_life", given), rulebook.choose("ticket_notice", given)
    kinds = rulebook.choose("ticket_kinds", given)
    kind = features.texts("kind")[rows]
    due, computed = features.days("response_due_on")[rows], _counted(features, rows, notice, "minimum", rulebook)
    said = np.isin(_lower(features.texts("three_hour")[rows]), YES)
    return Terms(
        given=given,
        last_day=_counted(features, rows, life, "life", rulebook),
        response_due=np.where(np.isnat(due), computed, due),
        life=life,
        notice=notice,
        digs=_listed(kind, kinds, "allow_digging"),
        never_digs=_listed(kind, kinds, "never_allow_digging") | _listed(kind, kinds, "cancel"),
        needs_no_notice=_listed(kind, kinds, "no_notice_needed"),
        three_hour=_listed(kind, kinds, "three_hour") | said,
        cancelled_on=_cancelled_on(features, rows, rulebook),
    )


def _counted(features: Features, rows: Rows, chosen: Chosen, name: str, rulebook: RuleBook) -> Days:
    """The day so many days after the one that each rule counts from."""
    found = np.full(len(rows), np.datetime64("NaT", "D"), dtype="datetime64[D]")
    for index, rule in enumerate(chosen.rules):
        of_rule = np.flatnonzero(chosen.index == index)
        unit = unit_of(rule.word(f"{name}_unit"))
        if len(of_rule) and unit is not None and rule.status != "missing":
            start = features.days(rule.word("counted_from"))[rows[of_rule]]
            found[of_rule] = days_after(start, np.full(len(start), rule.number(name)), unit, rulebook.calendar)
    return found


def unit_of(word: str) -> Unit | None:
    """The unit that a rule names, or None."""
    return next((unit for unit in get_args(Unit) if unit == word), None)


def _listed(kind: Texts, kinds: Chosen, name: str) -> Flags:
    """Whether the rule of each ticket lists its kind under a name."""
    found = np.zeros(len(kind), dtype=np.bool_)
    words = _lower(kind)
    for index, rule in enumerate(kinds.rules):
        found |= (kinds.index == index) & np.isin(words, np.array(rule.texts(name), dtype="U"))
    return found


def _lower(words: Texts) -> npt.NDArray[np.str_]:
    return np.char.lower(np.array(["" if word is None else str(word) for word in words], dtype="U"))


def _cancelled_on(features: Features, rows: Rows, rulebook: RuleBook) -> Days:
    """The day on which a ticket of the same number was cancelled; NaT where none was."""
    found = np.full(len(rows), np.datetime64("NaT", "D"), dtype="datetime64[D]")
    kind = features.texts("kind")
    words = {word for rule in rulebook.of("ticket_kinds") for word in rule.texts("cancel")}
    # One comparison a word: lowering every kind of a large layer costs more than the whole check.
    cancels = np.flatnonzero(np.any([kind == word for word in words], axis=0)) if words else rows[:0]
    first: dict[object, np.datetime64] = {}
    for number, day in zip(features.texts("ticket_number")[cancels], features.days("called_on")[cancels], strict=True):
        if number is not None and not np.isnat(day):
            first[number] = min(day, first.get(number, day))
    if first:
        found[:] = [first.get(number, np.datetime64("NaT", "D")) for number in features.texts("ticket_number")[rows]]
    return found


Response = Literal["clear", "not clear", "unknown code", "none"]
RESPONSES: tuple[Response, ...] = get_args(Response)
CLEAR, NOT_CLEAR, UNKNOWN_CODE, NONE = range(len(RESPONSES))


@dataclass(frozen=True, slots=True)
class Responses:
    """The positive responses of tickets, one row each: an index into RESPONSES, what the code means in
    the jurisdiction of the rules, and the day (NaT: not known, or no response)."""

    state: npt.NDArray[np.int8]
    meaning: Texts
    day: Days


def responses_of(features: Features, rows: Rows, days: Days, rulebook: RuleBook) -> Responses:
    """The response that each ticket had by a day; a later one counts as none."""
    code, answered = features.texts("response_code")[rows], features.days("responded_on")[rows]
    chosen = rulebook.choose("response_codes", np.where(np.isnat(answered), days, answered))
    here = np.array([word is not None for word in code], dtype=np.bool_) & ~(answered > days)
    state = np.where(here, UNKNOWN_CODE, NONE).astype(np.int8)
    meaning = np.full(len(rows), None, dtype=object)
    for row in np.flatnonzero(here & (chosen.index >= 0)):
        line = chosen.rules[chosen.index[row]].table("codes").get(str(code[row]).strip())
        if line is not None:
            state[row] = CLEAR if line["clear"] else NOT_CLEAR
            meaning[row] = str(line["meaning"])
    return Responses(state, meaning, np.where(here, answered, np.datetime64("NaT", "D")))


def same_firm(first: Sequence[object], second: Sequence[object]) -> Flags:
    """Whether two names are those of one firm: the same letters and digits, whatever the case; unknown is the same."""
    pairs = zip(first, second, strict=True)
    return np.array([one is None or two is None or _letters(one) == _letters(two) for one, two in pairs], np.bool_)


def _letters(name: object) -> str:
    return "".join(letter for letter in str(name).casefold() if letter.isalnum())


def days_late(day: Days, last_day: Days) -> Floats:
    """How many days one day lies after another; 0 if it does not, NaN where either is unknown."""
    late = (day - last_day) / np.timedelta64(1, "D")
    return np.maximum(late, 0.0)
