"""A filter as it is sent, in CQL2 text or JSON, to its tree; what is too large or too deep is refused unread."""

from __future__ import annotations

import re
from typing import Any

import cql2
import orjson

from api.errors import ApiError

MOST_CHARACTERS = 20_000
MOST_LEVELS = 100
MOST_OF = {"operators": 200, "brackets": 100}
"""The parser of the text works by recursion and ends the whole process where it runs out of stack: at some thousand
operators or brackets. Coordinates do not count."""
LANGUAGES = ("cql2-text", "cql2-json")

_NUMBER = r"[-+]?\d++(?:\.\d*+)?(?:[eE][-+]?\d++)?"
_POSITION = rf"{_NUMBER}(?:\s++{_NUMBER}){{0,3}}"
_SHAPES = re.compile(
    r"\b(?:POINT|LINESTRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|BBOX)\s*+(?:Z|M|ZM)?\s*+\("
    rf"(?:(?:\s*+\(){{0,3}}+\s*+{_POSITION}\s*+[,)](?:\s*+[),]){{0,4}}+\s*+)++",
    re.IGNORECASE,
)
"""Nothing that the parser could take for anything but coordinates; texts are not left out, since what ends one is its
own affair."""
_OPERATORS = re.compile(r"[-+*/^%<>=]|\b(?:NOT|AND|OR|DIV|BETWEEN|LIKE|IN|IS)\b", re.IGNORECASE)

Node = Any
"""A part of the tree, as the JSON form of CQL2 has it."""


def filter_tree(text: str, language: str) -> Node:
    """The tree of a filter; raises ApiError that says where it cannot be read."""
    if language not in LANGUAGES:
        raise ApiError(f"filter-lang: {language!r} is not read here; these are: {', '.join(LANGUAGES)}.")
    if len(text) > MOST_CHARACTERS:
        raise ApiError(f"filter: it has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read.")
    if "\\u0000" in text:
        raise ApiError("filter: a NUL character stands in it.")
    tree = _from_text(text) if language == "cql2-text" else _from_json(text)
    _refuse_deep(tree)
    return tree


def _from_text(text: str) -> Node:
    words = _SHAPES.sub("", text)
    for count, what in (
        (len(_OPERATORS.findall(words)), "operators"),
        (words.count("(") + words.count("["), "brackets"),
    ):
        if count > MOST_OF[what]:
            raise ApiError(f"filter: it has {count:,} {what}; at most {MOST_OF[what]:,} are read.")
    try:
        return cql2.parse_text(text).to_json()
    except (cql2.ParseError, cql2.ValidationError) as error:
        raise ApiError(f"filter: this is no CQL2: {_where(str(error))}.") from error


def _from_json(text: str) -> Node:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ApiError(f"filter: this is no JSON: {error}.") from error


def _refuse_deep(tree: Node) -> None:
    level, left = 0, [tree]
    while left:
        level += 1
        if level > MOST_LEVELS:
            raise ApiError(f"filter: it is nested deeper than {MOST_LEVELS} levels.")
        left = [
            child
            for node in left
            for child in (node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())
        ]


def _where(error: str) -> str:
    """The parser's own words in one line: where it stopped and what it expected."""
    found = re.search(r"--> \d+:(\d+)", error)
    expected = re.search(r"= (expected .*)", error)
    if found and expected:
        return f"at character {found[1]} it is {expected[1]}"
    return " ".join(error.split())[:200].rstrip(".")
