"""The command line: `gis-ce`, one module a subject."""

from __future__ import annotations

import sys
from typing import Annotated, cast

import typer

from api.cli.case import app as case
from api.cli.charge import app as charge
from api.cli.check import check
from api.cli.contact import contact, visit
from api.cli.db import app as db
from api.cli.deadlines import deadlines
from api.cli.demo import demo
from api.cli.isolate import isolate
from api.cli.jobs import app as jobs
from api.cli.layers import app as layers
from api.cli.letter import app as letter
from api.cli.mailing import app as mailing
from api.cli.network import app as network
from api.cli.process import app as process
from api.cli.register import app as register
from api.cli.research import research
from api.cli.rules import app as rules
from api.cli.screen import failure
from api.cli.serve import serve
from api.cli.trace import app as trace
from api.cli.users import app as user
from api.errors import OURS
from api.version import running_version

_HELP = """What does the utility's map say about these places?

Start with [bold]gis-ce serve[/bold] (a made-up town on a map), or with [bold]gis-ce demo[/bold] and
[bold]gis-ce check --address "..."[/bold]. A city of your own is one file: see
[bold]gis-ce layers import --help[/bold].

Settings come from the environment: GIS_CE_DATA, GIS_CE_CITY, GIS_CE_CASES, GIS_CE_ATTACHMENTS, GIS_CE_HOST,
GIS_CE_PORT.
"""

app = typer.Typer(
    name="gis-ce",
    help=_HELP,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("check")(check)
app.command("research")(research)
app.command("deadlines")(deadlines)
app.command("isolate")(isolate)
app.command("serve")(serve)
app.command("demo")(demo)
app.add_typer(trace, name="trace")
app.add_typer(network, name="network")
app.add_typer(case, name="case")
app.add_typer(charge, name="charge")
app.add_typer(contact, name="contact")
app.add_typer(visit, name="visit")
app.add_typer(letter, name="letter")
app.add_typer(register, name="register")
app.add_typer(mailing, name="mailing")
app.add_typer(jobs, name="jobs")
app.add_typer(layers, name="layers")
app.add_typer(rules, name="rules")
app.add_typer(process, name="process")
app.add_typer(db, name="db")
app.add_typer(user, name="user")

_USAGE_ERROR = cast(type[Exception], typer.BadParameter.__mro__[2])
"""The root of what typer raises for wrong usage; typer carries its own copy of click, so it is named this way."""


def main() -> None:
    """Run the command line; a user's mistake ends it with exit code 1 and one clear line."""
    try:
        sys.exit(app(prog_name="gis-ce", standalone_mode=False))
    except OURS as error:
        failure(str(error))
    except _USAGE_ERROR as error:
        failure(f"{getattr(error, 'format_message', error.__str__)()} Try --help.")
    except typer.Abort:
        failure("Stopped.", 130)
    except KeyboardInterrupt:
        failure("Stopped.", 130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        failure(f"{error.filename or 'The system'}: {error.strerror or error}.")


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(running_version())
        raise typer.Exit
