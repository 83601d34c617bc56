"""Where each neighbourhood of a town lies: a lattice of arterials, creeks between its columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from layers.demo_town.creek import draw_creek
from layers.demo_town.drawing import Rows
from layers.demo_town.kinds import KINDS, SIDE_FT, STRIP_FT
from layers.demo_town.tile import Tile, draw_tile
from layers.grid import Floats

Size = Literal["hamlet", "town", "city", "metro"]
Flags = npt.NDArray[np.bool_]

PARCELS: dict[Size, int] = {"hamlet": 800, "town": 20_000, "city": 200_000, "metro": 1_000_000}
_DRAWINGS: dict[Size, int] = {"hamlet": 1, "town": 6, "city": 14, "metro": 24}
_COLUMNS_PER_CREEK = 9
_LOTS_PER_TILE = 232.0
_DRY_SHARE = 0.25
_HAMLET = ("old", "suburb", "estate", "works")
_ZONES: tuple[tuple[float, tuple[tuple[str, float], ...]], ...] = (
    (0.13, (("downtown", 1.0),)),
    (0.36, (("old", 0.8), ("works", 0.08), ("crescent", 0.12))),
    (0.80, (("suburb", 0.5), ("crescent", 0.34), ("works", 0.08), ("estate", 0.08))),
    (9.99, (("estate", 0.62), ("suburb", 0.3), ("works", 0.08))),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """The neighbourhoods of a town on the drawing board, in feet.

    `tiles` are the drawings; each place on the lattice has a drawing, a column, a row, and may be
    mirrored; it may lie outside the town's limits, or be dry: houses on wells, without water mains.
    `x` and `y` are the lines of the lattice; `is_strip` tells the columns that are creeks.
    """

    seed: int
    size: Size
    tiles: tuple[Tile, ...]
    tile: Rows
    column: Rows
    row: Rows
    flip_x: Flags
    flip_y: Flags
    is_outside: Flags
    is_dry: Flags
    x: Floats
    y: Floats
    is_strip: Flags

    def __len__(self) -> int:
        return len(self.tile)

    @property
    def origin(self) -> Floats:
        """The south-west corner of each place."""
        return np.column_stack([self.x[self.column], self.y[self.row]])

    @property
    def is_creek(self) -> Flags:
        """Whether each place is a stretch of creek."""
        return self.is_strip[self.column]

    def counts(self, layer: str) -> Rows:
        """How many features of a layer each place has."""
        sizes = np.array([len(tile.layers[layer]) if layer in tile.layers else 0 for tile in self.tiles])
        return np.asarray(sizes[self.tile], dtype=np.intp)

    def starts(self, layer: str) -> Rows:
        """The row of each place's first feature in the town's layer."""
        counts = self.counts(layer)
        return np.cumsum(counts) - counts

    def present(self) -> Flags:
        """Whether each cell (column, row) of the lattice has a neighbourhood or a creek."""
        cells = np.zeros((len(self.x) - 1, len(self.y) - 1), dtype=bool)
        cells[self.column, self.row] = True
        return cells


def make_plan(size: Size, seed: int) -> Plan:
    """The plan of a town whose parcels are within a few percent of what the size promises."""
    rng = np.random.default_rng([seed, 1])
    cells, ring = _cells(rng, size)
    kinds = _kinds(rng, size, ring)
    tiles, by_kind = _drawn(seed, size, kinds)
    lots = np.array([len(tile.layers["parcel"]) for tile in tiles])
    choice = np.array([rng.choice(by_kind[kind]) for kind in kinds])
    kept = _trimmed(cells, ring, lots[choice], PARCELS[size])
    return _assembled(rng, (size, seed), tiles, by_kind["creek"], (cells[kept], ring[kept], choice[kept]))


def _cells(rng: np.random.Generator, size: Size) -> tuple[Rows, Floats]:
    """Candidate cells (column, row) of a round-cornered town, nearest to the centre first."""
    if size == "hamlet":
        return np.array([(-1, 0), (0, 0), (0, 1), (-1, 1)]), np.array([0.2, 0.5, 0.9, 0.6])
    wanted = PARCELS[size] / _LOTS_PER_TILE
    radius = np.sqrt(wanted / np.pi)
    reach = int(radius * 1.45) + 2
    column, row = (grid.ravel() for grid in np.meshgrid(np.arange(-reach, reach), np.arange(-reach, reach)))
    angle = np.arctan2(row + 0.5, column + 0.5)
    bulge = np.ones(len(angle))
    for waves in (2, 3, 5):
        bulge += rng.uniform(0.03, 0.11) * np.cos(waves * angle + rng.uniform(0, 6))
    ring = np.hypot(row + 0.5, column + 0.5) / radius / bulge
    order = np.argsort(ring, kind="stable")
    return np.column_stack([column, row])[order], ring[order]


def _kinds(rng: np.random.Generator, size: Size, ring: Floats) -> list[str]:
    if size == "hamlet":
        return list(_HAMLET)
    noise = ring + rng.normal(0, 0.04, len(ring))
    noise[:3] = 0.0
    kinds = []
    for place in noise.tolist():
        shares = next(shares for limit, shares in _ZONES if place < limit)
        kinds.append(str(rng.choice([name for name, _ in shares], p=[share for _, share in shares])))
    return kinds


def _drawn(seed: int, size: Size, kinds: list[str]) -> tuple[tuple[Tile, ...], dict[str, Rows]]:
    """The drawings, and which of them belong to each kind."""
    tiles: list[Tile] = []
    by_kind: dict[str, Rows] = {}
    for stream, name in enumerate(KINDS):
        wanted = min(_DRAWINGS[size] * (2 if name in ("suburb", "crescent") else 1), kinds.count(name))
        by_kind[name] = np.arange(len(tiles), len(tiles) + wanted)
        tiles += [draw_tile(seed, 1000 * stream + number, KINDS[name]) for number in range(wanted)]
    creeks = max(2, _DRAWINGS[size])
    by_kind["creek"] = np.arange(len(tiles), len(tiles) + creeks)
    return (*tiles, *(draw_creek(seed, number) for number in range(creeks))), by_kind


def _trimmed(cells: Rows, ring: Floats, lots: Rows, wanted: int) -> Rows:
    """The nearest cells that together have the wanted lots; every row unbroken and beside a creek."""
    low, high = 1, len(cells)
    while low < high:
        middle = (low + high) // 2
        enough = lots[_filled(cells, middle)].sum() >= wanted
        low, high = (low, middle) if enough else (middle + 1, high)
    kept = _filled(cells, low)
    surplus = int(lots[kept].sum()) - wanted
    for cell in np.flatnonzero(kept)[::-1].tolist():
        without = kept.copy()
        without[cell] = False
        if 2 * surplus > lots[cell] and _is_sound(cells, without):
            kept, surplus = without, surplus - int(lots[cell])
    return np.flatnonzero(kept)


def _row_ranges(cells: Rows) -> list[tuple[int, int, int]]:
    return [
        (int(row), int(cells[cells[:, 1] == row, 0].min()), int(cells[cells[:, 1] == row, 0].max()))
        for row in np.unique(cells[:, 1])
    ]


def _filled(cells: Rows, count: int) -> Flags:
    """The first cells, with all between them in a row, and those between them and the nearest creek."""
    filled = np.zeros(len(cells), dtype=bool)
    for row, west, east in _row_ranges(cells[:count]):
        creek = round((west + east) / 2 / _COLUMNS_PER_CREEK) * _COLUMNS_PER_CREEK
        low, high = min(west, creek), max(east, creek - 1)
        filled |= (cells[:, 1] == row) & (cells[:, 0] >= low) & (cells[:, 0] <= high)
    return filled


def _is_sound(cells: Rows, kept: Flags) -> bool:
    """Whether filling the kept cells would add nothing."""
    rows = _row_ranges(cells[kept])
    unbroken = sum(east - west + 1 for _, west, east in rows) == int(kept.sum())
    beside = all(any(west <= creek <= east + 1 for creek in _creeks(west, east)) for _, west, east in rows)
    return unbroken and beside


def _creeks(west: int, east: int) -> list[int]:
    """The columns west of which a creek runs, near a range of columns."""
    first, last = west // _COLUMNS_PER_CREEK, -(-(east + 1) // _COLUMNS_PER_CREEK)
    return [number * _COLUMNS_PER_CREEK for number in range(first, last + 1)]


def _assembled(
    rng: np.random.Generator,
    what: tuple[Size, int],
    tiles: tuple[Tile, ...],
    creeks: Rows,
    chosen: tuple[Rows, Floats, Rows],
) -> Plan:
    cells, ring, choice = chosen
    column, row, is_strip = _with_strips(cells)
    is_creek = np.arange(len(column)) >= len(choice)
    tile = np.concatenate([choice, rng.choice(creeks, int(is_creek.sum()))])
    order = np.lexsort((column, row))
    is_dry = _dry(rng, tiles, tile)
    edge = np.quantile(ring, 0.96) if len(ring) > 20 else np.inf
    is_outside = np.concatenate([ring > edge, np.zeros(int(is_creek.sum()), dtype=bool)])
    return Plan(
        seed=what[1],
        size=what[0],
        tiles=tiles,
        tile=tile[order],
        column=column[order],
        row=row[order],
        flip_x=((rng.random(len(tile)) < 0.5) & ~is_creek)[order],
        flip_y=((rng.random(len(tile)) < 0.5) & ~is_creek)[order],
        is_outside=is_outside[order],
        is_dry=is_dry[order],
        x=np.concatenate([[0.0], np.cumsum(np.where(is_strip, STRIP_FT, SIDE_FT))]),
        y=np.arange(int(row.max()) + 2, dtype=np.float64) * SIDE_FT,
        is_strip=is_strip,
    )


def _with_strips(cells: Rows) -> tuple[Rows, Rows, Flags]:
    """Columns and rows of the cells, then of the creeks put in between; and which columns are creeks."""
    first = int(cells[:, 0].min())
    rows = _row_ranges(cells)
    touched = {creek for _, west, east in rows for creek in _creeks(west, east) if west <= creek <= east + 1}
    after = np.array(sorted(touched)) - first - 1
    column, row = cells[:, 0] - first, cells[:, 1] - cells[:, 1].min()
    across = int(column.max()) + 1
    column = column + np.searchsorted(after, column, side="left")
    strips = after + 1 + np.arange(len(after))
    is_strip = np.zeros(across + len(after), dtype=bool)
    is_strip[strips] = True
    extra = np.concatenate([_strip_cells(column, row, strip) for strip in strips.tolist()])
    return np.concatenate([column, extra[:, 0]]), np.concatenate([row, extra[:, 1]]), is_strip


def _dry(rng: np.random.Generator, tiles: tuple[Tile, ...], tile: Rows) -> Flags:
    """Some of the estates, at least one, have no water mains."""
    estates = np.flatnonzero(np.array([tiles[number].kind == "estate" for number in tile.tolist()]))
    is_dry = np.zeros(len(tile), dtype=bool)
    is_dry[estates[rng.random(len(estates)) < _DRY_SHARE]] = True
    is_dry[estates[-1:]] = True
    return is_dry


def _strip_cells(column: Rows, row: Rows, strip: int) -> Rows:
    beside = np.abs(column - strip) == 1
    low, high = row[beside].min(), row[beside].max()
    rows = np.arange(low, high + 1)
    return np.column_stack([np.full(len(rows), strip), rows])
