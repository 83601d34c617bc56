"""Little towns drawn by hand, in feet, for tests that need known distances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from gis_ce.canonical import sha256
from gis_ce.checks.check import Sites
from layers.catalog import ROLE_BY_NAME
from layers.features import Features, LayerPart
from layers.model import LayerDescription, LayerVersion
from layers.query import LayerQuery

BOOKS_OF_PLACES = tuple(
    Path(__file__).parent / f"{name}.yaml"
    for name in ("situations", "situations_easements", "situations_land", "situations_lines", "situations_tickets")
)
"""The books of situations that have a town; other tests keep theirs beside them."""
NEW_YEAR = date(2026, 1, 1)
_KINDS = {"text": pa.string(), "number": pa.float64(), "date": pa.date32()}


def drawn_layer(role: str, rows: Sequence[Mapping[str, Any]], **layer: Any) -> LayerPart:
    """One layer; each row has `id`, `wkt` and attributes. Its version is named for its content, as published ones are.

    `layer` may set name, basis, audience, sigma_ft, stale_after_days and as_of.
    """
    name = str(layer.get("name", role))
    description = LayerDescription(
        name=name,
        role=role,
        audience=layer.get("audience", "public"),
        basis=layer.get("basis", "recorded"),
        sigma_ft=float(layer.get("sigma_ft", 0.0)),
        stale_after_days=layer.get("stale_after_days"),
        grid_epsg=2264,
        source="drawn by hand",
        datum_note="",
    )
    content = sha256(repr((description, rows)))
    as_of, published_at = layer.get("as_of", NEW_YEAR), datetime(2026, 1, 1, tzinfo=UTC)
    version = LayerVersion(name, f"{name}/{content}", len(rows), as_of, published_at)
    columns = {"id": pa.array([str(row["id"]) for row in rows], pa.string())}
    for field in ROLE_BY_NAME[role].fields:
        columns[field.name] = pa.array([row.get(field.name) for row in rows], _KINDS[field.kind])
    geometry = np.array([shapely.from_wkt(row["wkt"]) for row in rows], dtype=object)
    return LayerPart(version, description, pa.table(columns), geometry)


def drawn_query(*parts: LayerPart) -> LayerQuery:
    """A query over hand-drawn layers; parts of one role are joined."""
    by_role: dict[str, list[LayerPart]] = {}
    for part in parts:
        by_role.setdefault(part.description.role, []).append(part)
    return LayerQuery([Features(role, of_role) for role, of_role in by_role.items()], 2264)


def sites(
    places: Sequence[str | None],
    structures: Sequence[str | None] | None = None,
    sigma_ft: float | Sequence[float] = 0.0,
    on: date | Sequence[date] = NEW_YEAR,
    details: Mapping[str, Any] | None = None,
) -> Sites:
    """Sites from WKT; one sigma and one day for all, or one each; `details` hold for all (marks as WKT)."""
    count = len(places)
    return Sites(
        _shapes(places),
        _shapes(structures or [None] * count),
        np.broadcast_to(np.asarray(sigma_ft, dtype=np.float64), count).copy(),
        np.broadcast_to(np.asarray(on, dtype="datetime64[D]"), count).copy(),
        {name: _detail(name, value, count) for name, value in (details or {}).items()},
    )


def _detail(name: str, value: Any, count: int) -> np.ndarray[Any, np.dtype[np.object_]]:
    if name in ("marks", "exposed"):
        return _shapes([value] * count)
    column = np.empty(count, dtype=object)
    column[:] = [value] * count
    return column


def _shapes(texts: Sequence[str | None]) -> np.ndarray[Any, np.dtype[np.object_]]:
    shapes = np.empty(len(texts), dtype=object)
    shapes[:] = [None if text is None else shapely.from_wkt(text) for text in texts]
    return shapes
