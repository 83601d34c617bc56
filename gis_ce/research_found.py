"""What one source holds for many places: found, none found, missing, stale or not asked, and the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from gis_ce.research_sources import MISSING, STALE, STATUSES, Source, Status
from layers.catalog import ROLE_BY_NAME
from layers.features import Days, Features, Rows, Texts
from layers.grid import Floats
from layers.model import LayerVersion

Value = str | float | date | None


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One row that was found: its fields, where it comes from, and by what it was found.

    `days` is how many days before the event it is dated (negative: after it), `distance_ft` how far
    its place lies from the case's; None where that is not known or has no meaning.
    """

    id: str
    fields: Mapping[str, Value]
    layer: LayerVersion
    is_stale: bool
    by: str
    days: float | None
    distance_ft: float | None


@dataclass(frozen=True, slots=True)
class Found:
    """What one source holds for many places.

    `status` is an index into STATUSES and `reason` one into `reasons` (-1: none), one row a place.
    `place`, `feature`, `by`, `distance_ft` are the rows that were found, ordered by place. `stale`
    says of each place (row) and layer (column) whether the layer is too old for the place's day.
    `scope` says in words how far was looked, where the place itself is what was asked by.
    """

    source: Source
    day: Days
    status: npt.NDArray[np.int8]
    reason: npt.NDArray[np.int16]
    reasons: tuple[str, ...]
    layers: tuple[LayerVersion, ...]
    stale: npt.NDArray[np.bool_]
    place: Rows
    feature: Rows
    by: Texts
    distance_ft: Floats
    features: Features | None
    scope: Texts | None = None

    def status_of(self, row: int) -> Status:
        """How the search for one place ended."""
        return STATUSES[int(self.status[row])]

    def reason_of(self, row: int) -> str | None:
        """Why the source cannot answer for one place; None where it can."""
        code = int(self.reason[row])
        return self.reasons[code] if code >= 0 else None

    def count_of(self, row: int) -> int:
        """How many rows one place has."""
        start, end = np.searchsorted(self.place, [row, row + 1])
        return int(end - start)

    def is_stale(self, row: int, layer: int) -> bool:
        """Whether a layer is too old for one place's day."""
        return bool(self.stale[row, layer])

    def rows_of(self, row: int) -> list[FoundRow]:
        """The rows of one place, in the source's order."""
        start, end = np.searchsorted(self.place, [row, row + 1])
        return [self._row(number) for number in range(int(start), int(end))]

    def _row(self, number: int) -> FoundRow:
        features, feature, place = self.features, int(self.feature[number]), int(self.place[number])
        assert features is not None
        layer = int(features.layer_of[feature])
        distance = float(self.distance_ft[number])
        return FoundRow(
            id=str(features.ids[feature]),
            fields={name: _value(features, self.source, name, feature) for name in self.source.fields},
            layer=self.layers[layer],
            is_stale=self.is_stale(place, layer),
            by=str(self.by[number]),
            days=_days_before(features, self.source, feature, self.day[place]),
            distance_ft=None if np.isnan(distance) else distance,
        )


def missing(source: Source, day: Days, reason: str, layers: tuple[LayerVersion, ...] = ()) -> Found:
    """A source that is not there, or cannot be used, for any place."""
    count = len(day)
    return Found(
        source=source,
        day=day,
        status=np.full(count, MISSING, dtype=np.int8),
        reason=np.zeros(count, dtype=np.int16),
        reasons=(reason,),
        layers=layers,
        stale=np.zeros((count, len(layers)), dtype=np.bool_),
        place=np.empty(0, np.intp),
        feature=np.empty(0, np.intp),
        by=np.empty(0, dtype=object),
        distance_ft=np.empty(0),
        features=None,
    )


def stale_on(features: Features, day: Days) -> npt.NDArray[np.bool_]:
    """Of each day (row) and layer (column) whether the layer is too old for it."""
    columns = [_layer_stale(part.version.as_of, part.description.stale_after_days, day) for part in features.parts]
    return np.stack(columns, axis=1)


def with_stale(found: Found) -> Found:
    """The same, with the places told stale for whose day a layer is too old."""
    too_old = found.stale.any(axis=1) & (found.reason < 0)
    if not too_old.any():
        return found
    status, reason, reasons = found.status.copy(), found.reason.copy(), list(found.reasons)
    status[too_old] = STALE
    for number, layer in enumerate(found.layers):
        reason[too_old & found.stale[:, number]] = len(reasons)
        reasons.append(
            f"The layer {layer.name} speaks of {layer.as_of.isoformat()}; too old for this day, import a newer one."
        )
    return replace(found, status=status, reason=reason, reasons=tuple(reasons))


def _layer_stale(as_of: date, days: int | None, day: Days) -> npt.NDArray[np.bool_]:
    if days is None:
        return np.zeros(len(day), dtype=np.bool_)
    return np.asarray(day > np.datetime64(as_of) + np.timedelta64(days, "D"), dtype=np.bool_)


def _value(features: Features, source: Source, name: str, row: int) -> Value:
    field = ROLE_BY_NAME[source.role].field(name)
    assert field is not None
    if field.kind == "number":
        number = float(features.numbers(name)[row])
        return None if np.isnan(number) else number
    if field.kind == "date":
        day: date | None = features.days(name)[row].item()
        return day
    text = features.texts(name)[row]
    return None if text is None else str(text)


def _days_before(features: Features, source: Source, row: int, day: np.datetime64) -> float | None:
    if source.dated is None:
        return None
    days = (day - features.days(source.dated)[row]) / np.timedelta64(1, "D")
    return None if np.isnan(days) else float(days)
