"""The pictures that a letter asks for, drawn by `maps` over the layers of the day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import shapely
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand
from gis_ce.actions.desk import Desk
from gis_ce.actions.letter_rows import look_at_letter
from gis_ce.actions.letter_setting import Picture
from gis_ce.actions.proposals import standing
from gis_ce.letter_facts import for_outside, staff_only_lines
from gis_ce.letter_merge import in_full
from gis_ce.tables import Decision
from maps.case_pictures import StillPicture, evidence_picture, mains_picture


def pictures_for(session: Session, desk: Desk, letter: str) -> dict[str, Picture]:
    """The pictures by the names under which the letter asks for them; without those that cannot be drawn."""
    held = look_at_letter(session, desk, letter)
    if held.letter.state != "draft":
        return {}
    wanted = {source for field in held.kind.fields for source in field.sources}
    drawn = {name: draw(session, desk, held.hand) for name, draw in _PICTURES.items() if f"picture.{name}" in wanted}
    return {name: Picture(found.svg, "svg", found.words) for name, found in drawn.items() if found is not None}


def evidence_of(session: Session, desk: Desk, hand: Hand) -> StillPicture | None:
    """The evidence of the last decision of a case that has a place in it, over today's layers."""
    for row in reversed(standing(session, hand.case.id)):
        if row.evidence and row.evidence.get("features"):
            return _drawn(desk, row, _for_outside(desk, row.evidence), for_outside(row, staff_only_lines(desk.city)))
    return None


def _for_outside(desk: Desk, evidence: Mapping[str, Any]) -> dict[str, Any]:
    """The evidence without what shows where a main lies that the city keeps to its staff: a letter leaves the house."""
    public = {layer.role_name for layer in desk.city.layers if layer.audience == "public"}
    kept = [
        feature
        for feature in evidence["features"]
        if feature["properties"]["kind"] not in _TELLS_OF_MAINS or feature["properties"].get("role") in public
    ]
    return {**evidence, "features": kept}


def decision_picture(desk: Desk, row: Decision) -> StillPicture | None:
    """The evidence of one decision, over today's layers."""
    return _drawn(desk, row, row.evidence or {}, row.sentence)


def _drawn(desk: Desk, row: Decision, evidence: Mapping[str, Any], said: str) -> StillPicture | None:
    words = f"{said} As the map had it on {in_full(row.proposed_at.date())}; grid north is up."
    return evidence_picture(evidence, desk.query, words)


def mains_of(_: Session, desk: Desk, hand: Hand) -> StillPicture | None:
    """The mains around the place of a case."""
    shape = hand.site.geometry
    if shape is None or shapely.is_empty(shape):
        return None
    where = hand.site.address or hand.case.number
    return mains_picture(desk.query, shape, f"Mains around {where}; sizes as recorded, grid north is up.")


_TELLS_OF_MAINS = ("main", "zone", "facility", "distance")
_PICTURES: Mapping[str, Callable[[Session, Desk, Hand], StillPicture | None]] = {
    "evidence": evidence_of,
    "mains": mains_of,
}
