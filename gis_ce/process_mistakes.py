"""Collects what is wrong with a definition, each with its line, its place and the nearest known name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gis_ce.lined_yaml import Lined

LONGEST_ID = 60
_ID = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Known:
    """What a definition may name: checks with the answers each declares, processes, settings."""

    checks: Mapping[str, tuple[str, ...]]
    processes: Collection[str]
    settings: Collection[str]


class _Every(Mapping[str, tuple[str, ...]]):
    """Holds whatever is asked for."""

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> tuple[str, ...]:
        return ()

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


PUBLISHED = Known(_Every(), _Every(), _Every())
"""For a definition that was right when it was published: what it names need not be there any more."""


@dataclass(slots=True)
class Mistakes:
    """The mistakes found so far in one definition."""

    process: str
    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, what: str, step: str = "") -> None:
        """Notes a mistake at a line, in a step or in the process itself."""
        place = f"{self.process}.{step}" if step else self.process
        self.found.append((line, f"line {line}: {place}: {what}"))

    def in_order(self) -> list[str]:
        """The mistakes from the first line to the last, each once."""
        return list(dict.fromkeys(said for _, said in sorted(self.found, key=lambda pair: pair[0])))


@dataclass(frozen=True, slots=True)
class Table:
    """One mapping of a definition, read value by value; a missing value and a wrong one both read as None."""

    values: Lined
    mistakes: Mistakes
    step: str = ""

    def wrong(self, what: str, key: str = "") -> None:
        """Notes a mistake at a key of this mapping."""
        self.mistakes.add(self.values.line_of(key), what, self.step)

    def know(self, keys: Collection[str], what: str) -> None:
        """Notes every key that is none of those known."""
        for key in self.values:
            if key not in keys:
                self.wrong(f"{key} is no key of {what}{nearest(key, keys)}", key)

    def text(self, key: str, needed: bool = False, longest: int = 2000) -> str | None:
        """A text that is not empty."""
        value = self.values.get(key)
        if value is None and key not in self.values:
            if needed:
                self.wrong(f"{key} is missing")
            return None
        if isinstance(value, str) and value.strip() and len(value) <= longest:
            return value.strip()
        self.wrong(f"{key} must be a text of at most {longest:,} characters, not {short(value)}", key)
        return None

    def id(self, key: str, known: Collection[str] | None = None, what: str = "", needed: bool = False) -> str | None:
        """A name in small letters, digits and `_`; one of those known, where they are given."""
        value = self.text(key, needed)
        return value if value is None or self.named(value, key, known, what) else None

    def named(self, value: object, key: str, known: Collection[str] | None, what: str) -> bool:
        """Whether a value is such a name; a mistake is noted where it is none."""
        if not isinstance(value, str) or not is_id(value):
            self.wrong(f"{key}: {short(value)} is no name; a name has small letters, digits and _, a letter first", key)
            return False
        if known is not None and value not in known:
            self.wrong(f"there is no {what} {value!r}{nearest(value, known)}", key)
            return False
        return True

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where it is left out."""
        value = self.values.get(key, [])
        if isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value):
            return tuple(value)
        self.wrong(f"{key} must be a list of texts, not {short(value)}", key)
        return ()

    def yes(self, key: str) -> bool:
        """True or false; false where it is left out."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            self.wrong(f"{key} must be true or false, not {short(value)}", key)
        return value is True

    def table(self, key: str) -> Lined | None:
        """A mapping that is not empty."""
        value = self.values.get(key)
        if value is None and key not in self.values:
            return None
        if isinstance(value, Lined) and value:
            return value
        self.wrong(f"{key} must be a mapping that is not empty, not {short(value)}", key)
        return None


def is_id(text: str) -> bool:
    """Whether a text can be the name of a step, a field, an answer or a process."""
    return bool(_ID.fullmatch(text)) and len(text) <= LONGEST_ID


def nearest(word: object, known: Collection[str]) -> str:
    """A hint at the most similar known name, to be put behind a mistake."""
    close = difflib.get_close_matches(str(word).lower(), known, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known are {', '.join(sorted(known))}" if 0 < len(known) <= 20 else ""


def short(value: Any) -> str:
    """A value as it is shown in a mistake."""
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
