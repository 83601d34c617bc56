"""What the commands on cases share: their options, and a session at a desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from api.case_office import CaseOffice, open_office
from api.cli.options import CityOption, JsonOption
from api.officers import acting_here
from api.settings import Settings
from api.wiring import open_city
from gis_ce.actions.desk import Desk

NumberArgument = Annotated[
    str, typer.Argument(metavar="NUMBER", help="Number of a case, such as LEAK-2026-00017, or its id.")
]
AsOption = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="NAME",
        help="Who acts; without it, the user of this machine, who may act in every lane while there are no accounts.",
    ),
]


@dataclass(frozen=True, slots=True)
class WhoActs:
    """Who acts, and in which city; for commands that say what they did in words."""

    as_: AsOption = None
    city: CityOption = None


@dataclass(frozen=True, slots=True)
class WhoAsks:
    """Who acts, in which city, and whether the answer is for machines."""

    as_: AsOption = None
    city: CityOption = None
    json: JsonOption = False


WhyOption = Annotated[str | None, typer.Option("--why", help="The reason; it goes into the history.")]
ReasonOption = Annotated[str, typer.Option("--why", help="The reason; it goes into the history.")]


def office_here(city: Path | None, tested: bool = True) -> CaseOffice:
    """The case office of the city that commands work with; raises NoCity, StoreNotReady."""
    settings = Settings()
    return open_office(settings, open_city(settings, city, tested))


@contextmanager
def at_work(city: Path | None, name: str | None) -> Iterator[tuple[Session, Desk]]:
    """A session that may write, and the desk of who acts; the command commits, and anything else is undone."""
    office = office_here(city)
    with office.store.session() as session:
        yield session, office.desk(acting_here(session, office, name))


@contextmanager
def looking(city: Path | None, name: str | None) -> Iterator[tuple[Session, Desk, CaseOffice]]:
    """A session that only reads, with the desk and the office; nothing is asked of the map, so no rule is tested."""
    office = office_here(city, tested=False)
    with office.store.reading() as session:
        yield session, office.desk(acting_here(session, office, name)), office
