"""The deepest tolerance zone of each site, gathered over roles, rules and marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gis_ce.checks.facts import Fact
from gis_ce.checks.measuring import ids_of
from gis_ce.checks.one_or_many import Column, pick
from gis_ce.rules import Rule
from layers.features import Features
from layers.grid import AT_LIMIT_FT, Floats, Rows
from layers.one_place import Near
from layers.query import starts_of

INCHES_PER_FOOT = 12.0


def half_width_ft(diameter_in: Column, rule: Rule) -> Column:
    """Half the width of the zone around a line or a mark, in feet, by the diameter of the facility.

    Half the diameter plus the rule's inches where the diameter is known. Where it is not (NaN), the
    rule's own inches, counted from the line: the map shows no edge of a mark.
    """
    known, half = diameter_in > 0, diameter_in / 2 if rule.holds("half_diameter") else 0.0
    return pick(known, half + rule.number("add_in"), rule.number("unknown_diameter_add_in")) / INCHES_PER_FOOT


@dataclass(frozen=True, slots=True)
class Zone:
    """A tolerance zone around a facility, and how far inside it one place lies (negative: outside)."""

    role: str
    row: int
    half_ft: float
    margin_ft: float
    subaqueous: bool = False


def deepest_of(margin_ft: Sequence[float], near: Sequence[Near], rank: Rows) -> int:
    """Which zone a place lies deepest in, of those of one role; within 0.01 ft that of the smallest id."""
    if len(near) == 1:
        return 0
    least = max(margin_ft) - AT_LIMIT_FT
    return min((number for number, margin in enumerate(margin_ft) if margin >= least), key=lambda n: rank[near[n][0]])


class Deepest:
    """One row a site: how far inside the deepest zone it lies, and of which facility the zone is."""

    def __init__(self, count: int, reach_ft: float) -> None:
        self.margin_ft = np.full(count, -reach_ft)
        self.half_width_ft = np.full(count, np.nan)
        self.feature = np.full(count, -1, dtype=np.intp)
        self.layer_sigma_ft = np.zeros(count)
        self._roles: list[tuple[str, Features]] = []
        self._role = np.full(count, -1, dtype=np.int8)
        self._mark_known: dict[int, bool] = {}
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
        if not len(site):
            return
        margin_ft, first = half_ft - distance_ft, _ONLY
        if len(site) > 1:
            deepest = np.full(len(self.margin_ft), -np.inf)
            np.maximum.at(deepest, site, margin_ft)
            tied = np.flatnonzero(margin_ft >= deepest[site] - AT_LIMIT_FT)
            order = tied[np.lexsort((features.rank[feature[tied]], site[tied]))]
            first = order[starts_of(site[order])]
        at = site[first]
        better = (margin_ft[first] > self.margin_ft[at] + AT_LIMIT_FT) | (self.feature[at] < 0)
        if not better.all():
            first, at = first[better], at[better]
        self._take(role, features, at, feature[first], margin_ft[first], half_ft[first], subaqueous=subaqueous)

    def _take(
        self,
        role: str,
        features: Features,
        site: Rows,
        feature: Rows,
        margin_ft: Floats,
        half_ft: Floats,
        *,
        subaqueous: bool,
    ) -> None:
        self.margin_ft[site] = margin_ft
        self.half_width_ft[site] = half_ft
        self.feature[site] = feature
        self.layer_sigma_ft[site] = features.sigma_ft[feature]
        self.subaqueous[site] = subaqueous
        if (role, features) not in self._roles:
            self._roles.append((role, features))
        self._role[site] = self._roles.index((role, features))

    def replace_by_mark(self, site: Rows, distance_ft: Floats, half_ft: Floats, known: npt.NDArray[np.bool_]) -> None:
        """Measures from a mark where there is one: the mark decides, and it has no layer's doubt."""
        self.margin_ft[site] = half_ft - distance_ft
        self.half_width_ft[site] = half_ft
        self.layer_sigma_ft[site] = 0.0
        self._mark_known |= dict(zip(site.tolist(), known.tolist(), strict=True))
        self.from_mark[site] = True
        self.subaqueous[site] = False

    def named(self) -> dict[str, Fact]:
        """Of each site the facility's id and role, None without any; and whether its diameter is known."""
        count = len(self._role)
        names, roles = np.full(count, None, dtype=object), np.full(count, None, dtype=object)
        known = np.zeros(count, dtype=np.bool_)
        for number, (role, features) in enumerate(self._roles):
            site = np.flatnonzero(self._role == number)
            names[site], roles[site] = ids_of(features, self.feature[site]), role
            known[site] = features.numbers("diameter_in")[self.feature[site]] > 0
        for site_of_mark, is_known in self._mark_known.items():
            known[site_of_mark] = is_known
        return {"facility_id": names, "facility_role": roles, "diameter_known": known}


_ONLY = np.zeros(1, dtype=np.intp)
