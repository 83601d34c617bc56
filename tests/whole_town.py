"""All drawn towns of the situations as one, with every role; it and the cases in it can be moved and turned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import cos, radians, sin
from typing import Any

import numpy as np
import shapely
import yaml
from drawn_towns import BOOKS_OF_PLACES, drawn_layer, drawn_query
from hypothesis import strategies as st

from gis_ce.checks.check import Sites
from layers.query import LayerQuery

_APART_FT = 30_000.0
_BOOKS = [yaml.safe_load(path.read_text("utf-8"))["town"] for path in BOOKS_OF_PLACES]
_QUARTERS: dict[float, tuple[float, float]] = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}


@dataclass(frozen=True)
class Pose:
    """Turned around the origin by degrees, counter-clockwise, then moved by feet."""

    turn_deg: float = 0
    east_ft: float = 0.0
    north_ft: float = 0.0

    def of(self, shape: Any) -> Any:
        """The shape in this pose; quarter turns and whole feet are exact."""
        turn = radians(self.turn_deg)
        c, s = _QUARTERS.get(self.turn_deg, (cos(turn), sin(turn)))
        return shapely.transform(
            shape, lambda xy: np.column_stack([c * xy[:, 0] - s * xy[:, 1], s * xy[:, 0] + c * xy[:, 1]]) + self._moved
        )

    @property
    def _moved(self) -> tuple[float, float]:
        return self.east_ft, self.north_ft


HERE = Pose()


def _rows() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for number, book in enumerate(_BOOKS):
        away = replace(HERE, east_ft=number * _APART_FT)
        for role, rows in book.items():
            for row in rows:
                shape = away.of(shapely.from_wkt(row["wkt"]))
                found.setdefault(role, []).append({**row, "id": f"{number}-{row['id']}", "shape": shape})
    return found


ROWS = _rows()
CORNERS = np.unique(
    np.round(np.concatenate([shapely.get_coordinates(row["shape"]) for rows in ROWS.values() for row in rows]) * 4) / 4,
    axis=0,
)


def town(pose: Pose = HERE, shuffled: np.random.Generator | None = None) -> LayerQuery:
    """The whole town in a pose; its rows in the order of the files, or shuffled."""
    layers = []
    for role, rows in ROWS.items():
        order = range(len(rows)) if shuffled is None else shuffled.permutation(len(rows)).tolist()
        layers.append(drawn_layer(role, [_posed(rows[number], pose) for number in order]))
    return drawn_query(*layers)


def _posed(row: dict[str, Any], pose: Pose) -> dict[str, Any]:
    posed = {**row, "wkt": shapely.to_wkt(pose.of(row["shape"]), rounding_precision=-1)}
    if row.get("outlet_bearing_deg") is not None:
        posed["outlet_bearing_deg"] = (row["outlet_bearing_deg"] - pose.turn_deg) % 360
    return posed


@dataclass(frozen=True)
class Case:
    """One place near a corner of something, in quarter feet, with what stands there and what is known."""

    corner: int
    east: int
    north: int
    sigma_ft: float
    structure: str
    marked: str
    obstruction: str | None
    owner: str | None
    firm: str | None
    days: int


CASES = st.builds(
    Case,
    corner=st.integers(0, len(CORNERS) - 1),
    east=st.integers(-240, 240),
    north=st.integers(-240, 240),
    sigma_ft=st.sampled_from([0.0, 0.5, 3.0, 20.0]),
    structure=st.sampled_from(["none", "shed", "fence", "post"]),
    marked=st.sampled_from(["no", "line", "point"]),
    obstruction=st.sampled_from([None, "vehicle", "vegetation"]),
    owner=st.sampled_from([None, "SMITH JOHN A", "TOWN OF FOREST CITY"]),
    firm=st.sampled_from([None, "Able Digging"]),
    days=st.sampled_from([0, 40, 400]),
)
_SHAPES = {
    "none": None,
    "shed": shapely.box(0, 0, 12, 8),
    "fence": shapely.LineString([(-20, -10), (15, 5), (30, 40)]),
    "post": shapely.Point(0, 0),
    "no": None,
    "line": shapely.LineString([(-30, 2), (30, 3)]),
    "point": shapely.Point(1.5, -1),
}


def sites(cases: Sequence[Case], pose: Pose = HERE) -> Sites:
    """The cases in a pose."""
    at = [CORNERS[case.corner] + np.array([case.east, case.north]) / 4 for case in cases]

    def there(name: str, number: int) -> Any:
        shape = _SHAPES[name]
        return None if shape is None else pose.of(shapely.transform(shape, lambda xy: xy + at[number]))

    details = {
        "marks": _column([there(case.marked, number) for number, case in enumerate(cases)]),
        "exposed": _column(
            [there("post", number) if case.marked != "no" else None for number, case in enumerate(cases)]
        ),
        "obstruction": _column([case.obstruction for case in cases]),
        "other_owner": _column([case.owner for case in cases]),
        "firm": _column([case.firm for case in cases]),
    }
    return Sites(
        _column([there("post", number) for number in range(len(cases))]),
        _column([there(case.structure, number) for number, case in enumerate(cases)]),
        np.array([case.sigma_ft for case in cases], dtype=np.float64),
        np.array([np.datetime64("2025-10-06") + case.days for case in cases], dtype="datetime64[D]"),
        details,
    )


def _column(values: Sequence[Any]) -> Any:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column
