"""What all tables share: one Base, names of constraints, and the kinds of columns."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, DateTime, Dialect, ForeignKey, MetaData, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

from gis_ce.errors import TextRefused

Json = dict[str, Any]

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An aware time, kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time in UTC; raises TextRefused for one without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TextRefused(f"The time {value} has no zone; times are kept in UTC.")
        moved = value.astimezone(UTC)
        return moved.replace(tzinfo=None) if dialect.name == "sqlite" else moved

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text; refuses what only one of the two databases could hold."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text itself; raises TextRefused for a NUL or half of a surrogate pair in it."""
        return None if value is None else storable(value)


def storable(text: str) -> str:
    """The text itself; raises TextRefused for a NUL or half of a surrogate pair in it."""
    if "\0" in text:
        raise TextRefused("A text has a NUL character in it; take it out.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise TextRefused(f"A text has a broken character at position {error.start}; take it out.") from error
    return text


JSON_COLUMN = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Base(DeclarativeBase):
    """The root of all tables."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {str: Words(), datetime: Moment(), Json: JSON_COLUMN}


def refers_to(column: str) -> ForeignKey:
    """A foreign key that is looked at when the transaction ends, so that rows may be written in any order."""
    return ForeignKey(column, deferrable=True, initially="DEFERRED")


def one_of(column: str, *words: str) -> CheckConstraint:
    """The words that a column may hold."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
