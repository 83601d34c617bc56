"""What an address consists of: house number, street, unit; in one spelling."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, replace

import usaddress

from gis_ce.street_words import ALIKE_UNITS, DIRECTIONS, STREET_WORDS, SUFFIXES, UNITS

_NOT_WORDS = re.compile(r"[^A-Z0-9/&# -]+")
_NUMBER = re.compile(r"(\d+)-?([A-Z]?)(?:\s+(\d+/\d+))?(?:\s?-\s?(\d+)[A-Z]?)?(?:\s+|$)(.*)")
_BETWEEN = re.compile(r"\s+(?:AND|AT)\s+|\s*[&@/]\s*")
_CORNER = re.compile(r"^\s*(?:THE\s+)?(?:CORNER|INTERSECTION)\s+OF\s+")
_ONE_AT_A_TIME = threading.Lock()
"""usaddress has one tagger for all threads, which keeps the text it is reading."""
_STREET_LABELS = ("StreetName", "AddressNumber", "Occupancy", "Subaddress")


@dataclass(frozen=True, slots=True)
class AddressParts:
    """An address in parts, each in one spelling.

    `number` has no leading zeros, a letter or a half after it (`100A`, `100 1/2`), and is empty where
    there is none. `last` is the end of a range of numbers, 0 where it is none.
    """

    number: str
    street: str
    unit: str = ""
    last: int = 0

    @property
    def key(self) -> str:
        """The address as one text: `100-104 N MAIN ST # 2`."""
        number = f"{self.number}-{self.last}" if self.last else self.number
        unit = f"# {self.unit}" if self.unit else ""
        return " ".join(part for part in (number, self.street, unit) if part)

    @property
    def house(self) -> AddressParts:
        """The same without the unit."""
        return replace(self, unit="")

    @property
    def first(self) -> int:
        """The house number without letters; 0 where there is none."""
        return int(re.match(r"\d*", self.number)[0] or 0)  # type: ignore[index]

    @property
    def covered(self) -> range:
        """The numbers that a range stands for: one side of the street where both ends lie on it."""
        return range(self.first, self.last + 1, 2 if (self.last - self.first) % 2 == 0 else 1)


@dataclass(frozen=True, slots=True)
class StreetParts:
    """A street in parts: `N`, `MAIN`, `ST`, and a direction after it."""

    before: str
    name: str
    suffix: str
    after: str

    @property
    def letters(self) -> str:
        """The name without spaces: KNOLL WOOD is KNOLLWOOD."""
        return self.name.replace(" ", "")


def normalised(address: str) -> str:
    """An address in one spelling: `100 North Main Street, Apt. 2` becomes `100 N MAIN ST APT 2`."""
    plain = address.upper().replace(".", "").replace("'", "").replace("#", " # ")
    words = [STREET_WORDS.get(word, word) for word in _NOT_WORDS.sub(" ", plain).split()]
    kept = [word for at, word in enumerate(words) if word != "#" or at == 0 or words[at - 1] not in UNITS]
    return " ".join(kept)


def parts_of(address: str, unit: str = "") -> AddressParts:
    """The parts of an address that has nothing but number, street and unit, as maps write it."""
    text = normalised(address)
    found = _NUMBER.match(text)
    if found is None:
        return AddressParts("", text)
    number = f"{int(found[1])}{found[2]}" + (f" {found[3]}" if found[3] else "")
    street, within = _without_unit(found[5].split())
    last = int(found[4]) if found[4] and int(found[4]) > int(found[1]) else 0
    return AddressParts(number, street, within or unit_of(unit), last)


def unit_of(text: str) -> str:
    """A unit in one spelling: `Apt. 2`, `# 2` and `2` are `2`; a building keeps its word."""
    return " ".join(word for word in normalised(text).split() if word not in ALIKE_UNITS)


def _without_unit(words: list[str]) -> tuple[str, str]:
    """The street, and the unit after it (or, as some tax offices write it, before it)."""
    if len(words) > 2 and words[0] == "#":
        return " ".join(words[2:]), words[1]
    at = next((at for at, word in enumerate(words) if word in UNITS and 0 < at < len(words) - 1), len(words))
    return " ".join(words[:at]), unit_of(" ".join(words[at:]))


def readings(address: str) -> list[AddressParts]:
    """The ways to read what somebody wrote, most literal first: as it stands, and without town, state and ZIP."""
    first, _, rest = address.partition(",")
    whole = parts_of(address)
    has_unit = any(word in UNITS for word in normalised(rest).split())
    found = [whole, *([] if has_unit else [parts_of(first)]), *_parsed(address)]
    return list(dict.fromkeys(found))


def labelled_words(address: str) -> list[tuple[str, str]]:
    """Each word of an address with what usaddress takes it for (AddressNumber, StreetName, PlaceName, ...)."""
    with _ONE_AT_A_TIME:
        return [(str(word), str(label)) for word, label in usaddress.parse(address)]


def _parsed(address: str) -> list[AddressParts]:
    """The number, street and unit that usaddress sees; town, state, ZIP and names are left out."""
    labelled = labelled_words(address)
    kept = [word for word, label in labelled if label.startswith(_STREET_LABELS)]
    return [parts_of(" ".join(kept))] if kept and len(kept) < len(labelled) else []


def street_parts(street: str) -> StreetParts:
    """The parts of a street in one spelling."""
    words = street.split()
    before = words.pop(0) if len(words) > 1 and words[0] in DIRECTIONS and words[1:] != _suffix_only(words) else ""
    after = words.pop() if len(words) > 1 and words[-1] in DIRECTIONS else ""
    suffix = words.pop() if len(words) > 1 and words[-1] in SUFFIXES else ""
    return StreetParts(before, " ".join(words), suffix, after)


def _suffix_only(words: list[str]) -> list[str]:
    """What is left of `N ST`: then N is the street's name, not its direction."""
    return words[1:] if words[1] in SUFFIXES and len(words) == 2 else []


def crossing_streets(text: str) -> list[tuple[str, str]]:
    """The pairs of streets that a text such as `MAIN ST & OAK ST` can mean; none where it is no crossing.

    A house number in front makes it an address; what follows a comma is the town.
    """
    plain = _CORNER.sub("", text.upper().partition(",")[0]).strip()
    if parts_of(plain).number:
        return []
    pairs = [(plain[: found.start()], plain[found.end() :]) for found in _BETWEEN.finditer(plain)]
    spelt = [(normalised(first), normalised(second)) for first, second in pairs]
    return [pair for pair in spelt if all(pair)]
