"""What was measured, as data and as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Row:
    """One question to one town: microseconds a place, here and elsewhere.

    `measured` is the number of places that the other engine really answered: fewer than `places`
    means that its time was scaled. `agree` is the number of places whose answers were compared and
    equal. Without another engine, `other` is empty.
    """

    town: str
    question: str
    places: int
    ours_us: float
    other: str = ""
    other_us: float = float("nan")
    measured: int = 0
    agree: int = 0

    @property
    def ratio(self) -> float:
        """How many times longer the other engine takes."""
        return self.other_us / self.ours_us

    def as_json(self) -> dict[str, Any]:
        """The row with its ratio; nulls where there is no other engine."""
        alone = {} if self.other else {"other": None, "other_us": None}
        return asdict(self) | {"ratio": round(self.ratio, 2) if self.other else None} | alone


def beside(ours: Row, other: str, seconds_a_place: float, measured: int, agree: int) -> Row:
    """Our row with another engine's time and the number of equal answers."""
    return replace(ours, other=other, other_us=seconds_a_place * 1e6, measured=measured, agree=agree)


def table(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table."""
    head = "| town | question | places | ours, us a place | other engine | us a place | ratio | answers compared |"
    return "\n".join([head, "|---|---|---:|---:|---|---:|---:|---:|", *map(_line, rows)])


def _line(row: Row) -> str:
    ours = f"| {row.town} | {row.question} | {row.places:,} | {number(row.ours_us)} |"
    if not row.other:
        return f"{ours} | | | |"
    scaled = f", timed on {row.measured:,}" if row.measured < row.places else ""
    return f"{ours} {row.other}{scaled} | {number(row.other_us)} | **{number(row.ratio)}** | {row.agree:,} equal |"


def growth(rows: Sequence[Row], question: str) -> str:
    """What one question costs a place in each town, and how many times as much as in the first, as a table."""
    ours = {(row.town, row.places): row.ours_us for row in rows if row.question == question}
    towns, batches = list(dict.fromkeys(town for town, _ in ours)), sorted({places for _, places in ours})
    if len(towns) < 2:
        return ""
    head = f"| {question} |" + "".join(f" {town}, us a place |" for town in towns)
    lines = [
        f"| {places:,} at once |" + "".join(f" {_cost(ours, towns[0], town, places)} |" for town in towns)
        for places in batches
    ]
    return "\n".join([head, "|---|" + "---:|" * len(towns), *lines])


def _cost(ours: dict[tuple[str, int], float], first: str, town: str, places: int) -> str:
    if (town, places) not in ours:
        return ""
    cost = number(ours[town, places])
    if town == first or (first, places) not in ours:
        return cost
    return f"{cost} (**{number(ours[town, places] / ours[first, places])}** times)"


def number(value: float) -> str:
    """Three figures that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
