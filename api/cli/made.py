"""What an action has led to, on the screen."""

from __future__ import annotations

from dataclasses import asdict

from api.cli.screen import as_json, out
from gis_ce.actions.carried_out import Done


def print_made(done: Done, json: bool, said: str) -> None:
    """What an action has led to: as JSON, or one line."""
    if json:
        as_json(asdict(done))
        return
    out().print(said, soft_wrap=True)
