"""From the drawing board to the ground: mirrored, moved, and bent by one smooth field for the whole town."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from layers.demo_town.drawing import Drawing, Rows
from layers.demo_town.kinds import SIDE_FT
from layers.demo_town.lots import to_grain
from layers.demo_town.plan import Plan
from layers.grid import Floats, Geometries

CENTRE_FT = np.array([2_780_000.0, 205_000.0])
"""Middle of the town, EPSG:2264: in the open Atlantic, where no real parcel can be meant."""
_TURN = np.deg2rad(14.0)


@dataclass(frozen=True, slots=True)
class Ground:
    """The bending field: sums of long waves, gentle enough never to fold."""

    middle: Floats
    wave: Floats
    phase: Floats
    swing: Floats

    def place(self, board: Floats) -> Floats:
        """Coordinates on the ground (EPSG:2264) of points on the board; equal points stay equal."""
        moved = np.empty_like(board)
        for start in range(0, len(board), 1_000_000):
            part = board[start : start + 1_000_000] - self.middle
            bent = part + np.sin(part @ self.wave.T + self.phase) @ self.swing
            cos, sin = np.cos(_TURN), np.sin(_TURN)
            turned = np.column_stack([bent[:, 0] * cos - bent[:, 1] * sin, bent[:, 0] * sin + bent[:, 1] * cos])
            moved[start : start + 1_000_000] = to_grain(turned + CENTRE_FT)
        return moved

    def geometry(self, board: Geometries) -> Geometries:
        """Geometries moved from the board to the ground."""
        placed: Geometries = shapely.transform(board, self.place)
        return placed


def make_ground(plan: Plan) -> Ground:
    """The field of one town."""
    rng = np.random.default_rng([plan.seed, 2])
    length = np.array([3700.0, 5200.0, 7400.0, 9800.0, 14000.0, 24000.0, 41000.0])
    heading = rng.uniform(0, 2 * np.pi, len(length))
    toward = heading + np.pi / 2 + rng.uniform(-0.9, 0.9, len(length))
    size = 0.11 * length / (2 * np.pi) * rng.uniform(0.7, 1.3, len(length))
    wave = 2 * np.pi / length[:, None] * np.column_stack([np.cos(heading), np.sin(heading)])
    swing = size[:, None] * np.column_stack([np.cos(toward), np.sin(toward)])
    middle = np.array([plan.x[-1], plan.y[-1]]) / 2
    return Ground(middle, wave, rng.uniform(0, 2 * np.pi, len(length)), swing)


def on_board(plan: Plan, places: Rows, points: Floats) -> Floats:
    """Points of drawings, (places, points, 2), mirrored and moved to their places on the board."""
    width = (plan.x[1:] - plan.x[:-1])[plan.column[places]]
    x = np.where(plan.flip_x[places][:, None], width[:, None] - points[..., 0], points[..., 0])
    y = np.where(plan.flip_y[places][:, None], SIDE_FT - points[..., 1], points[..., 1])
    return np.stack([x, y], axis=-1) + plan.origin[places][:, None, :]


def place_layer(plan: Plan, ground: Ground, layer: str) -> Drawing:
    """One layer of the whole town, place after place; column `place` tells which one."""
    geometries, columns, order = [], [], []
    for number, tile in enumerate(plan.tiles):
        places = np.flatnonzero(plan.tile == number)
        drawing = tile.layers.get(layer)
        if drawing is None or not len(drawing) or not len(places):
            continue
        geometries.append(_copies(plan, ground, places, drawing.geometry))
        copied = {name: np.tile(column, len(places)) for name, column in drawing.columns.items()}
        columns.append({**copied, "place": np.repeat(places, len(drawing))})
        order.append(np.add.outer(plan.starts(layer)[places], np.arange(len(drawing))).ravel())
    where = np.concatenate(order)
    back = np.empty(len(where), dtype=np.intp)
    back[where] = np.arange(len(where))
    names = columns[0]
    merged = {name: np.concatenate([part[name] for part in columns])[back] for name in names}
    return Drawing(np.concatenate(geometries)[back], merged)


def _copies(plan: Plan, ground: Ground, places: Rows, geometry: Geometries) -> Geometries:
    kind, points, offsets = shapely.to_ragged_array(geometry)
    board = on_board(plan, places, points[None, :, :2].repeat(len(places), axis=0))
    placed = ground.place(board.reshape(-1, 2))
    copied = tuple(_repeated(offset.astype(np.intp), len(places)) for offset in offsets)
    made: Geometries = np.asarray(shapely.from_ragged_array(kind, placed, copied), dtype=object)
    return made


def _repeated(offsets: Rows, times: int) -> Rows:
    """Offsets of a ragged array repeated end to end."""
    steps = offsets[1:][None, :] + (np.arange(times) * offsets[-1])[:, None]
    return np.concatenate([[0], steps.ravel()])
