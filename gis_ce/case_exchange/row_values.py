"""The value of one cell as a mapping understands it; what cannot be understood says why."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_ce.case_exchange.mapping import Taken
from gis_ce.case_exchange.table_reading import Cell, RawRow
from gis_ce.errors import TextRefused
from gis_ce.tables.base import storable
from layers.toml_table import did_you_mean

LONGEST = 20_000
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
Read = TypeVar("Read")


class CellRefused(ValueError):
    """A cell that cannot be what it should be; the message says why."""


@dataclass(slots=True)
class RowReader:
    """Reads one row by a mapping, and collects what is wrong with it."""

    row: RawRow
    zone: ZoneInfo
    reasons: list[str] = field(default_factory=list)

    def read(self, understood: Callable[[Taken, Any], Read], taken: Taken | None) -> Read | None:
        """A cell as it is understood; None where it is empty, nothing is taken, or it cannot be (which is noted)."""
        if taken is None:
            return None
        cell: Cell = taken.always if taken.always is not None else self.row.cells.get(str(taken.column))
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return None
        try:
            return understood(taken, cell)
        except CellRefused as error:
            self.reasons.append(f"{taken.column or taken.always} {error}")
            return None

    def text(self, taken: Taken | None) -> str | None:
        """The cell as a text, in the mapping's own word for it."""
        return self.read(as_text, taken)

    def number(self, taken: Taken | None) -> float | None:
        """The cell as a number."""
        return self.read(as_number, taken)

    def moment(self, taken: Taken | None) -> datetime | None:
        """The cell as an aware time; without a zone it is the city's, and a day alone begins at midnight."""
        found = self.read(as_moment, taken)
        return found.replace(tzinfo=self.zone) if found is not None and found.tzinfo is None else found


def as_text(taken: Taken, cell: Cell) -> str:
    """A text; one of the words that the mapping knows, where it lists them."""
    text = plain(cell)
    if taken.values and taken.always is None:
        found = taken.values.get(text.casefold())
        if found is None and not taken.or_as_it_is:
            raise CellRefused(f"is {short(text)}, for which the mapping has no word; {_hint(text, taken)}")
        text = found or text
    if len(text) > LONGEST:
        raise CellRefused(f"has {len(text):,} characters; at most {LONGEST:,} are kept")
    try:
        return storable(text)
    except TextRefused as error:
        raise CellRefused(f"cannot be kept: {error}") from error


def as_number(_: Taken, cell: Cell) -> float:
    """A finite number."""
    try:
        number = math.nan if isinstance(cell, bool) else float(plain(cell).replace(",", ""))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise CellRefused(f"is {short(cell)}, not a number")
    return number


def as_integer(taken: Taken, cell: Cell) -> int:
    """A whole number."""
    number = as_number(taken, cell)
    if number != int(number) or abs(number) > 2**31:
        raise CellRefused(f"is {short(cell)}, not a whole number")
    return int(number)


def as_moment(taken: Taken, cell: Cell) -> datetime:
    """A time, as it is written in ISO form or in one of the mapping's."""
    if isinstance(cell, datetime):
        found: datetime | None = cell
    elif isinstance(cell, date):
        found = datetime.combine(cell, time.min)
    else:
        found = _moment(plain(cell), taken.dates)
    if found is None:
        forms = "".join(f" or like {form}" for form in taken.dates)
        raise CellRefused(f"is {short(cell)}, no day such as 2026-01-31{forms}")
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise CellRefused(f"is {short(cell)}, a day not between {_FIRST_YEAR} and {_LAST_YEAR}")
    return found


def as_shape(_: Taken, cell: Cell) -> BaseGeometry:
    """A shape in WKT, on the grid in feet."""
    try:
        with np.errstate(over="ignore"):
            shape = shapely.from_wkt(str(cell))
    except shapely.GEOSException as error:
        raise CellRefused("is no shape in WKT") from error
    if shape.is_empty or not all(map(math.isfinite, shape.bounds)) or not shape.is_valid:
        raise CellRefused("is no sound shape")
    return shapely.force_2d(shape)


def as_json(_: Taken, cell: Cell) -> dict[str, Any]:
    """A JSON object that the store can hold."""
    try:
        found = json.loads(str(cell), parse_constant=_refuse_constant)
        kept = storable(json.dumps(found, ensure_ascii=False))
    except (ValueError, RecursionError, TextRefused) as error:
        raise CellRefused("is no JSON that can be kept") from error
    if not isinstance(found, dict) or "\\u0000" in kept.replace("\\\\", ""):
        raise CellRefused("is no JSON object that can be kept")
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def plain(value: Any) -> str:
    """A cell as a text: a whole number without `.0`, a date as 2026-01-31."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else str(value).strip()


def short(value: object) -> str:
    """A value as it is shown in a mistake."""
    text = repr(plain(value))
    return text if len(text) <= 60 else f"{text[:57]}..."


def _moment(text: str, forms: Sequence[str]) -> datetime | None:
    for form in forms:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the zone comes later
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _hint(text: str, taken: Taken) -> str:
    return did_you_mean(text, list(taken.values)).removesuffix(".")
