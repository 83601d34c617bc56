"""No letter rests on an easement that is only modelled: first somebody sees the deed, by name, date, book and page."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gis_ce.actions.letter_rows import LetterHand, deeds_of
from gis_ce.actions.proposals import standing
from gis_ce.checks.easement_basis import GUARD
from gis_ce.tables import Decision

EASEMENT_CHECKS = ("easement_exists", "easement_encroachment")
_HOW = "record who saw the deed, when, and its book and page (gis-ce letter deed)"


def refused_by_easement(session: Session, held: LetterHand) -> list[str]:
    """Why a letter about an easement cannot go out; nothing for other letters, and once the deed was seen.

    An easement of which the map says nothing needs a deed as well: no answer is never `recorded`.
    """
    if not held.kind.about_easement or deeds_of(session, held.hand.case):
        return []
    said = [row for row in standing(session, held.hand.case.id) if row.check in EASEMENT_CHECKS]
    if any(_modelled(row) for row in said):
        return [f"the easement is only modelled, not recorded; {_HOW}"]
    if not any(_found(row) for row in said):
        return [f"the map shows no recorded easement in this case; {_HOW}"]
    return []


def _modelled(row: Decision) -> bool:
    facts = (row.evidence or {}).get("facts", {})
    return facts.get("modelled") is True or GUARD in row.sentence


def _found(row: Decision) -> bool:
    return row.proposed not in (None, "no") and row.answer != "no"
