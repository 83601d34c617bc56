"""Writes the made-up sources: GeoParquet, plain Parquet and CSV."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import shapely

from layers.grid import Geometries, Grid

EPSG = 2264
_KINDS = {0: "Point", 1: "LineString", 3: "Polygon", 6: "MultiPolygon"}


def write_layer(folder: Path, name: str, geometry: Geometries, columns: dict[str, pa.Array]) -> int:
    """Writes `name.parquet` (GeoParquet 1.1); gives the number of rows."""
    kinds = sorted({_KINDS[int(kind)] for kind in set(shapely.get_type_id(geometry).tolist())})
    column = {"encoding": "WKB", "geometry_types": kinds, "crs": Grid(EPSG).crs.to_json_dict()}
    if len(geometry):
        column["bbox"] = [float(limit) for limit in shapely.total_bounds(geometry)]
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    wkb = pa.array(shapely.to_wkb(geometry), pa.binary())
    table = pa.table({**columns, "geometry": wkb}).replace_schema_metadata({"geo": json.dumps(geo)})
    pq.write_table(table, folder / f"{name}.parquet", compression="zstd", compression_level=1)
    return int(table.num_rows)


def write_table(folder: Path, name: str, columns: dict[str, pa.Array], *, as_csv: bool = False) -> int:
    """Writes a table without geometry; gives the number of rows."""
    table = pa.table(columns)
    if as_csv:
        pyarrow.csv.write_csv(table, folder / f"{name}.csv")
    else:
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd", compression_level=1)
    return int(table.num_rows)
