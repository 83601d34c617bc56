"""The messages with which money is charged, paid, stayed and waived, and those that answer about it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api.answer_schemas import Answered
from api.case_record_schemas import PartyAnswer
from api.case_schemas import Given, Name, Reason
from api.days_given import Day
from gis_ce.actions.charging import ChargeKind
from gis_ce.money import LARGEST_CENTS

Cents = Annotated[int, Field(gt=0, le=LARGEST_CENTS, description="Whole cents.")]
Short = Annotated[str, Field(max_length=1000)]


class ChargeIn(Given):
    """What is charged: a cost with its amount and basis, a fee by its code, a penalty by the city's rules."""

    kind: ChargeKind
    amount_cents: Cents | None = Field(default=None, description="Whole cents; none for a penalty or a fee.")
    basis: Short = Field(default="", description="Where the amount comes from: a work order, an invoice.")
    what: Short = ""
    code: Name | None = Field(default=None, description="Of a penalty or a fee in the city's rules.")
    field: Name | None = Field(default=None, description="The field of the case in which the amount was noted.")
    deadline_on: Day | None = Field(default=None, description="Last day of the notice's period, of a penalty.")
    due_on: Day | None = None
    party: Name | None = Field(default=None, description="Id of the party who owes it.")


class PaymentIn(Given):
    """Money that came in; without a charge the oldest are paid first."""

    amount_cents: Cents
    on: Day
    reference: Name = Field(description="Of the receipt or check; each is recorded once.")
    charge: Name | None = None


class ReturnIn(Reason):
    """A payment that did not hold."""

    reference: Name


class StayIn(Reason):
    """Which charge rests during an appeal, or counts again; all of the case without one."""

    charge: Name | None = None


class WaiverIn(Reason):
    """What somebody is let off: all that is open of the charge, or an amount."""

    charge: Name
    amount_cents: Cents | None = None


class LastDayIn(Reason):
    """The last day on which the violation of a daily penalty stood."""

    charge: Name
    day: Day


class EntryAnswer(Answered):
    """What became of a charge."""

    kind: Literal["paid", "returned", "waived", "stayed", "resumed", "ended"]
    on: date
    at: datetime
    by: str
    amount_cents: int | None
    reference: str | None
    text: str


class ChargeAnswer(Answered):
    """A charge and where it stands today; amounts are whole cents."""

    id: str
    kind: ChargeKind
    what: str
    basis: str
    at: datetime
    by: str
    due_on: date | None
    party: str | None
    per_day_cents: int | None
    deadline_on: date | None
    first_day_on: date | None
    rule: dict[str, Any] | None
    days: int | None
    arithmetic: str
    charged_cents: int
    paid_cents: int
    waived_cents: int
    balance_cents: int
    stayed: bool
    running: bool
    entries: list[EntryAnswer]


class StatementAnswer(Answered):
    """All that a case was charged and paid."""

    number: str
    title: str
    address: str | None
    on: date
    owed_by: PartyAnswer | None
    charged_cents: int
    paid_cents: int
    waived_cents: int
    stayed_cents: int
    balance_cents: int
    to_pay_cents: int
    charges: list[ChargeAnswer]


class UnpaidLine(Answered):
    """A charge with something open."""

    number: str
    type: str
    officer: str | None
    status: Literal["open", "closed"]
    address: str | None
    owed_by: PartyAnswer | None
    days_overdue: int | None
    charge: ChargeAnswer


class UnpaidAnswer(Answered):
    """The list of the unpaid, the longest overdue first; stayed charges come last."""

    unpaid: list[UnpaidLine]
    open_cents: int


class ImportedAnswer(Answered):
    """What a file of payments has led to."""

    recorded: int
    known: int
    cents: int
