"""The page of all commands: made from the command line itself."""

from __future__ import annotations

import re

import typer
from typer.cli import get_docs_for_click

from api.cli import command_line

_MARKUP = re.compile(r"\[/?(?:bold|green|dim|italic)\]")


def commands_page() -> str:
    """Every command with its arguments and options."""
    command = typer.main.get_command(command_line([]))
    context = typer.Context(command, info_name="gis-ce")
    said = get_docs_for_click(obj=command, ctx=context, name="gis-ce", title="Commands")
    return _MARKUP.sub("", said)
