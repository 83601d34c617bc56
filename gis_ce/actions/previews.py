"""What a change of place would lead to, told beforehand: nothing is kept, and nothing goes on record."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import look_at
from gis_ce.actions.definitions import in_force
from gis_ce.actions.desk import Desk
from gis_ce.actions.opening import Opening, offers_of, put_place
from gis_ce.actions.placing import Place, Placed, placed
from gis_ce.actions.rechecks import asked_anew
from gis_ce.actions.site_moves import refuse_move
from gis_ce.process import Process, Step
from gis_ce.tables import Decision, Json, Site

_KEPT = ("id", "case_id", "srid", "structure", "details", "revision")


@dataclass(frozen=True, slots=True)
class Compared:
    """One check of a case: what the map said of the place as it is, and what it would say of another."""

    step: Step
    before: Decision
    after: Decision

    @property
    def changed(self) -> bool:
        """Whether the answer turns, or becomes undecided or decided."""
        return self.before.proposed != self.after.proposed


@dataclass(frozen=True, slots=True)
class MovePreview:
    """Where a case would lie, how far that is from where it lies now, and its checks on both places."""

    number: str
    process: Process
    row_version: int
    where: Placed
    moved_ft: float | None
    checks: tuple[Compared, ...]


def preview_move(session: Session, desk: Desk, case: str, place: Place) -> MovePreview:
    """What `move_site` would find; raises as it does, but asks for no reason."""
    hand = look_at(session, desk, case)
    refuse_move(desk, hand)
    where = placed(desk, place, hand.case.event_on)
    there = Site(**{name: getattr(hand.site, name) for name in _KEPT})
    put_place(there, where)
    before = hand.site.geometry
    return MovePreview(
        number=hand.case.number,
        process=hand.process,
        row_version=hand.case.row_version,
        where=where,
        moved_ft=before.distance(where.geometry) if before is not None else None,
        checks=tuple(
            Compared(hand.process.steps[str(old.step)], old, new.row)
            for old, new in asked_anew(session, desk, hand, there)
        ),
    )


def preview_opening(session: Session, desk: Desk, opening: Opening) -> Json:
    """What `open_case` would tell of the place: how it is located, `duplicates` and `earlier`. Raises as it does."""
    return offers_of(session, desk, in_force(session, desk, opening.type), opening).told
