"""Cases, evidence and encroachments as collections for staff: read anew when something has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from typing import Literal

import pyarrow as pa
from sqlalchemy.orm import Session

from api.case_office import CaseOffice
from api.ogc.feature_table import ARROW, Column, FeatureTable
from gis_ce.case_columns import (
    CaseColumns,
    cases_as_columns,
    change_token,
    encroachments_as_columns,
    evidence_as_columns,
)


@dataclass(frozen=True, slots=True)
class CaseKind:
    """One collection that comes of cases."""

    id: str
    title: str
    said: str
    read: Callable[[Session], CaseColumns]
    times: tuple[str, ...]
    geometry: Literal["point", "mixed"] = "mixed"


CASE_KINDS: tuple[CaseKind, ...] = (
    CaseKind(
        "cases",
        "Cases",
        "Every case at its place; its id is its number. It lasts from its opening to its closing.",
        cases_as_columns,
        ("opened_at", "closed_at"),
        "point",
    ),
    CaseKind(
        "evidence",
        "Evidence of decisions",
        "What the map showed for the answers of checks: distances, zones, areas taken.",
        evidence_as_columns,
        ("proposed_at",),
    ),
    CaseKind(
        "encroachments",
        "Encroachments",
        "What stands in an easement, of all cases, with the area taken.",
        encroachments_as_columns,
        ("proposed_at",),
    ),
)


@dataclass
class CaseTables:
    """The tables of one case store; each stays until an event is noted."""

    _tables: dict[str, tuple[int, FeatureTable]] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    def of(self, office: CaseOffice, kind: CaseKind) -> tuple[str, FeatureTable]:
        """The version and the table of a kind."""
        with office.store.reading() as session:
            token = change_token(session)
            with self._lock:
                kept = self._tables.get(kind.id)
            if kept is None or kept[0] != token:
                kept = (token, _table(kind.read(session), kind.times))
                with self._lock:
                    self._tables[kind.id] = kept
        return f"{kind.id}/{token}", kept[1]


def _table(found: CaseColumns, times: tuple[str, ...]) -> FeatureTable:
    described = [Column(name, kind) for name, kind in found.kinds.items()]
    columns = {column.name: pa.array(found.values[column.name], ARROW[column.kind]) for column in described}
    return FeatureTable(pa.array(found.ids, pa.string()), pa.table(columns), described, found.shapes, times)
