"""The list as a table: for a mail house (letters alone), or whole, with every reason, for the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from gis_ce.tables import Mailing, MailingRow

Line = tuple[str | int, ...]
Names = tuple[str, ...]
_HOUSE = ("sequence", "name", "address", "city", "state", "zip", "kind", "mailing")
_WHOLE = ("position", "status", "kind", "standing", "name", "address", "city", "state", "zip", "vacant", "parcels",
          "segments", "tie", "confidence", "why", "remark", "decided_by", "reason")  # fmt: skip


def list_lines(mailing: Mailing, rows: Iterable[MailingRow], whole: bool) -> tuple[Names, Iterator[Line]]:
    """The head of a list and its lines, each made when it is asked for.

    For a mail house the letters in mail-sort order, with nothing that it need not know; else the `whole` list:
    letters, set apart, struck, suppressed and left out, with why.
    """
    if whole:
        return _WHOLE, map(_whole, rows)
    letters = (row for row in rows if row.status == "kept" and row.standing == "mail")
    return _HOUSE, (_house(mailing, row) for row in letters)


def list_table(mailing: Mailing, rows: Iterable[MailingRow], whole: bool) -> pa.Table:
    """The same as a table."""
    names, lines = list_lines(mailing, rows, whole)
    return _table(names, list(lines))


def _house(mailing: Mailing, row: MailingRow) -> Line:
    return (
        row.position, row.name, row.delivery, row.city, row.state, row.zip_code, row.kind, mailing.number
    )  # fmt: skip


def _whole(row: MailingRow) -> Line:
    parcels: list[dict[str, Any]] = row.why.get("parcels", [])

    def each(name: str) -> str:
        return "; ".join(dict.fromkeys(str(parcel[name]) for parcel in parcels if name in parcel))

    return (
        row.position, row.status, row.kind, row.standing, row.name, row.delivery, row.city, row.state,
        row.zip_code, "yes" if row.vacant else "", each("parcel_id"), each("segment"), each("tie"),
        each("confidence"), each("said"), row.remark, row.by or "", row.reason or "",
    )  # fmt: skip


def _table(names: Names, lines: Sequence[Line]) -> pa.Table:
    columns = list(zip(*lines, strict=True)) if lines else [() for _ in names]
    kinds = [pa.int64(), *(pa.string() for _ in names[1:])]
    return pa.table({name: pa.array(column, kind) for name, kind, column in zip(names, kinds, columns, strict=True)})
