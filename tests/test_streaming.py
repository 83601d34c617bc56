"""Long answers leave a batch at a time: the first before the last was made, and never held whole."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from api.streaming import BATCH, LongList, json_pieces, line_pieces
from gis_ce.case_exchange.csv_text import csv_pieces

MANY = 200_000


class Made:
    """Rows that count how many of them were made."""

    def __init__(self, count: int) -> None:
        self.count, self.made = count, 0

    def row(self, at: int) -> dict[str, Any]:
        self.made += 1
        return {"id": f"SM-{at:07}", "name": f"SM-{at:07}", "length_ft": at / 4, "direction": "from inverts"}

    def rows(self) -> Iterator[dict[str, Any]]:
        return (self.row(at) for at in range(self.count))

    def list(self) -> LongList:
        return LongList(self.count, self.row)


def test_a_message_is_sent_as_it_would_be_whole() -> None:
    rows = Made(2 * BATCH + 7)
    sides = [{"by": {"id": "A"}, "segments": Made(3).list()}, {"by": {"id": "B"}, "segments": Made(0).list()}]
    message = {"sentence": 'It says "é".', "certain": False, "start": {"x": 1.5}, "doubts": [], "sides": sides}
    sent = json.loads(b"".join(json_pieces(message | {"segments": rows.list(), "later": iter([{"a": 1}])})))
    whole = message | {"segments": list(rows.rows()), "later": [{"a": 1}]}
    assert sent == json.loads(json.dumps(whole, default=list))
    assert list(sent) == list(whole)
    assert json.loads(b"".join(json_pieces({}))) == {}


@pytest.mark.parametrize("form", ["json", "lines", "csv"])
def test_the_first_piece_leaves_before_more_than_a_batch_was_made(form: str) -> None:
    rows = Made(MANY)
    pieces = {
        "json": lambda: json_pieces({"sentence": "Upstream.", "segments": rows.list()}),
        "lines": lambda: line_pieces(rows.rows()),
        "csv": lambda: csv_pieces(["id"], ([row["id"]] for row in rows.rows())),
    }[form]()
    assert next(pieces)
    assert rows.made <= BATCH


@pytest.mark.parametrize("form", ["json", "lines", "csv"])
def test_no_more_than_a_little_is_held_however_long_the_list(form: str) -> None:
    rows = Made(MANY // 4)
    pieces = {
        "json": lambda: json_pieces({"sentence": "Upstream.", "segments": rows.list()}),
        "lines": lambda: line_pieces(rows.rows()),
        "csv": lambda: csv_pieces(["id", "name"], ([row["id"], row["name"]] for row in rows.rows())),
    }[form]()
    tracemalloc.start()
    sent = sum(len(piece) for piece in pieces)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows.made == rows.count
    assert sent > 1_000_000
    assert most < 1_000_000


def test_a_long_list_is_looked_at_like_any_list() -> None:
    rows = Made(10).list()
    assert [row["id"] for row in rows[7:]] == ["SM-0000007", "SM-0000008", "SM-0000009"]
    assert (rows[-1]["id"], len(rows), bool(Made(0).list())) == ("SM-0000009", 10, False)
    with pytest.raises(IndexError):
        rows[10]


def test_csv_opens_in_a_spreadsheet_and_runs_nothing_in_it() -> None:
    sent = b"".join(csv_pieces(["name", "n"], [["=1+1", -3], ["Müller, A", None]])).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(sent))) == [["name", "n"], ["'=1+1", "-3"], ["Müller, A", ""]]
