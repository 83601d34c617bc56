"""Money of a case: what was charged, and what became of it. Neither is ever changed; the balance is their sum."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from gis_ce.tables.base import Base, Json, one_of, refers_to

CHARGE_KINDS = (
    "civil_penalty",
    "repair",
    "investigation",
    "clean_up",
    "abatement",
    "back_billing",
    "connection_fee",
    "other_cost",
)
ENTRY_KINDS = ("paid", "returned", "waived", "stayed", "resumed", "ended")


class Charge(Base):
    """One thing that somebody has to pay: an amount, or so much for each day from `first_day_on` on.

    Amounts are whole cents. `basis` says where the amount comes from, `rule` is the city's row for it.
    """

    __tablename__ = "charge"

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(refers_to("case_.id"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    what: Mapped[str] = mapped_column(default="")
    basis: Mapped[str]
    amount_cents: Mapped[int | None] = mapped_column(BigInteger)
    per_day_cents: Mapped[int | None] = mapped_column(BigInteger)
    most_cents: Mapped[int | None] = mapped_column(BigInteger)
    deadline_on: Mapped[date | None]
    first_day_on: Mapped[date | None]
    day_unit: Mapped[str | None]
    counted_while_stayed: Mapped[bool | None]
    due_on: Mapped[date | None]
    party_id: Mapped[str | None] = mapped_column(refers_to("party.id"))
    rule: Mapped[Json] = mapped_column(default=dict)

    __table_args__ = (
        one_of("kind", *CHARGE_KINDS),
        CheckConstraint("(amount_cents IS NULL) <> (per_day_cents IS NULL)", name="one_amount"),
    )


class ChargeEntry(Base):
    """What became of a charge: a payment, one that was returned, a waiver, a stay and its end, the last day counted."""

    __tablename__ = "charge_entry"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    charge_id: Mapped[str] = mapped_column(refers_to("charge.id"))
    case_id: Mapped[str] = mapped_column(refers_to("case_.id"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    on_day: Mapped[date]
    amount_cents: Mapped[int | None] = mapped_column(BigInteger)
    reference: Mapped[str | None]
    text: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        one_of("kind", *ENTRY_KINDS),
        Index("ix_charge_entry_charge", "charge_id", "id"),
        Index("ix_charge_entry_reference", "reference"),
        {"sqlite_autoincrement": True},
    )
