"""What becomes of a charge: paid, given back, stayed during an appeal, waived with a reason, no longer counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, refuse_stranger, take
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.charge_rows import Charged, calendar_of, charge_named, charges_of
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import tell
from gis_ce.clock import named
from gis_ce.errors import ChargeRefused
from gis_ce.money import cents_checked, dollars
from gis_ce.process import in_words
from gis_ce.process_engine import reason_given
from gis_ce.tables import ChargeEntry

_LONGEST_REFERENCE = 200


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came in on a day; `reference` is its receipt or check number, and is used once.

    Without a `charge` the oldest charges of the case are paid first.
    """

    amount_cents: int
    on: date
    reference: str
    charge: str | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """Letting somebody off a charge: all that is open of it, or an amount in cents; with the reason."""

    charge: str
    why: str
    amount_cents: int | None = None


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last day on which the violation of a daily penalty stood, and how that is known."""

    charge: str
    day: date
    why: str


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: str
    on: date
    text: str = ""
    cents: int | None = None
    reference: str | None = None


def pay(
    session: Session, desk: Desk, case: str, payment: Payment, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Records a payment; `made["balance_cents"]` is what the case still owes.

    Raises ChargeRefused for more than is owed, a day to come, and a reference that came before.
    """

    def act() -> Done:
        hand = take(session, desk, case, seen)
        refuse_stranger(hand.process, desk.actor)
        return record_payment(session, desk, hand, payment)

    return carried_out(session, desk, "pay", asdict(payment) | {"case": case, "seen": seen}, key, act)


def record_payment(session: Session, desk: Desk, hand: Hand, payment: Payment) -> Done:
    """Writes a payment to the charges of a case that it pays."""
    cents, reference = cents_checked(payment.amount_cents), payment.reference.strip()
    if not 0 < len(reference) <= _LONGEST_REFERENCE:
        raise ChargeRefused(f"A payment has a reference of 1 to {_LONGEST_REFERENCE} characters: a receipt, a check.")
    if payment.on > desk.today:
        raise ChargeRefused(f"The payment is on {payment.on}, which lies after today, {desk.today}.")
    if paid_before(session, reference):
        raise ChargeRefused(f"The payment {reference!r} was recorded already; nothing was recorded twice.")
    owed = _to_pay(session, desk, hand, payment.charge)
    open_cents = sum(each.standing.balance_cents for each in owed)
    if cents > open_cents:
        raise ChargeRefused(f"{hand.case.number} owes {dollars(open_cents)} there; {dollars(cents)} is more than that.")
    for each in owed:
        part = min(cents, each.standing.balance_cents)
        if part > 0:
            _enter(session, desk, each, _Entry("paid", payment.on, "", part, reference))
            cents -= part
    text = f"paid: {dollars(payment.amount_cents)} on {named(payment.on)} ({reference})"
    return _told(session, desk, hand, "paid", text, reference=reference)


def paid_before(session: Session, reference: str) -> bool:
    """Whether a payment of that reference stands: recorded, and not given back since."""
    rows = session.scalars(
        select(ChargeEntry).where(ChargeEntry.reference == reference, ChargeEntry.kind.in_(("paid", "returned")))
    ).all()
    return sum((row.amount_cents or 0) * (1 if row.kind == "paid" else -1) for row in rows) > 0


def return_payment(
    session: Session,
    desk: Desk,
    case: str,
    reference: str,
    why: str,
    *,
    seen: int | None = None,
    key: str | None = None,
) -> Done:
    """Takes a payment back that did not hold (a check that bounced); raises ChargeRefused where there is none."""

    def act() -> Done:
        hand = take(session, desk, case, seen)
        refuse_stranger(hand.process, desk.actor)
        reason = reason_given(why)
        returned = 0
        for each in charges_of(session, hand.case, desk.today, calendar_of(desk)):
            own = [row for row in each.entries if row.reference == reference.strip()]
            part = sum((row.amount_cents or 0) * (1 if row.kind == "paid" else -1) for row in own)
            if part > 0:
                _enter(session, desk, each, _Entry("returned", desk.today, reason, part, reference.strip()))
                returned += part
        if returned == 0:
            raise ChargeRefused(f"{hand.case.number} has no payment {reference.strip()[:80]!r} to give back.")
        text = f"payment {reference.strip()} of {dollars(returned)} did not hold: {reason}"
        return _told(session, desk, hand, "payment_returned", text, why=reason)

    asked = {"case": case, "reference": reference, "why": why, "seen": seen}
    return carried_out(session, desk, "return_payment", asked, key, act)


def stay(
    session: Session,
    desk: Desk,
    case: str,
    why: str,
    charge: str | None = None,
    *,
    seen: int | None = None,
    key: str | None = None,
) -> Done:
    """Lets charges rest during an appeal: nobody is asked to pay them. Without `charge`, all of the case."""
    return _each(
        session,
        desk,
        ("stay", "stayed", "charges stayed"),
        (case, charge, why, seen, key),
        lambda each: not each.standing.stayed and each.standing.balance_cents + each.standing.running > 0,
    )


