"""For "Notate if traceable?": how many could have caused an overflow, and where to look first and why.

A place in the order is a reason to look, never a finding against anybody: it says nothing of what went into the pipe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from gis_ce.checks.line_properties import OnLine
from layers.features import Rows
from layers.query import LayerQuery
from layers.reference import ReferenceTables, matching

DISCLAIMER = "The order says where to look first; it is no finding against anybody."
_NEAR_FT, _MOST = 100.0, 10
_FOOD, _LATERAL, _REPEAT = 3.0, 2.0, 1.0
"""What each reason counts for in the order."""


@dataclass(frozen=True, slots=True)
class Lead:
    """One property to look at: its place in the order by points, with the reasons for them."""

    parcel_id: str
    situs: str | None
    points: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Traceability:
    """How traceable an overflow is.

    `connections` are properties on the line, `food_service` how many of the accounts there serve food (of `accounts`;
    None where no account says what it is for), `nearest_lateral_ft` how far the nearest lateral of the line lies from
    the place (None without laterals), `repeats` earlier overflows on the line. `leads` come most points first.
    """

    connections: int
    accounts: int
    food_service: int | None
    nearest_lateral_ft: float | None
    repeats: int
    leads: tuple[Lead, ...]

    @property
    def sentence(self) -> str:
        """The figures in words, with what the order is not."""
        share = "no account says what it is for"
        if self.food_service is not None:
            percent = 100 * self.food_service / self.accounts if self.accounts else 0.0
            share = f"{self.food_service} of {self.accounts} accounts serve food ({percent:.0f} %)"
        near = "no lateral is on record"
        if self.nearest_lateral_ft is not None:
            near = f"the nearest lateral lies {self.nearest_lateral_ft:,.0f} ft away"
        said = f"{self.connections} properties drain to the place; {share}; {near}; {self.repeats} earlier overflows."
        return f"{said} {DISCLAIMER}"


def traceability(
    query: LayerQuery,
    tables: ReferenceTables | None,
    on_line: OnLine,
    place: shapely.Point,
    words: Sequence[str],
    earlier: Sequence[str | None] = (),
) -> Traceability:
    """How traceable an overflow at a place is; `earlier` are the parcels of earlier overflows on its line.

    `words` are those by which an account is known to serve food.
    """
    land = query.features("parcel")
    names = [str(land.texts("parcel_id")[row] or land.ids[row]) for row in on_line.parcel.tolist()]
    kinds = _kinds(tables, land.texts("parcel_id")[on_line.parcel])
    serves = [[kind for kind in of if _is_food(kind, words)] for of in kinds]
    away = _lateral_ft(query, on_line.lateral, place)
    leads = [
        _lead(name, land.texts("situs_address")[row], food, distance, earlier.count(name))
        for name, row, food, distance in zip(names, on_line.parcel.tolist(), serves, away, strict=True)
    ]
    told = [kind for of in kinds for kind in of]
    known = [distance for distance in away if distance is not None]
    return Traceability(
        connections=len(on_line),
        accounts=len(told),
        food_service=sum(map(len, serves)) if any(told) else None,
        nearest_lateral_ft=min(known, default=None),
        repeats=len(earlier),
        leads=tuple(sorted((lead for lead in leads if lead.points), key=lambda lead: (-lead.points, lead.parcel_id)))[
            :_MOST
        ],
    )


def _is_food(kind: str, words: Sequence[str]) -> bool:
    return any(word in kind.lower() for word in words)


def _lead(parcel: str, situs: str | None, food: Sequence[str], lateral_ft: float | None, repeats: int) -> Lead:
    reasons = []
    points = 0.0
    if food:
        points += _FOOD
        reasons.append(f"an account there is for {', '.join(sorted(set(food)))}")
    if lateral_ft is not None and lateral_ft <= _NEAR_FT:
        points += _LATERAL * (1 - lateral_ft / (2 * _NEAR_FT))
        reasons.append(f"its lateral lies {lateral_ft:,.0f} ft from the place")
    if repeats:
        points += _REPEAT * repeats
        reasons.append(f"{repeats} earlier overflows were noted at it")
    return Lead(parcel, situs, round(points, 2), tuple(reasons))


def _kinds(tables: ReferenceTables | None, parcels: np.ndarray) -> list[list[str]]:
    """What the active accounts of each parcel are for; an empty text where an account does not say."""
    found: list[list[str]] = [[] for _ in parcels]
    if tables is None or not tables.has("account"):
        return found
    table = tables.table("account")
    matches = matching(table, "parcel_id", parcels)
    for at, row in zip(matches.key.tolist(), matches.feature.tolist(), strict=True):
        if (table.texts("status")[row] or "").lower() not in ("closed", "inactive"):
            found[at].append(str(table.texts("kind")[row] or ""))
    return found


def _lateral_ft(query: LayerQuery, laterals: Rows, place: shapely.Point) -> list[float | None]:
    """How far each property's lateral lies from the place; None where none is on record."""
    found: list[float | None] = [None] * len(laterals)
    known = np.flatnonzero(laterals >= 0)
    if len(known):
        distance = shapely.distance(query.features("lateral").geometry[laterals[known]], place)
        for at, feet in zip(known.tolist(), distance.tolist(), strict=True):
            found[at] = float(feet)
    return found
