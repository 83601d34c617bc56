"""Layers made from other layers: right of way, easement strips, sewer nodes. All are models, not records."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import shapely

from layers.derive_easements import Main, easement_strips
from layers.errors import SourceError
from layers.grid import Geometries, Grid
from layers.model import Derivation, LayerDeclaration
from layers.sources.table import SourceTable, source_table

Layer = tuple[pa.Table, Geometries]

_NODE_STEP_FT = 0.1


def derive(declaration: LayerDeclaration, inputs: Mapping[str, Layer], grid: Grid) -> SourceTable:
    """The derived layer, on the grid in feet, its columns named like the role's fields.

    `inputs` are the current snapshots (attributes and geometry) by layer name. Raises SourceError
    where an input is missing or nothing comes out.
    """
    derivation = declaration.derivation
    if derivation is None:
        raise SourceError(f"The layer {declaration.name} has a source; it is not derived.")
    missing = [name for name in derivation.inputs if name not in inputs]
    if missing:
        raise SourceError(f"{declaration.name} is derived from {missing[0]}, which is not imported; import it first.")
    layers = [inputs[name] for name in derivation.inputs]
    description = f"derived from {', '.join(derivation.inputs)}"
    if derivation.kind == "right_of_way":
        table = _right_of_way(layers, derivation)
    elif derivation.kind == "easement":
        table = _easements(layers, derivation)
    else:
        table = _manholes(layers)
    columns, geometry = table
    if not len(geometry):
        raise SourceError(f"{declaration.name}: nothing can be {description}; check those layers.")
    return source_table(columns, geometry, grid.crs, description)


def right_of_way(parcels: Geometries, limits: Geometries, close_ft: float, minimum_sqft: float) -> Geometries:
    """What no parcel covers within the limits and between parcels up to twice `close_ft` apart.

    Pieces smaller than `minimum_sqft` are gaps between parcels, and are left out. A stand-in for
    the right of way: it also holds ponds, railways and whatever else has no parcel.
    """
    covered = shapely.union_all(_areas(parcels))
    closed = shapely.buffer(shapely.buffer(covered, close_ft), -close_ft)
    whole = shapely.union(closed, shapely.union_all(_areas(limits)))
    pieces = shapely.get_parts(shapely.difference(whole, covered))
    kept: Geometries = pieces[shapely.area(pieces) >= minimum_sqft]
    return kept


def sewer_nodes(mains: Geometries) -> Geometries:
    """One point for all line ends that agree when rounded to 0.1 ft: where a manhole should be."""
    lines = shapely.get_parts(mains[~shapely.is_missing(mains)])
    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    ends = ends[~shapely.is_missing(ends)]
    steps = np.unique(np.round(shapely.get_coordinates(ends) / _NODE_STEP_FT).astype(np.int64), axis=0)
    nodes: Geometries = np.asarray(shapely.points(steps * _NODE_STEP_FT), dtype=object)
    return nodes


def _right_of_way(layers: list[Layer], derivation: Derivation) -> Layer:
    (_, parcels), (_, limits) = layers
    close, minimum = derivation.close_ft or 0.0, derivation.minimum_sqft or 0.0
    geometry = right_of_way(parcels, limits, close, minimum)
    return pa.table({"right_of_way_id": pa.nulls(len(geometry), pa.string())}), geometry


def _easements(layers: list[Layer], derivation: Derivation) -> Layer:
    *mains, (_, parcels) = layers
    width, minimum = derivation.width_ft or 0.0, derivation.minimum_length_ft or 0.0
    strips = easement_strips([Main(table, lines) for table, lines in mains], _areas(parcels), width, minimum)
    count = len(strips.geometry)
    columns = {
        "easement_id": pa.nulls(count, pa.string()),
        "basis": pa.array(["modelled"] * count, pa.string()),
        "utility": pa.array(strips.utility, pa.string()),
        "main_id": pa.array(strips.main_id, pa.string()),
        "width_ft": pa.array(np.full(count, width)),
    }
    return pa.table(columns), strips.geometry


def _manholes(layers: list[Layer]) -> Layer:
    lines = np.concatenate([lines[Main(table, lines).in_service] for table, lines in layers])
    geometry = sewer_nodes(lines)
    return pa.table({"facility_id": pa.nulls(len(geometry), pa.string())}), geometry


def _areas(polygons: Geometries) -> Geometries:
    kept: Geometries = polygons[~(shapely.is_missing(polygons) | shapely.is_empty(polygons))]
    return kept
