"""What a photo says of itself: where, which way and when it was taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

North = Literal["true", "magnetic", "not said"]


@dataclass(frozen=True, slots=True)
class Photo:
    """The notes of the camera in a picture; None where it has none that can be used.

    `lon` and `lat` are degrees of the datum that `datum` names in the camera's words (None: it names
    none). `error_ft` is the radius that the receiver states for its position. `bearing` is where the
    camera looked, in degrees from `north`. `captured_at` is in UTC; `zone_said` tells whether the
    camera named its zone or the city's was taken. `fix_at` is the receiver's own time, in UTC.
    `remarks` say what could not be used, and what does not fit together.
    """

    lon: float | None = None
    lat: float | None = None
    datum: str | None = None
    error_ft: float | None = None
    bearing: float | None = None
    north: North = "not said"
    captured_at: datetime | None = None
    zone_said: bool = False
    fix_at: datetime | None = None
    camera: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def true_bearing(self) -> float | None:
        """Degrees from true north, or None: a compass that was not corrected is several degrees off."""
        return self.bearing if self.north == "true" else None


NO_NOTES = Photo()
