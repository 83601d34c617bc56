"""How a place was found from words, and how far off it may be for that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal

from shapely import Point

How = Literal["address point", "parcel", "intersection"]


@dataclass(frozen=True, slots=True)
class AddressDoubts:
    """What a way of finding adds to the layer's own sigma, in quadrature; settings of the utility, no law.

    `misspelt_sigma_ft` is half a lot, since a correction may be wrong. `parcel_share` is the part of a
    parcel's longer side that its middle may be off what is meant. `crossing_sigma_ft` is half a
    street; crossings of the same streets within `one_crossing_ft` are one, as in a divided road.
    """

    misspelt_sigma_ft: float = 50.0
    parcel_share: float = 0.5
    crossing_sigma_ft: float = 15.0
    one_crossing_ft: float = 60.0


DOUBTS = AddressDoubts()
DOUBT_NAMES = tuple(field.name for field in fields(AddressDoubts))


def doubts_of(table: Mapping[str, object]) -> AddressDoubts:
    """The doubts of the keys of a table that has no mistakes; other keys are left alone."""
    return AddressDoubts(**{name: float(str(table[name])) for name in DOUBT_NAMES if name in table})


@dataclass(frozen=True, slots=True)
class Located:
    """Where an address lies: a point on the grid in feet, what bears it, and how it was found.

    `sigma_ft` joins the layer's and that of the way of finding. `address` is its spelling on the map;
    `corrected` says that this is not what was written.
    """

    place: Point
    how: How
    feature_id: str
    sigma_ft: float
    address: str = ""
    corrected: bool = False

    @property
    def kind(self) -> Literal["exact", "misspelt"]:
        """Whether it was found as written."""
        return "misspelt" if self.corrected else "exact"

    @property
    def told(self) -> str:
        """How it was found, in words; a correction is always said."""
        return f"{self.how}, taken for {self.address}" if self.corrected else self.how
