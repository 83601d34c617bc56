"""Moves a case store from one database to another, such as an office that has grown from SQLite to PostGIS.

All rows go over in one transaction, are read back and compared value by value, and only then are they kept. A row costs
one insert and one lookup by its key; memory holds one part of a table at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Table, func, insert, select, text, tuple_
from sqlalchemy.orm import Session

from gis_ce.case_store import CaseStore
from gis_ce.decision_proof import Proof, verify
from gis_ce.errors import MoveRefused
from gis_ce.tables import Base, Mailing, MailingRow

Tell = Callable[[str, int], None]
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Moved:
    """How many rows of how many tables went over, and what the chain of decisions proves there, as it did here."""

    tables: int
    rows: int
    proof: Proof


def move(source: CaseStore, target: CaseStore, tell: Tell | None = None) -> Moved:
    """Copy everything into an empty store; nobody writes to either meanwhile, and the source stays as it is.

    `tell` hears each table with its rows. Raises MoveRefused, and then nothing was kept. Jobs are not moved.
    """
    _refuse(source.ready(), target.ready())
    rows = 0
    with source.session() as before, target.session() as after:
        old, new = before.connection(), after.connection()
        for table in _in_order():
            count = _copied(old, new, table)
            _compare(old, new, table, count)
            rows += count
            if tell is not None and count:
                tell(table.name, count)
        _count_on(new)
        proof = _proved(before, after)
        after.commit()
    return Moved(len(Base.metadata.tables), rows, proof)


def _refuse(source: CaseStore, target: CaseStore) -> None:
    if source.srid != target.srid:
        raise MoveRefused("The two stores are for other grids; both must be of the same city.")
    if source.engine.url == target.engine.url:
        raise MoveRefused("The store would be moved onto itself; name the one that the cases come from.")
    with target.reading() as session:
        held = [table.name for table in _in_order() if session.scalar(select(func.count()).select_from(table))]
    if held:
        raise MoveRefused(f"The new store holds something already ({', '.join(held[:3])}); move into an empty one.")


def _in_order() -> list[Table]:
    """All tables; the rows of mailings before their mailings, which let no row come in once they are frozen."""
    rows, lists = MailingRow.__tablename__, Mailing.__tablename__
    names = [name for name in Base.metadata.tables if name not in (rows, lists)]
    return [Base.metadata.tables[name] for name in (*names, rows, lists)]


def _parts(old: Connection, table: Table) -> Iterator[Sequence[Row[Any]]]:
    yield from old.execute(select(table), execution_options={"yield_per": _AT_ONCE}).partitions(_AT_ONCE)


def _copied(old: Connection, new: Connection, table: Table) -> int:
    count = 0
    for part in _parts(old, table):
        new.execute(insert(table), [dict(row._mapping) for row in part])
        count += len(part)
    return count


def _compare(old: Connection, new: Connection, table: Table, count: int) -> None:
    """Raises MoveRefused where a row is not there as it was, or one is there that was not."""
    there = new.execute(select(func.count()).select_from(table)).scalar_one()
    if there != count:
        raise MoveRefused(f"{table.name} has {there:,} rows there and {count:,} here; nothing was moved.")
    keys = [table.c[column.name] for column in table.primary_key]
    at = [list(table.c).index(key) for key in keys]
    for part in _parts(old, table):
        wanted = [tuple(row[i] for i in at) for row in part]
        found = {tuple(row[i] for i in at): row for row in new.execute(select(table).where(tuple_(*keys).in_(wanted)))}
        for key, row in zip(wanted, part, strict=True):
            if tuple(found.get(key, ())) != tuple(row):
                raise MoveRefused(f"A row of {table.name} came over changed (its key is {key}); nothing was moved.")


def _count_on(new: Connection) -> None:
    """New rows get numbers after those that came."""
    if new.dialect.name != "postgresql":
        return
    for table in _in_order():
        for column in table.columns:
            if column.autoincrement is True:
                last = new.execute(select(func.max(column))).scalar_one()
                if last is not None:
                    sequence = {"name": table.name, "column": column.name, "last": last}
                    new.execute(text("SELECT setval(pg_get_serial_sequence(:name, :column), :last)"), sequence)


def _proved(before: Session, after: Session) -> Proof:
    """What the chain of decisions proves, there as here; raises MoveRefused where it differs."""
    here, there = verify(before), verify(after)
    if there != here:
        raise MoveRefused("The chain of decisions does not hold there as it does here; nothing was moved.")
    return there
