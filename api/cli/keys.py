"""`gis-ce key`: API keys of field apps and other machines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside, out, table, text
from api.cli.users import store_session
from api.key_messages import DAYS, MOST_DAYS, key_message
from api.officers import user_at_this_machine
from gis_ce.api_keys import SCOPES, NewKey, all_keys, make_key, revoke_key
from gis_ce.roles import STAFF_ROLES
from gis_ce.tables import ApiKey

app = typer.Typer(help="API keys of field apps and other machines.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of a key: small letters, digits and . _ -")]


@app.command("new")
def new(
    name: Name,
    role: Annotated[str, typer.Option("--role", help=f"One of {', '.join(STAFF_ROLES)}.")],
    scopes: Annotated[list[str], typer.Option("--scope", help=f"What it is for: {', '.join(SCOPES)}.")],
    days: Annotated[int, typer.Option("--days", min=1, max=MOST_DAYS, help="How long it is good.")] = DAYS,
    city: CityOption = None,
) -> None:
    """Make a key and print it: this once, since only its hash is kept."""
    now = datetime.now(UTC)
    with store_session(city) as session:
        wanted = NewKey(name, role, scopes, now + timedelta(days=days))
        made = make_key(session, wanted, user_at_this_machine(), now)
        session.commit()
    aside().print(f"{text(name)} is good for {days:,} days; keep the key well, it is shown this once.")
    out().print(made, soft_wrap=True)


@app.command("list")
def list_(city: CityOption = None, json: JsonOption = False) -> None:
    """List all keys that were ever made."""
    with store_session(city) as session:
        rows = all_keys(session)
        if json:
            as_json([key_message(row) for row in rows])
            return
        shown = table("Key", "Role", "For", "Good until", "Last used", "Made by", whole=("Key",))
        for row in rows:
            used = f"{row.used_at:%Y-%m-%d %H:%M}" if row.used_at else "never"
            shown.add_row(
                text(row.name), row.role, ", ".join(row.scopes["scopes"]), _until(row), used, text(row.made_by)
            )
        out().print(shown)


@app.command("revoke")
def revoke(name: Name, city: CityOption = None) -> None:
    """Make a key good for nothing any longer; what was done with it stays."""
    with store_session(city) as session:
        revoke_key(session, name, user_at_this_machine(), datetime.now(UTC))
        session.commit()
    aside().print(f"{text(name)} opens nothing any longer.")


def _until(row: ApiKey) -> str:
    if row.revoked_at is not None:
        return f"revoked {row.revoked_at:%Y-%m-%d}"
    return f"{row.expires_at:%Y-%m-%d}" if row.expires_at else "revoked"
