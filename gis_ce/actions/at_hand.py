"""A case as an action holds it: its row, its definition and where it stands; and who may act in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.definitions import of_version
from gis_ce.actions.desk import Actor, Desk
from gis_ce.case_changes import case_named, case_to_change
from gis_ce.case_state import state_of
from gis_ce.errors import NotYourLane
from gis_ce.process import Process
from gis_ce.process_state import State
from gis_ce.tables import Case, Site


@dataclass(slots=True)
class Hand:
    """One case with its site, the definition it follows and its state."""

    case: Case
    site: Site
    process: Process
    state: State


def take(session: Session, desk: Desk, name: str, seen: int | None) -> Hand:
    """The case of a number or id, to be changed; raises CaseUnknown, CaseChanged where `seen` is not its version."""
    return held(session, desk, case_to_change(session, name, seen, desk.act.time.zone))


def look_at(session: Session, desk: Desk, name: str) -> Hand:
    """The case of a number or id, to be read; raises CaseUnknown."""
    return held(session, desk, case_named(session, name))


def held(session: Session, desk: Desk, case: Case) -> Hand:
    """A case with all that belongs to it."""
    process = of_version(session, desk, case.type, case.process_version)
    return Hand(case, site_of(session, case), process, state_of(case))


def site_of(session: Session, case: Case) -> Site:
    """The site of a case."""
    return session.scalars(select(Site).where(Site.case_id == case.id)).one()


def refuse_other_lane(process: Process, step: str, actor: Actor) -> None:
    """Raises NotYourLane where the actor neither does a step nor records for those who do."""
    lane = process.steps[step].lane
    allowed = (lane, *process.recorded_by.get(lane, ()))
    if actor.lanes.isdisjoint(allowed):
        who = " or ".join(process.lanes[name] for name in allowed)
        raise NotYourLane(f"{process.steps[step].text}: this is done by {who}; {_in_lanes(actor, process)}.")


def refuse_stranger(process: Process, actor: Actor) -> None:
    """Raises NotYourLane where the actor acts in no lane of a process."""
    if actor.lanes.isdisjoint(process.lanes):
        who = ", ".join(process.lanes.values())
        raise NotYourLane(f"{process.title} is done by {who}; {_in_lanes(actor, process)}.")


def _in_lanes(actor: Actor, process: Process) -> str:
    names: Collection[str] = [process.lanes.get(lane, lane) for lane in sorted(actor.lanes)]
    return f"{actor.name} acts for {', '.join(names)}" if names else f"{actor.name} acts in no lane"
