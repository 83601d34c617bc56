"""What can go wrong with maps, named for what the caller can do about it."""

from __future__ import annotations

from collections.abc import Sequence


class MapsError(Exception):
    """Any mistake that the maps package reports in one clear sentence."""


class VendorMissing(MapsError):
    """JavaScript that we serve ourselves is not there, or not as pinned: run the set-up."""


class StyleError(MapsError):
    """A style file that cannot be used; lists every mistake at once."""

    def __init__(self, path: str, mistakes: Sequence[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join([f"{path} has {len(self.mistakes)} mistake(s):", *(f"  {m}" for m in mistakes)]))


class OutsideAddress(MapsError):
    """A stand-alone page that would ask another host for something; it is never handed out."""
