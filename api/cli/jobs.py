"""`gis-ce jobs`: what runs by itself, how far it is, and another try for what failed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from api.cli.case_desk import office_here
from api.cli.options import CityOption, JsonOption
from api.cli.screen import Tell, as_json, out, progress, table, text
from api.mailing_jobs import mailing_run
from gis_ce.jobs import Job, listed, retry
from gis_ce.jobs import Tell as Steps

app = typer.Typer(help="Jobs that outlast a crash, such as the nightly drafts of mailings.", no_args_is_help=True)


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option("--limit", min=1, max=200, help="How many.")] = 20,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """List the jobs, newest first, with what came of them."""
    print_jobs(listed(office_here(city).store.engine.url, limit), json)


@app.command("retry")
def retry_(
    job: Annotated[str, typer.Argument(metavar="JOB", help="A job that failed or was stopped.")],
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Go on with a job that failed, from the step that failed."""
    office = office_here(city)
    with progress("going on") as tell:
        done = retry(office.store.engine.url, [mailing_run(office)], job, as_share(tell))
    print_jobs([done], json)


def as_share(tell: Tell) -> Steps:
    """Steps done of all, as the share that a bar shows."""
    return lambda done, of, said: tell(said or "looking what there is to do", done / of if of else 0.0)


def print_jobs(jobs: list[Job], json: bool) -> None:
    """Jobs on the screen."""
    if json:
        as_json([asdict(job) for job in jobs])
        return
    if not jobs:
        out().print("No job has run yet.")
        return
    shown = table("Job", "State", "Begun", "Steps", "What came of it", whole=("Job", "Begun"), right=("Steps",))
    for job in jobs:
        said = "\n".join(job.results) or job.error or ""
        shown.add_row(text(job.id), job.state, f"{job.begun_at:%Y-%m-%d %H:%M}", f"{job.done}/{job.of}", text(said))
    out().print(shown)
