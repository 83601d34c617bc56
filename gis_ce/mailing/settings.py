"""The table `[mailing]` of a city file: how far a line is followed, who is not written to again, which letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from gis_ce.checks.line_reach import REACHES, LineReach, Reach
from gis_ce.mailing.parcel_people import Town, town_of
from layers.errors import Mistake
from layers.toml_table import did_you_mean

_TEXTS = ("reach", "letter", "city", "state", "zip_code")
_NUMBERS = {"upstream_ft": (1.0, 1_000_000.0), "suppress_days": (0.0, 3_660.0), "repeat_days": (1.0, 3_660.0)}
_NOWHERE = Town()
_KEYS = (*_TEXTS, *_NUMBERS, "both_sides", "food_service", "nightly")


@dataclass(frozen=True, slots=True)
class MailingSettings:
    """How a city makes its mailings.

    `reach`, `upstream_ft` and `both_sides` say how far the line goes (see LineReach). Who was mailed
    within `suppress_days` is not written to again. `repeat_days`: how long before and after a mailing overflows on
    its line are counted. `food_service`: words for accounts that serve food. `letter`: the letter's template.
    """

    reach: Reach = "upstream"
    upstream_ft: float | None = None
    both_sides: bool = False
    suppress_days: int = 180
    repeat_days: int = 365
    letter: str = "grease_education"
    food_service: tuple[str, ...] = ("food service", "restaurant", "food")
    town: Town = _NOWHERE
    nightly: bool = True

    @property
    def printed(self) -> dict[str, Any]:
        """The settings that shape a list, as they are kept with it and printed on it."""
        return {name: value for name, value in asdict(self).items() if name not in ("nightly", "food_service")}

    @property
    def line(self) -> LineReach:
        """How far the line is followed."""
        return LineReach(self.reach, self.upstream_ft, self.both_sides)


def mailing_settings(table: Mapping[str, object]) -> MailingSettings:
    """The settings of a table without mistakes; what it does not name keeps its default."""
    given: dict[str, Any] = {
        name: table[name] for name in ("reach", "letter", "both_sides", "nightly") if name in table
    }
    given |= {name: int(float(str(table[name]))) for name in ("suppress_days", "repeat_days") if name in table}
    if "upstream_ft" in table:
        given["upstream_ft"] = float(str(table["upstream_ft"]))
    words = table.get("food_service")
    if isinstance(words, list):
        given["food_service"] = tuple(str(word).lower() for word in words)
    return MailingSettings(**given, town=town_of(table))


def mailing_mistakes(table: Mapping[str, object]) -> list[Mistake]:
    """Everything that is wrong with a table, all at once; no table at all is no mistake."""
    found = [Mistake(f"[mailing] {key}", f"is not a key of this table; {did_you_mean(key, _KEYS)}")
             for key in table if key not in _KEYS]  # fmt: skip
    for name in (name for name in _TEXTS if name in table):
        if not isinstance(table[name], str) or not str(table[name]).strip():
            found.append(Mistake(f"[mailing] {name}", f"must be a text, not {table[name]!r}"))
    if table.get("reach", "upstream") not in REACHES:
        found.append(Mistake("[mailing] reach", f"must be {' or '.join(REACHES)}, not {table['reach']!r}"))
    for name, (least, most) in ((name, limits) for name, limits in _NUMBERS.items() if name in table):
        value = table[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            found.append(Mistake(f"[mailing] {name}", f"must lie between {least:,.0f} and {most:,.0f}, not {value!r}"))
    for name in (name for name in ("both_sides", "nightly") if name in table):
        if not isinstance(table[name], bool):
            found.append(Mistake(f"[mailing] {name}", f"must be true or false, not {table[name]!r}"))
    words = table.get("food_service", [])
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        found.append(Mistake("[mailing] food_service", f"must be a list of words, not {words!r}"))
    return found
