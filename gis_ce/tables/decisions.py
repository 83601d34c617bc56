"""What the map said about a case, and what a person made of it, as it stands and as it was recorded."""

from __future__ import annotations

from datetime import datetime

from shapely.geometry.base import BaseGeometry
from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gis_ce.geometry_column import Geometry
from gis_ce.tables.base import Base, Json, one_of, refers_to

DECISION_STATES = ("proposed", "confirmed", "overridden", "stale", "to_sign", "set_aside")
"""`to_sign`: the map says otherwise since a layer has changed, and nobody has signed yet; `set_aside`: signed, and the
older decision stays."""


class Decision(Base):
    """The answer a check proposed (or none, with the reason), and who confirmed or overrode it and why.

    `evidence` is GeoJSON on the grid, null until somebody asked for it; `site_revision` is the place it saw.
    """

    __tablename__ = "decision"

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(refers_to("case_.id"))
    check: Mapped[str] = mapped_column("check_name")
    step: Mapped[str | None]
    proposed_at: Mapped[datetime]
    proposed: Mapped[str | None]
    reason: Mapped[str | None]
    margin_ft: Mapped[float | None]
    probability: Mapped[float | None]
    sigma_ft: Mapped[float | None]
    rule: Mapped[Json] = mapped_column(default=dict)
    versions: Mapped[Json] = mapped_column(default=dict)
    sentence: Mapped[str] = mapped_column(default="")
    evidence: Mapped[Json | None]
    site_revision: Mapped[int]
    state: Mapped[str] = mapped_column(default="proposed")
    answer: Mapped[str | None]
    by: Mapped[str | None]
    at: Mapped[datetime | None]
    why: Mapped[str | None]

    __table_args__ = (one_of("state", *DECISION_STATES), Index("ix_decision_case", "case_id", "state"))


class DecisionRecord(Base):
    """One line of the record of a case's decisions; never changed, never deleted (see `gis_ce.decision_chain`).

    `number` is the decision's, as people name it. `body` is what was recorded, in the one way of writing it;
    the other columns repeat it for queries. `hash` covers `prev`, the hash of the line before, and `body`.
    """

    __tablename__ = "decision_record"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    case_id: Mapped[str] = mapped_column(refers_to("case_.id"))
    seq: Mapped[int]
    number: Mapped[int] = mapped_column(index=True)
    decision_id: Mapped[str] = mapped_column(refers_to("decision.id"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    body: Mapped[str]
    prev: Mapped[str]
    hash: Mapped[str]

    __table_args__ = (UniqueConstraint("case_id", "seq"), {"sqlite_autoincrement": True})


class DecisionPersonal(Base):
    """What a line of the record says of people: the line itself has only its salted digest.

    Retention may delete these rows; the record still verifies without them.
    """

    __tablename__ = "decision_personal"

    record_id: Mapped[int] = mapped_column(refers_to("decision_record.id"), primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(primary_key=True)
    salt: Mapped[str]
    value: Mapped[str]


class LayerSet(Base):
    """A set of layer versions, each with the day it speaks of: what decisions were last held against."""

    __tablename__ = "layer_set"

    id: Mapped[str] = mapped_column(primary_key=True)
    layers: Mapped[Json]


class DecisionArea(Base):
    """Where a change of the layers could change a decision: `area` is the box around it, in feet on the grid.

    `asked` has the exact places, reaches and roles (see `layers.footprint`); `layer_set` names the versions
    over which they were found. A new look at the decision writes it anew.
    """

    __tablename__ = "decision_area"

    row_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    decision_id: Mapped[str] = mapped_column(refers_to("decision.id"), unique=True)
    layer_set: Mapped[str] = mapped_column(refers_to("layer_set.id"), index=True)
    area: Mapped[BaseGeometry | None] = mapped_column(Geometry(indexed=True))
    asked: Mapped[Json]

    __mapper_args__ = {"primary_key": [decision_id]}  # noqa: RUF012
