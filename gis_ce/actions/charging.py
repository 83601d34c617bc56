"""Charging what a case has cost, or what its penalty is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, refuse_stranger, take
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import tell
from gis_ce.actions.letter_days import last_notice
from gis_ce.charge_rules import Penalty, fee_of, penalty_of
from gis_ce.clock import named
from gis_ce.errors import ChargeRefused
from gis_ce.ids import new_id
from gis_ce.money import cents_checked, cents_of, dollars
from gis_ce.process import in_words
from gis_ce.process_deadlines import local_day
from gis_ce.rules import Rule
from gis_ce.service_clock import sourced
from gis_ce.tables import Charge, Deadline, Json, Party
from gis_ce.tables.charges import CHARGE_KINDS

ChargeKind = Literal[
    "civil_penalty",
    "repair",
    "investigation",
    "clean_up",
    "abatement",
    "back_billing",
    "connection_fee",
    "other_cost",
]
RESPONSIBLE = ("owner", "contractor", "firm", "occupant")
"""Parties who may owe something, the likeliest first."""
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class ChargeGiven:
    """What is charged.

    A cost has an amount in cents with its `basis` (a work order, an invoice), or the `field` of the case in which
    it was noted. A penalty has its amount from the city's rules, a fee from the schedule by its `code`. `deadline_on`
    is the last day of the notice's period; without it that of the letter that was issued last, or where none sets
    a day, the last deadline of the case that has passed.
    """

    kind: ChargeKind
    amount_cents: int | None = None
    basis: str = ""
    what: str = ""
    code: str | None = None
    field: str | None = None
    deadline_on: date | None = None
    due_on: date | None = None
    party: str | None = None


def add_charge(
    session: Session, desk: Desk, case: str, given: ChargeGiven, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Charges something to a case; `made["charge"]` is its id.

    Raises NotYourLane, and ChargeRefused where there is no amount, no rule for it, or no deadline to count from.
    """

    def act() -> Done:
        hand = take(session, desk, case, seen)
        refuse_stranger(hand.process, desk.actor)
        if given.kind not in CHARGE_KINDS:
            raise ChargeRefused(f"There is no charge {given.kind!r}; there are {', '.join(CHARGE_KINDS)}.")
        if max(len(given.basis), len(given.what)) > _LONGEST:
            raise ChargeRefused(f"What is charged and its basis have {_LONGEST:,} characters at most each.")
        row = _row(session, desk, hand, given)
        session.add(row)
        tell(session, hand.case, desk.act, "charged", f"charged: {said_of(row)}", charge=row.id, charge_kind=row.kind)
        return done(session, hand.case, charge=row.id, said=said_of(row))

    return carried_out(session, desk, "add_charge", asdict(given) | {"case": case, "seen": seen}, key, act)


def said_of(row: Charge) -> str:
    """A charge in words."""
    what = in_words(row.kind) + (f", {row.what}" if row.what else "")
    if row.amount_cents is not None:
        return f"{what}: {dollars(row.amount_cents)} ({row.basis})"
    assert row.per_day_cents is not None
    assert row.first_day_on is not None
    most = f", at most {dollars(row.most_cents)}" if row.most_cents else ""
    return f"{what}: {dollars(row.per_day_cents)} a day from {named(row.first_day_on)}{most} ({row.basis})"


def responsible(session: Session, case_id: str) -> Party | None:
    """The party that most likely owes what a case is charged: its owner, else a contractor, a firm, an occupant."""
    parties = session.scalars(select(Party).where(Party.case_id == case_id).order_by(Party.id)).all()
    able = [party for party in parties if party.role in RESPONSIBLE]
    return min(able, key=lambda party: RESPONSIBLE.index(party.role), default=None)


def _row(session: Session, desk: Desk, hand: Hand, given: ChargeGiven) -> Charge:
    values: dict[str, Any] = {"what": given.what.strip(), "due_on": given.due_on, "rule": {}}
    values |= _penalty(session, desk, hand, given) if given.kind == "civil_penalty" else _cost(desk, hand, given)
    return Charge(
        id=new_id(desk.now),
        case_id=hand.case.id,
        kind=given.kind,
        at=desk.now,
        by=desk.actor.name,
        party_id=_party(session, hand, given.party),
        **values,
    )


