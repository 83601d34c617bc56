"""One neighbourhood, drawn once on the board and then placed many times over the town."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from layers.demo_town.buildings import draw_buildings
from layers.demo_town.drawing import Drawing, Rows, lines_of, points_of
from layers.demo_town.easements import draw_easements
from layers.demo_town.kinds import SIDE_FT, Kind
from layers.demo_town.lots import Lots, lots_between, to_grain
from layers.demo_town.streets import Streets, street_plan
from layers.demo_town.tile_sewer import draw_sewer
from layers.demo_town.tile_water import draw_water
from layers.grid import Floats

_TRIES = 60
ARTERIAL = -1
NO_STREET = -2


@dataclass(frozen=True, slots=True)
class Tile:
    """The drawings of one neighbourhood by subject, and where it meets the arterials.

    `gate` holds a row (x, y, side) for each water main that leaves, `outlet` the sewer's (x, y).
    """

    kind: str
    layers: dict[str, Drawing]
    gate: Floats
    outlet: Floats
    street_count: int


def draw_tile(seed: int, stream: int, kind: Kind) -> Tile:
    """A neighbourhood of a kind; draws again until its streets hang together."""
    for attempt in range(_TRIES):
        rng = np.random.default_rng([seed, stream, attempt])
        streets = street_plan(rng, kind)
        if sum(edge.length_ft for edge in streets.edges) >= kind.least_street_ft:
            tile = _filled(rng, kind, streets)
            if tile is not None:
                return tile
    raise RuntimeError(f"No neighbourhood of the kind {kind.name} came out of {_TRIES} draws with seed {seed}.")


def _filled(rng: np.random.Generator, kind: Kind, streets: Streets) -> Tile | None:
    try:
        lots = lots_between(rng, kind, streets)
    except ValueError:
        return None
    water, ends = draw_water(rng, kind, streets)
    sewer, outlet = draw_sewer(rng, streets)
    yard = sewer["sewer_main"].geometry[sewer["sewer_main"].columns["in_yard"].astype(bool)]
    buildings = _clear_of(rng, draw_buildings(rng, kind, lots), yard)
    facing, number = _facing(streets, lots)
    house = _houses(lots, buildings)
    layers = {
        **water,
        **sewer,
        "parcel": _parcels(lots, facing, number, house >= 0),
        "right_of_way": Drawing(np.array([lots.right_of_way], dtype=object), {}),
        "building": buildings,
        "street": _street_lines(streets),
        "water_body": _ponds(rng, lots),
        **_services(lots, facing, house, buildings, water["water_main"], sewer["sewer_main"]),
        **draw_easements(rng, lots.parcels, sewer["sewer_main"], water["water_main"]),
    }
    sides = np.array([streets.gate_side[gate] for gate in streets.gates()])
    gates = np.column_stack([ends, sides])
    rounded = {name: rounded_drawing(drawing) for name, drawing in layers.items()}
    return Tile(kind.name, rounded, to_grain(gates), to_grain(streets.nodes[outlet]), streets.street_count)


def _houses(lots: Lots, buildings: Drawing) -> Rows:
    """The row of each lot's house, -1 where it has none."""
    house = np.full(len(lots.parcels), -1, dtype=np.intp)
    houses = np.flatnonzero(~buildings.columns["is_shed"].astype(bool))
    house[buildings.rows("parcel")[houses]] = houses
    return house


def _parcels(lots: Lots, facing: Rows, number: Rows, is_built: npt.NDArray[np.bool_]) -> Drawing:
    columns = {
        "street": facing,
        "number": number,
        "width": lots.width_ft,
        "is_built": is_built,
        "side": _frame_distance(lots.front).argmin(axis=1),
        "front_x": lots.front[:, 0],
        "front_y": lots.front[:, 1],
        "inward_x": lots.inward[:, 0],
        "inward_y": lots.inward[:, 1],
    }
    return Drawing(lots.parcels, columns)


def _frame_distance(points: Floats) -> Floats:
    return np.column_stack([points[:, 1], SIDE_FT - points[:, 0], SIDE_FT - points[:, 1], points[:, 0]])


def rounded_drawing(drawing: Drawing) -> Drawing:
    """The same drawing with all coordinates on the shared grain."""
    return Drawing(shapely.transform(drawing.geometry, to_grain), drawing.columns)


