"""The map of an exhibit: the evidence of one decision at an engineer's scale, and where in the town that is."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from gis_ce.actions.exhibit_facts import ExhibitFacts, PhotoAt
from gis_ce.checks.wording import feet
from gis_ce.decision import RADIUS_95
from layers.grid import Grid
from layers.query import LayerQuery
from maps.around import LAND, NETWORK, around
from maps.case_pictures import drawn_evidence, shape_of
from maps.exhibit_frame import SCALES_FT, engineers_scale, frame_at
from maps.still_labels import Box
from maps.still_map import cut_to, legend_lines, north_arrow, scale_bar, svg_of
from maps.still_shapes import PER_INCH, Drawn, Frame
from maps.style import style

WIDTH_IN, HEIGHT_IN = 7.5, 5.2
"""The size of the map on the paper."""
INSET_IN = 1.7
_MEASURED = ("site", "structure", "distance", "encroached", "clearance", "address", "listed")
_ELSE = ("parcel", "ticket", "easement", "facility", "main")
_TELLS_ENOUGH = ("distance", "encroached", "clearance", "listed")
_FINE_TO_FT, _HOUSES_TO_FT, _PARCELS_TO_FT, _IDS_TO_FT, _STREETS_TO_FT = 60, 300, 50, 100, 1500
"""Up to how many feet to an inch laterals and meters, houses, names of parcels, ids and names of streets are drawn."""
_FINE = ("lateral", "meter")
_INSET_TIMES, _INSET_LEAST_FT = 15, 500
_LOOK_IN, _PHOTOS_TO_FT = 0.4, 150.0


@dataclass(frozen=True, slots=True)
class ExhibitMap:
    """The map with its legend as SVG, as high as it came out, with its scale; and the picture of where that is."""

    svg: bytes
    height_in: float
    feet_per_inch: int
    frame: Frame
    inset: bytes
    inset_feet_per_inch: int
    roles: tuple[str, ...]


def exhibit_map(facts: ExhibitFacts, seen: LayerQuery | None, today: LayerQuery) -> ExhibitMap:
    """The map of an exhibit. `seen` are the layers as the decision saw them, which go before those of `today`."""
    evidence, ring, grid = list(drawn_evidence(facts.features)), _ring(facts), Grid(today.grid_epsg)
    focus = [item.geometry for item in (*_place(facts, evidence), *ring)] + list(_focus(facts, grid))
    scale = engineers_scale(focus, WIDTH_IN, HEIGHT_IN)
    frame = frame_at(focus, scale, WIDTH_IN, HEIGHT_IN)
    roles = _roles(scale, seen)
    named = {item.label.rpartition(" ")[2] for item in evidence} | {item.label for item in evidence}
    items = [
        *(_once(item, named) for item in _context(frame, scale, roles, seen, today)),
        *evidence,
        *_place(facts, evidence),
        *ring,
        *_marks(facts),
        *_photos(facts, frame, grid),
    ]
    shown = cut_to([_as_mark(item) for item in items], frame)
    legend, below = legend_lines(shown, frame)
    furniture = [*scale_bar(frame, float(scale)), *north_arrow(frame), *legend]
    svg = svg_of(shown, frame, furniture, below, _kept_free(frame))
    inset, inset_scale = _inset(frame, scale, today)
    drawn = tuple(role for role in roles if _of(role, seen, today).has(role))
    return ExhibitMap(svg, HEIGHT_IN + below / PER_INCH, scale, frame, inset, inset_scale, drawn)


def true_north(point: Point, grid: Grid) -> float:
    """How many degrees clockwise from the grid's north true north lies at a place."""
    lonlat = grid.to_lonlat(np.array([point], dtype=object))[0]
    ahead = grid.from_lonlat(np.array([Point(lonlat.x, lonlat.y + 0.001)], dtype=object))[0]
    return math.degrees(math.atan2(ahead.x - point.x, ahead.y - point.y))


def _of(role: str, seen: LayerQuery | None, today: LayerQuery) -> LayerQuery:
    return seen if seen is not None and seen.has(role) else today


def _roles(scale: int, seen: LayerQuery | None) -> tuple[str, ...]:
    """The land, and of the network what the decision looked at: an exhibit shows no main that it does not turn on."""
    land = [role for role in LAND if role != "building" or scale <= _HOUSES_TO_FT]
    network = [role for role in NETWORK if seen is not None and seen.has(role)]
    return (*land, *(role for role in network if role not in _FINE or scale <= _FINE_TO_FT))


def _context(
    frame: Frame, scale: int, roles: Sequence[str], seen: LayerQuery | None, today: LayerQuery
) -> Iterator[Drawn]:
    limits = {"street": _STREETS_TO_FT, "hydrant": _IDS_TO_FT, "manhole": _IDS_TO_FT, "parcel": _PARCELS_TO_FT}
    labelled = [role for role, limit in limits.items() if scale <= limit]
    for role in roles:
        yield from around(_of(role, seen, today), frame, [role], labelled)


