"""What is kept for a time only, and deleted when that is over."""

from __future__ import annotations

import re
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

from api.case_clock import tidy
from api.case_office import CaseOffice
from gis_ce.schedule_runs import forget_runs

DIGESTS_KEPT, RUNS_KEPT = timedelta(days=90), timedelta(days=400)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def clear_old(office: CaseOffice, digests: Path, now: datetime) -> str:
    """Forgets old accesses, requests, uploads and runs, and deletes old digests."""
    tidy(office, now)
    with office.store.session() as session:
        runs = forget_runs(session, now, RUNS_KEPT)
        session.commit()
    gone = _old_digests(digests, now.date() - DIGESTS_KEPT)
    for folder in gone:
        shutil.rmtree(folder)
    return f"Old accesses, requests and uploads are gone; {runs} runs and the digests of {len(gone)} days deleted."


def _old_digests(folder: Path, before: date) -> list[Path]:
    days = [path for path in folder.glob("*-*-*") if path.is_dir() and _DAY.fullmatch(path.name)]
    return [path for path in days if path.name < before.isoformat()]
