"""Days as they are typed: a date, or `today` in the city."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from api.errors import ApiError
from gis_ce.actions.desk import Desk
from gis_ce.letter_merge import as_date

TODAY = "today"
_HELP = "Such as 2026-03-02, or today"

DayArgument = Annotated[str, typer.Argument(metavar="DAY", help=f"{_HELP}.")]
OnOption = Annotated[str | None, typer.Option("--on", metavar="DAY", help=f"{_HELP}; without it, today.")]


def day_of(said: str | None, desk: Desk) -> date:
    """The day that somebody typed, today where nobody did; raises ApiError."""
    if said is None or said == TODAY:
        return desk.today
    day = as_date(said)
    if day is None:
        raise ApiError(f"{said!r} is no day; write it like 2026-03-02, or {TODAY}.")
    return day


def day_if(said: str | None, desk: Desk) -> date | None:
    """The day that somebody typed, None where nobody did; raises ApiError."""
    return day_of(said, desk) if said is not None else None
