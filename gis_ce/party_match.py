"""Whether two names are one person's or one firm's, and how sure that is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from gis_ce.owner_names import owner_key, plain_name

LEAST_SURENESS = 0.8
_COMPANY = {"INC", "LLC", "LTD", "CORPORATION", "COMPANY", "CO", "LP", "LLP", "PLLC", "PC", "PA"}
_LEAST_WORD = 80.0
_INITIAL = 65.0
_MISSING_INITIAL, _MISSING_WORD = 0.03, 0.12
_WORDS = 4


@dataclass(frozen=True, slots=True)
class Alike:
    """How sure it is that two names are one, from 0 to 1, and why, in words."""

    sureness: float
    said: str


def how_alike(one: str | None, other: str | None) -> Alike | None:
    """How alike two names are; None where they are not, or one is missing.

    Every word of the shorter name must be one of the other's, to a letter or so: alike is not the same,
    and a person decides.
    """
    if not one or not other or not owner_key(one) or not owner_key(other):
        return None
    if owner_key(one) == owner_key(other):
        return Alike(1.0, "the same name")
    first, second = _words(one), _words(other)
    if sorted(first) == sorted(second) and first:
        return Alike(0.97, "the same name but for the kind of company")
    shorter, longer = sorted((first, second), key=len)
    likeness = _likeness(shorter, longer)
    if likeness is None:
        return None
    sureness = round(likeness, 2)
    return Alike(sureness, f"{sureness:.0%} alike") if sureness >= LEAST_SURENESS else None


def beginnings(name: str) -> tuple[str, ...]:
    """First letters of names that are alike: two of each of its words, or one and a dot or a blank."""
    raw = [word for word in re.findall(r"\w+", name.upper()) if word not in _COMPANY]
    words = dict.fromkeys(word for word in (*raw, *_words(name)) if len(word) > 1)
    several = list(words)[: 2 * _WORDS]
    return tuple(dict.fromkeys([*(word[:2] for word in several), *(word[0] + end for word in several for end in ". ")]))


def _words(name: str) -> list[str]:
    return [word for word in plain_name(name).split() if word not in _COMPANY]


def _likeness(shorter: list[str], longer: list[str]) -> float | None:
    """The mean likeness of the words, each word of the longer name used once; None where a word has no like."""
    left, likenesses = list(longer), []
    for word in sorted(shorter, key=len, reverse=True):
        scores = [_word_likeness(word, each) for each in left]
        best = max(scores, default=0.0)
        if best == 0:
            return None
        likenesses.append(best)
        left.pop(scores.index(best))
    if not likenesses or (len(shorter) == 1 and (left or likenesses[0] < 90)):
        return None
    missing = sum(_MISSING_INITIAL if len(word) == 1 else _MISSING_WORD for word in left)
    return sum(likenesses) / len(likenesses) / 100 - missing


def _word_likeness(one: str, other: str) -> float:
    """From 0 to 100; an initial may stand for a word."""
    if one != other and 1 in (len(one), len(other)):
        return _INITIAL if one[0] == other[0] else 0.0
    likeness = float(fuzz.ratio(one, other))
    return likeness if likeness >= _LEAST_WORD else 0.0
