"""Places in a made-up town where the answer is known, written beside its city file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import shapely

from layers.demo_town.drawing import Rows
from layers.demo_town.land import Layer
from layers.demo_town.placing import CENTRE_FT
from layers.demo_town.write import EPSG
from layers.grid import Geometries, Grid

FILE_NAME = "situations.json"


@dataclass(frozen=True, slots=True)
class Situation:
    """A named place, in feet on the grid and in degrees, and the ids of what is there."""

    name: str
    story: str
    easting_ft: float
    northing_ft: float
    lon: float
    lat: float
    facts: dict[str, str]


def read_situations(folder: Path) -> dict[str, Situation]:
    """The situations of a town that was made in the folder, by name."""
    rows = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
    return {row["name"]: Situation(**row) for row in rows}


def write_situations(folder: Path, layers: dict[str, Layer]) -> None:
    """Looks for one place of each kind in the town's layers and writes those it finds."""
    found = [place for look in _LOOKS if (place := look(layers)) is not None]
    text = json.dumps([asdict(situation) for situation in found], indent=1)
    (folder / FILE_NAME).write_text(text + "\n", encoding="utf-8")


def _situation(name: str, story: str, point: shapely.Geometry, **facts: str | None) -> Situation:
    lonlat = Grid(EPSG).to_lonlat(np.array([point], dtype=object))
    easting_ft, northing_ft = shapely.get_coordinates(point)[0].tolist()
    lon, lat = shapely.get_coordinates(lonlat)[0].round(9).tolist()
    known = {key: value for key, value in facts.items() if value is not None}
    return Situation(name, story, easting_ft, northing_ft, lon, lat, known)


def _text(layer: Layer, column: str, row: int) -> str | None:
    value = layer[1][column][row].as_py()
    return None if value is None else str(value)


def _is(layer: Layer, column: str, value: str) -> np.ndarray:
    return np.array(layer[1][column].to_numpy(zero_copy_only=False) == value, dtype=bool)


def _near_middle(geometry: Geometries, rows: Rows) -> Rows:
    """The rows, nearest to the town's middle first."""
    away = shapely.distance(geometry[rows], shapely.points(CENTRE_FT))
    return np.asarray(rows[np.argsort(away, kind="stable")])


def _plain_main(layers: dict[str, Layer]) -> int:
    """An active, city-owned 8 inch water main, long enough to stand beside."""
    mains = layers["water_mains"]
    size = mains[1]["DIAMETER"].to_numpy(zero_copy_only=False)
    good = _is(mains, "STATUS", "ACT") & _is(mains, "OWNEDBY", "CITY") & (size == 8.0)
    good &= shapely.length(mains[0]) > 150.0
    return int(_near_middle(mains[0], np.flatnonzero(good))[0])


def _beside(line: shapely.Geometry, away_ft: float) -> shapely.Geometry:
    """A point beside the middle of a line."""
    lines = np.array([line] * 3, dtype=object)
    spots = shapely.line_interpolate_point(lines, shapely.length(lines) / 2 + np.array([-0.5, 0.0, 0.5]))
    ahead = shapely.get_coordinates(spots)
    step = (ahead[2] - ahead[0]) / np.hypot(*(ahead[2] - ahead[0]))
    place: shapely.Geometry = shapely.points(ahead[1] + away_ft * np.array([-step[1], step[0]]))
    return place


def _damage_on_main(layers: dict[str, Layer]) -> Situation | None:
    mains, row = layers["water_mains"], _plain_main(layers)
    return _situation("damage_on_main", "A damage right on an 8 inch water main.",
                      _beside(mains[0][row], 0.0), facility_id=_text(mains, "FACILITYID", row))  # fmt: skip


def _dig_beside_main(layers: dict[str, Layer]) -> Situation | None:
    mains, row = layers["water_mains"], _plain_main(layers)
    return _situation("dig_beside_main", "A hole 30 ft from the middle of an 8 inch water main, well outside its zone.",
                      _beside(mains[0][row], 30.0), facility_id=_text(mains, "FACILITYID", row))  # fmt: skip


