"""Puts decisions on record: what the map said, and every time that something is made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from gis_ce.actions.desk import Desk
from gis_ce.actions.evaluating import Evaluation
from gis_ce.canonical import as_plain, canonical, sha256
from gis_ce.decision_chain import Line, append
from gis_ce.decision_proof import standing_of
from gis_ce.tables import Decision, DecisionArea, DecisionRecord, Json, LayerSet
from layers.footprint import Footprint
from layers.model import LayerVersion
from layers.query import LayerQuery

ADOPTED = "adopted"
"""The kind of the first line of a decision that was made before there was a record."""


def record_answer(
    session: Session,
    desk: Desk,
    row: Decision,
    found: Evaluation,
    kind: str = "proposed",
    also: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """The first line of a decision: all that it rests on. Its area is kept beside, to be found by later changes."""
    _write(session, desk, row, kind, {**found.said(), **also}, found.personal())
    keep_area(session, row.id, found.footprint, layer_set(session, desk.query))


def record_change(session: Session, desk: Desk, row: Decision, kind: str | None = None, **said: object) -> None:
    """A further line: what a decision has become (its state, unless another `kind` is told), by whom and why."""
    if not _is_recorded(session, row.id):
        _write(session, desk, row, ADOPTED, {"check": row.check, "rule": dict(row.rule), "versions": row.versions}, {})
    _write(session, desk, row, kind or row.state, said, {})


def keep_area(session: Session, decision_id: str, found: Footprint, layers: str) -> None:
    """Writes where a change of the layers could change a decision, in the place of what was known before."""
    area = session.get(DecisionArea, decision_id)
    if area is None:
        area = DecisionArea(decision_id=decision_id)
        session.add(area)
    area.layer_set, area.area, area.asked = layers, found.box, found.as_json()


def keep_areas(session: Session, found: Mapping[str, Footprint], layers: str) -> None:
    """The same for many decisions, by their ids, whose areas are known already; in one statement."""
    columns = DecisionArea.__table__.c
    where = update(DecisionArea.__table__).where(columns.decision_id == bindparam("of"))  # type: ignore[arg-type]
    values = where.values(layer_set=layers, area=bindparam("box"), asked=bindparam("said"))
    rows = [{"of": name, "box": each.box, "said": each.as_json()} for name, each in found.items()]
    if rows:
        session.connection().execute(values, rows)


def layer_set(session: Session, query: LayerQuery) -> str:
    """The id of the set of layer versions that a query is over; kept when it is first met."""
    return layer_set_of(session, [version for role in query.roles for version in query.layers(role)])


def layer_set_of(session: Session, versions: list[LayerVersion]) -> str:
    """The id of a set of layer versions with the days they speak of."""
    layers = layers_on_record(versions)
    name = sha256(canonical(layers))
    if session.get(LayerSet, name) is None:
        session.add(LayerSet(id=name, layers=layers))
        session.flush()
    return name


def layers_on_record(versions: Iterable[LayerVersion]) -> Json:
    """Layer versions by the names of their layers, each with the day it speaks of."""
    found: Json = as_plain({each.name: {"version": each.version, "as_of": each.as_of} for each in versions})
    return found


def _is_recorded(session: Session, decision_id: str) -> bool:
    known = select(DecisionRecord.id).where(DecisionRecord.decision_id == decision_id).limit(1)
    return session.scalar(known) is not None


def _write(session: Session, desk: Desk, row: Decision, kind: str, said: Mapping[str, object], personal: Json) -> None:
    now = {name: value for name, value in standing_of(row).items() if name != "why"}
    why = {"why": row.why} if row.why is not None else {}
    line = Line(row.case_id, row.id, kind, desk.now, desk.actor.name, {**said, "now": now}, {**personal, **why})
    append(session, line)
