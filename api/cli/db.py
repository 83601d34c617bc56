"""`gis-ce db`: bring the case store up to date, back it up, restore it, look for what is wrong in it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from api.backup_note import note_backup
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside, out, text
from api.settings import Settings
from api.wiring import attachments_folder, declared_city, folders_of, open_cases, own_cases
from gis_ce.attachments.verifying import verify
from gis_ce.backup import Held, back_up, held, restore
from gis_ce.case_migrations import newest
from gis_ce.case_store import CaseStore, open_store
from gis_ce.errors import MoveRefused, StoreNotReady
from gis_ce.moving import move
from gis_ce.store_checks import Finding
from gis_ce.tables import Attachment

app = typer.Typer(help="Look after the store of cases: SQLite in a file, or PostGIS.", no_args_is_help=True)


@app.command("upgrade")
def upgrade(city: CityOption = None) -> None:
    """Make the tables, or bring them to this program's version; nothing is half done.

    Back up first where there are cases.
    """
    store = _store(city)
    before = store.version()
    store.upgrade()
    said = "was up to date" if before == newest() else f"is now of version {newest()}"
    aside().print(f"The case store {said}.")


@app.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="New file for the backup.")], city: CityOption = None
) -> None:
    """Write the cases as they are now into one file, while others go on working.

    Attachments are files of their own; copy their folder too.
    """
    settings = Settings()
    declared = declared_city(settings, city)[1]
    store = open_cases(settings, declared)
    back_up(store, file)
    note_backup(folders_of(settings, declared).layers.parent, datetime.now(UTC), file)
    out().print(text(file), soft_wrap=True)
    aside().print(f"{_counted(held(store))} saved, {file.stat().st_size / 1e6:,.1f} MB.")


@app.command("restore")
def restore_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `gis-ce db backup` wrote.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before cases are replaced.")] = False,
    city: CityOption = None,
) -> None:
    """Put the cases of a backup in place of those of the store, which are backed up beside it first."""
    store, keep = _store(city), None
    before = held(store)
    if before.cases:
        keep = file.absolute().with_name(f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}Z{file.suffix}")
        if not yes:
            typer.confirm(f"Replace {_counted(before)} by those of {file}?", abort=True, err=True)
    restore(store, file, keep)
    aside().print(f"{_counted(held(store))} restored.")
    if keep is not None:
        aside().print(f"What was there before is in {keep}", soft_wrap=True)


@app.command("move")
def move_(
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="SQLite file with the cases; else cases.sqlite of the city."),
    ] = None,
    city: CityOption = None,
) -> None:
    """Move all cases from a SQLite file into the empty store that GIS_CE_CASES names, such as PostGIS.

    Every row is read back and compared, and the chain of decisions is worked out anew on both sides; the file stays
    as it is. Stop the service first, so that nothing is written into the file afterwards.
    """
    settings = Settings()
    declared = declared_city(settings, city)[1]
    file = source or own_cases(settings, declared)
    if not file.is_file():
        raise MoveRefused(f"There is no file {file}; name the one with the cases by --from.")
    if settings.cases is None:
        raise MoveRefused(
            "Set GIS_CE_CASES to the address of the new store, such as postgresql://USER:PASSWORD@HOST/NAME."
        )
    old = open_store(f"sqlite:///{file.absolute()}", declared.grid_epsg)
    moved = move(old, open_cases(settings, declared), lambda name, rows: aside().print(f"{name}: {rows:,}"))
    aside().print(
        f"{moved.rows:,} rows are there as they were; {moved.proof.lines:,} lines of decisions prove the same."
    )
    if not moved.proof.holds:
        aside().print("The chain of decisions has the problems that it had before: see `gis-ce decisions verify`.")
    aside().print("Jobs that were under way were not moved. Attachments are files and stay where they are.")


@app.command("check")
def check(
    attachments: Annotated[
        bool, typer.Option("--attachments", help="Read every byte of the attached files too; that takes a while.")
    ] = False,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Look for what must never be wrong: damage, a missing guard, an index that differs from its table.

    Ends with exit code 1 where there is an error.
    """
    settings = Settings()
    declared = declared_city(settings, city)[1]
    store = open_cases(settings, declared)
    version = store.version()
    if version is None:
        raise StoreNotReady("The case store is empty: run `gis-ce db upgrade`.")
    found = store.ready().check()
    if attachments:
        found += verify(attachments_folder(settings, declared), _attached(store))
    if json:
        as_json({"version": version, **asdict(held(store)), "findings": [asdict(finding) for finding in found]})
    else:
        _print(found, held(store), version)
    if any(finding.severity == "error" for finding in found):
        sys.exit(1)


def _attached(store: CaseStore) -> set[str]:
    """The hashes of all contents that cases name, stripped copies too."""
    with store.reading() as session:
        rows = session.execute(select(Attachment.sha256, Attachment.stripped_sha256))
        return {digest for row in rows for digest in row if digest is not None}


def _store(city: Path | None) -> CaseStore:
    settings = Settings()
    return open_cases(settings, declared_city(settings, city)[1])


def _print(found: list[Finding], many: Held, version: str) -> None:
    colours = {"error": "red", "warning": "yellow"}
    for finding in found:
        colour = colours[finding.severity]
        out().print(f"[{colour}]{finding.severity}[/{colour}] {text(finding.what)}")
        out().print(f"    [bold]Next:[/bold] {text(finding.next_step)}")
    out().print(f"{_counted(many)}, version {version}{'' if found else ': nothing wrong'}.")


def _counted(many: Held) -> str:
    cases, events = (f"{count:,} {name}{'' if count == 1 else 's'}" for count, name in _named(many))
    return f"{cases} and {events}"


def _named(many: Held) -> tuple[tuple[int, str], tuple[int, str]]:
    return (many.cases, "case"), (many.events, "event")
