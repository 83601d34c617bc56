"""From the table of cases, and from what was found by words, to messages for the officers' map."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import shapely

from api.case_places import Message
from gis_ce.case_table_of_map import CaseTable
from gis_ce.place_search import Hit
from gis_ce.process import Process
from layers.grid import Floats, Grid

_PLACES = 7


def table_message(table: CaseTable, processes: Mapping[str, Process], now: datetime, grid: Grid) -> Message:
    """The table in columns, which is a third of the size of rows; `steps` are numbers into the words of the maps."""
    columns = {name: [_plain(value) for value in values] for name, values in table.columns.items()}
    lonlat = _degrees(table.xy, grid)
    kinds = sorted({*columns["type"], *processes})
    return {
        "now": now.isoformat(),
        "more": table.more,
        "types": {kind: {"title": processes[kind].title if kind in processes else kind} for kind in kinds},
        "steps": {kind: _steps(processes[kind]) for kind in sorted(set(columns["type"])) if kind in processes},
        "columns": {**columns, "lon": lonlat[0], "lat": lonlat[1]},
    }


def hits_message(hits: Sequence[Hit], grid: Grid) -> Message:
    """What was found by words, in degrees."""
    xy = np.array([[hit.place.x, hit.place.y] for hit in hits]).reshape(-1, 2)
    lon, lat = _degrees(xy, grid)
    return {
        "hits": [
            {"kind": hit.kind, "role": hit.role, "label": hit.label, "lon": lon[at], "lat": lat[at]}
            for at, hit in enumerate(hits)
        ]
    }


def _steps(process: Process) -> dict[str, str]:
    return {step.id: step.text for step in process.steps.values()}


def _degrees(xy: Floats, grid: Grid) -> tuple[list[float | None], list[float | None]]:
    there = np.isfinite(xy[:, 0])
    moved = np.full(xy.shape, np.nan)
    if there.any():
        points = np.asarray(shapely.points(xy[there]), dtype=object)
        moved[there] = np.round(shapely.get_coordinates(grid.to_lonlat(points)), _PLACES)
    return _known(moved[:, 0]), _known(moved[:, 1])


def _known(column: Floats) -> list[float | None]:
    return [None if math.isnan(value) else value for value in column.tolist()]


def _plain(value: Any) -> Any:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
