"""Legal numbers as dated rows; the row in force on the day of the event is the one that counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt

from gis_ce.clock import NO_HOLIDAYS, Calendar
from layers.features import Days
from layers.grid import Floats

Status = Literal["confirmed", "unconfirmed", "missing"]
TextKind = Literal["statute", "ordinance", "regulation", "standard", "bill", "page", "map", "setting"]
Worked = TypeVar("Worked")
Cell = float | bool | str
Value = Cell | tuple[str, ...] | Mapping[str, Mapping[str, Cell]]


@dataclass(frozen=True, slots=True)
class Reading:
    """Who has read the official text of a rule, when, and where it stands."""

    by: str
    read_on: date
    citation: str
    source_url: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule with its words, its source and the days on which it is in force (both included).

    `limit_included` says whether a measure exactly at the limit (within 0.01 ft) lies inside it.
    `status`: only a confirmed rule has been read in its official text; `reading` says by whom, where
    a city has recorded it. `text_is` says what the words are: those of a bill are no statute's.
    """

    id: str
    subject: str
    jurisdiction: str
    effective_from: date
    effective_to: date | None
    status: Status
    limit_included: bool
    citation: str
    text: str
    source_url: str | None
    grade: str | None
    read_on: date
    values: Mapping[str, Value]
    text_is: TextKind = "page"
    reading: Reading | None = None

    def in_force(self, day: date) -> bool:
        """Whether the rule is in force on a day."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)

    def number(self, name: str) -> float:
        """A number of the rule; NaN where it has none."""
        value = self.values.get(name)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of words of the rule; empty where it has none."""
        value = self.values.get(name, ())
        return value if isinstance(value, tuple) else ()

    def word(self, name: str) -> str:
        """A word of the rule; empty where it has none."""
        value = self.values.get(name, "")
        return value if isinstance(value, str) else ""

    def table(self, name: str) -> Mapping[str, Mapping[str, Cell]]:
        """A table of the rule, by the name or code of its lines; empty where it has none."""
        value = self.values.get(name)
        return value if isinstance(value, Mapping) else {}

    def holds(self, name: str) -> bool:
        """A yes or no of the rule; no where it has none."""
        return self.values.get(name) is True


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rules in force on many days: `index` leads into `rules`, -1 where none is in force.

    `book` is the book they come from, for those who explain an answer later.
    """

    index: npt.NDArray[np.int16]
    rules: tuple[Rule, ...]
    book: RuleBook | None = field(default=None, repr=False, compare=False)
    _columns: dict[str, Any] = field(init=False, repr=False, compare=False, default_factory=dict)

    def numbers(self, name: str) -> Floats:
        """That number of each day's rule; NaN where there is no rule or no number."""
        return self._column(f"number {name}", lambda rule: rule.number(name), float("nan"))

    def flags(self, name: str) -> npt.NDArray[np.bool_]:
        """That yes or no of each day's rule."""
        return self._column(f"flag {name}", lambda rule: rule.holds(name), False)

    @property
    def limit_included(self) -> npt.NDArray[np.bool_]:
        """Whether each day's rule counts its limit as inside."""
        return self._column("limit included", lambda rule: rule.limit_included, False)

    @property
    def usable(self) -> npt.NDArray[np.bool_]:
        """Whether a rule is in force and its number is known."""
        return self._column("usable", lambda rule: rule.status != "missing", False)

    @property
    def all_usable(self) -> bool:
        """Whether that holds on every day."""
        return self.once("all usable", lambda: bool(self.usable.all()))

    def at(self, rows: npt.NDArray[np.intp]) -> Chosen:
        """The same for some of the days."""
        if len(self.index) == 1 and len(rows) == 1:
            return self
        return Chosen(self.index[rows], self.rules, self.book)

    @property
    def each(self) -> tuple[tuple[Rule, npt.NDArray[np.intp]], ...]:
        """The rules that are in force on some day, with the rows of these days."""

        def rows() -> tuple[tuple[Rule, npt.NDArray[np.intp]], ...]:
            found = ((rule, np.flatnonzero(self.index == number)) for number, rule in enumerate(self.rules))
            return tuple((rule, rows) for rule, rows in found if len(rows))

        return self.once("each", rows)

    @property
    def first(self) -> Rule | None:
        """The rule of the first day; None where none is in force on it."""
        return self.once("first", lambda: self.rules[self.index[0]] if self.index[0] >= 0 else None)

    def largest(self, name: str) -> float:
        """The largest of those numbers; 0 where there is none above it."""
        return self.once(f"largest {name}", lambda: float(np.nanmax(self.numbers(name), initial=0.0)))

    def which(self, name: str, words: tuple[str, ...]) -> npt.NDArray[np.intp]:
        """For each day an index into some words that the rule may say there; -1 for any other."""
        codes = {word: number for number, word in enumerate(words)}
        return self._column(f"word {name} of {words}", lambda rule: codes.get(rule.word(name), -1), -1)

    def once(self, name: str, work: Callable[[], Worked]) -> Worked:
        """What somebody works out from these rules alone, kept under a name."""
        if name not in self._columns:
            self._columns[name] = work()
        found: Worked = self._columns[name]
        return found

    def _column(self, name: str, of_rule: Callable[[Rule], Cell], none: Cell) -> npt.NDArray[Any]:
        """One value a day, worked out once; nobody may write into it."""

        def column() -> npt.NDArray[Any]:
            values = np.array([*map(of_rule, self.rules), none])[self.index]
            values.flags.writeable = False
            return values

        return self.once(name, column)


