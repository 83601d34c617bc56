"""The digests of the day: one page for the manager and one for each officer, in a folder of the day."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import select

from api.case_office import CaseOffice
from gis_ce.actions.desk import CLOCK, Actor
from gis_ce.actions.digesting import digest
from gis_ce.digests import as_page
from gis_ce.tables import Case

_NOT_IN_NAMES = re.compile(r"[^\w.@-]+")


def write_digests(office: CaseOffice, folder: Path) -> str:
    """Writes the digests of today; those that were written today already are written anew."""
    desk = office.desk(Actor(CLOCK))
    with office.store.reading() as session:
        open_cases = select(Case.officer).where(Case.status == "open", Case.officer.is_not(None)).distinct()
        officers = sorted(str(name) for name in session.scalars(open_cases))
        pages = {_named(officer): as_page(digest(session, desk, "daily", officer)) for officer in officers}
        pages["manager"] = as_page(digest(session, desk))
    day = folder / f"{desk.today}"
    day.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, page in pages.items():
        unfinished = day / f"{name}.html.unfinished"
        unfinished.write_text(page, "utf-8")
        unfinished.replace(day / f"{name}.html")
    return f"{len(pages)} digests of {desk.today}: for the manager and {len(officers)} officers, in {day}."


def _named(officer: str) -> str:
    """What the page of an officer is called: no name leads into another folder."""
    return "officer-" + (_NOT_IN_NAMES.sub("_", officer)[:80].strip(".") or "_")
