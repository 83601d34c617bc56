"""What was measured, as data and as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One question to one town: microseconds a place, here and elsewhere.

    `measured` is the number of places that the other engine really answered: fewer than `places`
    means that its time was scaled. `agree` is the number of places whose answers were compared and equal.
    """

    town: str
    question: str
    places: int
    ours_us: float
    other: str
    other_us: float
    measured: int
    agree: int

    @property
    def ratio(self) -> float:
        """How many times longer the other engine takes."""
        return self.other_us / self.ours_us

    def as_json(self) -> dict[str, Any]:
        """The row with its ratio."""
        return asdict(self) | {"ratio": round(self.ratio, 2)}


def table(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table."""
    head = "| town | question | places | ours, us a place | other engine | us a place | ratio | answers compared |"
    lines = [head, "|---|---|---:|---:|---|---:|---:|---:|"]
    for row in rows:
        scaled = f", timed on {row.measured:,}" if row.measured < row.places else ""
        lines.append(
            f"| {row.town} | {row.question} | {row.places:,} | {number(row.ours_us)} | {row.other}{scaled} "
            f"| {number(row.other_us)} | **{number(row.ratio)}** | {row.agree:,} equal |"
        )
    return "\n".join(lines)


def number(value: float) -> str:
    """Three figures that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
