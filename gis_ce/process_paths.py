"""Ways through a process, so many that every arrow is taken, and which ends they reach."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gis_ce.process import Process

Arrow = tuple[str, str | None]
"""A step and the answer by which it is left; None where there is one way on."""


@dataclass(frozen=True, slots=True)
class Path:
    """One way from the start to an end, as the arrows taken in order."""

    arrows: tuple[Arrow, ...]
    end: str

    @property
    def answers(self) -> tuple[Arrow, ...]:
        """Only the arrows of decisions and of hand-overs that leave the choice."""
        return tuple(arrow for arrow in self.arrows if arrow[1] is not None)


def arrows_of(process: Process) -> dict[Arrow, str]:
    """Every arrow of a process, and the step that it leads to."""
    found: dict[Arrow, str] = {}
    for step in process.steps.values():
        if step.answers:
            found |= {(step.id, word): to for word, to in step.answers.items()}
        elif step.next and step.processes:
            found |= {(step.id, chosen): step.next for chosen in step.processes}
        elif step.next:
            found[step.id, None] = step.next
    return found


def covering_paths(process: Process) -> tuple[Path, ...]:
    """Ways from the start that together take every arrow: each the shortest through an arrow not yet taken."""
    arrows = arrows_of(process)
    left, made = dict.fromkeys(arrows), list[Path]()
    while left:
        arrow = next(iter(left))
        taken = [*_shortest(process, process.start, arrow[0]), arrow]
        taken += _to_end(process, arrows[arrow])
        for done in taken:
            left.pop(done, None)
        made.append(Path(tuple(taken), arrows[taken[-1]]))
    return tuple(made)


def ends_reached(paths: Sequence[Path]) -> dict[str, int]:
    """How many of the ways close at each end."""
    ends = [path.end for path in paths]
    return {end: ends.count(end) for end in dict.fromkeys(ends)}


def _to_end(process: Process, step: str) -> list[Arrow]:
    ways = [_shortest(process, step, end) for end in process.ends if _can(process, step, end)]
    return min(ways, key=len)


def _can(process: Process, first: str, to: str) -> bool:
    return first == to or any(found == to for found, _ in _walk(process, first))


def _shortest(process: Process, first: str, to: str) -> list[Arrow]:
    if first == to:
        return []
    return next(way for found, way in _walk(process, first) if found == to)


def _walk(process: Process, first: str) -> Iterator[tuple[str, list[Arrow]]]:
    """Every step after the first, with the shortest way to it, the nearest first."""
    arrows, seen = arrows_of(process), {first}
    at: deque[tuple[str, list[Arrow]]] = deque([(first, [])])
    while at:
        name, way = at.popleft()
        for arrow, to in arrows.items():
            if arrow[0] == name and to not in seen:
                seen.add(to)
                at.append((to, [*way, arrow]))
                yield to, [*way, arrow]


def table(processes: Mapping[str, Process]) -> str:
    """How many ways cover each process, with the arrows and the ends that they take, as a Markdown table."""
    lines = ["| process | steps | arrows | ways | closes at (ways) |", "|---|---|---|---|---|"]
    for process in processes.values():
        paths = covering_paths(process)
        ends = ", ".join(f"{end} ({count})" for end, count in ends_reached(paths).items())
        counts = f"{len(process.steps)} | {len(arrows_of(process))} | {len(paths)}"
        lines.append(f"| {process.id} | {counts} | {ends} |")
    return "\n".join(lines)