def _once(item: Drawn, named: Collection[str]) -> Drawn:
    """What lies around without a label that the evidence bears already."""
    return replace(item, label="") if item.label in named else item


def _focus(facts: ExhibitFacts, grid: Grid) -> Iterator[BaseGeometry]:
    """What must be seen whole: what was measured; where nothing was, the land or line that it turned on.

    Photos are, where they were taken near the place.
    """
    for photo in facts.photos:
        if (at := _photo_at(photo, grid)).distance(facts.place) <= _PHOTOS_TO_FT:
            yield at
    shapes = [(each["properties"]["kind"], shape_of(each)) for each in facts.features]
    kinds = {kind for kind, _ in shapes}
    wanted = _MEASURED if kinds.intersection(_TELLS_ENOUGH) else (*_MEASURED, *_ELSE)
    yield from (shape for kind, shape in shapes if kind in wanted)


def _place(facts: ExhibitFacts, evidence: Sequence[Drawn]) -> list[Drawn]:
    """The place itself, where the evidence does not have it."""
    looks = style().evidence
    has = any(item.look in (looks["site"], looks["structure"]) for item in evidence)
    return [] if has else [Drawn(facts.place, looks["site"], strong=True)]


def _ring(facts: ExhibitFacts) -> list[Drawn]:
    """How far off the place may be, or what stands there; none where it is taken as exact."""
    radius = RADIUS_95 * facts.sigma_ft
    if radius <= 0:
        return []
    built = [shape_of(each) for each in facts.features if each["properties"]["kind"] == "structure"]
    edge = shapely.boundary(shapely.buffer(built[0] if built else facts.place, radius))
    look = style().exhibit["uncertainty"]
    return [Drawn(edge, look, f"position ±{feet(radius)}", strong=True)]


def _marks(facts: ExhibitFacts) -> list[Drawn]:
    """The locator's marks, where the evidence does not draw them already."""
    if facts.marks is None or any(each["properties"]["label"] == "mark" for each in facts.features):
        return []
    return [Drawn(facts.marks, style().exhibit["mark"], "mark", strong=True)]


def _as_mark(item: Drawn) -> Drawn:
    """A mark of the locator is no main of the map: it is drawn otherwise."""
    if item.label != "mark":
        return item
    return replace(item, look=replace(style().exhibit["mark"], colour=item.look.colour))


def _photos(facts: ExhibitFacts, frame: Frame, grid: Grid) -> Iterator[Drawn]:
    """Where photos were taken, each with a line the way it looks."""
    turned = true_north(shapely.centroid(facts.place), grid) if facts.photos else 0.0
    for photo in facts.photos:
        point = _photo_at(photo, grid)
        look = style().exhibit["photo"]
        if photo.bearing is not None:
            yield Drawn(_sight(point, photo, turned, frame), look, strong=True)
        yield Drawn(point, look, photo.label, strong=True)


def _photo_at(photo: PhotoAt, grid: Grid) -> Point:
    moved: Point = grid.from_lonlat(np.array([Point(photo.lon, photo.lat)], dtype=object))[0]
    return moved


def _sight(point: Point, photo: PhotoAt, turned: float, frame: Frame) -> LineString:
    angle, length = math.radians((photo.bearing or 0.0) + turned), _LOOK_IN * PER_INCH / frame.per_ft
    ahead = (point.x + length * math.sin(angle), point.y + length * math.cos(angle))
    return LineString([(point.x, point.y), ahead])


def _inset(frame: Frame, scale: int, query: LayerQuery) -> tuple[bytes, int]:
    """Where in the town the map lies: the streets around it, and its outline."""
    outline = shapely.box(frame.west, frame.south, frame.east, frame.north)
    wanted = max(scale * _INSET_TIMES, _INSET_LEAST_FT)
    wide = next((each for each in SCALES_FT if each >= wanted), SCALES_FT[-1])
    whole = frame_at([outline], wide, INSET_IN, INSET_IN)
    named = ("street",) if wide <= _STREETS_TO_FT else ()
    here = Drawn(outline.boundary, style().exhibit["this_map"], strong=True)
    shown = cut_to([*around(query, whole, ("water_body", "street"), named), here], whole)
    return svg_of(shown, whole, list(north_arrow(whole)), 0.0, [(whole.width - 60, 0, whole.width, 80)]), wide


def _kept_free(frame: Frame) -> list[Box]:
    return [(0.0, frame.height - 48, PER_INCH + 40, frame.height), (frame.width - 60, 0, frame.width, 90)]
