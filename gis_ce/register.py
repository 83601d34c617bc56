"""What a register is: which cases stand in it, since when, and what it says of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Origin = Literal["field", "answer", "party", "day_of"]
ORIGINS: tuple[Origin, ...] = ("field", "answer", "party", "day_of")


@dataclass(frozen=True, slots=True)
class EntryRule:
    """When a case of a process stands in the register, and with which status.

    All of `passed` (steps on its way), `answered` and `noted` must hold; or it has closed at one of the
    ends in `or_end`, as old cases do that were brought in from elsewhere.
    """

    process: str
    status: str
    passed: tuple[str, ...] = ()
    answered: Mapping[str, str] = field(default_factory=dict)
    noted: Mapping[str, str] = field(default_factory=dict)
    or_end: tuple[str, ...] = ()

    def holds(self, facts: CaseFacts) -> bool:
        """Whether a case has this status."""
        if facts.end is not None and facts.end in self.or_end:
            return True
        return bool(self.passed or self.answered or self.noted) and (
            all(step in facts.way for step in self.passed)
            and all(facts.answers.get(step) == word for step, word in self.answered.items())
            and all(str(facts.data.get(name)) == word for name, word in self.noted.items())
        )

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps that bring a case here."""
        return (*self.passed, *self.answered)


@dataclass(frozen=True, slots=True)
class RegisterColumn:
    """One thing that a register says of a case: a noted field, an answer, a party's name, the day of a step."""

    name: str
    origin: Origin
    of: str


@dataclass(frozen=True, slots=True)
class Register:
    """One register; of its rules the first that holds gives a case's status."""

    id: str
    title: str
    about: str
    rules: tuple[EntryRule, ...]
    columns: tuple[RegisterColumn, ...]

    @property
    def processes(self) -> tuple[str, ...]:
        """The processes that feed it."""
        return tuple(dict.fromkeys(rule.process for rule in self.rules))

    @property
    def statuses(self) -> tuple[str, ...]:
        """Every status that an entry can have."""
        return tuple(dict.fromkeys(rule.status for rule in self.rules))

    def rule_of(self, facts: CaseFacts) -> EntryRule | None:
        """The rule by which a case stands in the register; None where it does not."""
        return next((rule for rule in self.rules if rule.process == facts.process and rule.holds(facts)), None)


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What a register looks at in a case: the steps on its way, its answers and data, and the end it closed at."""

    process: str
    way: frozenset[str]
    answers: Mapping[str, Any]
    data: Mapping[str, Any]
    end: str | None
