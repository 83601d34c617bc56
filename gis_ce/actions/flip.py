"""One decision that has turned, or nearly, as it is looked at and as it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

from gis_ce.actions.recorded_inputs import Recorded
from gis_ce.tables import Case, Decision
from layers.footprint import Footprint


@dataclass(frozen=True, slots=True)
class Flip:
    """One decision that has turned, or nearly: what the map said, what it says now, and how the case stands.

    `new` is the id of the decision that the map makes now, `new_number` its number; None for a near flip. `to_sign` is
    whether it waits for a signature: one that nobody had answered yet is proposed anew at its step, and waits for none.
    """

    number: int
    case: str
    case_state: str
    check: str
    step: str | None
    state: str
    before: str | None
    now: str | None
    margin_before_ft: float | None
    margin_ft: float | None
    probability: float | None
    new: str | None
    decision: str
    why_near: str = ""
    new_number: int | None = None
    to_sign: bool = False


@dataclass(slots=True)
class Look:
    """One decision that is looked at again."""

    row: Decision
    case: Case
    recorded: Recorded
    answer: str | None = None
    margin_ft: float | None = None
    probability: float | None = None
    why_near: str = ""
    footprint: Footprint = field(default_factory=Footprint)


def flip_of(look: Look, states: Mapping[str, str], new: str | None) -> Flip:
    """What is told of it; `new` is the decision that takes its place or waits to, where there is one."""
    return Flip(
        number=look.recorded.number,
        case=look.case.number,
        case_state=states[look.case.id],
        check=look.row.check,
        step=look.row.step,
        state=look.row.state,
        before=look.row.proposed,
        now=look.answer,
        margin_before_ft=look.row.margin_ft,
        margin_ft=look.margin_ft,
        probability=look.probability,
        new=new,
        decision=look.row.id,
        why_near=look.why_near if new is None else "",
    )


def finite(value: float) -> float | None:
    """A measured number; None where nothing was measured."""
    return float(value) if isfinite(value) else None
