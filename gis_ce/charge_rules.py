"""Amounts that the city's rules set: civil penalties and fees. What no rule sets is not charged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gis_ce.errors import ChargeRefused
from gis_ce.money import cents_checked
from gis_ce.rules import Cell, Rule, RuleBook
from layers.sentences import sentence
from layers.toml_table import did_you_mean

ANY = "any"


@dataclass(frozen=True, slots=True)
class Penalty:
    """What a rule says of one violation: the amount in cents for each day or once, and how days are counted."""

    code: str
    meaning: str
    amount_cents: int
    daily: bool
    day_unit: str
    counted_while_stayed: bool
    most_cents: int | None
    rule: Rule


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee of the city's schedule, in cents."""

    code: str
    meaning: str
    amount_cents: int
    rule: Rule


def penalty_of(book: RuleBook, case_type: str, code: str | None, day: date) -> Penalty:
    """The civil penalty for a kind of case on the first day of the offence; `code` names one where there are several.

    Raises ChargeRefused where the city's rules give no amount, where nobody has read the official text,
    and where several could be meant.
    """
    rule = _rule(book, "civil_penalty", "civil penalty", day)
    fitting = {name: row for name, row in rule.table("penalties").items() if _fits(row, case_type)}
    chosen = _chosen(fitting, code, f"civil penalty for {case_type}", rule)
    row = fitting[chosen]
    most = row.get("most_cents")
    return Penalty(
        code=chosen,
        meaning=str(row["meaning"]),
        amount_cents=_cents(row, rule),
        daily=row["per"] == "day",
        day_unit=str(row.get("day_unit", "calendar_days")),
        counted_while_stayed=row.get("counted_while_stayed") is True,
        most_cents=None if most is None else cents_checked(int(float(str(most)))),
        rule=rule,
    )


def fee_of(book: RuleBook, code: str, day: date) -> Fee:
    """A fee of the schedule in force on a day; raises ChargeRefused where there is none, or nobody has read it."""
    rule = _rule(book, "fees", "fee", day)
    table = rule.table("fees")
    chosen = _chosen(table, code, "fee", rule)
    return Fee(chosen, str(table[chosen]["meaning"]), _cents(table[chosen], rule), rule)


def _rule(book: RuleBook, subject: str, what: str, day: date) -> Rule:
    rule = book.on(subject, day)
    if rule is None or rule.status == "missing":
        why = f" ({rule.text})" if rule is not None else ""
        raise ChargeRefused(
            f"No {what} can be charged: the city's rules give no amount for {day}{why}. "
            f"Put the amount with its ordinance into the city's own rules pack, as a rule on {subject}."
        )
    if rule.status == "unconfirmed":
        raise ChargeRefused(
            f"No {what} can be charged: nobody has recorded reading {rule.citation} (rule {rule.id}). "
            f"Read the official text, then `gis-ce rules read {rule.id}`."
        )
    return rule


def _chosen(table: Mapping[str, Mapping[str, Cell]], code: str | None, what: str, rule: Rule) -> str:
    if not table:
        raise ChargeRefused(f"Rule {rule.id} ({rule.citation}) gives no {what}, so none can be charged.")
    if code is None and len(table) > 1:
        raise ChargeRefused(f"Rule {rule.id} has more than one {what}: name {', '.join(sorted(table))}.")
    if code is not None and code not in table:
        raise ChargeRefused(sentence(f"Rule {rule.id} has no {what} {code[:80]!r}; {did_you_mean(code, list(table))}"))
    return code or next(iter(table))


def _fits(row: Mapping[str, Cell], case_type: str) -> bool:
    types = str(row.get("case_types", ANY)).replace(",", " ").split()
    return case_type in types or ANY in types


def _cents(row: Mapping[str, Cell], rule: Rule) -> int:
    amount = float(str(row["amount_cents"]))
    if amount != int(amount):
        raise ChargeRefused(f"Rule {rule.id} has an amount of {amount} cents; amounts are whole cents.")
    return cents_checked(int(amount))
