"""Citations, abatement by the city, and discrepancies of interpretation that manager and attorney settle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from gis_ce.actions.carried_out import Done, carried_out
from gis_ce.actions.charging import ChargeGiven, add_charge
from gis_ce.actions.desk import Desk
from gis_ce.actions.proceedings import (
    LAST,
    Became,
    Began,
    ProceedingKind,
    become,
    begin,
    hand_to_note,
    noted,
    proceedings_of,
    running_named,
    said_checked,
)
from gis_ce.due_times import due_after
from gis_ce.errors import ContactRefused
from gis_ce.process_deadlines import end_of

DECIDERS = ("manager", "attorney")
"""Who is told of a discrepancy of interpretation."""


@dataclass(frozen=True, slots=True)
class CitationGiven:
    """A citation: its number, the section of the code, what for, and by when it is answered or paid."""

    number: str
    section: str
    what: str
    on: date
    answer_by: date | None = None


@dataclass(frozen=True, slots=True)
class AbatementGiven:
    """What the city does itself, by whom, and on which day it is planned."""

    what: str
    by_whom: str
    on: date


@dataclass(frozen=True, slots=True)
class AbatementDone:
    """What was done; with a cost and its basis, the cost is charged to the case."""

    abatement: str
    text: str
    cost_cents: int | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class DiscrepancyGiven:
    """What is read differently, and who of manager and attorney was told already, by name."""

    text: str
    told: Mapping[str, str] = field(default_factory=dict)


def cite(
    session: Session, desk: Desk, case: str, given: CitationGiven, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Notes a citation that was issued; `made["proceeding"]` is its id. Raises ContactRefused."""

    def act() -> Done:
        hand = hand_to_note(session, desk, case, seen)
        number, section = said_checked(given.number), said_checked(given.section)
        if given.on > desk.today or (given.answer_by is not None and given.answer_by < given.on):
            raise ContactRefused("A citation is issued today or earlier, and answered after that.")
        due_at = end_of(given.answer_by, desk.processes.time) if given.answer_by else None
        text = f"{number}, {section}: {said_checked(given.what)}"
        began = Began("citation", text, given.on, due_at, hand.case.officer, {"number": number, "section": section})
        return noted(session, hand, begin(session, desk, hand, began))

    return carried_out(session, desk, "cite", asdict(given) | {"case": case, "seen": seen}, key, act)


def abate(
    session: Session, desk: Desk, case: str, given: AbatementGiven, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Orders that the city does what the responsible party did not; `made["proceeding"]` is its id."""

    def act() -> Done:
        hand = hand_to_note(session, desk, case, seen)
        due_at = end_of(given.on, desk.processes.time)
        by_whom = said_checked(given.by_whom)
        began = Began("abatement", given.what, given.on, due_at, hand.case.officer, {"by_whom": by_whom})
        return noted(session, hand, begin(session, desk, hand, began))

    return carried_out(session, desk, "abate", asdict(given) | {"case": case, "seen": seen}, key, act)


def abated(
    session: Session, desk: Desk, case: str, given: AbatementDone, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Notes that the city has done it; a cost is charged to the case. Raises ContactUnknown, ChargeRefused."""

    def act() -> Done:
        hand = hand_to_note(session, desk, case, seen)
        running = running_named(session, hand, "abatement", given.abatement)
        became = Became("done", said_checked(given.text), desk.today, {"cost_cents": given.cost_cents}, ends=True)
        become(session, desk, hand, running, became)
        answer = noted(session, hand, running.row)
        if given.cost_cents is not None:
            charge = ChargeGiven("abatement", given.cost_cents, given.basis, running.row.text)
            answer.made["charge"] = add_charge(session, desk, case, charge).made["charge"]
        return answer

    return carried_out(session, desk, "abated", asdict(given) | {"case": case, "seen": seen}, key, act)


def raise_discrepancy(
    session: Session, desk: Desk, case: str, given: DiscrepancyGiven, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Raises that the code is read differently; manager and attorney are told at once, and it is open till settled."""

    def act() -> Done:
        hand = hand_to_note(session, desk, case, seen)
        due = due_after(desk.now, desk.targets.call_answer, desk.processes.time, "raised")
        data = {"arithmetic": due.said}
        row = begin(session, desk, hand, Began("discrepancy", given.text, desk.today, due.at, hand.case.officer, data))
        session.flush()
        running = running_named(session, hand, "discrepancy", row.id)
        for who, name in given.told.items():
            become(session, desk, hand, running, _told(desk, who, name))
        return noted(session, hand, row)

    return carried_out(session, desk, "raise_discrepancy", asdict(given) | {"case": case, "seen": seen}, key, act)


def tell_decider(
    session: Session,
    desk: Desk,
    case: str,
    discrepancy: str,
    told: Mapping[str, str],
    *,
    seen: int | None = None,
    key: str | None = None,
) -> Done:
    """Notes that manager or attorney were told of a discrepancy, by name."""

    def act() -> Done:
        hand = hand_to_note(session, desk, case, seen)
        running = running_named(session, hand, "discrepancy", discrepancy)
        for who, name in told.items():
            become(session, desk, hand, running, _told(desk, who, name))
        return noted(session, hand, running.row)

    asked = {"case": case, "discrepancy": discrepancy, "told": dict(told), "seen": seen}
    return carried_out(session, desk, "tell_decider", asked, key, act)


def settle(
    session: Session,
    desk: Desk,
    case: str,
    proceeding: str,
    text: str,
    *,
    seen: int | None = None,
    key: str | None = None,
) -> Done:
    """Ends a citation or a discrepancy (once both were told) with what came of it; raises ContactRefused."""

    def act() -> Done:
        hand = hand_to_note(session, desk, case, seen)
        kind = _kind_named(session, desk, case, proceeding)
        running = running_named(session, hand, kind, proceeding)
        told = {entry.data.get("who") for entry in running.entries}
        missing = [who for who in DECIDERS if who not in told] if kind == "discrepancy" else []
        if missing:
            raise ContactRefused(f"First tell the {' and the '.join(missing)} of the discrepancy, and note it.")
        become(session, desk, hand, running, Became("settled", said_checked(text), desk.today, ends=True))
        return noted(session, hand, running.row)

    asked = {"case": case, "proceeding": proceeding, "text": text, "seen": seen}
    return carried_out(session, desk, "settle", asked, key, act)


def _told(desk: Desk, who: str, name: str) -> Became:
    if who not in DECIDERS:
        raise ContactRefused(f"A discrepancy goes to {' and '.join(DECIDERS)}, not to {who[:80]!r}.")
    return Became("told", f"the {who}, {said_checked(name)}", desk.today, {"who": who, "name": name})


def _kind_named(session: Session, desk: Desk, case: str, name: str) -> ProceedingKind:
    """Whether an id is of a discrepancy or a citation; of the `last`, whichever of both was begun last and runs."""
    of_both = [each for each in proceedings_of(session, desk, case) if each.row.kind in ("discrepancy", "citation")]
    if name == LAST:
        named = [each for each in of_both if not each.ended][-1:]
    else:
        named = [each for each in of_both if each.row.id == name]
    return "discrepancy" if named and named[0].row.kind == "discrepancy" else "citation"
