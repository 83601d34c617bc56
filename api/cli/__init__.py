"""The command line: `gis-ce`, one module a subject."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, cast

import typer

from api.cli.screen import failure
from api.cli.subjects import add_subjects
from api.error_answers import OURS, STORE_GONE, store_gone
from api.version import running_version

_HELP = """What does the utility's map say about these places?

Start with [bold]gis-ce serve[/bold] (a made-up town on a map), or with [bold]gis-ce demo[/bold] and
[bold]gis-ce check --address "..."[/bold]. A city of your own is one file: see
[bold]gis-ce layers import --help[/bold].

Settings come from the environment: GIS_CE_DATA, GIS_CE_CITY, GIS_CE_CASES, GIS_CE_ATTACHMENTS, GIS_CE_HOST,
GIS_CE_PORT.
"""

_USAGE_ERROR = cast(type[Exception], typer.BadParameter.__mro__[2])
"""The root of what typer raises for wrong usage; typer carries its own copy of click, so it is named this way."""


def main() -> None:
    """Run the command line; a user's mistake ends it with exit code 1 and one clear line."""
    try:
        sys.exit(command_line(sys.argv[1:])(prog_name="gis-ce", standalone_mode=False))
    except OURS as error:
        failure(str(error))
    except STORE_GONE as error:
        failure(store_gone(error))
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


def command_line(words: Sequence[str]) -> typer.Typer:
    """The command line for these words: with the subject they begin with, or with all."""
    app = typer.Typer(
        name="gis-ce",
        help=_HELP,
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(_version)
    add_subjects(app, words)
    return app


def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(running_version())
        raise typer.Exit
