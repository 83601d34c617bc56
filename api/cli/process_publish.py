"""`gis-ce process publish`: make a changed definition the one in force, after saying what becomes of the open cases."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from api.cli.case_desk import AsOption, at_work
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside, out, table, text
from api.errors import ApiError
from gis_ce.actions.publishing import Publishing, dry_run_process, publish_process
from gis_ce.process_files import read_text


def publish(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The definition, a YAML file.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would become of the open cases.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Make a definition the one that new cases follow, and take over to it every open case that can go.

    A running deadline never starts anew. A case that cannot go over finishes on its own version. In a store with
    accounts this is done by those who act in the lane admin.
    """
    if not file.is_file():
        raise ApiError(f"There is no file {file}.")
    words = read_text(file)
    with at_work(city, as_) as (session, desk):
        tried = dry_run_process(session, desk, words)
        session.rollback()
        if not json or dry_run:
            _print(tried, json)
        if dry_run:
            return
        if not (yes or json):
            typer.confirm(f"Publish {tried.process.id}?", abort=True, err=True)
        done = publish_process(session, desk, words)
        session.commit()
    if json:
        _print(done, json)
    else:
        aside().print(f"{text(done.process.title)} is published, as version {done.process.version[:12]}.")


def _print(found: Publishing, json: bool) -> None:
    run = found.run
    if json:
        names = {"process": found.process.id, "version": found.process.version, "before": found.before}
        as_json({**names, "published": found.published, **asdict(run)})
        return
    out().print(f"{text(found.process.title)}: of the open cases, {run}.")
    if run.stays:
        stays = table("Stays on its own version", "Why", whole=("Stays on its own version",))
        for case in run.stays:
            stays.add_row(text(case.case), text(case.why))
        out().print(stays)
    if run.kept:
        kept = table("Keeps its deadline", "It runs", "A new one would be", whole=("Keeps its deadline",))
        for change in run.kept:
            kept.add_row(text(change.case), text(change.running), text(change.new))
        out().print(kept)
