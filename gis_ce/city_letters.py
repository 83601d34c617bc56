"""The letters of a city: its kinds of letters, and its letterhead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gis_ce.errors import LetterUnknown
from gis_ce.letter import LetterKind
from gis_ce.letter_files import open_letters, shipped_letters
from gis_ce.letterhead import Letterhead, city_letterhead, letterhead_mistakes, letters_folder
from gis_ce.process_mistakes import nearest
from layers.errors import CityFileError
from layers.model import City


@dataclass(frozen=True, slots=True)
class CityLetters:
    """Kinds of letters by their ids, and what stands above each."""

    kinds: Mapping[str, LetterKind] = field(default_factory=shipped_letters)
    letterhead: Letterhead = field(default_factory=Letterhead)

    def kind(self, name: str) -> LetterKind:
        """The kind of letter of that name; raises LetterUnknown."""
        if name not in self.kinds:
            raise LetterUnknown(f"There is no letter {name[:80]!r}{nearest(name, self.kinds)}.")
        return self.kinds[name]


def city_letters(city: City, path: str = "city.toml") -> CityLetters:
    """The letters of a city, its own templates before the shipped ones; raises CityFileError, LetterFileError."""
    if mistakes := letterhead_mistakes(city):
        raise CityFileError(path, mistakes)
    return CityLetters(open_letters(letters_folder(city)), city_letterhead(city))
