"""Names of owners as tax rolls write them: which two are one owner, and which owner is a public body."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Literal

from gis_ce.rules import Rule

OwnerClass = Literal["public", "private", "unknown"]

ABBREVIATIONS = {
    "ASSN": "ASSOCIATION",
    "ASSOC": "ASSOCIATION",
    "AUTH": "AUTHORITY",
    "BD": "BOARD",
    "CNTY": "COUNTY",
    "CORP": "CORPORATION",
    "CTY": "CITY",
    "DEPT": "DEPARTMENT",
    "DEV": "DEVELOPMENT",
    "DIST": "DISTRICT",
    "EDUC": "EDUCATION",
    "GOVT": "GOVERNMENT",
    "HSG": "HOUSING",
    "INCORPORATED": "INC",
    "LIMITED": "LTD",
    "NC": "NORTH CAROLINA",
    "TRANS": "TRANSPORTATION",
    "TRANSP": "TRANSPORTATION",
    "TWN": "TOWN",
    "UNIV": "UNIVERSITY",
    "US": "UNITED STATES",
    "USA": "UNITED STATES AMERICA",
}
"""Short words of tax rolls. CO is left alone: it stands for county and for company."""
_LEFT_OUT = {"THE", "AND", "ETAL", "ETUX", "ETVIR"}
_JOINED = (("ET AL", "ETAL"), ("ET UX", "ETUX"), ("ET VIR", "ETVIR"), ("N C", "NC"), ("U S A", "USA"), ("U S", "US"))


@lru_cache(maxsize=65536)
def plain_name(name: str) -> str:
    """A name in capitals without punctuation, short words written out, the kind of body first.

    "Forest City, Town of", "FOREST CITY TOWN OF" and "Twn. of Forest City" all become
    "TOWN OF FOREST CITY". A wildcard `*` stays.
    """
    last, comma, first = name.partition(",")
    turned = f"{first} {last}" if comma and first.strip(" .").upper() not in {"INC", "LLC", "LTD", "CORP"} else name
    text = f" {' '.join(re.findall(r'[A-Z0-9*]+', turned.upper().replace(chr(39), '')))} "
    for apart, joined in _JOINED:
        text = text.replace(f" {apart} ", f" {joined} ")
    words = " ".join(ABBREVIATIONS.get(word, word) for word in text.split() if word not in _LEFT_OUT).split()
    if len(words) > 2 and words[-1] == "OF":
        words = [*words[-2:], *words[:-2]]
    return " ".join(words)


@lru_cache(maxsize=65536)
def owner_key(name: str | None) -> str:
    """The same for every way to write one owner: the words of the plain name in order; empty for no name."""
    return " ".join(sorted(plain_name(name).split())) if name else ""


def same_owner(one: str | None, other: str | None) -> bool:
    """Whether two names are one owner; no where either is missing."""
    return owner_key(one) != "" and owner_key(one) == owner_key(other)


@dataclass(frozen=True, slots=True)
class OwnerPatterns:
    """Which owners are public bodies: names, or patterns with `*` for any words.

    `private` are exceptions to `public`; `unknown` are names that say nothing ("OWNER UNKNOWN").
    """

    public: tuple[str, ...]
    private: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def class_of(self, name: str | None) -> OwnerClass:
        """Public, private, or unknown where there is no name that says anything."""
        if not owner_key(name) or _matches(name or "", self.unknown):
            return "unknown"
        if _matches(name or "", self.private):
            return "private"
        return "public" if _matches(name or "", self.public) else "private"


def patterns_of(rule: Rule) -> OwnerPatterns:
    """The patterns that a rule of the subject `public_or_private` carries."""
    return OwnerPatterns(rule.texts("public_owners"), rule.texts("private_owners"), rule.texts("unknown_owners"))


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(_match(name, pattern) for pattern in patterns)


def _match(name: str, pattern: str) -> bool:
    if "*" in pattern:
        return fnmatchcase(plain_name(name), plain_name(pattern))
    return owner_key(name) == owner_key(pattern)
