"""A query that answers a question about the same places only once: for the checks of one case."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from layers.features import EVERYTHING, Selection
from layers.grid import Floats, Geometries, Rows
from layers.query import LayerQuery, Pairs

Answer = TypeVar("Answer")

_FEW = 64
"""Of so few places the answers are kept by the places themselves, whatever array they stand in."""


class RememberedQuery(LayerQuery):
    """Asks another query and keeps what it said; meant to live as long as one assessment.

    Kept are the answers about few places, and those about the given batches, which must not change
    meanwhile; `within` is asked anew, since its reach is hardly ever the same. Answers are shared, so
    they cannot be written into. Not for several threads at once.
    """

    def __init__(self, query: LayerQuery, *batches: Geometries) -> None:
        super().__init__((query.features(role) for role in query.roles), query.grid_epsg)
        self._batches = {id(batch): batch for batch in batches}
        self._answers: dict[Hashable, tuple[object, object]] = {}

    def intersecting(self, role: str, places: Geometries, select: Selection = EVERYTHING) -> Pairs:
        """See LayerQuery."""
        ask = super().intersecting
        return self._once(("intersecting", role, select), places, lambda: ask(role, places, select))

    def nearest(
        self, role: str, places: Geometries, *, reach_ft: float, k: int = 1, select: Selection = EVERYTHING
    ) -> Pairs:
        """See LayerQuery."""
        ask = super().nearest
        question = ("nearest", role, select, reach_ft, k)
        return self._once(question, places, lambda: ask(role, places, reach_ft=reach_ft, k=k, select=select))

    def edge_distance(self, role: str, places: Geometries, reach_ft: float) -> tuple[Floats, Rows]:
        """See LayerQuery."""
        ask = super().edge_distance
        return self._once(("edge_distance", role, reach_ft), places, lambda: ask(role, places, reach_ft))

    def _once(self, question: Hashable, places: Geometries, ask: Callable[[], Answer]) -> Answer:
        key: Hashable
        if len(places) <= _FEW:
            key = (question, tuple(map(id, places)))
        elif id(places) in self._batches:
            key = (question, id(places))
        else:
            return ask()
        if key not in self._answers:
            self._answers[key] = (
                _sealed(ask()),
                places.copy(),
            )  # as long as they are kept, no others have their identity
        return self._answers[key][0]  # type: ignore[return-value]


def _sealed(answer: Answer) -> Answer:
    columns = (answer.place, answer.feature, answer.distance_ft) if isinstance(answer, Pairs) else answer
    if isinstance(columns, tuple):
        for column in columns:
            column.flags.writeable = False
    return answer
