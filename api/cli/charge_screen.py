"""Charges on the screen, and the list of the unpaid as a file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from api.cli.screen import out, table, text
from gis_ce.actions.unpaid import Statement, Unpaid, total_open_cents
from gis_ce.case_exchange.formulas import guarded
from gis_ce.money import dollars
from gis_ce.process import in_words
from gis_ce.tables import Party


def print_statement(found: Statement) -> None:
    """What a case was charged, paid and let off."""
    if not found.charges:
        out().print(f"{found.number} was charged nothing.")
        return
    shown = table("Charge", "What", "Charged", "Paid", "Waived", "Open", right=("Charged", "Paid", "Waived", "Open"))
    for each in found.charges:
        now = each.standing
        notes = [each.charge.what, now.said, "stayed" if now.stayed else "", f"id {each.charge.id}"]
        shown.add_row(
            text(in_words(each.charge.kind)),
            text("\n".join(note for note in notes if note)),
            *map(dollars, (now.charged_cents, now.paid_cents, now.waived_cents, now.balance_cents)),
        )
    out().print(shown)
    stayed = f", {dollars(found.stayed_cents)} of it stayed" if found.stayed_cents else ""
    owed = f" by {text(name_of(found.owed_by))}" if found.owed_by else ""
    out().print(f"{found.number}: {dollars(found.balance_cents)} open{owed}{stayed}.", soft_wrap=True)


def print_unpaid(rows: Sequence[Unpaid]) -> None:
    """The list of the unpaid."""
    if not rows:
        out().print("Nothing is unpaid.")
        return
    shown = table("Case", "Charge", "Who", "Due", "Open", right=("Open",), whole=("Case",))
    for row in rows:
        charge, now = row.charged.charge, row.charged.standing
        days = "stayed" if now.stayed else f"{row.days_overdue} days over" if row.days_overdue else ""
        due = " ".join(word for word in (str(charge.due_on or ""), days) if word)
        shown.add_row(
            text(row.case.number),
            text(in_words(charge.kind)),
            text(name_of(row.owed_by)),
            text(due),
            dollars(now.balance_cents),
        )
    out().print(shown)
    out().print(f"{dollars(total_open_cents(rows))} open.")


def write_unpaid(rows: Sequence[Unpaid], path: Path) -> None:
    """The list of the unpaid as CSV; amounts in dollars."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            ["case", "type", "officer", "address", "charge", "what", "owed_by", "due_on", "days_overdue", "stayed",
             "charged", "paid", "waived", "open", "charge_id"]
        )  # fmt: skip
        for row in rows:
            writer.writerow([guarded(cell) for cell in _cells(row)])


def _cells(row: Unpaid) -> list[str]:
    charge, now = row.charged.charge, row.charged.standing
    amounts = (now.charged_cents, now.paid_cents, now.waived_cents, now.balance_cents)
    return [
        row.case.number,
        row.case.type,
        row.case.officer or "",
        row.address or "",
        charge.kind,
        charge.what,
        name_of(row.owed_by),
        str(charge.due_on or ""),
        "" if row.days_overdue is None else str(row.days_overdue),
        "yes" if now.stayed else "no",
        *(f"{cents // 100}.{cents % 100:02d}" for cents in amounts),
        charge.id,
    ]


def name_of(party: Party | None) -> str:
    """Who it is: the name, else the firm."""
    return (party.name or party.firm or "") if party is not None else ""
