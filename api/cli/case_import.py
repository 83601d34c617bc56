"""`gis-ce case import`: old cases by file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from sqlalchemy.orm import Session

from api.cli.case_desk import AsOption, at_work
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside, many, out, text
from api.errors import ApiError
from gis_ce.actions.definitions import in_store, published
from gis_ce.actions.desk import Desk
from gis_ce.actions.publishing import PUBLISHERS
from gis_ce.case_exchange.importing import ImportPlan, Office, plan_import, write_import
from gis_ce.case_exchange.mapping import FieldMapping
from gis_ce.case_exchange.mapping_files import is_own_export, own_mapping, read_mapping
from gis_ce.case_exchange.placing import OldMap
from gis_ce.case_exchange.table_reading import RawTable, read_table
from gis_ce.errors import NotYourLane
from gis_ce.geometry_column import stored_srid

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
    table = read_table(file, sheet)
    with at_work(city, as_) as (session, desk):
        if PUBLISHERS not in desk.actor.lanes:
            raise NotYourLane(f"Old cases are brought in by those who act in the lane {PUBLISHERS}.")
        office = _office(session, desk)
        plan = plan_import(session, table, _mapping(table, mapping, office), office)
        if not plan_only:
            write_import(session, plan, office, lambda name: published(session, desk, name), without_bad=without_bad)
            session.commit()
    _print(plan, plan_only, json)


def _office(session: Session, desk: Desk) -> Office:
    return Office(
        processes={**desk.processes.processes, **in_store(session, desk)},
        act=desk.act,
        map=OldMap(desk.query, desk.addresses, desk.grid, desk.city.extent_lonlat),
        srid=stored_srid(desk.city.grid_epsg),
    )


def _mapping(table: RawTable, path: Path | None, office: Office) -> FieldMapping:
    if path is not None:
        try:
            return read_mapping(path.read_text(encoding="utf-8"), path.name, office.processes)
        except UnicodeDecodeError as error:
            raise ApiError(f"{path} is not a mapping file in UTF-8.") from error
    if not is_own_export(table.columns):
        raise ApiError(f"{table.name} is no export of this program: say with --mapping which column is what.")
    return own_mapping(table.columns)


def _print(plan: ImportPlan, plan_only: bool, json: bool) -> None:
    counts = {"cases": len(plan.cases), "already": len(plan.already), "changed": len(plan.changed)}
    if json:
        bad = [{"row": row.row, "reference": row.reference, "reasons": list(row.reasons)} for row in plan.bad]
        as_json({"file": plan.file, "written": not plan_only, **counts, "bad": bad, "remarks": list(plan.remarks)})
        return
    verb = "would come in" if plan_only else "came in"
    out().print(f"{many(counts['cases'], 'case')} {verb}; {counts['already']:,} here already.")
    if plan.changed:
        aside().print(f"[yellow]{counts['changed']:,} of those say something else by now[/yellow]; what is here stays.")
    for line in [*map(str, plan.bad), *plan.remarks][:_LISTED]:
        aside().print(f"[yellow]{escape(line)}[/yellow]", soft_wrap=True)
    more = len(plan.bad) + len(plan.remarks) - _LISTED
    if more > 0:
        aside().print(text(f"and {more:,} more; --json has all."))
