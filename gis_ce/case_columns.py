"""Cases, their evidence and encroachments as columns, for maps and analysis; no person stands in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely
from shapely.geometry import shape
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis_ce.checks.easement_encroachment import CHECK as ENCROACHMENT
from gis_ce.tables import Case, Decision, Event, Site
from layers.grid import Geometries

ColumnKind = Literal["text", "number", "date", "moment"]
_CASE: dict[str, tuple[Any, ColumnKind]] = {
    "type": (Case.type, "text"),
    "title": (Case.title, "text"),
    "status": (Case.status, "text"),
    "step": (Case.step, "text"),
    "lane": (Case.lane, "text"),
    "priority": (Case.priority, "number"),
    "officer": (Case.officer, "text"),
    "outcome": (Case.outcome, "text"),
    "event_on": (Case.event_on, "date"),
    "opened_at": (Case.opened_at, "moment"),
    "due_at": (Case.due_at, "moment"),
    "closed_at": (Case.closed_at, "moment"),
    "address": (Site.address, "text"),
    "parcel_id": (Site.parcel_id, "text"),
    "how_located": (Site.how_located, "text"),
    "sigma_ft": (Site.sigma_ft, "number"),
}
_DECISION: dict[str, tuple[Any, ColumnKind]] = {
    "case_number": (Case.number, "text"),
    "check": (Decision.check, "text"),
    "state": (Decision.state, "text"),
    "proposed": (Decision.proposed, "text"),
    "answer": (Decision.answer, "text"),
    "margin_ft": (Decision.margin_ft, "number"),
    "probability": (Decision.probability, "number"),
    "sentence": (Decision.sentence, "text"),
    "proposed_at": (Decision.proposed_at, "moment"),
}
_EVIDENCE: dict[str, ColumnKind] = {"kind": "text", "label": "text", "role": "text"}
_ENCROACHMENT: dict[str, ColumnKind] = {"overlap_sqft": "number", "address": "text", "parcel_id": "text"}


@dataclass(frozen=True, slots=True)
class CaseColumns:
    """Rows of a kind: ids, values by column, shapes on the grid (None where there is no place)."""

    ids: list[str]
    values: dict[str, list[Any]]
    kinds: dict[str, ColumnKind]
    shapes: Geometries


def change_token(session: Session) -> int:
    """A number that grows with every change of any case."""
    return session.scalar(select(func.max(Event.id))) or 0


def cases_as_columns(session: Session) -> CaseColumns:
    """Every case at its place: a point, of a shape one that lies within it."""
    wanted = [column for column, _ in _CASE.values()]
    rows = session.execute(select(Case.number, Site.geometry, *wanted).outerjoin(Site, Site.case_id == Case.id)).all()
    return _columns(
        [row[0] for row in rows],
        {name: [row[2 + at] for row in rows] for at, name in enumerate(_CASE)},
        {name: kind for name, (_, kind) in _CASE.items()},
        shapely.point_on_surface(np.array([row[1] for row in rows] or [None], dtype=object))[: len(rows)],
    )


def evidence_as_columns(session: Session) -> CaseColumns:
    """What the map showed for the answers of checks: a row for each line, area or point that was kept."""
    found, features = list[Any](), list[tuple[str, dict[str, Any]]]()
    for decision, evidence, *told in session.execute(_decisions(Decision.evidence)):
        for number, feature in enumerate((evidence or {}).get("features", ())):
            features.append((f"{decision}.{number}", feature))
            found.append(told)
    kinds = {name: kind for name, (_, kind) in _DECISION.items()} | _EVIDENCE
    values: dict[str, list[Any]] = {name: [row[at] for row in found] for at, name in enumerate(_DECISION)}
    values |= {name: [feature["properties"].get(name) for _, feature in features] for name in _EVIDENCE}
    shapes = [shape(feature["geometry"]) for _, feature in features]
    return _columns([name for name, _ in features], values, kinds, shapes)


def encroachments_as_columns(session: Session) -> CaseColumns:
    """What stands in an easement, of all cases: where the present answer of the check is yes, a person's first."""
    asked = _decisions(Site.structure, Site.geometry, Decision.evidence, Site.address, Site.parcel_id)
    asked = asked.join(Site, Site.case_id == Case.id).where(Decision.check == ENCROACHMENT.name)
    present: dict[str, Any] = {}
    for row in session.execute(asked.order_by(Decision.proposed_at, Decision.id)):
        present[row.case_number] = row
    rows = [row for row in present.values() if (row.answer or row.proposed) == "yes"]
    kinds = {name: kind for name, (_, kind) in _DECISION.items()} | _ENCROACHMENT
    values = {name: [getattr(row, name) for row in rows] for name in _DECISION}
    facts = [(row.evidence or {}).get("facts", {}) for row in rows]
    values["overlap_sqft"] = [each.get("overlap_sqft") for each in facts]
    values |= {name: [getattr(row, name) for row in rows] for name in ("address", "parcel_id")}
    shapes = [row.structure if row.structure is not None else row.geometry for row in rows]
    return _columns([row.case_number for row in rows], values, kinds, shapes)


def _decisions(*more: Any) -> Any:
    wanted = [column.label(name) for name, (column, _) in _DECISION.items()]
    return select(Decision.id, *more, *wanted).join(Case, Case.id == Decision.case_id)


def _columns(
    ids: list[str], values: dict[str, list[Any]], kinds: dict[str, ColumnKind], shapes: Iterable[Any]
) -> CaseColumns:
    listed = list(shapes)
    made = np.full(len(listed), None, dtype=object)
    made[:] = listed
    return CaseColumns(ids, values, kinds, made)
