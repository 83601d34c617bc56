"""What nobody may send: bodies and values that are broken, too deep, too large or of the wrong kind."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

DEEP = 20_000
DIGITS = 5_000
"""More digits than Python reads as one number."""


def bodies(good: dict[str, Any]) -> dict[str, bytes]:
    """Bodies that no address takes, made of one that would be taken."""
    text = json.dumps(good)
    twice = text[:-1] + ", " + text[1:]
    return {
        "nothing": b"",
        "a part of it": text[: len(text) // 2].encode(),
        "twice the same keys": twice.encode(),
        "deep lists": b"[" * DEEP + b"]" * DEEP,
        "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
        "lists that do not end": b"[" * DEEP,
        "no number": spliced(text, "NaN"),
        "infinity": spliced(text, "Infinity"),
        "minus infinity": spliced(text, "-Infinity"),
        "too large a number": spliced(text, "1e999"),
        "too long a number": spliced(text, "9" * DIGITS),
        "half a pair": spliced(text, '"\\ud800"'),
        "half a pair as a key": (text[:-1] + ', "\\udfff": 1}').encode(),
        "a NUL": text.encode().replace(b'"', b'"\0', 1),
        "UTF-16": text.encode("utf-16"),
        "UTF-32": text.encode("utf-32"),
        "Latin-1": spliced(text, '"Böschung"', "latin-1"),
        "compressed": gzip.compress(text.encode()),
        "a form": b"a=1&b=2",
        "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        "a list": b"[" + text.encode() + b"]",
        "a text": json.dumps(text).encode(),
        "two of them": (text + text).encode(),
    }


def spliced(text: str, value: str, encoding: str = "utf-8") -> bytes:
    """A body with one more key of that value."""
    return f'{text[:-1]}{", " if len(text) > 2 else ""}"zzz": {value}}}'.encode(encoding)


@dataclass(frozen=True)
class Raw:
    """A value that is written as it stands."""

    text: str


NAN, INFINITY, TOO_LARGE = Raw("NaN"), Raw("-Infinity"), Raw("1e999")
HALF = Raw('"half \\ud83d"')
VALUES: dict[str, Any] = {
    "not a number": NAN,
    "minus infinity": INFINITY,
    "a number too large": TOO_LARGE,
    "a number too long": Raw("9" * DIGITS),
    "half a pair": HALF,
    "a NUL": "a\0b",
    "very long": "x" * 100_000,
    "an object": {"$ne": None},
    "a deep list": Raw("[" * 500 + "]" * 500),
    "a list of lists": [[[]]],
}
"""Values that have no place in any message."""


def with_value(good: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """The body with each of its values, at any depth, replaced by each of those."""
    for path in list(_leaves(good)):
        for name, value in VALUES.items():
            changed = copy.deepcopy(good)
            place: Any = changed
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = value
            yield f"{'.'.join(map(str, path))}: {name}", written(changed)


def written(value: Any) -> bytes:
    """JSON, with raw values as they stand."""
    raw: list[str] = []

    def mark(each: Any) -> str:
        raw.append(each.text)
        return f"\x02{len(raw) - 1}\x03"

    text = json.dumps(value, default=mark)
    for number, each in enumerate(raw):
        text = text.replace(f'"\\u0002{number}\\u0003"', each)
    return text.encode()


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inner is None:
        yield path
        return
    for key, each in inner:
        yield from _leaves(each, (*path, key))


def ring(count: int, lon: float, lat: float) -> list[list[float]]:
    """A closed ring of very many vertices, all within a few feet."""
    around = [[lon + (at % 1000) * 1e-9, lat + (at // 1000) * 1e-9] for at in range(count)]
    return [*around, around[0]]
