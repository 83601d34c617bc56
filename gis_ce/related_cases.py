"""What else is on file when a case is opened: earlier cases at the parcel, and by the same party."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, CompoundSelect, Select, select, union
from sqlalchemy.orm import Session

from gis_ce.geometry_column import intersects
from gis_ce.party_match import Alike, beginnings, how_alike
from gis_ce.tables import Case, Party, Site

OFFENDERS = ("owner", "contractor", "firm", "occupant")
"""The roles of those whom a case is about; who reported it is none of them."""
_LAST = "zzzzzzzz"
_MOST_CASES = 500


@dataclass(frozen=True, slots=True)
class EarlierCase:
    """A case from before, by what it was found, and how sure that is the same (1: certain)."""

    case_id: str
    number: str
    type: str
    status: str
    outcome: str | None
    opened_at: datetime
    title: str
    by: str
    sureness: float


def earlier_at_parcel(
    session: Session,
    parcel_id: str | None,
    before: datetime,
    outline: BaseGeometry | None = None,
    *,
    leave_out: Sequence[str] = (),
    limit: int = 20,
) -> list[EarlierCase]:
    """Cases opened before, that name a parcel or lie within its outline, newest first; none where neither is given."""
    places: list[tuple[ColumnElement[bool], str]] = []
    if parcel_id is not None:
        places.append((Site.parcel_id.in_(_spellings(parcel_id)), f"on the parcel {parcel_id.strip()}"))
    if outline is not None:
        places.append((intersects(Site.geometry, outline), "within the parcel"))
    found: dict[str, EarlierCase] = {}
    for where, by in places:
        query = _cases(before, leave_out).join(Site, Site.case_id == Case.id).where(where).limit(limit)
        for row in session.execute(query):
            found.setdefault(row.id, _earlier(row, by, 1.0))
    return sorted(found.values(), key=lambda each: (each.opened_at, each.case_id), reverse=True)[:limit]


def earlier_by_party(
    session: Session,
    names: Iterable[str],
    before: datetime,
    *,
    leave_out: Sequence[str] = (),
    limit: int = 20,
) -> list[EarlierCase]:
    """Cases opened before of a party of one of these names (or nearly), the surest first, then newest.

    Names that are alike are told with how alike they are: that it is the same party, a person must say.
    Only owners, contractors, firms and occupants count, not who reported.
    """
    wanted = tuple(dict.fromkeys(name.strip() for name in names if name and name.strip()))
    heads = tuple(dict.fromkeys(head for name in wanted for head in beginnings(name)))
    if not heads:
        return []
    best: dict[str, tuple[Alike, str]] = {}
    for case_id, role, name, firm in session.execute(_parties_beginning(heads)):
        found = _best_name(wanted, (name, firm)) if role in OFFENDERS else None
        if found is not None and (case_id not in best or found[1].sureness > best[case_id][0].sureness):
            best[case_id] = (found[1], f"{role} {found[0]}: {found[1].said}")
    surest = sorted(best, key=lambda case_id: -best[case_id][0].sureness)[:_MOST_CASES]
    rows = session.execute(_cases(before, leave_out).where(Case.id.in_(surest)))
    earlier = [_earlier(row, best[row.id][1], best[row.id][0].sureness) for row in rows]
    return sorted(earlier, key=lambda each: (-each.sureness, -each.opened_at.timestamp(), each.number))[:limit]


def _cases(before: datetime, leave_out: Sequence[str]) -> Select[Any]:
    query = select(Case.id, Case.number, Case.type, Case.status, Case.outcome, Case.opened_at, Case.title).order_by(
        Case.opened_at.desc(), Case.id.desc()
    )
    return query.where(Case.opened_at <= before, Case.id.not_in(leave_out))  # type: ignore[return-value]


def _earlier(row: Any, by: str, sureness: float) -> EarlierCase:
    return EarlierCase(
        row.id, row.number, row.type, row.status, row.outcome, row.opened_at, row.title, by, round(sureness, 2)
    )


def _spellings(parcel_id: str) -> tuple[str, ...]:
    plain = parcel_id.strip()
    return tuple(dict.fromkeys((parcel_id, plain, plain.upper(), plain.lower())))


def _parties_beginning(heads: Sequence[str]) -> CompoundSelect[Any]:
    """Parties whose name or firm begins with some letters, each range asked of its index.

    A database that sorts by bytes ends before the next letter, one that sorts as dictionaries do after
    many z: for each of them one of the two ranges holds everything.
    """
    parts = []
    for column in (Party.name, Party.firm):
        for head in heads:
            for word in dict.fromkeys((head.upper(), head.capitalize(), head.lower())):
                following = word[:-1] + chr(ord(word[-1]) + 1)
                columns = select(Party.case_id, Party.role, Party.name, Party.firm)
                parts += [columns.where(column >= word, column < end) for end in (following, word + _LAST)]
    return union(*parts)


def _best_name(wanted: Sequence[str], names: Sequence[str | None]) -> tuple[str, Alike] | None:
    """The name that is most alike any of those wanted, with how alike."""
    pairs = [(name, how_alike(one, name)) for one in wanted for name in names if name]
    found = [(name, alike) for name, alike in pairs if alike is not None]
    return max(found, key=lambda pair: pair[1].sureness, default=None)
