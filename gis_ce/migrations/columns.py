"""Short words for the columns that migrations make."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from gis_ce.geometry_column import Geometry
from gis_ce.tables.base import JSON_COLUMN


def words(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    """Columns of text."""
    return [sa.Column(name, sa.Text(), nullable=null) for name in names]


def moment(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    """Columns of times in UTC."""
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=null) for name in names]


def day(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    """Columns of dates."""
    return [sa.Column(name, sa.Date(), nullable=null) for name in names]


def json(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    """Columns of JSON."""
    return [sa.Column(name, JSON_COLUMN, nullable=null) for name in names]


def flag(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    """Columns of yes and no."""
    return [sa.Column(name, sa.Boolean(), nullable=null) for name in names]


def number(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    """Columns of numbers."""
    return [sa.Column(name, sa.Double(), nullable=null) for name in names]


def shape(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    """Columns of geometry."""
    return [sa.Column(name, Geometry(), nullable=null) for name in names]


def whole(*names: str, null: bool = False, key: bool = False) -> list[sa.Column[Any]]:
    """Columns of whole numbers; `key` for one that counts by itself."""
    return [sa.Column(name, sa.Integer(), nullable=null, autoincrement=key) for name in names]


def refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    """A foreign key that is looked at when the transaction ends."""
    return sa.ForeignKeyConstraint(
        [column], [other], name=f"fk_{table}_{column}", initially="DEFERRED", deferrable=True
    )
