"""Cases walked through their real process maps into a store, step by step, for tests of what reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis_ce.process import Process
from gis_ce.process_engine import answer, start
from gis_ce.process_files import open_processes
from gis_ce.process_settings import default_settings
from gis_ce.process_state import Act, Moved, State, Timekeeping
from gis_ce.tables import Case, Event, Party, Site

ZONE = ZoneInfo("America/New_York")
SETTINGS = default_settings()
PROCESSES = open_processes(SETTINGS, None)
FIRST_DAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
_REQUIRED: Mapping[str, Any] = {
    "text": "seen",
    "yes_no": "yes",
    "yes_no_na": "na",
    "number": 3,
    "money": "250.00",
    "attachments": ["file-1"],
}


@dataclass
class Walk:
    """One case on its way; each step is done a day after the one before."""

    session: Session
    process: Process
    case: Case
    state: State
    at: datetime
    done: list[str] = field(default_factory=list)

    def to(self, end: str, answers: Mapping[str, str] | None = None, fields: Mapping[str, Any] | None = None) -> Walk:
        """Do every step until the case stands at `end` (or closes there); fields are filled where they are asked."""
        while self.state.step != end:
            step = self.process.steps[self.state.step]
            given = (answers or {}).get(step.id) if step.kind == "decision" else None
            asked = {each.name: each for each in step.fields}
            values = {name: _REQUIRED[each.type] for name, each in asked.items() if each.type in _REQUIRED}
            values |= {name: each.choices[0] for name, each in asked.items() if each.type == "choice"}
            values |= {name: self.at.date().isoformat() for name, each in asked.items() if each.type == "date"}
            values |= {name: value for name, value in (fields or {}).items() if name in asked}
            self.at += timedelta(days=1)
            act = act_at(self.at)
            self.keep(answer(self.process, self.state, step.id, given, values, act))
            self.done.append(step.id)
        return self

    def keep(self, moved: Moved) -> None:
        """Write what a move brings about."""
        self.state = moved.state
        case = self.case
        case.step, case.lane = moved.state.step, moved.state.lane
        case.data, case.answers = dict(moved.state.data), dict(moved.state.answers)
        case.state, case.due_at = moved.state.to_json(), moved.state.due_at
        if moved.state.closed:
            case.status, case.outcome, case.closed_at = "closed", moved.state.step, self.at
        for entry in moved.entries:
            self.session.add(
                Event(
                    case_id=case.id,
                    at=entry.at,
                    by=entry.by,
                    kind=entry.kind,
                    step=entry.step,
                    text=entry.text,
                    data=dict(entry.data),
                )
            )
            self.session.flush()


def act_at(at: datetime) -> Act:
    """Ann, at a time."""
    return Act("ann", at, Timekeeping(SETTINGS, ZONE))


def walk(
    session: Session,
    process: str,
    name: str,
    *,
    at: datetime = FIRST_DAY,
    place: BaseGeometry | None = None,
    title: str = "",
    owner: str | None = None,
    **site: Any,
) -> Walk:
    """A case just opened."""
    definition = PROCESSES[process]
    act = act_at(at)
    moved = start(definition, act)
    case = Case(
        id=name,
        number=f"{definition.prefix}-{at.year}-{name}",
        type=process,
        process_version=definition.version,
        step=moved.state.step,
        lane=moved.state.lane,
        opened_at=at,
        event_on=act.today,
        title=title,
        site_id=f"site-{name}",
    )
    session.add(case)
    session.add(Site(id=f"site-{name}", case_id=name, geometry=place, srid=2264, **site))
    if owner is not None:
        session.add(Party(id=f"party-{name}", case_id=name, role="owner", name=owner))
    session.flush()
    walked = Walk(session, definition, case, moved.state, at)
    walked.keep(moved)
    return walked