def _building_on_easement(layers: dict[str, Layer]) -> Situation | None:
    buildings, easements = layers["buildings"], layers["easements_recorded"]
    building, easement = shapely.STRtree(easements[0]).query(buildings[0], predicate="intersects")
    taken = shapely.area(shapely.intersection(shapely.make_valid(buildings[0][building]), easements[0][easement]))
    rows = np.flatnonzero(taken > 20.0)
    if not len(rows):
        return None
    best = int(_near_middle(buildings[0][building], rows)[0])
    point = shapely.point_on_surface(shapely.intersection(buildings[0][building[best]], easements[0][easement[best]]))
    return _situation("building_on_easement", "A shed or house that stands on a recorded easement.", point,
                      building_id=_text(buildings, "BLDG_ID", building[best]),
                      easement_id=_text(easements, "EASE_ID", easement[best]),
                      parcel_id=_text(buildings, "PARCEL_ID", building[best]))  # fmt: skip


def _house_on_well(layers: dict[str, Layer]) -> Situation | None:
    """The house farthest from any water main."""
    addresses, mains = layers["addresses"], layers["water_mains"]
    near, away = shapely.STRtree(mains[0]).query_nearest(addresses[0], return_distance=True, all_matches=False)
    row = int(near[0][int(np.argmax(away))])
    return _situation("house_beyond_100_ft_of_water", "A house on a well: no water main within 100 ft of its lot.",
                      addresses[0][row], address=_text(addresses, "FULLADDR", row),
                      parcel_id=_text(addresses, "PARCEL_ID", row))  # fmt: skip


def _blocked_hydrant(layers: dict[str, Layer]) -> Situation | None:
    hydrants = layers["hydrants"]
    row = int(_near_middle(hydrants[0], np.flatnonzero(_is(hydrants, "STATUS", "ACT")))[0])
    point = shapely.points(shapely.get_coordinates(hydrants[0][row])[0] + np.array([2.0, 1.0]))
    return _situation("shrub_at_hydrant", "A shrub 2.2 ft from a hydrant.", point,
                      facility_id=_text(hydrants, "FACILITYID", row))  # fmt: skip


def _leak_in_street(layers: dict[str, Layer]) -> Situation | None:
    streets = layers["streets"]
    long = np.flatnonzero(_is(streets, "OWNER", "city") & (shapely.length(streets[0]) > 200.0))
    row = int(_near_middle(streets[0], long)[0])
    return _situation("leak_in_street", "A leak in the middle of a street: in the right of way.",
                      _beside(streets[0][row], 0.0), street_id=_text(streets, "STREET_ID", row))  # fmt: skip


def _overflow(layers: dict[str, Layer]) -> Situation | None:
    """An overflowing manhole in a back yard."""
    mains, holes = layers["sewer_mains"], layers["manholes"]
    yards = np.unique(shapely.STRtree(mains[0]).query(layers["easements_recorded"][0], predicate="intersects")[1])
    row = int(_near_middle(mains[0], yards)[0])
    node = _text(mains, "UPSMH", row)
    hole = int(np.flatnonzero(_is(holes, "FACILITYID", node or ""))[0])
    return _situation("overflow_at_manhole", "A sewer overflow at a manhole whose main runs through an easement.",
                      holes[0][hole], facility_id=node, main_id=_text(mains, "FACILITYID", row))  # fmt: skip


def _dig_on_ticket(layers: dict[str, Layer]) -> Situation | None:
    tickets = layers["locate_tickets"]
    row = len(tickets[0]) - 1
    return _situation("dig_on_ticket", "Digging inside the area of the latest locate ticket.",
                      shapely.centroid(tickets[0][row]), ticket_number=_text(tickets, "TICKET", row))  # fmt: skip


def _outside(layers: dict[str, Layer]) -> Situation | None:
    east = shapely.bounds(layers["town_limits"][0][0])[2]
    return _situation("outside_town", "A place a mile east of the town.", shapely.points(east + 5280.0, CENTRE_FT[1]))


def _pipe_under_creek(layers: dict[str, Layer]) -> Situation | None:
    water, mains = layers["water_bodies"], layers["sewer_mains"]
    creeks = np.flatnonzero(_is(water, "KIND", "creek"))
    line, body = shapely.STRtree(water[0][creeks]).query(mains[0], predicate="crosses")
    body = creeks[body]
    if not len(line):
        return None
    point = shapely.point_on_surface(shapely.intersection(mains[0][line[0]], water[0][body[0]]))
    return _situation("pipe_under_creek", "A sewer main under the creek.", point,
                      facility_id=_text(mains, "FACILITYID", int(line[0])),
                      water_body=_text(water, "NAME", int(body[0])))  # fmt: skip


_LOOKS = (
    _damage_on_main,
    _dig_beside_main,
    _building_on_easement,
    _house_on_well,
    _blocked_hydrant,
    _leak_in_street,
    _overflow,
    _dig_on_ticket,
    _outside,
    _pipe_under_creek,
)
