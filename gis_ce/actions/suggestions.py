"""Values that the map suggests for fields of a step; the officer takes them over or writes another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gis_ce.actions.at_hand import Hand
from gis_ce.process import Field
from gis_ce.process_values import NotTaken, taken
from gis_ce.tables import Decision

_Way = Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value for a field, and where it comes from: a check, or the case's own place."""

    value: object
    source: str


def _plain(value: Any) -> object:
    return value


def _any_days(value: Any) -> object:
    return "yes" if float(value) > 0 else "no"


def _yes_no(value: Any) -> object:
    return "yes" if value else "no"


def _answered(value: Any) -> object:
    return {"clear": "yes", "not clear": "yes", "none": "no"}.get(str(value))


_FACTS: Mapping[str, Sequence[tuple[str, str, _Way]]] = {
    "nearest_address": (("nearest_asset_and_address", "address", _plain),),
    "facility_id": (("nearest_asset_and_address", "facility_id", _plain),),
    "meter_number": (("meter_side", "meter_id", _plain), ("nearest_asset_and_address", "meter_id", _plain)),
    "town": (("jurisdiction", "name", _plain),),
    "ticket_number": (("locate_ticket", "ticket_number", _plain),),
    "ticket_expired": (("locate_ticket", "days_after_expiry", _any_days),),
    "positive_response": (("locate_ticket", "response", _answered),),
    "three_hour_ticket": (("locate_ticket", "three_hour_called", _yes_no),),
    "contractor": (("contractor_tickets_nearby", "firm", _plain),),
    "firm": (("locate_ticket", "firm", _plain), ("contractor_tickets_nearby", "firm", _plain)),
}
"""For a field: the checks whose facts give its value, the first known counts."""


def suggested(hand: Hand, field: Field, decisions: Sequence[Decision]) -> Suggestion | None:
    """What the map says for a field, by the newest decisions of the case; None where it says nothing that fits.

    Where the step's check fills the field, that is its proposal.
    """
    step = hand.process.steps[hand.state.step]
    if step.fills == field.name:
        row = next((row for row in reversed(decisions) if row.step == step.id and row.state == "proposed"), None)
        return _fitting(field, row.proposed, row.check) if row is not None else None
    found = _by_facts(field, decisions)
    if found is not None or field.name != "nearest_address":
        return found
    return _fitting(field, hand.site.address, "place")


@dataclass(frozen=True, slots=True)
class DoubtfulField:
    """A noted value that was the map's suggestion for another place, and what the map suggests for this one."""

    field: Field
    noted: object
    suggestion: Suggestion


def doubtful_fields(hand: Hand, decisions: Sequence[Decision]) -> list[DoubtfulField]:
    """The fields to look at after a place has moved; `decisions` are all of a case, the stale too, oldest first."""
    found = []
    now = [row for row in decisions if row.state != "stale"]
    for name in (name for name in _FACTS if hand.state.data.get(name) is not None):
        field, noted = hand.process.field(name), hand.state.data[name]
        suggestion = _by_facts(field, now) if field is not None else None
        if field is None or suggestion is None or suggestion.value == noted:
            continue
        before = (_by_facts(field, [row]) for row in decisions if row.state == "stale")
        if any(old is not None and old.value == noted for old in before):
            found.append(DoubtfulField(field, noted, suggestion))
    return found


def _by_facts(field: Field, decisions: Sequence[Decision]) -> Suggestion | None:
    facts = {row.check: (row.evidence or {}).get("facts", {}) for row in decisions}
    for check, name, way in _FACTS.get(field.name, ()):
        value = facts.get(check, {}).get(name)
        found = _fitting(field, way(value), check) if value is not None else None
        if found is not None:
            return found
    return None


def _fitting(field: Field, value: object, source: str) -> Suggestion | None:
    try:
        kept = taken(field, value)
    except NotTaken:
        return None
    return Suggestion(kept, source) if kept is not None else None
