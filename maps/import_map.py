"""The small map of an import: a sample of its features, and where rows drew a remark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from shapely import Point
from shapely.geometry.base import BaseGeometry

from layers.report import ImportReport
from maps.evidence import collection
from maps.leaflet_map import MOST_FEATURES, Call, MapParts, map_parts
from maps.style import style

_MOST_REMARKS = 500

Remark = tuple[str, str, float, float]


def import_map(report: ImportReport, modelled: bool) -> MapParts | None:
    """The map of a report, None for a table; at most MOST_FEATURES things are drawn, remarks first."""
    if report.role not in style().roles:
        return None
    remarks = list(islice(_remarks(report), _MOST_REMARKS))
    sample = [shape for shape in report.sample if not shape.is_empty][: MOST_FEATURES - len(remarks)]
    values = (
        style().as_json()["roles"][report.role],
        _features(sample),
        _points(remarks),
        style().as_json()["remarks"],
        modelled,
    )
    return map_parts("report", Call("showImport", values))


def drawn_count(report: ImportReport) -> int:
    """How many of the layer's features the map shows."""
    remarks = sum(1 for _ in islice(_remarks(report), _MOST_REMARKS))
    return min(len(report.sample), MOST_FEATURES - remarks)


def _remarks(report: ImportReport) -> Iterator[Remark]:
    """What is marked on the map, most important first; rows without a place are in the table only."""
    for kind, notes in (("rejected", report.rejected), ("repaired", report.repaired)):
        for note in notes:
            if note.lon is not None and note.lat is not None:
                yield kind, note.feature_id or f"row {note.source_row}", note.lon, note.lat
    for change in report.changes:
        if change.lon is not None and change.lat is not None:
            yield change.kind, change.feature_id, change.lon, change.lat


def _features(shapes: Iterable[BaseGeometry]) -> dict[str, object]:
    listed = list(shapes)
    return collection(listed, [{} for _ in listed], None)


def _points(remarks: list[Remark]) -> dict[str, object]:
    shapes = [Point(lon, lat) for _, _, lon, lat in remarks]
    return collection(shapes, [{"kind": kind, "label": label} for kind, label, _, _ in remarks], None)
