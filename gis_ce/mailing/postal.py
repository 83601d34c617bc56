"""Mailing addresses in the postal service's standard form (USPS Publication 28), foreign and incomplete ones told."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal
from unicodedata import combining, normalize

from gis_ce.address_parts import labelled_words
from gis_ce.mailing.postal_words import (
    COUNTRIES,
    DIRECTION_WORDS,
    PROVINCES,
    STATE_CODES,
    STATES,
    SUFFIX_WORDS,
    UNIT_WORDS,
    ZERO_STATES,
)

Standing = Literal["domestic", "foreign", "incomplete"]
_ZIP = re.compile(r"(\d{5})(?:-?(\d{4}))?")
_BOX = re.compile(r"\bP\.?\s*O\.?\s*(?:BOX|BX|DRAWER)\b\s*#?\s*([A-Z0-9-]+)|^(?:POST OFFICE )?BOX\s+#?\s*([A-Z0-9-]+)$")
_RURAL = re.compile(r"^(?:RR|R\.?R\.?|RURAL ROUTE|HC|STAR ROUTE)\s*#?\s*(\d+)\s*(?:,?\s*BOX\s*#?\s*([A-Z0-9-]+))?$")
_KEPT = re.compile(r"[^A-Z0-9#/& -]+")


@dataclass(frozen=True, slots=True)
class GivenAddress:
    """An address as a source gives it: delivery line, city, state, ZIP code; None where it has none."""

    address: str | None
    city: str | None = None
    state: str | None = None
    zip_code: str | None = None


@dataclass(frozen=True, slots=True)
class Postal:
    """An address as it is printed: in capitals, without punctuation, abbreviated; `plus4` is empty where unknown.

    `street`, `number` and `unit` are what mail is sorted by. `problem` says what keeps an address from
    being mailed as it stands; a foreign one keeps its own words.
    """

    delivery: str
    city: str
    state: str
    zip5: str
    plus4: str
    standing: Standing
    problem: str = ""
    street: str = ""
    number: str = ""
    unit: str = ""

    @property
    def last_line(self) -> str:
        """City, state and ZIP code on one line."""
        code = f"{self.zip5}-{self.plus4}" if self.plus4 else self.zip5
        return " ".join(part for part in (self.city, self.state, code) if part)

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines below the name."""
        return tuple(line for line in (self.delivery, self.last_line) if line)

    @property
    def key(self) -> str:
        """The same for every way to write one address; what follows the ZIP code's hyphen does not count."""
        return "|".join((self.delivery.replace("# ", "APT ").replace("UNIT ", "APT "), self.zip5 or self.city))

    @property
    def sort_key(self) -> tuple[str, str, int, str, str]:
        """The order of a carrier's bag: ZIP code, street, house number, unit."""
        first = re.match(r"\d+", self.number)
        return (f"{self.zip5}{self.plus4}"[:5], self.street, int(first[0]) if first else 0, self.number, self.unit)


NO_ADDRESS = Postal("", "", "", "", "", "incomplete", "no mailing address is on record")


@lru_cache(maxsize=65536)
def standard_form(given: GivenAddress) -> Postal:
    """The standard form of an address; what is foreign or incomplete says so and is never guessed at."""
    whole = _apart(given)
    address, city = _plain(whole.address), _plain(whole.city)
    state, zip5, plus4, foreign = _region(whole)
    if foreign:
        said = [_plain(part) for part in (whole.address, whole.city, whole.state, whole.zip_code) if part]
        return Postal(said[0] if said else "", " ".join(said[1:]), "", "", "", "foreign", "abroad", street=city)
    if not (address or city or zip5):
        return NO_ADDRESS
    line = _delivery(address)
    problem = _problem(line.delivery, city, state, whole, zip5)
    standing: Standing = "incomplete" if problem else "domestic"
    return replace(line, city=city, state=state, zip5=zip5, plus4=plus4, standing=standing, problem=problem)


def _problem(delivery: str, city: str, state: str, given: GivenAddress, zip5: str) -> str:
    missing = [what for what, there in (("street or box", delivery), ("city", city), ("ZIP code", zip5)) if not there]
    if not state:
        missing.append("state" if not _plain(given.state) else f"state ({_plain(given.state)} is none)")
    return f"lacks {' and '.join(missing)}" if missing else ""


def _plain(text: str | None) -> str:
    upper = _capitals(text).replace("'", "").replace(".", "").replace("#", " # ")
    return " ".join(_KEPT.sub(" ", upper).split())


