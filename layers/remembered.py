"""A query that answers a question about the same places only once: for the checks of one case."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from layers.features import EVERYTHING, Selection
from layers.grid import Floats, Geometries, Rows
from layers.looks import Asked, Look
from layers.query import LayerQuery, Pairs
from layers.spatial_index import Index

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
        super().__init__((), query.grid_epsg, query.network_settings)
        self._features, self._versions = query._features, query._versions
        self._batches = {id(batch): batch for batch in batches}
        self._answers: dict[Hashable, object] = {}
        self._looks: dict[tuple[Index, Hashable], Look] = {}
        self._kept: dict[Hashable, Geometries] = {}
        self._last: tuple[Geometries | None, Hashable | None] = (None, None)

    def intersecting(self, role: str, places: Geometries, select: Selection = EVERYTHING) -> Pairs:
        """See LayerQuery."""
        ask = super().intersecting
        return self._once(("intersecting", role, select), places, lambda: _sealed(ask(role, places, select)))

    def nearest(
        self, role: str, places: Geometries, *, reach_ft: float, k: int = 1, select: Selection = EVERYTHING
    ) -> Pairs:
        """See LayerQuery."""
        if k == 1 and len(places) <= _FEW:  # the look is kept, and little is left to do
            return super().nearest(role, places, reach_ft=reach_ft, select=select)
        ask = super().nearest
        question = ("nearest", role, select, reach_ft, k)
        return self._once(question, places, lambda: _sealed(ask(role, places, reach_ft=reach_ft, k=k, select=select)))

    def edge_distance(self, role: str, places: Geometries, reach_ft: float) -> tuple[Floats, Rows]:
        """See LayerQuery."""
        ask = super().edge_distance
        return self._once(("edge_distance", role, reach_ft), places, lambda: _sealed(ask(role, places, reach_ft)))

    def _look(self, index: Index, places: Geometries, beyond_ft: float, reach_ft: float) -> Look:
        """See LayerQuery: the last look is kept, which may have gone farther than what is asked now."""
        key = self._key(places)
        if key is None:
            return super()._look(index, places, beyond_ft, reach_ft)
        known = self._looks.get((index, key))
        if known is None or not known.serves(beyond_ft, reach_ft):
            known = super()._look(index, places, beyond_ft, reach_ft)
            self._looks[(index, key)] = known
            self._keep(key, places)
        return known

    def _asked(self, places: Geometries) -> Asked:
        ask = super()._asked
        return self._once("asked", places, lambda: ask(places))

    def _once(self, question: Hashable, places: Geometries, ask: Callable[[], Answer]) -> Answer:
        key = self._key(places)
        if key is None:
            return ask()
        known = self._answers.get((question, key))
        if known is None:
            known = ask()
            self._answers[(question, key)] = known
            self._keep(key, places)
        return known  # type: ignore[return-value]

    def _key(self, places: Geometries) -> Hashable | None:
        """What names these places for as long as they are kept; None where answers about them are not."""
        if places is not self._last[0]:
            self._last = (places, self._named(places))
        return self._last[1]

    def _named(self, places: Geometries) -> Hashable | None:
        if len(places) <= _FEW:
            return tuple(map(id, places))
        return id(places) if id(places) in self._batches else None

    def _keep(self, key: Hashable, places: Geometries) -> None:
        if key not in self._kept:  # as long as they are kept, no others have their identity
            self._kept[key] = places.copy()


def _sealed(answer: Answer) -> Answer:
    columns = (answer.place, answer.feature, answer.distance_ft) if isinstance(answer, Pairs) else answer
    if isinstance(columns, tuple):
        for column in columns:
            column.flags.writeable = False
    return answer
