"""What is owed on a charge on a day: the days counted, what was paid and waived, and whether it is stayed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gis_ce.clock import Calendar, named
from gis_ce.money import dollars
from gis_ce.tables import Charge, ChargeEntry

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """A charge on a day, in whole cents; `days` is None where the amount hangs on no days.

    `running` is true while each further day adds to it. `said` is the arithmetic in words.
    """

    charged_cents: int
    paid_cents: int
    waived_cents: int
    stayed: bool
    running: bool
    days: int | None
    said: str

    @property
    def balance_cents(self) -> int:
        """What is still open."""
        return self.charged_cents - self.paid_cents - self.waived_cents


def standing(charge: Charge, entries: Sequence[ChargeEntry], day: date, calendar: Calendar) -> Standing:
    """Where a charge stands at the end of a day; `entries` are all of it, in the order in which they were made."""
    known = [entry for entry in entries if entry.on_day <= day]
    counted = _days(charge, entries, day, calendar)
    charged, said = _charged(charge, counted, _last_day(entries), day)
    waived = _sum(known, "waived")
    stays = _stays(known)
    return Standing(
        charged_cents=charged,
        paid_cents=_sum(known, "paid") - _sum(known, "returned"),
        waived_cents=waived,
        stayed=bool(stays) and stays[-1][1] is None,
        running=counted is not None and (_last_day(entries) or date.max) > day,
        days=len(counted) if counted is not None else None,
        said=said,
    )


def _charged(charge: Charge, days: Sequence[date] | None, last: date | None, day: date) -> tuple[int, str]:
    if days is None:
        assert charge.amount_cents is not None
        return charge.amount_cents, f"{dollars(charge.amount_cents)} ({charge.basis})"
    assert charge.per_day_cents is not None
    assert charge.first_day_on is not None
    unit = "working days" if charge.day_unit == "working_days" else "days"
    whole = len(days) * charge.per_day_cents
    until = f"to {named(last)}" if last is not None and last <= day else f"to {named(day)}, still counting"
    said = f"{len(days)} {unit} from {named(charge.first_day_on)} {until}, {dollars(charge.per_day_cents)} a day"
    if charge.most_cents is not None and whole > charge.most_cents:
        return charge.most_cents, f"{said} = {dollars(whole)}, at most {dollars(charge.most_cents)}"
    return whole, f"{said} = {dollars(whole)}"


def _days(charge: Charge, entries: Sequence[ChargeEntry], day: date, calendar: Calendar) -> list[date] | None:
    """The days that count up to a day; None for a charge of one amount."""
    if charge.per_day_cents is None:
        return None
    assert charge.first_day_on is not None
    stays = [] if charge.counted_while_stayed else _stays(entries)
    last = min(day, _last_day(entries) or day)
    return [
        each
        for each in _between(charge.first_day_on, last)
        if (charge.day_unit != "working_days" or calendar.day_off(each) is None)
        and not any(first <= each and (end is None or each < end) for first, end in stays)
    ]


def _between(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _ONE_DAY


def _stays(entries: Sequence[ChargeEntry]) -> list[tuple[date, date | None]]:
    """First days of stays, and the days from which the charge goes on, None while it does not."""
    found: list[tuple[date, date | None]] = []
    for entry in entries:
        if entry.kind == "stayed":
            found.append((entry.on_day, None))
        elif entry.kind == "resumed" and found:
            found[-1] = (found[-1][0], entry.on_day)
    return found


def _last_day(entries: Sequence[ChargeEntry]) -> date | None:
    """The last day that counts, as was noted last."""
    return next((entry.on_day for entry in reversed(entries) if entry.kind == "ended"), None)


def _sum(entries: Sequence[ChargeEntry], kind: str) -> int:
    return sum(entry.amount_cents or 0 for entry in entries if entry.kind == kind)
