"""Ends of mains that nearly meet: drawn as connected, but not connected."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import KDTree

from layers.doctor.finding import EXAMPLES, Finding, Patient, layer_names
from layers.features import Features, Rows
from layers.grid import AT_LIMIT_FT, Floats

_MAINS = ("sewer_main", "water_main")


def ends_that_nearly_meet(patient: Patient) -> Iterator[Finding]:
    """Loose ends of different mains that lie close together without touching."""
    for role in _MAINS:
        mains = patient.features(role)
        if mains is None:
            continue
        one, other, apart, middle = _near_ends(mains, patient.thresholds.nearly_ft)
        if len(one):
            names = list(zip(mains.ids[one[:EXAMPLES]], mains.ids[other[:EXAMPLES]], strict=True))
            yield Finding(
                layer=layer_names(mains, one),
                severity="warning",
                what=f"ends of mains lie within {patient.thresholds.nearly_ft:g} ft of each other but do not meet",
                count=len(one),
                next_step="Snap them together in the source, or record why they are apart; a trace stops there.",
                examples=patient.examples(
                    np.asarray(shapely.points(middle[:EXAMPLES])),
                    names,
                    [f"{d:.2f} ft apart" for d in apart[:EXAMPLES]],
                ),
            )


def _near_ends(mains: Features, reach_ft: float) -> tuple[Rows, Rows, Floats, Floats]:
    """Rows of the two mains of each pair, their distance, and the place between."""
    parts, owner = shapely.get_parts(mains.geometry, return_index=True)
    ends = shapely.get_coordinates(np.concatenate([shapely.get_point(parts, 0), shapely.get_point(parts, -1)]))
    rows = np.concatenate([owner, owner])
    tree = KDTree(ends) if len(ends) else None
    pairs = tree.query_pairs(reach_ft, output_type="ndarray") if tree else np.empty((0, 2), dtype=np.intp)
    apart: Floats = np.hypot(*(ends[pairs[:, 0]] - ends[pairs[:, 1]]).T)
    touching = apart <= AT_LIMIT_FT
    loose = np.bincount(pairs[touching].ravel(), minlength=len(ends)) == 0
    near = ~touching & loose[pairs].any(axis=1) & (rows[pairs[:, 0]] != rows[pairs[:, 1]])
    pairs, apart = _nearest_of_each(pairs[near], apart[near], loose)
    one, other = np.sort(rows[pairs], axis=1).T
    return one, other, apart, ends[pairs].mean(axis=1)


def _nearest_of_each(pairs: Rows, apart: Floats, loose: npt.NDArray[np.bool_]) -> tuple[Rows, Floats]:
    """For each loose end its nearest neighbour only, each pair once, the closest first."""
    order = np.lexsort((pairs[:, 1], pairs[:, 0], apart))
    taken: set[int] = set()
    kept = []
    for row in order.tolist():
        ends = [int(end) for end in pairs[row] if loose[end]]
        if any(end not in taken for end in ends):
            kept.append(row)
        taken.update(ends)
    return pairs[kept].reshape(-1, 2), apart[kept]