@dataclass(frozen=True, slots=True)
class PackTests:
    """What a pack must answer: a drawn town (role to rows with `id` and `wkt`), and cases in it."""

    town: Mapping[str, Sequence[Mapping[str, Any]]]
    cases: tuple[Mapping[str, Any], ...]


NO_TESTS = PackTests({}, ())


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules of one pack, by subject and in order of time.

    `base` is the pack it extends (a city's extends its state's), `tests` what it must answer to be
    trusted, `calendar` the holidays that working days leave out.
    """

    pack: str
    title: str
    rules: tuple[Rule, ...]
    jurisdiction: str = ""
    base: RuleBook | None = None
    tests: PackTests = NO_TESTS
    calendar: Calendar = NO_HOLIDAYS
    _by_subject: dict[str, _Dated] = field(init=False, repr=False, compare=False, default_factory=dict)
    _chosen: dict[tuple[str, bytes], Chosen] = field(init=False, repr=False, compare=False, default_factory=dict)

    def of(self, subject: str) -> tuple[Rule, ...]:
        """The rules of a subject, oldest first."""
        found = [rule for rule in self.rules if rule.subject == subject]
        return tuple(sorted(found, key=lambda rule: rule.effective_from))

    def on(self, subject: str, day: date) -> Rule | None:
        """The rule in force on a day, or None."""
        return next((rule for rule in self.of(subject) if rule.in_force(day)), None)

    def choose(self, subject: str, days: Days) -> Chosen:
        """The rule in force on each of many days; for one day it is remembered."""
        if len(days) != 1:
            return self._choose(subject, days)
        key = (subject, days.tobytes())
        if key not in self._chosen:
            if len(self._chosen) >= _DAYS_REMEMBERED:
                self._chosen.clear()
            self._chosen[key] = self._choose(subject, days)
        return self._chosen[key]

    def _choose(self, subject: str, days: Days) -> Chosen:
        rules, starts, ends = self._dated(subject)
        index = (np.searchsorted(starts, days, side="right") - 1).astype(np.int16)
        index[(days > np.append(ends, _NEVER)[index]) | np.isnat(days)] = -1
        return Chosen(index, rules, self)

    def _dated(self, subject: str) -> _Dated:
        """The rules of a subject with their first and last days; worked out once."""
        if subject not in self._by_subject:
            rules = self.of(subject)
            starts = np.array([rule.effective_from for rule in rules], dtype="datetime64[D]")
            ends = [np.datetime64(rule.effective_to) if rule.effective_to else _NEVER for rule in rules]
            self._by_subject[subject] = (rules, starts, np.array(ends, dtype="datetime64[D]"))
        return self._by_subject[subject]


_DAYS_REMEMBERED = 1000
_NEVER = np.datetime64("9999-12-31")
_Dated = tuple[tuple[Rule, ...], npt.NDArray[np.datetime64], npt.NDArray[np.datetime64]]


def overlapping(rules: Sequence[Rule]) -> list[tuple[Rule, Rule]]:
    """Pairs of rules of one subject that are in force on the same day."""
    ordered = sorted(rules, key=lambda rule: (rule.subject, rule.effective_from))
    return [
        (first, second)
        for first, second in pairwise(ordered)
        if first.subject == second.subject
        and (first.effective_to is None or second.effective_from <= first.effective_to)
    ]
