"""Backups of cases and attached files, and the drill that brings the newest one back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from api.backup_note import note_backup
from api.case_office import CaseOffice
from gis_ce.backup_sets import backups, copy_attachments, keep_newest, make_backup
from gis_ce.errors import ScheduleFailed
from gis_ce.restore_drill import drill


def back_up_all(office: CaseOffice, folder: Path, kept: int, now: datetime) -> str:
    """Backs cases and attached files up, the files last, so that none is missing; lets go of old backups."""
    made = make_backup(office.store, folder, now)
    copied = copy_attachments(office.attachments.path, folder)
    note_backup(office.city.folders.layers.parent, now, made.file)
    gone = keep_newest(folder, kept)
    size_mb = made.file.stat().st_size / 1e6
    return (
        f"{made.file.name}: {made.most['cases']:,} cases, {made.most['events']:,} events, {size_mb:,.1f} MB; "
        f"{copied:,} attached files copied, {len(gone)} old backups deleted."
    )


def drill_newest(office: CaseOffice, folder: Path) -> str:
    """Brings the newest backup back beside the store; raises ScheduleFailed where it does not come back as it was."""
    made = backups(folder)
    if not made:
        raise ScheduleFailed(f"There is no backup in {folder} to try.")
    found = drill(made[0], office.store.engine.url, office.city.city.grid_epsg)
    if found.problems:
        raise ScheduleFailed(found.said())
    return found.said()