def resume(
    session: Session,
    desk: Desk,
    case: str,
    why: str,
    charge: str | None = None,
    *,
    seen: int | None = None,
    key: str | None = None,
) -> Done:
    """Lets stayed charges count again, since the appeal is decided."""
    return _each(
        session,
        desk,
        ("resume", "resumed", "charges count again"),
        (case, charge, why, seen, key),
        lambda each: each.standing.stayed,
    )


def waive(
    session: Session, desk: Desk, case: str, waiver: Waiver, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Lets somebody off what is open of a charge, or a part of it; raises ChargeRefused for more than is open."""

    def act() -> Done:
        hand = take(session, desk, case, seen)
        refuse_stranger(hand.process, desk.actor)
        reason, each = reason_given(waiver.why), charge_named(session, desk, hand.case, waiver.charge)
        if each.standing.running:
            raise ChargeRefused("This penalty still counts: first say the last day, then waive it.")
        open_cents = each.standing.balance_cents
        cents = open_cents if waiver.amount_cents is None else cents_checked(waiver.amount_cents)
        if not 0 < cents <= open_cents:
            raise ChargeRefused(f"{dollars(open_cents)} of this charge is open; no more can be waived.")
        _enter(session, desk, each, _Entry("waived", desk.today, reason, cents))
        text = f"waived: {dollars(cents)}: {reason}"
        return _told(session, desk, hand, "waived", text, charge=waiver.charge, why=reason)

    return carried_out(session, desk, "waive", asdict(waiver) | {"case": case, "seen": seen}, key, act)


def end_penalty(
    session: Session, desk: Desk, case: str, last: LastDay, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Says on which day a violation last stood, so that no further day counts; raises ChargeRefused."""

    def act() -> Done:
        hand = take(session, desk, case, seen)
        refuse_stranger(hand.process, desk.actor)
        reason, each = reason_given(last.why), charge_named(session, desk, hand.case, last.charge)
        first = each.charge.first_day_on
        if each.charge.per_day_cents is None or first is None:
            raise ChargeRefused("This charge is one amount and counts no days.")
        if last.day > desk.today or (last.day - first).days < -1:
            span = f"{named(first)} and today, {named(desk.today)}"
            raise ChargeRefused(f"The last day lies between {span}, not on {last.day}.")
        _enter(session, desk, each, _Entry("ended", last.day, reason))
        now = charge_named(session, desk, hand.case, last.charge).standing
        if now.balance_cents < 0:
            raise ChargeRefused(f"Up to {named(last.day)} it is less than was paid; give the payment back first.")
        text = f"the penalty counts to {named(last.day)}: {now.said}; {reason}"
        return _told(session, desk, hand, "penalty_ended", text, charge=last.charge, why=reason)

    return carried_out(session, desk, "end_penalty", asdict(last) | {"case": case, "seen": seen}, key, act)


_Asked = tuple[str, str | None, str, int | None, str | None]


def _each(
    session: Session, desk: Desk, words: tuple[str, str, str], asked: _Asked, fits: Callable[[Charged], bool]
) -> Done:
    """One entry for each charge that fits."""
    action, kind, said = words
    case, charge, why, seen, key = asked

    def act() -> Done:
        hand = take(session, desk, case, seen)
        refuse_stranger(hand.process, desk.actor)
        reason = reason_given(why)
        rows = _chosen(session, desk, hand, charge)
        fitting = [each for each in rows if fits(each)]
        if not fitting:
            raise ChargeRefused(f"{hand.case.number} has no charge for which this can be done.")
        for each in fitting:
            _enter(session, desk, each, _Entry(kind, desk.today, reason))
        text = f"{said}: {', '.join(in_words(each.charge.kind) for each in fitting)}: {reason}"
        return _told(session, desk, hand, kind, text, charges=[each.charge.id for each in fitting], why=reason)

    request = {"case": case, "charge": charge, "why": why, "seen": seen}
    return carried_out(session, desk, action, request, key, act)


def _chosen(session: Session, desk: Desk, hand: Hand, charge: str | None) -> Sequence[Charged]:
    if charge is not None:
        return [charge_named(session, desk, hand.case, charge)]
    return charges_of(session, hand.case, desk.today, calendar_of(desk))


def _to_pay(session: Session, desk: Desk, hand: Hand, charge: str | None) -> list[Charged]:
    rows = _chosen(session, desk, hand, charge)
    if not rows:
        raise ChargeRefused(f"{hand.case.number} has no charges to pay.")
    return [each for each in rows if each.standing.balance_cents > 0]


def _enter(session: Session, desk: Desk, of: Charged, entry: _Entry) -> None:
    session.add(
        ChargeEntry(
            charge_id=of.charge.id,
            case_id=of.charge.case_id,
            kind=entry.kind,
            at=desk.now,
            by=desk.actor.name,
            on_day=entry.on,
            amount_cents=entry.cents,
            reference=entry.reference,
            text=entry.text,
        )
    )
    session.flush()


def _told(session: Session, desk: Desk, hand: Hand, kind: str, text: str, **data: object) -> Done:
    session.flush()
    rows = charges_of(session, hand.case, desk.today, calendar_of(desk))
    balance = sum(each.standing.balance_cents for each in rows)
    tell(session, hand.case, desk.act, kind, f"{text}; {dollars(balance)} open", balance_cents=balance, **data)
    return done(session, hand.case, balance_cents=balance, said=f"{text}; {dollars(balance)} open")
