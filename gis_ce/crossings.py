"""Where two streets cross: from their names to one point, or to the list of all that it can be."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import shapely

from gis_ce.address_parts import crossing_streets, normalised
from gis_ce.errors import PlaceAmbiguous, PlaceUnknown
from gis_ce.located import DOUBTS, AddressDoubts, Located
from gis_ce.street_match import Meant, StreetNames
from layers.features import Rows
from layers.grid import Geometries
from layers.query import LayerQuery

_LISTED = 5


class Crossings:
    """The crossings of the streets of one set of layer versions."""

    def __init__(self, query: LayerQuery, doubts: AddressDoubts = DOUBTS) -> None:
        self._query = query
        self._doubts = doubts
        self._rows: dict[str, list[int]] = defaultdict(list)
        if query.has("street"):
            for row, name in enumerate(query.features("street").texts("name")):
                if name:
                    self._rows[normalised(name)].append(row)
        self._names = StreetNames(self._rows)

    def find(self, text: str) -> Located:
        """The crossing that a text names; raises PlaceUnknown or PlaceAmbiguous unless there is exactly one."""
        if not self._query.has("street"):
            raise PlaceUnknown(
                f"{text!r} names a crossing of streets, and there is no layer of streets here; "
                "name an address or a position."
            )
        pairs = crossing_streets(text)
        known = [pair for pair in pairs if all(self._meant(name).sure for name in pair)]
        if not known:
            raise PlaceUnknown(self._unknown(text, pairs[-1]))
        return self._only(text, known[0])

    def _meant(self, street: str) -> Meant:
        return Meant((street,)) if street in self._names else self._names.meant(street)

    def _unknown(self, text: str, pair: tuple[str, str]) -> str:
        wrong = next(name for name in pair if not self._meant(name).sure)
        likely = self._meant(wrong).likely[:_LISTED]
        hint = f"Did you mean {' or '.join(likely)}?" if likely else "No street's name comes near; check it."
        return f"{text!r}: there is no street {wrong!r} on the map. {hint}"

    def _only(self, text: str, pair: tuple[str, str]) -> Located:
        first, second = (self._meant(name).sure for name in pair)
        found = [each for one in first for other in second if one != other for each in self._between(one, other, pair)]
        if not found:
            raise PlaceUnknown(f"{' or '.join(first)} and {' or '.join(second)} do not cross on the map.")
        if len(found) > 1:
            names = [f"{each.address} at {each.place.x:,.0f} E {each.place.y:,.0f} N" for each in found]
            raise PlaceAmbiguous(text, f"{len(found)} crossings", names)
        return found[0]

    def _between(self, one: str, other: str, written: tuple[str, str]) -> list[Located]:
        corrected = (one, other) != written
        doubt = self._doubts.misspelt_sigma_ft if any(self._meant(name).respelt for name in written) else 0.0
        streets = self._query.features("street")
        mine, theirs = (np.array(self._rows[name], dtype=np.intp) for name in (one, other))
        points, pairs = _meeting(self._query, mine, theirs)
        found = []
        for group in _groups(points, self._doubts.one_crossing_ft):
            rows = np.unique(pairs[group])
            middle = shapely.Point(shapely.get_coordinates(points[group]).mean(axis=0))
            spread = float(shapely.distance(points[group], middle).max())
            own = float(streets.sigma_ft[rows].max())
            sigma = float(np.linalg.norm([own, max(self._doubts.crossing_sigma_ft, spread), doubt]))
            ids = " & ".join(sorted(str(name) for name in streets.ids[rows]))
            found.append(Located(middle, "intersection", ids, sigma, f"{one} & {other}", corrected))
        return found


def _meeting(query: LayerQuery, mine: Rows, theirs: Rows) -> tuple[Geometries, Rows]:
    """The points where two sets of street lines meet or nearly do (by the layer's own sigma), and whose they are."""
    streets = query.features("street")
    shapes = streets.geometry
    near = query.within("street", shapes[mine], streets.sigma_ft[mine])
    kept = np.isin(near.feature, theirs)
    first, second = shapes[mine[near.place[kept]]], shapes[near.feature[kept]]
    gap = shapely.shortest_line(first, second)
    crossed = shapely.intersection(first, second)
    met = np.where(shapely.is_empty(crossed), shapely.centroid(gap), crossed)
    xy, owner = shapely.get_coordinates(met, return_index=True)
    pairs = np.column_stack([mine[near.place[kept]], near.feature[kept]])
    return np.asarray(shapely.points(xy), dtype=object), pairs[owner]


def _groups(points: Geometries, apart_ft: float) -> list[Rows]:
    """Points that are one crossing: each within that distance of another of its group; from west to east."""
    if not len(points):
        return []
    blobs = shapely.get_parts(shapely.union_all(shapely.buffer(points, apart_ft / 2)))
    groups = [np.flatnonzero(shapely.intersects(blob, points)) for blob in blobs]
    return sorted(groups, key=lambda rows: shapely.get_coordinates(points[rows]).min(axis=0).tolist())
