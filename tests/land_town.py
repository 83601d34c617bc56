"""A drawn town of blocks, streets, mains, services and owners, turned so that nothing lies along an axis."""

from __future__ import annotations

import numpy as np
import shapely
from drawn_towns import drawn_layer, drawn_query
from shapely.affinity import rotate

from layers.grid import Geometries
from layers.query import LayerQuery

LOT, STREET, ACROSS = 80.0, 60.0, 5
BLOCK_X, BLOCK_Y = ACROSS * LOT + STREET, 2 * LOT + STREET
PUBLIC = ("FOREST CITY TOWN OF", "TOWN OF FOREST CITY", "Forest City, Town of", "STATE OF NORTH CAROLINA")
OWNERS = (
    *PUBLIC,
    *(f"OWNER NUMBER {number}" for number in range(40)),
    *(f"NUMBER {number}, OWNER" for number in range(40)),
    None,
)
_CORNER = np.array([1_100_000.0, 590_000.0])


def land_town(seed: int, blocks: int = 5) -> LayerQuery:
    """Layers of every role that checks on land ask, with no uncertainty; the same for the same seed."""
    random = np.random.default_rng(seed)
    angle = random.uniform(10, 80)

    def turned(shape: shapely.Geometry) -> shapely.Geometry:
        return shapely.transform(rotate(shape, angle, origin=(0, 0)), lambda xy: xy + _CORNER)

    lots = [
        shapely.box(x, y, x + LOT, y + LOT)
        for i in range(blocks)
        for j in range(blocks)
        for k in range(2 * ACROSS)
        for x, y in [(i * BLOCK_X + k % ACROSS * LOT, j * BLOCK_Y + k // ACROSS * LOT)]
    ]
    wide, high = blocks * BLOCK_X, blocks * BLOCK_Y
    streets = shapely.difference(shapely.box(-STREET, -STREET, wide, high), shapely.union_all(lots))
    rows = {
        "parcel": [
            {"id": f"P{n:04d}", "owner_name": random.choice(np.array((*PUBLIC * 3, *OWNERS), dtype=object)), "g": lot}
            for n, lot in enumerate(lots)
        ],
        "right_of_way": [{"id": "R1", "g": streets}],
        "water_main": _mains("W", random, blocks),
        "sewer_main": _mains("S", random, blocks),
        "easement": _easements(random, wide, high),
        "jurisdiction": _limits(wide, high),
        **_services(random, blocks),
    }
    layers = [
        drawn_layer(role, [{**row, "wkt": shapely.to_wkt(turned(row.pop("g")), rounding_precision=-1)} for row in of])
        for role, of in rows.items()
    ]
    return drawn_query(*layers)


def _mains(letter: str, random: np.random.Generator, blocks: int) -> list[dict[str, object]]:
    """One main in most streets, at some offset; some abandoned, private or for transmission."""
    found = []
    for j in range(blocks + 1):
        y = j * BLOCK_Y - STREET + random.uniform(5, 55)
        ends = sorted(random.uniform(-STREET, blocks * BLOCK_X, 2))
        middle, end = y + random.uniform(-3, 3, 2)
        found.append(shapely.LineString([(ends[0], y), (sum(ends) / 2, middle), (ends[1], end)]))
    for i in range(blocks + 1):
        x = i * BLOCK_X - STREET + random.uniform(5, 55)
        ends = random.uniform((-60, 300), (300, blocks * BLOCK_Y))
        found.append(shapely.LineString([(x, ends[0]), (x + random.uniform(-4, 4), ends[1])]))
    across = random.uniform(0, blocks * BLOCK_Y, (3, 4, 2)) + np.array([0, 1])
    found += list(shapely.linestrings(across))
    status = random.choice(
        np.array(["active", "abandoned", "removed", None], dtype=object), len(found), p=[0.6, 0.1, 0.1, 0.2]
    )
    owner = random.choice(np.array(["city", "private", None], dtype=object), len(found), p=[0.6, 0.15, 0.25])
    use = random.choice(np.array(["transmission", None], dtype=object), len(found), p=[0.1, 0.9])
    return [
        {"id": f"{letter}{n:03d}", "g": line, "status": status[n], "owner": owner[n], "use": use[n]}
        for n, line in enumerate(found)
    ]


def _easements(random: np.random.Generator, wide: float, high: float) -> list[dict[str, object]]:
    starts = random.uniform(0, (wide, high), (30, 1, 2))
    lines = shapely.linestrings(starts + np.cumsum(random.normal(0, 60, (30, 3, 2)), axis=1))
    strips = shapely.buffer(lines, random.uniform(5, 20, 30), cap_style="flat", join_style="mitre")
    return [{"id": f"E{n:03d}", "basis": "deed", "g": strip} for n, strip in enumerate(strips)]


def _limits(wide: float, high: float) -> list[dict[str, object]]:
    west, east = shapely.box(-200, -100, wide / 2, high - 150), shapely.box(wide / 2, 100, wide - 200, high + 50)
    return [{"id": "J1", "name": "WEST", "g": west}, {"id": "J2", "name": "EAST", "g": east}]


def _services(random: np.random.Generator, blocks: int) -> dict[str, list[dict[str, object]]]:
    """Laterals from the street into some lots, drawn either way, and a meter near most of them."""
    laterals: list[dict[str, object]] = []
    meters: list[dict[str, object]] = []
    for i in range(blocks):
        for j in range(blocks):
            for k in range(ACROSS):
                x, y = i * BLOCK_X + k * LOT + random.uniform(10, 70), j * BLOCK_Y
                points = [(x, y - random.uniform(15, 30)), (x, y + 5), (x + random.uniform(-9, 9), y + 40)]
                line = shapely.LineString(points if random.random() < 0.5 else points[::-1])
                service = str(random.choice(["water", "water", "water", "sewer"]))
                status = "abandoned" if random.random() < 0.1 else "active"
                laterals.append({"id": f"L{len(laterals):03d}", "g": line, "service": service, "status": status})
                for _ in range(int(random.integers(0, 3))):
                    at = shapely.Point(x + random.uniform(-12, 12), y + random.uniform(-10, 10))
                    meters.append({"id": f"M{len(meters):03d}", "g": at})
    return {"lateral": laterals, "meter": meters}


def land_places(query: LayerQuery, count: int, seed: int) -> Geometries:
    """Anywhere, on corners and edges of parcels, and on laterals."""
    random = np.random.default_rng(seed)
    parcels, laterals = query.features("parcel").geometry, query.features("lateral").geometry
    west, south, east, north = shapely.total_bounds(parcels)
    anywhere = shapely.points(random.uniform((west - 150, south - 150), (east + 150, north + 150), (count // 2, 2)))
    corners = shapely.get_coordinates(parcels)
    at_corners = shapely.points(corners[random.choice(len(corners), count // 8)])
    rings = shapely.boundary(random.choice(parcels, count // 8))
    on_edges = shapely.line_interpolate_point(rings, random.uniform(0, 1, len(rings)), normalized=True)
    lines = random.choice(laterals, count - len(anywhere) - len(at_corners) - len(on_edges))
    along = shapely.line_interpolate_point(lines, random.uniform(0, 1, len(lines)), normalized=True)
    along = shapely.transform(along, lambda xy: xy + random.normal(0, 4, xy.shape))
    found: Geometries = np.concatenate([anywhere, at_corners, on_edges, along])
    return found
