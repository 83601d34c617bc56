"""What all commands share on the screen: tables, progress, and the one line that says what was wrong."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.streaming import json_pieces

Tell = Callable[[str, float], None]


def out() -> Console:
    """Where answers go."""
    return Console(highlight=False, soft_wrap=False)


def aside() -> Console:
    """Where everything goes that is not the answer, so that answers can be piped."""
    return Console(stderr=True, highlight=False)


def failure(message: str, code: int = 1) -> NoReturn:
    """End with one clear line on the error stream (a broken city file has a line for each mistake)."""
    sys.stderr.write(f"gis-ce: {message.strip()}\n")
    sys.exit(code)


def as_json(value: object) -> None:
    """Print for machines."""
    sys.stdout.write(json.dumps(value, default=str, ensure_ascii=False, indent=2) + "\n")


def stream_json(message: Mapping[str, Any]) -> None:
    """The same of a message with long lists, some rows at a time."""
    for piece in json_pieces(message):
        sys.stdout.write(piece.decode())


def table(*columns: str, right: Sequence[str] = (), whole: Sequence[str] = ()) -> Table:
    """A table whose words wrap; columns in `right` hold numbers, those in `whole` stay on one line."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in columns:
        number = name in right
        one_line = number or name in whole
        made.add_column(name, justify="right" if number else "left", no_wrap=one_line, overflow="fold", vertical="top")
    return made


def text(value: object) -> str:
    """Any value as plain text for a table: nothing in it is taken as markup."""
    return "" if value is None else escape(str(value))


def many(count: int, name: str) -> str:
    """A count with its noun: `1 case`, `1,200 cases`."""
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name.removesuffix('y')}{_plural(name)}"


def _plural(name: str) -> str:
    return "ies" if name.endswith("y") else "s"


def short(version: str) -> str:
    """A version id as people read it: `parcels/1a2b3c4d`."""
    name, _, digest = version.partition("/")
    return f"{name}/{digest[:8]}"


@contextmanager
def progress(what: str) -> Iterator[Tell]:
    """A bar on the error stream, for as long as something takes; silent where that is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), TimeElapsedColumn())
    console = aside()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=1.0)
        yield _teller(bar, task)


def _teller(bar: Progress, task: TaskID) -> Tell:
    def tell(what: str, share: float) -> None:
        bar.update(task, description=escape(what), completed=share)

    return tell
