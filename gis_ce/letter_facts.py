"""What a letter may take from its case, under the names by which merge fields ask for it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from gis_ce.checks.all import CHECKS
from gis_ce.letter_merge import in_full
from gis_ce.process import Length, Process, in_words
from gis_ce.process_deadlines import length_of
from gis_ce.tables import Case, Decision, DeedSeen, Party, Site
from layers.model import City

OCCUPANT = "occupant"
_UNREAD = "unconfirmed"
"""The word by which a sentence tells of a rule that nobody has read."""
MOST_LINES = 4
"""Lines of an address that the window of an envelope shows."""
_WIDEST = 46
_CITY = re.compile(r"^(.+?),\s*([^,]+,?\s+[A-Z]{2}\.?\s+\d{5}(?:-\d{4})?)$")


def case_facts(case: Case, site: Site) -> dict[str, object]:
    """`case...`, `data...`, `answer...` and `site...`."""
    facts: dict[str, object] = {
        "case.number": case.number,
        "case.title": case.title,
        "case.description": case.description,
        "case.officer": case.officer,
        "case.event_on": case.event_on,
        "case.opened_on": case.opened_at.date(),
        "case.type": in_words(case.type),
        "site.address": site.address,
        "site.parcel_id": site.parcel_id,
    }
    facts |= {f"data.{name}": value for name, value in case.data.items()}
    return facts | {f"answer.{step}": in_words(str(word)) for step, word in case.answers.items()}


def party_facts(parties: Iterable[Party]) -> dict[str, object]:
    """`party.ROLE.name`, `.firm` and `.mailing_address`, of the first of each role."""
    facts: dict[str, object] = {}
    for party in parties:
        for name in ("name", "firm", "mailing_address"):
            facts.setdefault(f"party.{party.role}.{name}", getattr(party, name))
    return facts


def staff_only_lines(city: City) -> frozenset[str]:
    """Roles of mains and laterals that the city keeps to its staff; a street is no secret."""
    kept = {layer.role_name for layer in city.layers if layer.audience != "public" and layer.role.geometry == "line"}
    return frozenset(kept - {"street"})


def decision_facts(decisions: Iterable[Decision], hidden: Collection[str] = ()) -> dict[str, object]:
    """`decision.CHECK.sentence` and `.answer`: what the map said last, where somebody stands by it or nobody spoke.

    A check that looks at a `hidden` role says its answer alone: no main, size or distance leaves the house.
    """
    facts: dict[str, object] = {}
    for row in decisions:
        overridden = row.state == "overridden"
        said = f"{row.why}" if overridden and row.why else for_outside(row, hidden)
        facts[f"decision.{row.check}.sentence"] = None if row.proposed is None and not overridden else said
        facts[f"decision.{row.check}.answer"] = in_words(row.answer or row.proposed or "") or None
    return facts


def for_outside(row: Decision, hidden: Collection[str]) -> str:
    """The sentence of a decision as a letter may print it: none that rests on a rule which nobody has read."""
    check = next((known for known in CHECKS if known.name == row.check), None)
    if check is None or (_is_read(row) and {*check.roles, *check.also}.isdisjoint(hidden)):
        return row.sentence
    answer = in_words(row.answer or row.proposed or "undecided").capitalize()
    return f"{check.question} {answer}, by our records of {in_full(row.proposed_at.date())}."


def _is_read(row: Decision) -> bool:
    """Whether every rule that the sentence speaks of was confirmed when it was said."""
    return (row.rule or {}).get("status", "confirmed") == "confirmed" and _UNREAD not in row.sentence


def deed_facts(deeds: Iterable[DeedSeen]) -> dict[str, object]:
    """`deed.words`: book and page of the deed that was seen last, and who saw it."""
    said = [f"book {row.book}, page {row.page} (seen on {in_full(row.seen_on)} by {row.seen_by})" for row in deeds]
    return {"deed.words": said[-1] if said else None}


def period_after(process: Process, step: str | None, settings: Mapping[str, Length]) -> Length | None:
    """The period of the wait that follows a step at once; None where none follows or a date ends it."""
    here = process.steps.get(step or "")
    after = process.steps.get(here.next or "") if here is not None else None
    if after is None or after.deadline is None or after.deadline.on_field is not None:
        return None
    return length_of(after.deadline, settings)


def recipient_lines(party: Party) -> tuple[list[str], list[str]]:
    """The address block of a party and what is wrong with it: too many lines, too long, no address."""
    names = [name for name in (party.name, party.firm) if name]
    address = address_lines(party.mailing_address or "")
    if not address:
        return names, [f"the {party.role} {' '.join(names)} has no mailing address"]
    return checked_lines([*names, *address])


def checked_lines(lines: list[str]) -> tuple[list[str], list[str]]:
    """Lines of an address and what the window of an envelope could not show of them."""
    wrong = []
    if len(lines) > MOST_LINES:
        wrong.append(f"the address has {len(lines)} lines; the envelope's window shows {MOST_LINES}")
    wrong += [
        f"the address line {line!r} is longer than the window ({_WIDEST} letters)"
        for line in lines
        if len(line) > _WIDEST
    ]
    return lines, wrong


def address_lines(text: str) -> list[str]:
    """An address by its lines: as it is broken, else before its city."""
    lines = [line.strip().rstrip(",") for line in text.splitlines() if line.strip()]
    if len(lines) == 1 and (found := _CITY.match(lines[0])):
        return [found[1].strip(), found[2].strip()]
    return lines
