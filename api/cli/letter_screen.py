"""Letters on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table

from api.cli.screen import as_json, out, table, text
from gis_ce.actions.carried_out import Done
from gis_ce.letter import LetterKind
from gis_ce.service_clock import IN_WORDS

_CLOCK = {"receipt": "Received", "appeal": "Appeal until", "compliance": "To be done by"}


def kinds_table(kinds: Sequence[LetterKind]) -> Table:
    """The kinds of letters, with the fields that an officer may have to give."""
    made = table("Letter", "Title", "Topic", "Fields", whole=("Letter",))
    for kind in kinds:
        needed = ", ".join(known.name for known in kind.fields if not known.optional)
        made.add_row(text(kind.id), text(kind.title), text(kind.topic.replace("_", " ")), text(needed))
    return made


def print_done(done: Done, json: bool, said: str) -> None:
    """What was done with a letter, what it still needs, and what follows from its service."""
    if json:
        as_json(asdict(done))
        return
    out().print(said, soft_wrap=True)
    for missing in done.made.get("missing", ()):
        out().print(f"  [yellow]needed[/yellow]  {text(missing)}", soft_wrap=True)
    _print_clock(done.made.get("clock"))


def print_letter(message: dict[str, Any]) -> None:
    """A letter with its values, its service, and what follows from that."""
    number = message["number"] or message["id"]
    out().print(f"[bold]{text(number)}[/bold]  {text(message['title'])}, {message['state']}", soft_wrap=True)
    out().print(f"To: {text(', '.join(message['to']) or '-')}", soft_wrap=True)
    rows = table("Field", "Value", whole=("Field",))
    for known in message["fields"]:
        value = known["value"]
        said = " / ".join(value) if isinstance(value, list) else value
        rows.add_row(text(known["name"]), text(said if said is not None else f"- ({known['ask']})"))
    out().print(rows)
    for missing in message["missing"]:
        out().print(f"[yellow]needed[/yellow]  {text(missing)}", soft_wrap=True)
    for row in message["services"]:
        more = f", {row['tracking']}" if row["tracking"] else ""
        hour = f" {row['time']}" if row["time"] else ""
        out().print(f"{row['kind']}  {row['on']}{hour} by {IN_WORDS[row['method']]}{text(more)}", soft_wrap=True)
    _print_clock(message["clock"])
    if message["sha256"]:
        out().print(f"Kept as {message['sha256']}", soft_wrap=True)


def _print_clock(clock: dict[str, dict[str, str | None]] | None) -> None:
    for name, title in _CLOCK.items():
        found = (clock or {}).get(name)
        if found is not None:
            source = f" ({text(found['source'])})" if found["source"] else ""
            day = found["day"] or "not known yet"
            out().print(f"  {title}: [bold]{day}[/bold]  {text(found['said'])}{source}", soft_wrap=True)
