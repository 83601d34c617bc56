"""The order of rows in a snapshot: neighbours in the town are neighbours in the file."""

from __future__ import annotations

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from layers.grid import Geometries
from layers.remarks import Positions, Texts


def hilbert_order(ids: Texts, geometries: Geometries | None) -> Positions:
    """The rows along a Hilbert curve, then by id; by id alone where there is no geometry."""
    columns = {"id": pa.array(ids, pa.string())}
    if geometries is not None and len(geometries):
        columns["along"] = pa.array(geopandas.GeoSeries(geometries).hilbert_distance().to_numpy())
    keys = [(name, "ascending") for name in ("along", "id") if name in columns]
    order = pc.sort_indices(pa.table(columns), sort_keys=keys)
    return np.asarray(order.to_numpy(), dtype=np.intp)
