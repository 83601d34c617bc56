"""Payments from the finance system by file: all of them are recorded, or none, and none twice."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import refuse_stranger, take
from gis_ce.actions.desk import Desk
from gis_ce.actions.paying import Payment, paid_before, record_payment
from gis_ce.errors import CaseError, ChargeRefused
from gis_ce.file_errors import PaymentsRefused
from gis_ce.money import cents_of, dollars

COLUMNS = ("case", "amount", "date", "reference")
OPTIONAL = ("charge",)
_MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file of payments has led to; `known` were recorded before."""

    recorded: int
    known: int
    cents: int

    @property
    def said(self) -> str:
        """In words."""
        payments = f"{self.recorded} payment{'s' if self.recorded != 1 else ''}"
        return f"{payments} of {dollars(self.cents)}; {self.known} known already"


def import_payments(session: Session, desk: Desk, text: str) -> Imported:
    """Records the payments of a CSV table with the columns case, amount, date, reference (and charge, if it has one).

    A row whose reference was recorded before is left out, so a file may come twice. Raises PaymentsRefused with
    every bad row, and then nothing is recorded.
    """
    mistakes: list[str] = []
    recorded = known = cents = 0
    with session.begin_nested() as whole:
        for line, row in _rows(text):
            try:
                payment = _payment(row)
                if paid_before(session, payment.reference):
                    known += 1
                    continue
                hand = take(session, desk, row["case"], None)
                refuse_stranger(hand.process, desk.actor)
                record_payment(session, desk, hand, payment)
            except CaseError as error:
                mistakes.append(f"line {line}: {error}")
            else:
                recorded, cents = recorded + 1, cents + payment.amount_cents
        if mistakes:
            whole.rollback()
    if mistakes:
        count = len(mistakes)
        raise PaymentsRefused(
            f"The payments have {count} bad row{'s' if count != 1 else ''}; none was recorded:", mistakes
        )
    return Imported(recorded, known, cents)


def _rows(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise PaymentsRefused(
            f"A table of payments has the columns {', '.join(COLUMNS)}, and may have {', '.join(OPTIONAL)}; "
            f"this one lacks {', '.join(missing)}."
        )
    reader.fieldnames = names
    for count, row in enumerate(reader, 1):
        if count > _MOST_ROWS:
            raise PaymentsRefused(f"A table of payments has {_MOST_ROWS:,} rows at most.")
        yield reader.line_num, {name: str(row.get(name) or "").strip() for name in (*COLUMNS, *OPTIONAL)}


def _payment(row: Mapping[str, str]) -> Payment:
    try:
        on = date.fromisoformat(row["date"])
    except ValueError as error:
        raise ChargeRefused(f"the date is like 2026-11-30, not {row['date'][:40]!r}") from error
    return Payment(cents_of(row["amount"]), on, row["reference"], row["charge"] or None)
