"""Process maps as pictures: drawn once when a definition is published, and marked with a case's way."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import look_at
from gis_ce.actions.definitions import in_force
from gis_ce.actions.desk import Desk
from gis_ce.process import Process
from gis_ce.process_drawing import draw, mark_case
from gis_ce.tables import ProcessVersion

SVG_HEADERS: Mapping[str, str] = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
"""A picture that is opened by itself runs nothing."""


def drawn_process(session: Session, desk: Desk, name: str) -> str:
    """The process map that new cases follow, as SVG; raises UnknownProcess, NoDrawing."""
    return _picture(session, in_force(session, desk, name))


def drawn_case(session: Session, desk: Desk, case: str) -> str:
    """The process map of a case with its way, as SVG; raises CaseUnknown, NoDrawing."""
    hand = look_at(session, desk, case)
    return mark_case(_picture(session, hand.process), hand.state)


def _picture(session: Session, process: Process) -> str:
    row = session.get(ProcessVersion, process.version)
    return row.svg if row is not None and row.svg else draw(process)
