"""How near two cases of a type must be to be one: the shipped distances and days, and the city's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from layers.errors import Mistake
from layers.toml_table import did_you_mean

FARTHEST_FT = 5_000.0
LONGEST_DAYS = 3_660.0
OTHER = "other"
_NUMBERS = ("reach_ft", "days", "asset_days")
_KEYS = (*_NUMBERS, "skip")


@dataclass(frozen=True, slots=True)
class Reach:
    """Within how many feet and days two cases of a type may be one; on the same facility within `asset_days`."""

    reach_ft: float
    days: float
    asset_days: float


@dataclass(frozen=True, slots=True)
class Reaches:
    """The reach of each type; None where duplicates of a type are not looked for."""

    by_type: Mapping[str, Reach | None]

    def of(self, case_type: str) -> Reach | None:
        """The reach of a type; that of others where it is not listed."""
        return self.by_type[case_type if case_type in self.by_type else OTHER]


@cache
def shipped_reaches() -> Reaches:
    """The reaches that come with the product."""
    rows = yaml.safe_load((files("gis_ce") / "data" / "duplicates.yaml").read_text(encoding="utf-8"))
    return Reaches({name: _reach(row, None) for name, row in rows.items()})


def city_reaches(table: Mapping[str, object]) -> Reaches:
    """The shipped reaches with those of a table `[duplicates]` that has no mistakes."""
    shipped = shipped_reaches()
    rows = {name: row for name, row in table.items() if isinstance(row, Mapping)}
    return Reaches({**shipped.by_type, **{name: _reach(row, shipped.of(name)) for name, row in rows.items()}})


def reach_mistakes(table: Mapping[str, object], types: Mapping[str, object]) -> list[Mistake]:
    """Everything that is wrong with a table `[duplicates]`, all at once."""
    found: list[Mistake] = []
    for name, row in table.items():
        where = f"[duplicates.{name}]"
        if name not in types and name != OTHER:
            found.append(Mistake(where, f"there is no case type {name!r}; {did_you_mean(name, [*types, OTHER])}"))
        elif not isinstance(row, Mapping):
            found.append(Mistake(where, f"must be a table with {', '.join(_KEYS)}"))
        else:
            found += [Mistake(f"{where} {key}", said) for key in row if (said := _wrong(key, row[key]))]
    return found


def _wrong(key: str, value: object) -> str | None:
    if key not in _KEYS:
        return f"is not a key of this table; {did_you_mean(key, _KEYS)}"
    if key == "skip":
        return None if isinstance(value, bool) else "must be true or false"
    most = FARTHEST_FT if key == "reach_ft" else LONGEST_DAYS
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return None if is_number and 0 <= float(str(value)) <= most else f"must be a number from 0 to {most:,.0f}"


def _reach(row: Mapping[str, object], before: Reach | None) -> Reach | None:
    if row.get("skip") is True:
        return None
    known = {name: getattr(before, name) for name in _NUMBERS} if before else dict.fromkeys(_NUMBERS, 0.0)
    return Reach(**{name: float(str(row.get(name, known[name]))) for name in _NUMBERS})
