"""What `gis-ce` can do, by its first word: each subject's module is loaded when it is asked for.

To load all of them takes seconds: some write maps, some read every kind of file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module

import typer

COMMANDS: Mapping[str, str] = {
    "check": "api.cli.check:check",
    "research": "api.cli.research:research",
    "deadlines": "api.cli.deadlines:deadlines",
    "digest": "api.cli.digest:digest",
    "day-sheet": "api.cli.day_sheet:day_sheet",
    "isolate": "api.cli.isolate:isolate",
    "field-pack": "api.cli.field_pack:field_pack",
    "access-log": "api.cli.access_log:access_log",
    "serve": "api.cli.serve:serve",
    "demo": "api.cli.demo:demo",
}
"""Commands with where their functions are."""

GROUPS: Mapping[str, str] = {
    "trace": "api.cli.trace:app",
    "network": "api.cli.network:app",
    "case": "api.cli.case:app",
    "charge": "api.cli.charge:app",
    "contact": "api.cli.contact:contact",
    "visit": "api.cli.contact:visit",
    "proceeding": "api.cli.proceeding:app",
    "letter": "api.cli.letter:app",
    "decisions": "api.cli.decisions:app",
    "register": "api.cli.register:app",
    "mailing": "api.cli.mailing:app",
    "jobs": "api.cli.jobs:app",
    "schedule": "api.cli.schedule:app",
    "webhook": "api.cli.webhook:app",
    "layers": "api.cli.layers:app",
    "rules": "api.cli.rules:app",
    "process": "api.cli.process:app",
    "config": "api.cli.config:app",
    "db": "api.cli.db:app",
    "user": "api.cli.users:app",
    "key": "api.cli.keys:app",
}
"""Groups of commands with where their apps are."""


def add_subjects(app: typer.Typer, words: Sequence[str]) -> None:
    """Add the subject that the words of a command line begin with; all of them where they begin with none."""
    first = next((word for word in words if not word.startswith("-")), None)
    wanted = {first} & {*COMMANDS, *GROUPS} or {*COMMANDS, *GROUPS}
    for name, where in COMMANDS.items():
        if name in wanted:
            app.command(name)(_loaded(where))
    for name, where in GROUPS.items():
        if name in wanted:
            app.add_typer(_loaded(where), name=name)


def _loaded(where: str) -> typer.Typer:
    module, _, name = where.partition(":")
    found: typer.Typer = getattr(import_module(module), name)
    return found
