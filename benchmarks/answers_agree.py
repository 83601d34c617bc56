"""Whether two servers answer `POST /checks` alike: all fields, numbers as closely as two ways of measuring can."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from math import isclose
from typing import Any

from benchmarks.full_agreement import WITHIN_PROBABILITY
from benchmarks.http_requests import Ask, Server
from gis_ce.assess import TOO_POOR

_WITHIN = {"probability": WITHIN_PROBABILITY, "frontage_ft": 1e-3, "frontage_faced_ft": 1e-3}
"""The strip in which a frontage lies is made of other pieces there, whose ends two buffers round a little otherwise."""
_WITHIN_FT = 1e-5
_OPEN = ("answer", "undecided_because")


def assert_agree(ours: Server, theirs: Server, asks: Sequence[Ask]) -> int:
    """How many answers are alike; raises AssertionError, which names the fields, where one is not."""
    for server in (ours, theirs):
        server.renew()
    for number, ask in enumerate(asks):
        told = differing(*(json.loads(server.answer(ask)) for server in (ours, theirs)))
        if told:
            raise AssertionError(f"place {number}: {'; '.join(told)}")
    return len(asks)


def differing(ours: Any, theirs: Any) -> list[str]:
    """The fields in which two answers differ, with both values."""
    mine, other = dict(_fields("", ours)), dict(_fields("", theirs))
    differ = sorted(name for name in mine.keys() | other.keys() if not _same(name, mine, other))
    return [f"{name}: {mine.get(name)!r}, {other.get(name)!r}" for name in differ]


def _fields(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Every value of an answer with its path; the rules once used stand in it by their ids."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if name or key != "rules":
                yield from _fields(f"{name}/{key}", inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _fields(f"{name}/{number}", inner)
    else:
        yield name, value


def _same(name: str, mine: dict[str, Any], other: dict[str, Any]) -> bool:
    one, two = mine.get(name), other.get(name)
    path, _, field = name.rpartition("/")
    if isinstance(one, int | float) and isinstance(two, int | float):
        return isclose(one, two, rel_tol=0, abs_tol=_WITHIN.get(field, _WITHIN_FT))
    if field in _OPEN and TOO_POOR in {fields.get(f"{path}/undecided_because") for fields in (mine, other)}:
        return _hardly_decided(path, mine) or one == two
    return bool(one == two)


def _hardly_decided(path: str, mine: dict[str, Any]) -> bool:
    """Whether a probability is so near to the confidence that 256 positions may decide otherwise."""
    probability = mine.get(f"{path}/probability")
    return probability is not None and abs(probability - 0.95) <= WITHIN_PROBABILITY
