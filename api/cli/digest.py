"""`gis-ce digest`: what an officer or the manager reads of a day or a week."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from api.cli.case_desk import AsOption, looking
from api.cli.days import OnOption, day_if
from api.cli.options import CityOption
from api.cli.screen import aside, text
from api.errors import ApiError
from gis_ce.actions.digesting import Period
from gis_ce.actions.digesting import digest as digest_of
from gis_ce.digests import DigestForm, written

_ENDINGS = {".txt": "text", ".html": "html", ".csv": "csv"}


def digest(
    officer: Annotated[str | None, typer.Option("--officer", help="Of this officer; else the manager's.")] = None,
    weekly: Annotated[bool, typer.Option("--weekly", help="Of the seven days that end with the day.")] = False,
    on: OnOption = None,
    form: Annotated[str | None, typer.Option("--form", help=f"{', '.join(get_args(DigestForm))}.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="As .txt, .html or .csv.")
    ] = None,
    as_: AsOption = None,
    city: CityOption = None,
) -> None:
    """Write the digest of a day or a week: overdue, due soon, the most urgent, opened, closed, updates, unpaid."""
    wanted = form or _ENDINGS.get(output.suffix.lower() if output else ".txt")
    if wanted not in get_args(DigestForm):
        raise ApiError(f"A digest is written as {', '.join(get_args(DigestForm))} (.txt, .html, .csv).")
    period: Period = "weekly" if weekly else "daily"
    with looking(city, as_) as (session, desk, _):
        found = digest_of(session, desk, period, officer, day_if(on, desk))
    words = written(found, cast(DigestForm, wanted))
    if output is None:
        typer.echo(words, nl=False)
        return
    output.write_text(words, "utf-8")
    aside().print(f"Written to {text(output)}.", soft_wrap=True)
