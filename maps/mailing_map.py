"""The map of a mailing: the parcels on the list, the neighbours left out, the line, and where it begins."""

from __future__ import annotations

import shapely

from layers.grid import Rows
from layers.query import LayerQuery
from maps.around import around
from maps.still_map import frame_around, still_map
from maps.still_shapes import Drawn
from maps.style import style

_LEAST_FT = 400.0
_AROUND = ("right_of_way", "water_body", "building", "street")
_BUILDINGS_TO_FT = 3_000.0
"""In a wider frame houses are specks and are left out."""


def mailing_map(query: LayerQuery, on_list: Rows, left_out: Rows, line: Rows, start: tuple[float, float]) -> bytes:
    """The map as SVG: rows of `parcel` on the list and of those left out, rows of `sewer_main` of the line."""
    looks = style().mailing
    land, mains = query.features("parcel"), query.features("sewer_main")
    place = shapely.Point(*start)
    frame = frame_around([*land.geometry[on_list], *mains.geometry[line], place], _LEAST_FT)
    wide = frame.east - frame.west > _BUILDINGS_TO_FT
    roles = [role for role in _AROUND if not (wide and role == "building")]
    items = list(around(query, frame, roles, labelled=() if wide else ("street",)))
    items += [Drawn(land.geometry[row], looks["mailed"]) for row in on_list.tolist()]
    items += [Drawn(land.geometry[row], looks["left_out"]) for row in left_out.tolist()]
    items += [Drawn(mains.geometry[row], looks["line"], strong=True) for row in line.tolist()]
    items.append(Drawn(place, looks["start"], "", strong=True))
    return still_map(items, frame)
