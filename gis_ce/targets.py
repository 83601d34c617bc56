"""By when an office wants to have answered and solved its cases: a category for each violation, periods for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gis_ce.process import Length


@dataclass(frozen=True, slots=True)
class Category:
    """How urgent a violation is, and the periods that go with it; `update` is how often the manager is told."""

    name: str
    title: str
    initial_response: Length
    resolution: Length
    update: Length
    source: str


@dataclass(frozen=True, slots=True)
class TypeTargets:
    """The category of a kind of case; `when` has others, by step and what was answered there."""

    category: str
    when: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Targets:
    """All targets of an office, the most urgent category first."""

    categories: Mapping[str, Category]
    types: Mapping[str, TypeTargets]
    other: str
    call_answer: Length
    due_soon: Length
    notice_before_hearing: Length
    serve_letter: Length
    ask_receipt: Length

    def category(self, case_type: str, answers: Mapping[str, str], chosen: str | None = None) -> Category:
        """The category of a case: the one that somebody chose, else the most urgent that its answers ask for."""
        if chosen in self.categories:
            return self.categories[str(chosen)]
        known = self.types.get(case_type)
        if known is None:
            return self.categories[self.other]
        fitting = [known.category]
        fitting += [ways[word] for step, ways in known.when.items() if (word := answers.get(step, "")) in ways]
        order = list(self.categories)
        return self.categories[min(fitting, key=order.index)]
