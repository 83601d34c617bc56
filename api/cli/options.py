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
