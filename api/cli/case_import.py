"""`gis-ce case import`: old cases by file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from api.case_imports import OldFile, bring_in, import_message
from api.cli.case_desk import AsOption, at_work
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside, many, out, text
from api.errors import ApiError
from gis_ce.case_exchange.importing import ImportPlan

_LISTED = 10


def import_(  # noqa: PLR0913, PLR0917 - the options of the command
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Old cases: CSV or XLSX, or an export of this program.")],
    mapping: Annotated[
        Path | None, typer.Option("--mapping", metavar="FILE", help="Which column is what; an export needs none.")
    ] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="Of an XLSX; else the first.")] = None,
    plan_only: Annotated[bool, typer.Option("--plan", help="Only say what would come in.")] = False,
    without_bad: Annotated[bool, typer.Option("--without-bad", help="Leave bad rows out and take the others.")] = False,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Bring old cases in from a file: all of it in one go, or nothing; and never twice.

    In a store with accounts this is done by those who act in the lane admin.
    """
    for path in (file, *([mapping] if mapping else [])):
        if not path.is_file():
            raise ApiError(f"There is no file {path}.")
    old = OldFile(file, _mapping_text(mapping), sheet)
    with at_work(city, as_) as (session, desk):
        plan = bring_in(session, desk, old, plan_only=plan_only, without_bad=without_bad)
        if not plan_only:
            session.commit()
    _print(plan, plan_only, json)


def _mapping_text(path: Path | None) -> tuple[str, str] | None:
    try:
        return (path.read_text(encoding="utf-8"), path.name) if path is not None else None
    except UnicodeDecodeError as error:
        raise ApiError(f"{path} is not a mapping file in UTF-8.") from error


def _print(plan: ImportPlan, plan_only: bool, json: bool) -> None:
    told = import_message(plan, not plan_only)
    if json:
        as_json(told)
        return
    verb = "would come in" if plan_only else "came in"
    out().print(f"{many(told['cases'], 'case')} {verb}; {told['already']:,} here already.")
    if plan.changed:
        aside().print(f"[yellow]{told['changed']:,} of those say something else by now[/yellow]; what is here stays.")
    for line in [*map(str, plan.bad), *plan.remarks][:_LISTED]:
        aside().print(f"[yellow]{escape(line)}[/yellow]", soft_wrap=True)
    more = len(plan.bad) + len(plan.remarks) - _LISTED
    if more > 0:
        aside().print(text(f"and {more:,} more; --json has all."))
