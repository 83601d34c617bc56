"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CityOption = Annotated[
    Path | None,
    typer.Option("--city", metavar="FILE", help="City file; without it, the one that was imported last."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of tables.")]
IdArgument = Annotated[str, typer.Argument(metavar="ID|last", help="As gis-ce proceeding list shows it.")]
TextArgument = Annotated[str, typer.Argument(metavar="TEXT")]
LetterArgument = Annotated[
    str, typer.Argument(metavar="LETTER", help="Number of a letter, such as LEAK-2026-00017-L1.")
]
