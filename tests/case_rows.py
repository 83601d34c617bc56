"""Everything that a case store holds, to see that a refused request left nothing of itself."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from gis_ce.case_store import CaseStore
from gis_ce.tables import Base


def rows_of(store: CaseStore) -> dict[str, list[Any]]:
    """Every row of every table, in an order of its own, without what only counts requests."""
    with store.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }
