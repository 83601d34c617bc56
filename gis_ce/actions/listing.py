"""Lists of cases, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from gis_ce.case_lists import MOST, After, CaseFilter, page
from gis_ce.errors import FilterRefused
from gis_ce.tables import Case, Site


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A case of a list, with its place."""

    case: Case
    site: Site | None


@dataclass(frozen=True, slots=True)
class CasePage:
    """Cases, the newest first; `after` asks for the next page, None where there is none."""

    cases: tuple[ListedCase, ...]
    after: str | None


def list_cases(session: Session, wanted: CaseFilter, after: str | None = None, limit: int = 50) -> CasePage:
    """One page of the cases that meet a filter; raises FilterRefused for a page that cannot be."""
    if not 1 <= limit < MOST:
        raise FilterRefused(f"A page has 1 to {MOST - 1:,} cases, not {limit}.")
    rows = page(session, wanted, After(*page_read(after)) if after else None, limit + 1)
    found = tuple(ListedCase(case, site) for case, site in rows[:limit])
    last = found[-1].case if len(rows) > limit else None
    more = page_written(last.opened_at, last.id) if last is not None else None
    return CasePage(found, more)


def page_written(moment: datetime, name: str) -> str:
    """What asks for the page after a row."""
    return f"{moment.isoformat()}~{name}"


def page_read(after: str) -> tuple[datetime, str]:
    """The time and id of that row; raises FilterRefused for what `page_written` has not made."""
    moment, _, name = after.partition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError as error:
        raise FilterRefused("The page asked for is none of ours; begin again without it.") from error
    if at.tzinfo is None or not name:
        raise FilterRefused("The page asked for is none of ours; begin again without it.")
    return at, name