def _penalty(session: Session, desk: Desk, hand: Hand, given: ChargeGiven) -> Json:
    if given.amount_cents is not None or given.field is not None:
        raise ChargeRefused("A civil penalty has its amount from the city's rules; leave the amount out.")
    deadline, counted = _deadline(session, desk, hand, given.deadline_on)
    first = deadline + timedelta(days=1)
    if first > desk.today:
        raise ChargeRefused(
            f"The notice's period ends on {named(deadline)}; the first day of a penalty is {named(first)}."
        )
    penalty = penalty_of(desk.rules.rulebook, hand.case.type, given.code, first)
    values: Json = {
        "what": given.what.strip() or penalty.meaning,
        "basis": f"{penalty.rule.citation}; {counted}",
        "deadline_on": deadline,
        "rule": _rule_row(penalty.rule, penalty.code),
    }
    return values | (_by_day(penalty, first) if penalty.daily else {"amount_cents": penalty.amount_cents})


def _by_day(penalty: Penalty, first: date) -> Json:
    return {
        "per_day_cents": penalty.amount_cents,
        "first_day_on": first,
        "most_cents": penalty.most_cents,
        "day_unit": penalty.day_unit,
        "counted_while_stayed": penalty.counted_while_stayed,
    }


def _deadline(session: Session, desk: Desk, hand: Hand, given: date | None) -> tuple[date, str]:
    """The last day of the notice's period, and whether it was given, or is that of a letter or of a wait."""
    if given is not None:
        return given, f"the notice's period ended on {named(given)}, as noted by {desk.actor.name}"
    notice = last_notice(session, desk, hand.case)
    if notice is not None:
        letter, found = notice
        if found.day is None:
            raise ChargeRefused(
                f"The period of {letter.number} has no last day yet: {found.said} Note how it was served, or name the "
                "last day of the notice's period."
            )
        return found.day, f"notice {letter.number}: {sourced(found)}"
    passed = select(Deadline).where(Deadline.case_id == hand.case.id, Deadline.state == "passed")
    row = session.scalars(passed.order_by(Deadline.due_at.desc(), Deadline.id.desc()).limit(1)).first()
    if row is None:
        raise ChargeRefused(
            f"No deadline of {hand.case.number} has passed, so there is no day to count a penalty from; "
            "name the last day of the notice's period."
        )
    return local_day(row.due_at, desk.processes.time), f"deadline {row.kind.replace('_', ' ')}: {row.arithmetic}"


def _cost(desk: Desk, hand: Hand, given: ChargeGiven) -> Json:
    if given.code is not None:
        fee = fee_of(desk.rules.rulebook, given.code, desk.today)
        if given.amount_cents is not None:
            raise ChargeRefused(f"The fee {fee.code} has its amount from the city's rules; leave the amount out.")
        what = given.what.strip() or fee.meaning
        rule = _rule_row(fee.rule, fee.code)
        return {"amount_cents": fee.amount_cents, "basis": fee.rule.citation, "what": what, "rule": rule}
    if given.field is not None and given.amount_cents is None:
        return _noted(hand, given.field)
    if given.amount_cents is None:
        raise ChargeRefused(
            f"Say how much the {in_words(given.kind)} is: an amount with its basis, a field in which it was noted, "
            "or the code of a fee in the city's rules."
        )
    if not given.basis.strip():
        raise ChargeRefused("Say where the amount comes from: a work order, an invoice, a calculation.")
    return {"amount_cents": cents_checked(given.amount_cents), "basis": given.basis.strip()}


def _noted(hand: Hand, name: str) -> Json:
    """An amount that was noted in a field of the case."""
    field, value = hand.process.field(name), hand.case.data.get(name)
    if field is None or field.type != "money":
        money = sorted({f.name for step in hand.process.steps.values() for f in step.fields if f.type == "money"})
        raise ChargeRefused(
            f"{hand.process.title} has no field {name[:80]!r} of money; it has {', '.join(money) or 'none'}."
        )
    if value is None:
        raise ChargeRefused(f"{name} has not been noted in {hand.case.number} yet.")
    return {"amount_cents": cents_of(str(value)), "basis": f"as noted in the case: {in_words(name)}"}


def _party(session: Session, hand: Hand, name: str | None) -> str | None:
    if name is None:
        likely = responsible(session, hand.case.id)
        return likely.id if likely is not None else None
    party = session.get(Party, name)
    if party is None or party.case_id != hand.case.id:
        raise ChargeRefused(f"{hand.case.number} has no party {name[:80]!r} to charge.")
    return party.id


def _rule_row(rule: Rule, code: str) -> Json:
    return {
        "id": rule.id,
        "code": code,
        "citation": rule.citation,
        "text": rule.text,
        "effective_from": rule.effective_from.isoformat(),
        "read_by": rule.reading.by if rule.reading else None,
    }