def _clear_of(rng: np.random.Generator, buildings: Drawing, yard: npt.NDArray[np.object_]) -> Drawing:
    """Buildings off the sewers in back yards, but for a few that an officer should find."""
    if not len(yard):
        return buildings
    near = shapely.distance(buildings.geometry, shapely.union_all(yard)) < 10.0
    forgiven = rng.random(len(buildings)) < np.where(buildings.columns["is_shed"].astype(bool), 0.5, 0.04)
    return buildings.take(np.flatnonzero(~near | forgiven))


def _facing(streets: Streets, lots: Lots) -> tuple[Rows, Rows]:
    """The street each lot faces (-1 an arterial, -2 none) and its place along it, odd on the left."""
    lines = lines_of([edge.points for edge in streets.edges])
    front = points_of(lots.front)
    near = shapely.STRtree(lines).nearest(front)
    distance = shapely.distance(lines[near], front)
    street = np.array([edge.street for edge in streets.edges], dtype=np.intp)[near]
    facing = np.where(distance < 70.0, street, ARTERIAL)
    facing[lots.width_ft == 0] = NO_STREET
    along = shapely.line_locate_point(lines[near], front)
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines[near], along + 2.0))
    behind = shapely.get_coordinates(shapely.line_interpolate_point(lines[near], along - 2.0))
    step, out = ahead - behind, lots.front - behind
    left = step[:, 0] * out[:, 1] - step[:, 1] * out[:, 0] > 0
    order = np.lexsort((along, near, left, facing))
    group = facing[order] * 2 + left[order]
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    number = np.empty(len(order), dtype=np.intp)
    number[order] = 100 + 4 * rank + left[order]
    return facing, number


def _street_lines(streets: Streets) -> Drawing:
    dead = set(streets.dead_ends())
    ends = np.array([edge.start in dead or edge.end in dead for edge in streets.edges], dtype=bool)
    number = np.array([edge.street for edge in streets.edges], dtype=np.intp)
    return Drawing(lines_of([edge.points for edge in streets.edges]), {"street": number, "is_dead_end": ends})


def _ponds(rng: np.random.Generator, lots: Lots) -> Drawing:
    """A pond in some of the larger commons."""
    commons = lots.parcels[(lots.width_ft == 0) & (shapely.area(lots.parcels) > 26000)]
    ponds = shapely.buffer(shapely.buffer(commons, -62.0, quad_segs=3), 30.0, quad_segs=3)
    kept = (rng.random(len(ponds)) < 0.6) & (shapely.get_type_id(ponds) == 3) & (shapely.area(ponds) > 4000)
    return Drawing(np.asarray(ponds[kept], dtype=object), {"is_pond": np.ones(int(kept.sum()), dtype=bool)})


def _services(
    lots: Lots, facing: Rows, house: Rows, buildings: Drawing, water: Drawing, sewer: Drawing
) -> dict[str, Drawing]:
    """Meters, addresses and house connections; `main` is the row of the main, -1 where it lies in an arterial."""
    rows = np.flatnonzero(house >= 0)
    meter = lots.front[rows] - 1.5 * lots.inward[rows]
    sideways = np.column_stack([lots.inward[rows][:, 1], -lots.inward[rows][:, 0]])
    cleanout = lots.front[rows] + 9.0 * sideways + 6.0 * lots.inward[rows]
    door = shapely.get_coordinates(shapely.point_on_surface(buildings.geometry[house[rows]]))
    serving = np.flatnonzero(water.columns["use"] == "distribution")
    tap = serving[shapely.STRtree(water.geometry[serving]).nearest(points_of(meter))]
    in_street = np.flatnonzero(~sewer.columns["in_yard"].astype(bool))
    drain = in_street[shapely.STRtree(sewer.geometry[in_street]).nearest(points_of(cleanout))]
    local = facing[rows] >= 0
    far = shapely.distance(sewer.geometry[drain], points_of(cleanout)) > 110.0
    return {
        "meter": Drawing(points_of(meter), {"parcel": rows, "main": np.where(local, tap, -1)}),
        "cleanout": Drawing(points_of(cleanout), {"parcel": rows, "main": np.where(local & ~far, drain, -1)}),
        "address": Drawing(points_of(door), {"parcel": rows}),
    }
