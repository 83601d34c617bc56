"""One stretch of a creek's strip: water, greenway parcels, and the interceptor sewer beside it."""

from __future__ import annotations

import numpy as np
import shapely

from layers.demo_town.drawing import Drawing, lines_of, points_of
from layers.demo_town.easements import draw_easements
from layers.demo_town.kinds import FRAME_FT, SIDE_FT, STRIP_FT
from layers.demo_town.lots import tidy_coverage, to_grain
from layers.demo_town.tile import NO_STREET, Tile, rounded_drawing
from layers.demo_town.tile_sewer import DROP_FT
from layers.grid import Floats, Geometries

SEAM_X_FT = 320.0
"""Where the interceptor crosses an arterial, from the strip's west side."""
SOUTH, NORTH = -1, -2
"""Stand-ins for the manholes on the arterials to the south and north."""
_SLOPE = 0.0012
_EVERY_FT = 365.0


def draw_creek(seed: int, stream: int) -> Tile:
    """A stretch of creek one neighbourhood long; all stretches fit end to end."""
    rng = np.random.default_rng([seed, stream, 77])
    creek = _creek_line(rng)
    parcels, right_of_way = _greenway(rng, creek)
    sewer, manholes = _interceptor(creek)
    no_water = Drawing(np.empty(0, dtype=object), {"use": np.empty(0, dtype="U14")})
    count = len(parcels)
    layers = {
        "parcel": Drawing(
            parcels,
            {
                "street": np.full(count, NO_STREET, dtype=np.intp),
                "number": np.zeros(count, dtype=np.intp),
                "width": np.zeros(count),
                "is_built": np.zeros(count, dtype=bool),
                "side": np.zeros(count, dtype=np.intp),
                **{name: np.zeros(count) for name in ("front_x", "front_y", "inward_x", "inward_y")},
            },
        ),
        "right_of_way": Drawing(np.array([right_of_way], dtype=object), {}),
        "water_body": _water(rng, creek),
        "sewer_main": sewer,
        "manhole": manholes,
        **draw_easements(rng, parcels, sewer, no_water),
    }
    rounded = {name: rounded_drawing(drawing) for name, drawing in layers.items()}
    return Tile("creek", rounded, np.empty((0, 3)), np.empty(0), 0)


def _creek_line(rng: np.random.Generator) -> Floats:
    """A winding line from the north end to the south end, which leaves straight."""
    y = np.linspace(0.0, SIDE_FT, 81)
    fade = np.sin(np.pi * y / SIDE_FT) ** 0.7
    phase, turns = rng.uniform(0, 2 * np.pi, 2), rng.uniform([1.5, 3.5], [3.0, 6.0])
    swing = 62.0 * np.sin(phase[0] + turns[0] * np.pi * y / SIDE_FT * 2)
    swing += 24.0 * np.sin(phase[1] + turns[1] * np.pi * y / SIDE_FT * 2)
    return np.column_stack([STRIP_FT / 2 - 16.0 + swing * fade, y])


def _greenway(rng: np.random.Generator, creek: Floats) -> tuple[Geometries, shapely.Geometry]:
    inner = shapely.box(FRAME_FT, FRAME_FT, STRIP_FT - FRAME_FT, SIDE_FT - FRAME_FT)
    cuts = [shapely.linestrings(creek)]
    for side in (0.0, STRIP_FT):
        for y in np.arange(1, int(rng.integers(2, 5))) * rng.uniform(420.0, 640.0):
            cuts.append(shapely.linestrings([(STRIP_FT / 2, y + 20), (side, y)]))
    noded = shapely.union_all(np.array([*cuts, shapely.boundary(inner)], dtype=object))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    faces = faces[shapely.contains(inner, shapely.point_on_surface(faces)) & (shapely.area(faces) > 4000)]
    return tidy_coverage(faces, shapely.box(0, 0, STRIP_FT, SIDE_FT))


def _water(rng: np.random.Generator, creek: Floats) -> Drawing:
    widths = 9.0 + 5.0 * np.abs(np.sin(creek[:, 1] * np.pi / SIDE_FT * 3)) * np.sin(np.pi * creek[:, 1] / SIDE_FT)
    west, east = creek - np.column_stack([widths, 0 * widths]), creek + np.column_stack([widths, 0 * widths])
    bodies = [shapely.polygons(np.concatenate([west, east[::-1]]))]
    if rng.random() < 0.35:
        middle = creek[int(rng.integers(20, 60))]
        angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        size = rng.uniform([55.0, 160.0], [80.0, 330.0]) * (1 + 0.12 * np.sin(3 * angle + 1.0))[:, None]
        bodies.append(shapely.polygons(middle + size * np.column_stack([np.cos(angle), np.sin(angle)])))
    is_pond = np.arange(len(bodies)) > 0
    return Drawing(np.array(bodies, dtype=object), {"is_pond": is_pond})


def _interceptor(creek: Floats) -> tuple[Drawing, Drawing]:
    """The trunk sewer, from the northern arterial to the southern; `rise` is above the southern manhole."""
    count = int(SIDE_FT // _EVERY_FT)
    y = np.linspace(0.0, SIDE_FT, count + 1)
    x = np.interp(y, creek[:, 1], creek[:, 0]) + 56.0
    x[[0, -1]] = SEAM_X_FT
    spots = to_grain(np.column_stack([x, y]))
    length = np.hypot(*np.diff(spots, axis=0).T)
    rise = np.concatenate([[0.0], np.cumsum(_SLOPE * length + DROP_FT)])
    inner = np.arange(count - 1)
    columns = {
        "up": np.append(inner, NORTH),
        "down": np.append(SOUTH, inner),
        "rise_up": rise[1:],
        "rise_down": rise[:-1] + DROP_FT,
        "size": np.full(count, 24.0),
        "in_yard": np.ones(count, dtype=bool),
    }
    lines = lines_of([spots[i : i + 2][::-1] for i in range(count)])
    depth = np.full(count - 1, 9.0)
    return Drawing(lines, columns), Drawing(points_of(spots[1:-1]), {"rise": rise[1:-1], "depth": depth})
