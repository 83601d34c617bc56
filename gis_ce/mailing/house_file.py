"""The list as a table: for a mail house (letters alone), or whole, with every reason, for the record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from gis_ce.tables import Mailing, MailingRow

_HOUSE = ("sequence", "name", "address", "city", "state", "zip", "kind", "mailing")
_WHOLE = ("position", "status", "kind", "standing", "name", "address", "city", "state", "zip", "vacant", "parcels",
          "segments", "tie", "confidence", "why", "remark", "decided_by", "reason")  # fmt: skip


def house_table(mailing: Mailing, rows: Iterable[MailingRow]) -> pa.Table:
    """The letters of a mailing in mail-sort order, with nothing that a mail house need not know."""
    lines = [
        (str(row.position), row.name, row.delivery, row.city, row.state, row.zip_code, row.kind, mailing.number)
        for row in rows
        if row.status == "kept" and row.standing == "mail"
    ]
    return _table(_HOUSE, lines)


def whole_table(rows: Iterable[MailingRow]) -> pa.Table:
    """Every row of a list: letters, set apart, struck, suppressed and left out, with why."""
    return _table(_WHOLE, [_whole(row) for row in rows])


def _whole(row: MailingRow) -> tuple[str, ...]:
    parcels: list[dict[str, Any]] = row.why.get("parcels", [])

    def each(name: str) -> str:
        return "; ".join(dict.fromkeys(str(parcel[name]) for parcel in parcels if name in parcel))

    return (
        str(row.position), row.status, row.kind, row.standing, row.name, row.delivery, row.city, row.state,
        row.zip_code, "yes" if row.vacant else "", each("parcel_id"), each("segment"), each("tie"),
        each("confidence"), each("said"), row.remark, row.by or "", row.reason or "",
    )  # fmt: skip


def _table(names: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> pa.Table:
    columns = list(zip(*lines, strict=True)) if lines else [() for _ in names]
    return pa.table({name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)})
