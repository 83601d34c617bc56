"""Links between cases: what a case was handed over to, came from, is a duplicate of, or goes with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.errors import CaseUnknown, LinkRefused
from gis_ce.tables import Case, CaseLink
from gis_ce.tables.cases import LINK_KINDS

_FORTH = {"handover": "handed over to", "returns": "sent to", "duplicate": "is a duplicate of", "related": "goes with"}
_BACK = {"handover": "came from", "returns": "opened for", "duplicate": "has the duplicate", "related": "goes with"}


@dataclass(frozen=True, slots=True)
class LinkedCase:
    """A case that another leads to or comes from; `said` is how, in words."""

    case_id: str
    number: str
    type: str
    status: str
    kind: str
    said: str
    at: datetime


def links_of(session: Session, case_id: str) -> list[LinkedCase]:
    """The cases that one is linked to, both ways, in the order in which the links were made."""
    found = [
        LinkedCase(row.id, row.number, row.type, row.status, row.kind, words[row.kind], row.at)
        for own, other, words in (
            (CaseLink.from_case, CaseLink.to_case, _FORTH),
            (CaseLink.to_case, CaseLink.from_case, _BACK),
        )
        for row in session.execute(
            select(Case.id, Case.number, Case.type, Case.status, CaseLink.kind, CaseLink.at)
            .join(Case, Case.id == other)
            .where(own == case_id)
        )
    ]
    return sorted(found, key=lambda link: (link.at, link.number))


def add_link(session: Session, from_case: str, to_case: str, kind: str, by: str, at: datetime) -> CaseLink:
    """Links two cases; raises CaseUnknown, LinkRefused for a case with itself, a link twice, or a circle of duplicates.

    A link that goes both ways (`related`) is there once, whichever case it was made from.
    """
    if kind not in LINK_KINDS:
        raise LinkRefused(f"There is no link {kind!r}; there are {', '.join(LINK_KINDS)}.")
    if from_case == to_case:
        raise LinkRefused("A case cannot be linked to itself.")
    one, other = (_known(session, name) for name in (from_case, to_case))
    pairs = [(from_case, to_case)] + ([(to_case, from_case)] if kind == "related" else [])
    if any(session.get(CaseLink, (*pair, kind)) for pair in pairs):
        raise LinkRefused(f"{one.number} {_FORTH[kind]} {other.number} already.")
    if kind == "duplicate" and from_case in _originals(session, to_case):
        raise LinkRefused(f"{other.number} is a duplicate of {one.number} already; link it the other way round.")
    link = CaseLink(from_case=from_case, to_case=to_case, kind=kind, by=by, at=at)
    session.add(link)
    session.flush()
    return link


def _known(session: Session, case_id: str) -> Case:
    case = session.get(Case, case_id)
    if case is None:
        raise CaseUnknown(f"There is no case {case_id!r}.")
    return case


def _originals(session: Session, case_id: str) -> set[str]:
    """The cases that one is a duplicate of, however far."""
    found: set[str] = set()
    new = {case_id}
    while new:
        query = select(CaseLink.to_case).where(CaseLink.kind == "duplicate", CaseLink.from_case.in_(new))
        new = set(session.scalars(query)) - found
        found |= new
    return found
