"""What lies around a place, as a still map draws it: features of some roles within a frame, with their labels."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import shapely

from layers.features import Features
from layers.grid import Geometries, Rows
from layers.query import LayerQuery
from maps.still_shapes import Drawn, Frame
from maps.style import Look, style

LAND = ("right_of_way", "parcel", "water_body", "building", "street")
NETWORK = ("lateral", "sewer_main", "water_main", "manhole", "valve", "blowoff", "meter", "hydrant")
LABELLED = ("street", "sewer_main", "water_main", "manhole", "hydrant")
_AS_ID = ("manhole", "hydrant")


def around(
    query: LayerQuery, frame: Frame, roles: Sequence[str], labelled: Collection[str] = LABELLED
) -> Iterator[Drawn]:
    """The features of each role that has a layer, where they meet the frame; those of some roles with labels.

    The name of a street stands once, on the piece of it that is longest within the frame.
    """
    window = np.array([shapely.box(frame.west, frame.south, frame.east, frame.north)], dtype=object)
    for role in (role for role in roles if query.has(role)):
        look, features = style().roles[role], query.features(role)
        rows = query.intersecting(role, window).feature
        names = named_streets(query, rows, window) if role == "street" and role in labelled else None
        for row in rows.tolist():
            label = label_of(features, row, role, look) if role in labelled and names is None else ""
            yield Drawn(features.geometry[row], look, label if names is None else names.get(row, ""))


def named_streets(query: LayerQuery, rows: Rows, window: Geometries) -> dict[int, str]:
    """The name of each street once, on the piece of it that is longest within the frame."""
    streets = query.features("street")
    seen_ft = shapely.length(shapely.intersection(np.asarray(streets.geometry[rows], dtype=object), window))
    longest: dict[str, int] = {}
    for row in rows[np.lexsort((rows, -seen_ft))].tolist():
        longest.setdefault(str(streets.texts("name")[row] or ""), row)
    return {row: name for name, row in longest.items() if name}


def label_of(features: Features, row: int, role: str, look: Look) -> str:
    """The label of a feature: its id, or the fields that the style names for its role."""
    if role in _AS_ID:
        return str(features.texts("facility_id")[row] or "")
    words = []
    for name in look.label:
        if name == "{diameter_in}":
            size = float(features.numbers("diameter_in")[row])
            words.append(f'{size:g}"' if np.isfinite(size) else "")
        elif name.isupper():
            words.append(name)
        else:
            words.append(str(features.texts(name)[row] or ""))
    return " ".join(word for word in words if word)
