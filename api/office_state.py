"""How the office stands, for its administrator: layers, schedule, jobs, backups, room, versions, what waits."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from api.case_office import CaseOffice
from api.production import Asked, embarrassments
from api.schedules import SCHEDULES, rhythms_of
from api.service_state import state_of
from api.settings import Settings
from api.version import running_version
from api.wiring import backups_folder
from gis_ce.backup_sets import backups
from gis_ce.jobs import listed
from gis_ce.schedule_runs import Run, last_runs
from gis_ce.schedule_times import OFF, When, next_after
from gis_ce.store_checks import Finding
from maps.page.operations import Panel

_JOBS, _BACKUP_DAYS = 10, 2
_SCHEDULE = ("Name", "When", "Last", "Outcome", "Next", "What came of it")
_WAITING = {
    "gis_ce_cases_open": "Cases that are open",
    "gis_ce_flips_waiting": "Decisions that turned and wait for a signature",
    "gis_ce_webhooks_waiting": "Messages to other systems that are not delivered yet",
}


def findings(settings: Settings, office: CaseOffice, now: datetime) -> list[Finding]:
    """What needs a hand, the grave things first; as `gis-ce config check`."""
    return embarrassments(Asked(settings, office.city, office.store, now, _BACKUP_DAYS))


def panels(settings: Settings, office: CaseOffice, now: datetime) -> list[Panel]:
    """All that the page shows, in order."""
    zone = ZoneInfo(office.city.city.time_zone)
    with office.store.reading() as session:
        last = last_runs(session)
    return [
        Panel("What waits", ("What", "How many"), tuple(_waiting(office))),
        Panel("Schedule", _SCHEDULE, _schedule(settings, last, zone)),
        Panel("Layers", ("Layer", "Data of", "Age in days", "Features", "State"), tuple(_layers(office))),
        Panel("Backups", ("File", "Made", "MB", "Cases"), tuple(_backups(settings, office, zone))),
        Panel("Jobs", ("Job", "State", "Begun", "Steps", "What came of it"), tuple(_jobs(office, zone))),
        Panel("Room on the disks", ("Of", "Free GB", "Of GB"), tuple(_room(settings, office))),
        Panel("Versions", ("Of", "Version"), tuple(_versions(office))),
    ]


def _waiting(office: CaseOffice) -> Iterator[tuple[str, ...]]:
    for name, _, labels, value in state_of(office.city, lambda: office):
        if name in _WAITING:
            yield _WAITING[name], f"{value:,.0f}"
        elif name == "gis_ce_deadlines":
            yield f"Deadlines that are {labels['state'].replace('_', ' ')}", f"{value:,.0f}"


def _schedule(settings: Settings, last: Mapping[str, Run], zone: ZoneInfo) -> tuple[tuple[str, ...], ...]:
    rows, times = [], rhythms_of(settings)
    for each in SCHEDULES:
        run, rhythm = last.get(each.name), times[each.name]
        following = next_after(rhythm, run.begun_at, zone) if run else None
        told = (run.outcome.replace("_", " "), run.said or "") if run else (_before(rhythm), each.what)
        begun = run.begun_at if run else None
        rows.append((each.name, rhythm.said, _local(begun, zone), told[0], _local(following, zone), told[1]))
    return tuple(rows)


def _before(rhythm: When) -> str:
    return "not asked for" if rhythm.said == OFF else "never ran"


def _layers(office: CaseOffice) -> Iterator[tuple[str, ...]]:
    today = office.city.today()
    for name, layer in office.city.view("staff").layers.items():
        age, limit = (today - layer.version.as_of).days, layer.description.stale_after_days
        state = "stale" if limit is not None and age > limit else "fresh" if limit is not None else "no limit set"
        yield name, f"{layer.version.as_of}", f"{age:,}", f"{layer.version.rows:,}", state


def _backups(settings: Settings, office: CaseOffice, zone: ZoneInfo) -> Iterator[tuple[str, ...]]:
    for made in backups(backups_folder(settings, office.city.city))[:5]:
        size = f"{made.file.stat().st_size / 1e6:,.1f}" if made.file.is_file() else "gone"
        yield made.file.name, _local(made.made_at, zone), size, f"{made.most.get('cases', 0):,}"


def _jobs(office: CaseOffice, zone: ZoneInfo) -> Iterator[tuple[str, ...]]:
    for job in listed(office.store.engine.url, _JOBS):
        said = job.error or (job.results[-1] if job.results else "")
        yield job.name, job.state, _local(job.begun_at, zone), f"{job.done} of {job.of}", said


def _room(settings: Settings, office: CaseOffice) -> Iterator[tuple[str, ...]]:
    folders = {
        "layers": office.city.folders.layers,
        "attachments": office.attachments.path,
        "backups": backups_folder(settings, office.city.city),
    }
    for what, folder in folders.items():
        room = shutil.disk_usage(_there(folder))
        yield what, f"{room.free / 1e9:,.1f}", f"{room.total / 1e9:,.1f}"


def _there(folder: Path) -> Path:
    return next(each for each in (folder, *folder.absolute().parents) if each.exists())


def _versions(office: CaseOffice) -> Iterator[tuple[str, ...]]:
    yield "This program", running_version()
    yield "Tables of the case store", f"{office.store.version()} on {office.store.engine.dialect.name}"
    yield "Rules", office.city.rules.rulebook.pack


def _local(at: datetime | None, zone: ZoneInfo) -> str:
    return "" if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
