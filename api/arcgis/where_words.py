"""A `where` of an Esri query taken apart into words; nothing of it ever reaches a database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from api.errors import ApiError

LONGEST = 8_000
KEYWORDS = frozenset({"AND", "OR", "NOT", "IN", "LIKE", "BETWEEN", "IS", "NULL", "DATE", "TIMESTAMP"})
_WORD = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^']|'')*')
      | (?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?![A-Za-z_])
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*|"[A-Za-z_][A-Za-z0-9_]*")
      | (?P<sign><=|>=|<>|!=|=|<|>|\(|\)|,)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word: a text without its quotes, a number, a name, a keyword, a sign, or the end."""

    kind: Literal["text", "number", "name", "keyword", "sign", "end"]
    value: str
    place: int


def words_of(where: str) -> list[Word]:
    """The words of a `where`, with one for its end; raises ApiError for one that cannot be read."""
    if len(where) > LONGEST:
        raise ApiError(f"where: it has {len(where):,} characters; at most {LONGEST:,} are read.")
    found, place, end = list[Word](), 0, len(where.rstrip())
    while place < end:
        match = _WORD.match(where, place)
        if match is None:
            rest = where[place:].lstrip()
            raise ApiError(f"where: {rest[:20]!r} at character {len(where) - len(rest) + 1} cannot be read.")
        found.append(_word(match))
        place = match.end()
    return [*found, Word("end", "", end)]


def _word(match: re.Match[str]) -> Word:
    kind = str(match.lastgroup)
    value, place = match[kind], match.start(kind)
    if kind == "text":
        return Word("text", value[1:-1].replace("''", "'"), place)
    if kind == "number":
        return Word("number", value, place)
    if kind == "sign":
        return Word("sign", value, place)
    if value.upper() in KEYWORDS:
        return Word("keyword", value.upper(), place)
    return Word("name", value.strip('"'), place)
