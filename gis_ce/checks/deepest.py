"""The deepest tolerance zone of each site, gathered over roles, rules and marks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gis_ce.checks.measuring import ids_of
from gis_ce.rules import Rule
from layers.features import Features
from layers.grid import AT_LIMIT_FT, Floats, Rows
from layers.query import starts_of

INCHES_PER_FOOT = 12.0


def half_width_ft(diameter_in: Floats, rule: Rule) -> Floats:
    """Half the width of the zone around a line or a mark, in feet, by the diameter of the facility.

    Half the diameter plus the rule's inches where the diameter is known. Where it is not (NaN), the
    rule's own inches, counted from the line: the map shows no edge of a mark.
    """
    known = diameter_in > 0
    half = np.where(known, diameter_in / 2, 0.0) if rule.holds("half_diameter") else np.zeros(len(diameter_in))
    add = np.where(known, rule.number("add_in"), rule.number("unknown_diameter_add_in"))
    return (half + add) / INCHES_PER_FOOT


class Deepest:
    """One row a site: how far inside the deepest zone it lies, and of which facility the zone is."""

    def __init__(self, count: int, reach_ft: float) -> None:
        self.margin_ft = np.full(count, -reach_ft)
        self.half_width_ft = np.full(count, np.nan)
        self.feature = np.full(count, -1, dtype=np.intp)
        self.id = np.full(count, None, dtype=object)
        self.role = np.full(count, None, dtype=object)
        self.layer_sigma_ft = np.zeros(count)
        self.diameter_known = np.zeros(count, dtype=bool)
        self.subaqueous = np.zeros(count, dtype=bool)
        self.from_mark = np.zeros(count, dtype=bool)

    def keep(
        self,
        role: str,
        features: Features,
        site: Rows,
        feature: Rows,
        distance_ft: Floats,
        half_ft: Floats,
        *,
        subaqueous: bool = False,
    ) -> None:
        """Takes for each site the zone it lies deepest in; within 0.01 ft what came before, then the smallest id."""
        margin_ft = half_ft - distance_ft
        first = np.arange(len(site))
        if len(site) > 1:
            deepest = np.full(len(self.margin_ft), -np.inf)
            np.maximum.at(deepest, site, margin_ft)
            tied = np.flatnonzero(margin_ft >= deepest[site] - AT_LIMIT_FT)
            order = tied[np.lexsort((features.rank[feature[tied]], site[tied]))]
            first = order[starts_of(site[order])]
        better = first[(margin_ft[first] > self.margin_ft[site[first]] + AT_LIMIT_FT) | (self.feature[site[first]] < 0)]
        at, rows = site[better], feature[better]
        self.margin_ft[at] = margin_ft[better]
        self.half_width_ft[at] = half_ft[better]
        self.feature[at] = rows
        self.id[at] = ids_of(features, rows)
        self.role[at] = role
        self.layer_sigma_ft[at] = features.sigma_ft[rows]
        self.diameter_known[at] = features.numbers("diameter_in")[rows] > 0
        self.subaqueous[at] = subaqueous

    def replace_by_mark(self, site: Rows, distance_ft: Floats, half_ft: Floats, known: npt.NDArray[np.bool_]) -> None:
        """Measures from a mark where there is one: the mark decides, and it has no layer's doubt."""
        self.margin_ft[site] = half_ft - distance_ft
        self.half_width_ft[site] = half_ft
        self.layer_sigma_ft[site] = 0.0
        self.diameter_known[site] = known
        self.from_mark[site] = True
        self.subaqueous[site] = False
