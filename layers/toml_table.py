"""One table of a TOML file, read value by value; every mistake is kept with its place and line."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeGuard

from layers.errors import Mistake

Path = tuple[str, ...]

_HEADER = re.compile(r"^\s*\[\[?([^\[\]]+)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


def lines_of(text: str) -> dict[Path, int]:
    """The line (from 1) on which each table or key of a TOML text first stands."""
    lines: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            table = _parts(header.group(1))
        full = table if header else (*table, *_parts(key.group(1))) if key else ()
        for length in range(1, len(full) + 1):
            lines.setdefault(full[:length], number)
    return lines


def _parts(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def did_you_mean(word: str, known: Collection[str]) -> str:
    """A hint at the most similar known words, or the whole list where none is similar."""
    by_lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1)
    if close:
        return f"did you mean {by_lower[close[0]]}?"
    return f"known are: {', '.join(sorted(known))}" if known else "nothing is expected here"


@dataclass(slots=True)
class Mistakes:
    """The mistakes found so far in one file, and where its keys stand."""

    lines: Mapping[Path, int]
    found: list[tuple[int, Mistake]] = field(default_factory=list)

    def in_order(self) -> tuple[Mistake, ...]:
        """The mistakes from the first line to the last."""
        return tuple(mistake for _, mistake in sorted(self.found, key=lambda pair: pair[0]))

    def add(self, path: Path, problem: str, key: str = "") -> None:
        """Notes a mistake at a key of the table at `path` (or at the table itself)."""
        full = (*path, key) if key else path
        line = next((self.lines[full[:n]] for n in range(len(full), 0, -1) if full[:n] in self.lines), 0)
        place = " ".join(part for part in (f"[{'.'.join(path)}]" if path else "", key) if part) or "file"
        self.found.append((line, Mistake(f"{place} (line {line})" if line else place, problem)))


@dataclass(frozen=True, slots=True)
class TomlTable:
    """The values of one table. A missing optional value reads as None, and so does a wrong one."""

    values: Mapping[str, object]
    path: Path
    mistakes: Mistakes

    def wrong(self, problem: str, key: str = "") -> None:
        """Notes a mistake at a key of this table."""
        self.mistakes.add(self.path, problem, key)

    def know(self, keys: Collection[str]) -> None:
        """Notes every key that is not one of those known."""
        for key in self.values:
            if key not in keys:
                self.wrong(f"unknown key; {did_you_mean(key, keys)}", key)

    def require(self, key: str, example: str) -> None:
        """Notes the key as missing where it is."""
        if key not in self.values:
            self.wrong(f"{key} is missing, for example {key} = {example}")

    def text(self, key: str) -> str | None:
        """A text that is not empty."""
        value = self.values.get(key)
        if value is None or (isinstance(value, str) and value.strip()):
            return value
        self.wrong(f"must be a text that is not empty, not {value!r}", key)
        return None

    def choice(self, key: str, known: Collection[str]) -> str | None:
        """One of the known words."""
        value = self.text(key)
        if value is None or value in known:
            return value
        self.wrong(f"unknown {key} {value!r}; {did_you_mean(value, known)}", key)
        return None

    def number(self, key: str, least: float = 0.0) -> float | None:
        """A finite number of at least `least`."""
        value = self.values.get(key)
        if value is None:
            return None
        if is_number(value) and value >= least:
            return float(value)
        self.wrong(f"must be a number of at least {least:g}, not {value!r}", key)
        return None

    def integer(self, key: str) -> int | None:
        """A whole number above zero."""
        value = self.values.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
            return value
        self.wrong(f"must be a whole number above 0, not {value!r}", key)
        return None

    def day(self, key: str) -> date | None:
        """A day, written without quotation marks."""
        value = self.values.get(key)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        self.wrong(f"must be a day such as 2026-01-31 (without quotation marks), not {value!r}", key)
        return None

    def texts(self, key: str) -> tuple[str, ...] | None:
        """A list of texts that is not empty."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.wrong(f"must be a list of texts, not {value!r}", key)
        return None

    def table(self, key: str) -> TomlTable | None:
        """A table within this table."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, dict):
            return TomlTable(value, (*self.path, key), self.mistakes)
        self.wrong(f"must be a table, not {value!r}", key)
        return None


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value is a finite number (true and false are none)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
