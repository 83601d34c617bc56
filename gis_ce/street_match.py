"""Which street can be meant: written in another way, or misspelt; never a guess between two."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from gis_ce.address_parts import StreetParts, street_parts
from gis_ce.street_words import STREET_WORDS, SUFFIXES

LETTERS_FOR_ONE, LETTERS_FOR_TWO = 5, 9
"""A name of so many letters may be wrong in one letter, or in two; a shorter one in none."""
AHEAD = 2
"""By how many letters more every other name of the town must differ for a misspelling to be taken."""
LISTED_WITHIN = 2
_DIGIT = re.compile(r"\d")
_LONG_SUFFIXES = [word for word, short in STREET_WORDS.items() if short in SUFFIXES and len(word) > 3]


@dataclass(frozen=True, slots=True)
class Meant:
    """The streets that can be meant: `sure` ones (one is to be chosen by its number), else only `likely` ones.

    `respelt`: letters of the name were corrected, not only words left out.
    """

    sure: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()
    respelt: bool = False


class StreetNames:
    """All streets of a town, in one spelling each."""

    def __init__(self, streets: Iterable[str]) -> None:
        self._parts = {street: street_parts(street) for street in dict.fromkeys(streets) if street}
        self._by_letters: dict[str, list[str]] = defaultdict(list)
        self._without_spaces: dict[str, list[str]] = defaultdict(list)
        for street, parts in self._parts.items():
            self._by_letters[parts.letters].append(street)
            self._without_spaces[street.replace(" ", "")].append(street)

    def __contains__(self, street: str) -> bool:
        return street in self._parts

    def meant(self, street: str) -> Meant:
        """What a street that is not on the map as written can mean.

        Sure are: streets with the same letters and other spaces; streets of the same name where a direction
        or the kind of street is left out; and streets whose name alone comes near, with all else alike. A
        name with digits is never corrected, nor one that another street of the town bears.
        """
        spaced = self._without_spaces.get(street.replace(" ", ""), [])
        if spaced and street not in self:
            return Meant(tuple(spaced), tuple(spaced))
        written = street_parts(_suffix_mended(street))
        if written.letters in self._by_letters:
            same = self._by_letters[written.letters]
            return Meant(tuple(name for name in same if _agrees(written, self._parts[name])), tuple(same))
        return self._misspelt(written)

    def _misspelt(self, written: StreetParts) -> Meant:
        if _DIGIT.search(written.letters) or not written.letters:
            return Meant()
        cutoff = _allowed(written.letters) + AHEAD
        near = extract(written.letters, list(self._by_letters), scorer=OSA.distance, score_cutoff=cutoff, limit=9)
        named = [(name, int(distance)) for name, distance, _ in near if not _DIGIT.search(name)]
        if not named:
            return Meant()
        likely = tuple(street for name, far in named if far <= LISTED_WITHIN for street in self._by_letters[name])
        first, distance = named[0]
        alone = all(far >= distance + AHEAD for _, far in named[1:])
        if distance > min(_allowed(written.letters), _allowed(first)) or not alone:
            return Meant((), likely)
        alike = [name for name in self._by_letters[first] if _same_but_name(written, self._parts[name])]
        return Meant(tuple(alike), likely, respelt=True)


def _allowed(name: str) -> int:
    """How many letters of a name may be wrong."""
    return (len(name) >= LETTERS_FOR_ONE) + (len(name) >= LETTERS_FOR_TWO)


def _agrees(written: StreetParts, known: StreetParts) -> bool:
    """Whether all that was written is there; the map may leave out the kind of street, never the direction."""
    pairs = ((written.before, known.before), (written.after, known.after))
    suffix = not written.suffix or not known.suffix or written.suffix == known.suffix
    return suffix and all(not said or said == there for said, there in pairs)


def _same_but_name(written: StreetParts, known: StreetParts) -> bool:
    return (written.before, written.suffix, written.after) == (known.before, known.suffix, known.after)


def _suffix_mended(street: str) -> str:
    """`MAIN STEET` is `MAIN ST`: the last word, where it is one letter off a long kind of street."""
    *words, last = street.split() or [""]
    if not words or len(last) <= 3 or last in SUFFIXES:
        return street
    near = extract(last, _LONG_SUFFIXES, scorer=OSA.distance, score_cutoff=1, limit=2)
    return " ".join([*words, STREET_WORDS[near[0][0]]]) if len(near) == 1 else street