def _capitals(text: str | None) -> str:
    """In capitals without accents, as the postal service's machines read them."""
    return "".join(sign for sign in normalize("NFKD", (text or "").upper()) if not combining(sign))


def _apart(given: GivenAddress) -> GivenAddress:
    """The parts of an address that came as one text; others as they are."""
    if given.city or given.state or given.zip_code or not given.address or "," not in given.address:
        return given
    labelled = labelled_words(given.address)
    kinds = ("PlaceName", "StateName", "ZipCode")
    found = {kind: " ".join(word.strip(",") for word, label in labelled if label == kind) for kind in kinds}
    rest = " ".join(word for word, label in labelled if label not in kinds)
    return GivenAddress(rest.strip(" ,"), *(found[kind] or None for kind in kinds))


def _region(given: GivenAddress) -> tuple[str, str, str, bool]:
    """State, ZIP code, its four more digits, and whether the address is abroad."""
    state, code = _plain(given.state), _plain(given.zip_code).replace(" ", "")
    last = f" {_plain(given.address)} {_plain(given.city)} {state} {_plain(given.zip_code)} "
    country = any(last.rstrip().endswith(f" {name}") for name in COUNTRIES)
    known = STATES.get(state, state if state in STATE_CODES else "")
    foreign = (country or state in PROVINCES or state in COUNTRIES) and not known
    digits = code.replace("-", "")
    if known in ZERO_STATES and digits.isdigit() and len(digits) in (3, 4, 7, 8):
        digits = digits.zfill(5 if len(digits) < 5 else 9)
        code = digits
    found = _ZIP.fullmatch(code)
    zip5 = found[1] if found else ""
    plus4 = found[2] or "" if found else ""
    return known, zip5, "" if plus4 == "0000" else plus4, foreign


def _delivery(address: str) -> Postal:
    """The delivery line of an address in capitals, with what it is sorted by."""
    box, rural = _BOX.search(address), _RURAL.match(address)
    if box:
        name = box[1] or box[2]
        return Postal(f"PO BOX {name}", "", "", "", "", "domestic", street="PO BOX", number=name)
    if rural:
        kind = "HC" if address.startswith("HC") else "RR"
        line = f"{kind} {int(rural[1])}" + (f" BOX {rural[2]}" if rural[2] else "")
        return Postal(line, "", "", "", "", "domestic", street=f"{kind} {int(rural[1])}", number=rural[2] or "")
    return _street_line(address.split())


def _street_line(words: list[str]) -> Postal:
    number = [words.pop(0)] if words and words[0][:1].isdigit() else []
    if number and words and re.fullmatch(r"\d+/\d+", words[0]):
        number.append(words.pop(0))
    street, unit = _split_unit(words)
    if len(street) > 1:
        street = _abbreviated(street)
    line = " ".join([*number, *street, *unit])
    return Postal(
        line, "", "", "", "", "domestic", street=" ".join(street), number=" ".join(number), unit=" ".join(unit)
    )


def _split_unit(words: list[str]) -> tuple[list[str], list[str]]:
    at = next((at for at, word in enumerate(words) if at > 0 and word in UNIT_WORDS and at < len(words) - 1), None)
    if at is None:
        return words, []
    unit = [UNIT_WORDS.get(word, word) for word in words[at:]]
    doubled = len(unit) > 2 and unit[1] == "#"
    return words[:at], [unit[0], *unit[2:]] if doubled else unit


def _abbreviated(street: list[str]) -> list[str]:
    """Directions at the ends and the suffix before the last of them; the name itself is never shortened."""
    after = [DIRECTION_WORDS.get(street[-1], street[-1])] if _is_direction(street[-1]) and len(street) > 2 else []
    core = street[: len(street) - len(after)]
    before = [DIRECTION_WORDS.get(core[0], core[0])] if _is_direction(core[0]) and len(core) > 2 else []
    core = core[len(before) :]
    core[-1] = SUFFIX_WORDS.get(core[-1], core[-1])
    return [*before, *core, *after]


def _is_direction(word: str) -> bool:
    return word in DIRECTION_WORDS or word in DIRECTION_WORDS.values()


_MARKS = re.compile(r"[^A-Z0-9&/# -]+")


def standard_name(name: str | None) -> str:
    """A name in capitals without punctuation, as it stands on an envelope; empty for none."""
    return " ".join(_MARKS.sub(" ", _capitals(name).replace("'", "").replace(".", "")).split())
