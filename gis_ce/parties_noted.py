"""The parties that the steps of the process maps note: who dug, for which firm, who did the work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_CONTRACTORS = (("contractor", "firm"), ("work_performed_by", None))
"""Fields that name a person, and the field that names that person's firm."""


@dataclass(frozen=True, slots=True)
class NotedParty:
    """A party as the fields of a case name it."""

    role: str
    name: str | None
    firm: str | None


def parties_noted(data: Mapping[str, object]) -> tuple[NotedParty, ...]:
    """The parties that a case's data name; so that a repeat offender is found by them too."""
    found = []
    for person, firm in _CONTRACTORS:
        name, of_firm = _text(data.get(person)), _text(data.get(firm)) if firm else None
        if name or of_firm:
            found.append(NotedParty("contractor", name, of_firm))
    return tuple(found)


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
