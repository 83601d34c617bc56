"""The locator's marks on the ground: what they mark, and how far they lie from a place."""

from __future__ import annotations

import numpy as np

from gis_ce.checks.check import Sites
from gis_ce.checks.measuring import OURS, first_of_each
from layers.grid import AT_LIMIT_FT, Floats, Geometries, Rows
from layers.query import LayerQuery

LINE_ROLES = ("water_main", "sewer_main", "lateral")


def marked(sites: Sites) -> Rows:
    """The rows of the sites whose case brings marks."""
    if "marks" not in sites.details:
        return np.empty(0, dtype=np.intp)
    return np.flatnonzero(np.array([mark is not None for mark in sites.detail("marks")], dtype=bool))


def marked_diameter_in(sites: Sites, rows: Rows, query: LayerQuery, reach_ft: float) -> Floats:
    """The diameter that belongs to each mark: the one written with it, else of the nearest mapped line.

    NaN where neither is known, or no line lies within `reach_ft` of the mark. Of lines equally near
    (within 0.01 ft) the first role counts, then the smallest id.
    """
    marks: Geometries = sites.detail("marks")[rows]
    written = np.array(
        [np.nan if value is None else float(value) for value in sites.detail("marked_diameter_in")[rows]]
    )
    nearest, mapped = np.full(len(rows), np.inf), np.full(len(rows), np.nan)
    for role in (role for role in LINE_ROLES if query.has(role)):
        features = query.features(role)
        line, distance = first_of_each(query.nearest(role, marks, reach_ft=reach_ft, select=OURS), len(rows))
        closer = distance < nearest - AT_LIMIT_FT
        nearest[closer] = distance[closer]
        mapped[closer] = features.numbers("diameter_in")[line[closer]]
    return np.where(np.isnan(written), mapped, written)
