"""Long answers a batch of rows at a time: the first of it leaves at once, and no more than a batch is held as text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar, overload

from api.answers import Message

BATCH = 500
"""So many rows are made, written and sent at once."""
Row = TypeVar("Row")


class LongList(Sequence[Message]):
    """Messages that are made one by one when they are looked at, of what is held in a shorter form."""

    def __init__(self, count: int, make: Callable[[int], Message]) -> None:
        self._count, self._make = count, make

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> Message: ...

    @overload
    def __getitem__(self, at: slice) -> list[Message]: ...

    def __getitem__(self, at: int | slice) -> Message | list[Message]:
        if isinstance(at, slice):
            return [self._make(place) for place in range(*at.indices(self._count))]
        if not -self._count <= at < self._count:
            raise IndexError(at)
        return self._make(at % self._count)


def json_pieces(message: Mapping[str, Any]) -> Iterator[bytes]:
    """A message as JSON; long lists and iterators in it are made and written some at a time, a row a line."""
    yield from _encoded(_object(message))
    yield b"\n"


def line_pieces(rows: Iterable[Message]) -> Iterator[bytes]:
    """Rows as JSON, a row a line."""
    for some in batches(rows):
        yield "".join(f"{_text(row)}\n" for row in some).encode()


def batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows, some at a time."""
    left = iter(rows)
    while some := list(islice(left, BATCH)):
        yield some


def _object(message: Mapping[str, Any]) -> Iterator[str]:
    before = "{\n"
    for name, value in message.items():
        yield f"{before}{_text(name)}: "
        yield from _value(value)
        before = ",\n"
    yield "\n}" if message else "{}"


def _value(value: Any) -> Iterator[str]:
    if isinstance(value, (LongList, Iterator)):
        before = "[\n"
        for some in batches(value):
            yield before + ",\n".join(map(_text, some))
            before = ",\n"
        yield "[]" if before == "[\n" else "\n]"
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for number, one in enumerate(value):
            yield ",\n" if number else "[\n"
            yield from _value(one)
        yield "\n]"
    elif isinstance(value, Mapping):
        yield from _object(value)
    else:
        yield _text(value)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=list)


def _encoded(texts: Iterator[str]) -> Iterator[bytes]:
    """Short texts put together, so that what is sent is no crumb; the first goes at once with the first long one."""
    held: list[str] = []
    size = 0
    for text in texts:
        held.append(text)
        size += len(text)
        if size >= _LEAST:
            yield "".join(held).encode()
            held, size = [], 0
    if held:
        yield "".join(held).encode()


_LEAST = 4_000
