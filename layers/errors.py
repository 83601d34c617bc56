"""What can go wrong with layers, named for what the caller can do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class LayersError(Exception):
    """Any mistake that the layers package reports in one clear sentence."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a declaration, with the place where it stands."""

    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


class CityFileError(LayersError):
    """A city file that cannot be used; lists every mistake at once."""

    def __init__(self, path: str, mistakes: Sequence[Mistake]) -> None:
        self.path = path
        self.mistakes = tuple(mistakes)
        count = len(self.mistakes)
        head = f"{path} has {count} mistake{'s' if count != 1 else ''}"
        super().__init__("\n".join([f"{head}:", *(f"  {mistake}" for mistake in self.mistakes)]))


class SourceError(LayersError):
    """A source that cannot be read: mend the file, the address or the declaration."""


class GridError(LayersError):
    """Coordinates that are not where or what they claim to be."""


class IngestRefused(LayersError):
    """A layer was read, but must not be published; the current version stays."""


class LayerMissing(LayersError):
    """No layer of a role (or name) has been published, or the caller may not see it."""


class VersionMissing(LayersError):
    """A layer version that is named but no longer on disk, or is damaged."""


class TraceRefused(LayersError):
    """A trace cannot start or end there: choose another place or id."""
