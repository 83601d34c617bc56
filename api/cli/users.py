"""`gis-ce user`: who may sign in, and in which lanes they may act."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.orm import Session

from api.account_messages import account_change_message
from api.cli.case_screen import minute
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside, out, table, text
from api.officers import user_at_this_machine
from api.settings import Settings
from api.wiring import declared_city, open_cases
from gis_ce.access_rules import access_rules
from gis_ce.accounts import Account, account, accounts
from gis_ce.actions.accounts import (
    Clerk,
    NewAccount,
    account_changes,
    give_password,
    let_act,
    let_sign_in,
    make_account,
)
from gis_ce.actions.publishing import PUBLISHERS
from gis_ce.city_processes import city_settings, processes_folder
from gis_ce.errors import UserRefused
from gis_ce.process_files import open_processes

app = typer.Typer(help="Local accounts and the lanes they act in.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="User name: small letters, digits and . _ @ -")]
Lanes = Annotated[list[str] | None, typer.Argument(metavar="LANE", help="Lanes of the process maps, such as ce.")]
StdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line of the input; do not ask.")
]


@app.command("add")
def add(
    name: Name,
    lanes: Lanes = None,
    display: Annotated[str, typer.Option("--display", help="Name as people read it.")] = "",
    stdin: StdinOption = False,
    city: CityOption = None,
) -> None:
    """Make an account; the password is asked for twice."""
    known = _known_lanes(city, lanes or [])
    with _changing(city) as (session, clerk):
        made = make_account(session, clerk, NewAccount(name, display, _password(stdin), known))
    aside().print(f"{text(made.name)} may sign in and act in {_listed(made)}.")


@app.command("list")
def list_(city: CityOption = None, json: JsonOption = False) -> None:
    """List all accounts."""
    with store_session(city) as session:
        found = accounts(session)
    if json:
        as_json([_line(each) for each in found])
        return
    shown = table("User", "Name", "Lanes", "May sign in", whole=("User",))
    for each in found:
        shown.add_row(text(each.name), text(each.display), _listed(each), "yes" if each.active else "no")
    out().print(shown)


@app.command("changes")
def changes(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Only those of one account.")] = None,
    limit: Annotated[int, typer.Option("--limit", help="At most so many.")] = 100,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """List what was done to accounts, the newest first: who did it, when, and which lanes they had then."""
    with store_session(city) as session:
        found = account_changes(session, name, None, limit)
    if json:
        as_json([account_change_message(row) for row in found])
        return
    zone = ZoneInfo(declared_city(Settings(), city)[1].time_zone)
    shown = table("When", "Who", "Account", "What", whole=("When", "Account"))
    for each in found:
        said = f" ({each.said})" if each.said else ""
        shown.add_row(minute(each.at, zone), text(each.by), text(each.account), text(each.what + said))
    out().print(shown)


@app.command("password")
def password(name: Name, stdin: StdinOption = False, city: CityOption = None) -> None:
    """Give an account another password; it is asked for twice."""
    with _changing(city) as (session, clerk):
        account(session, name)
        give_password(session, clerk, name, _password(stdin))
    aside().print(f"{text(name)} has a new password.")


@app.command("roles")
def roles(name: Name, lanes: Lanes = None, city: CityOption = None) -> None:
    """Let a user act in these lanes and in no others; without any lane, in none."""
    known = _known_lanes(city, lanes or [])
    with _changing(city) as (session, clerk):
        changed = let_act(session, clerk, name, known)
    aside().print(f"{text(name)} may act in {_listed(changed)}.")


@app.command("disable")
def disable(name: Name, city: CityOption = None) -> None:
    """Let a user not sign in any longer; what the user did stays."""
    _set_active(name, False, city)


@app.command("enable")
def enable(name: Name, city: CityOption = None) -> None:
    """Let a disabled user sign in again."""
    _set_active(name, True, city)


def _set_active(name: str, active: bool, city: Path | None) -> None:
    with _changing(city) as (session, clerk):
        let_sign_in(session, clerk, name, active)
    aside().print(f"{text(name)} may {'sign in again' if active else 'not sign in any longer'}.")


def _password(stdin: bool) -> str:
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


@contextmanager
def _changing(city: Path | None) -> Iterator[tuple[Session, Clerk]]:
    """A session in which accounts are changed in the name of who sits at this machine; kept where nothing is raised."""
    _, declared = declared_city(Settings(), city)
    roles = access_rules(declared.other.get("access", {})).lanes
    with store_session(city) as session:
        yield session, Clerk(user_at_this_machine(), datetime.now(UTC), roles)
        session.commit()


@contextmanager
def store_session(city: Path | None) -> Iterator[Session]:
    """A session of the case store of a city, that may write."""
    settings = Settings()
    with open_cases(settings, declared_city(settings, city)[1]).ready().session() as session:
        yield session


def _known_lanes(city: Path | None, wanted: list[str]) -> list[str]:
    """The lanes wanted; raises UserRefused for one that is on no process map of the city."""
    _, declared = declared_city(Settings(), city)
    processes = open_processes(city_settings(declared), processes_folder(declared))
    known = {lane for process in processes.values() for lane in process.lanes}
    if unknown := [lane for lane in wanted if lane not in {PUBLISHERS, *known}]:
        listed = f"{', '.join(sorted(known))}, and {PUBLISHERS} publishes them"
        raise UserRefused(f"There is no lane {unknown[0]!r}; the process maps have {listed}.")
    return wanted


def _line(each: Account) -> dict[str, object]:
    return {"name": each.name, "display": each.display, "lanes": sorted(each.lanes), "active": each.active}


def _listed(each: Account) -> str:
    return ", ".join(sorted(each.lanes)) or "no lane"
