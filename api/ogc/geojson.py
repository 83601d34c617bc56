"""Features as GeoJSON text, made column by column: no object is made for a feature."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from api.ogc.feature_file import FeatureFile, opened, write_file
from api.ogc.feature_table import Column, FeatureTable, one_array
from api.ogc.reference_systems import CRS84, System, systems
from layers.grid import Geometries, Grid, Rows

_AT_ONCE = 5_000
_TO_ESCAPE = r'["\\\x00-\x1f]'


def feature_texts(table: FeatureTable, rows: Rows, system: System, grid: Grid) -> pa.Array:
    """The GeoJSON of some features, one text each, in the order of the rows."""
    shapes = system.of(np.asarray(table.shapes[rows], dtype=object), grid)
    chosen = pa.array(rows)
    pieces: list[object] = ['{"type":"Feature","id":', _quoted(table.ids.take(chosen)), ',"geometry":']
    pieces += [_geometries(shapes), ',"properties":{']
    for number, column in enumerate(table.described):
        values = table.columns.column(column.name).take(chosen)
        pieces += [f"{',' if number else ''}{orjson.dumps(column.name).decode()}:", json_values(values, column)]
    return _joined([*pieces, "}}"], len(rows))


def features_listed(table: FeatureTable, rows: Rows, system: System, grid: Grid) -> bytes:
    """The same as bytes with commas between them; rows in the order of ids are read where they are made already."""
    made = _made(table) if system.uri == CRS84 else None
    return listed(feature_texts(table, rows, system, grid)) if made is None else made.listed(table.place_of[rows])


def make_texts(table: FeatureTable, grid: Grid) -> bool:
    """Make the features of a table in the system that is given unasked; false where they are there, or have no file."""
    if table.texts_at is None or _made(table) is not None:
        return False
    system, order = systems(grid)[CRS84], table.order
    parts = (
        feature_texts(table, order[start : start + _AT_ONCE], system, grid) for start in range(0, len(order), _AT_ONCE)
    )
    write_file(table.texts_at, len(table), parts, listed)
    return True


def _made(table: FeatureTable) -> FeatureFile | None:
    if table.texts_at is None:
        return None
    if table.texts is None:
        table.texts = opened(table.texts_at, len(table))
    return table.texts


def collection_text(features: pa.Array, more: dict[str, object]) -> bytes:
    """A FeatureCollection with what else it says: links, counts and time."""
    said = orjson.dumps(more)[1:]
    return b'{"type":"FeatureCollection","features":[' + listed(features) + b"]," + said


def listed(features: pa.Array) -> bytes:
    """The texts with commas between them, as bytes."""
    if not len(features):
        return b""
    with_commas = pc.binary_join_element_wise(features, ",", "")
    return bytes(_content(with_commas))[:-1]


def json_values(values: pa.ChunkedArray | pa.Array, column: Column) -> pa.Array:
    """Values as JSON texts; `null` where there is none."""
    plain = one_array(values)
    if column.kind == "number":
        finite = pc.if_else(pc.is_finite(plain), plain, pa.scalar(None, pa.float64()))
        return pc.fill_null(pc.cast(finite, pa.string()), "null")
    if column.kind == "text":
        return pc.fill_null(_quoted(plain), "null")
    return pc.fill_null(_in_quotes(time_texts(plain)), "null")


def time_texts(values: pa.Array) -> pa.Array:
    """Days and moments as texts: 2026-03-02, 2026-03-02T15:00:00Z."""
    if pa.types.is_date(values.type):
        return pc.cast(values, pa.string())
    whole = pc.cast(pc.floor_temporal(values, unit="second"), pa.timestamp("s", "UTC"))
    return pc.strftime(whole, format="%Y-%m-%dT%H:%M:%SZ")


def _quoted(texts: pa.Array) -> pa.Array:
    """Texts as JSON writes them; only those that need it are escaped one by one."""
    awkward = pc.fill_null(pc.match_substring_regex(texts, _TO_ESCAPE), False)
    if not pc.any(awkward, min_count=0).as_py():
        return _in_quotes(texts)
    escaped = pa.array([orjson.dumps(text).decode()[1:-1] for text in texts.filter(awkward).to_pylist()], pa.string())
    return _in_quotes(pc.replace_with_mask(texts, awkward, escaped))


def _in_quotes(texts: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise('"', texts, '"', "")


def _geometries(shapes: Geometries) -> pa.Array:
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    written = pa.array(shapely.to_geojson(shapes), pa.string())
    return pc.if_else(pa.array(missing), "null", written) if missing.any() else written


def _joined(pieces: Sequence[object], count: int) -> pa.Array:
    if not count:
        return pa.array([], pa.string())
    return one_array(pc.binary_join_element_wise(*pieces, ""))


def _content(texts: pa.Array) -> memoryview:
    """All texts one after another, as they lie in memory."""
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return memoryview(texts.buffers()[2])[offsets[0] : offsets[-1]]
