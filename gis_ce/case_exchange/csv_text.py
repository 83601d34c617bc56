"""Rows as CSV that any spreadsheet opens: UTF-8 with its mark, and no text in it is ever run as a formula."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from gis_ce.case_exchange.formulas import guarded

_BATCH = 500


def csv_pieces(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The head, then some rows at a time."""
    yield codecs.BOM_UTF8 + _written([columns])
    left = iter(rows)
    while some := list(islice(left, _BATCH)):
        yield _written(some)


def _written(rows: Iterable[Sequence[object]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    for row in rows:
        writer.writerow([guarded(value) if isinstance(value, str) else value for value in row])
    return stream.getvalue().encode()
