"""Parcels that overlap, and narrow gaps between them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from layers.doctor.finding import EXAMPLES, Finding, Patient, layer_names
from layers.features import Features, Rows
from layers.grid import Floats, Geometries


def parcel_overlaps(patient: Patient) -> Iterator[Finding]:
    """Pairs of parcels that share more than a sliver of ground."""
    parcels = patient.features("parcel")
    if parcels is None:
        return
    one, other, shared = _overlaps(parcels, patient.thresholds.least_sqft)
    if not len(one):
        return
    largest = np.argsort(-shapely.area(shared), kind="stable")[:EXAMPLES]
    names = list(zip(parcels.ids[one[largest]], parcels.ids[other[largest]], strict=True))
    details = [f"{area:,.0f} sq ft" for area in shapely.area(shared[largest])]
    yield Finding(
        layer=layer_names(parcels, one),
        severity="warning",
        what=f"parcels overlap, {shapely.area(shared).sum() / 43_560:,.2f} acres in all",
        count=len(one),
        next_step="Ask the county which boundary holds; until then a case there lies in two parcels.",
        examples=patient.examples(shared[largest], names, details),
    )


def parcel_gaps(patient: Patient) -> Iterator[Finding]:
    """Strips between parcels that are too narrow to be a street or an alley."""
    parcels = patient.features("parcel")
    if parcels is None:
        return
    gaps = _gaps(parcels.geometry, patient.thresholds.gap_width_ft, patient.thresholds.least_sqft)
    if not len(gaps):
        return
    areas = shapely.area(gaps)
    largest = np.argsort(-areas, kind="stable")[:EXAMPLES]
    touched = patient.query.intersecting("parcel", gaps[largest])
    names = [tuple(parcels.ids[touched.feature[touched.place == row]]) for row in range(len(largest))]
    yield Finding(
        layer=layer_names(parcels, np.arange(len(parcels))),
        severity="note",
        what=f"gaps narrower than {patient.thresholds.gap_width_ft:g} ft between parcels",
        count=len(gaps),
        next_step="Ask the county to snap the parcels; leave such pieces out of a derived right of way (minimum_sqft).",
        examples=patient.examples(gaps[largest], names, [f"{area:,.0f} sq ft" for area in areas[largest]]),
    )


def _overlaps(parcels: Features, least_sqft: float) -> tuple[Rows, Rows, Geometries]:
    """Rows of each pair, and the ground they share; only parcels whose edges do not fit are looked at."""
    rows = np.flatnonzero(~(shapely.is_missing(parcels.geometry) | shapely.is_empty(parcels.geometry)))
    doubtful = rows[~shapely.is_empty(shapely.coverage_invalid_edges(parcels.geometry[rows]))]
    shapes = parcels.geometry[doubtful]
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.intersection(shapes[one], shapes[other])
    counts = shapely.area(shared) >= least_sqft
    return doubtful[one[counts]], doubtful[other[counts]], shared[counts]


def _gaps(parcels: Geometries, width_ft: float, least_sqft: float) -> Geometries:
    covered = shapely.union_all(parcels[~(shapely.is_missing(parcels) | shapely.is_empty(parcels))])
    closed = _widened(_widened(covered, width_ft / 2), -width_ft / 2)
    pieces = shapely.get_parts(shapely.difference(closed, covered))
    areas: Floats = shapely.area(pieces)
    kept: Geometries = pieces[areas >= least_sqft]
    return kept


def _widened(shape: shapely.Geometry, by_ft: float) -> shapely.Geometry:
    return shapely.buffer(shape, by_ft, join_style="mitre")
