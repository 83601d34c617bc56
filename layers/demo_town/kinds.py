"""The kinds of neighbourhood a made-up town is built from, and the sizes they share."""

from __future__ import annotations

from dataclasses import dataclass

SIDE_FT = 2048.0
"""Side of a neighbourhood, between the centre lines of its arterials; a power of two, so that sums stay exact."""
STRIP_FT = 512.0
"""Width of a creek's strip between two columns of neighbourhoods."""
FRAME_FT = 40.0
"""Half of an arterial's right of way."""
GRAIN_FT = 1.0 / 1024.0
"""All coordinates are whole multiples of this, so that shared corners stay shared."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How the streets and lots of one kind of neighbourhood are drawn; lengths in feet."""

    name: str
    zoning: str
    turn_deg: float
    wave_ft: float
    row_ft: tuple[float, float]
    cross_ft: tuple[float, float]
    aligned: bool
    gates: float
    cuts: float
    lot_ft: tuple[float, float]
    depth_ft: float
    faces_arterial: bool
    half_width_ft: float
    setback_ft: float
    house_ft: tuple[float, float]
    built: float
    era: int
    least_street_ft: float


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("downtown", "CB", 0.0, 12.0, (292.0, 292.0), (330.0, 350.0), True, 1.0, 0.0, (44.0, 66.0), 130.0, True,
             30.0, 6.0, (30.0, 70.0), 0.95, 1925, 14000.0),
        Kind("old", "R-6", 4.0, 70.0, (275.0, 300.0), (430.0, 520.0), True, 0.85, 0.10, (56.0, 74.0), 125.0, True,
             25.0, 20.0, (26.0, 40.0), 0.95, 1948, 11000.0),
        Kind("suburb", "R-10", 45.0, 190.0, (262.0, 305.0), (420.0, 900.0), False, 0.22, 0.45, (72.0, 98.0), 118.0,
             False, 25.0, 30.0, (34.0, 50.0), 0.93, 1992, 7600.0),
        Kind("crescent", "R-8", 45.0, 260.0, (248.0, 285.0), (380.0, 760.0), False, 0.3, 0.35, (62.0, 84.0), 112.0,
             False, 25.0, 25.0, (32.0, 46.0), 0.94, 2008, 9000.0),
        Kind("estate", "R-40", 45.0, 240.0, (560.0, 700.0), (800.0, 1300.0), False, 0.3, 0.3, (150.0, 230.0), 210.0,
             True, 25.0, 60.0, (44.0, 64.0), 0.85, 1985, 3300.0),
        Kind("works", "IND", 10.0, 90.0, (760.0, 900.0), (900.0, 1400.0), True, 0.7, 0.1, (240.0, 420.0), 320.0, True,
             35.0, 60.0, (110.0, 210.0), 0.85, 1974, 3000.0),
    )
}  # fmt: skip
