"""How much an attachment may hold; settings of the service, handed down as one value."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost: to keep, to open, to unpack.

    `size` counts bytes as they arrive. `pixels` counts those of all frames of a picture together;
    Pillow itself opens none of more than 178 million. `unpacked`, `ratio` and `members` are those of
    the archive that an office file is; `parsed` is the size of a GeoJSON file, which is read whole.
    `uploads` and `under_way` are how many files, and how many bytes of them, one sender may have under way in pieces.
    """

    size: int = 50 * MEGABYTE
    pixels: int = 80_000_000
    frames: int = 200
    unpacked: int = 200 * MEGABYTE
    ratio: int = 150
    members: int = 5_000
    parsed: int = 10 * MEGABYTE
    uploads: int = 500
    under_way: int = 2_000 * MEGABYTE


LIMITS = Limits()


def in_megabytes(size: int) -> str:
    """A number of bytes in words: `50 MB`."""
    megabytes = size / MEGABYTE
    return f"{megabytes:,.0f} MB" if megabytes >= 100 else f"{megabytes:.3g} MB"
