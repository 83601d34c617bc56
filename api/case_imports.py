"""Old cases by file: the same for the command line and for HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from api.case_places import Message
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


@dataclass(frozen=True, slots=True)
class OldFile:
    """A file of old cases, with the text of its mapping and that one's name; an export of ours needs none."""

    path: Path
    mapping: tuple[str, str] | None = None
    sheet: str | None = None


def bring_in(
    session: Session, desk: Desk, file: OldFile, *, plan_only: bool, without_bad: bool = False, most_rows: int = 0
) -> ImportPlan:
    """Brings the cases of a file in, all or none, or with `plan_only` says what would come; the caller commits.

    Raises NotYourLane, OldCasesRefused, MappingFileError, ApiError for a file that needs a mapping or
    has more rows than `most_rows` (0 for no limit).
    """
    if PUBLISHERS not in desk.actor.lanes:
        raise NotYourLane(f"Old cases are brought in by those who act in the lane {PUBLISHERS}.")
    table = read_table(file.path, file.sheet)
    if 0 < most_rows < len(table.rows):
        raise ApiError(f"{table.name} has {len(table.rows):,} rows; at most {most_rows:,} at once. Split it.")
    office = _office(session, desk)
    plan = plan_import(session, table, _mapping(table, file, office), office)
    if not plan_only:
        write_import(session, plan, office, lambda name: published(session, desk, name), without_bad=without_bad)
    return plan


def import_message(plan: ImportPlan, written: bool) -> Message:
    """What came in, or would; every bad row with its reasons."""
    return {
        "file": plan.file,
        "written": written,
        "cases": len(plan.cases),
        "already": len(plan.already),
        "changed": len(plan.changed),
        "bad": [{"row": row.row, "reference": row.reference, "reasons": list(row.reasons)} for row in plan.bad],
        "remarks": list(plan.remarks),
    }


def _office(session: Session, desk: Desk) -> Office:
    return Office(
        processes={**desk.processes.processes, **in_store(session, desk)},
        act=desk.act,
        map=OldMap(desk.query, desk.addresses, desk.grid, desk.city.extent_lonlat),
        srid=stored_srid(desk.city.grid_epsg),
    )


def _mapping(table: RawTable, file: OldFile, office: Office) -> FieldMapping:
    if file.mapping is not None:
        return read_mapping(*file.mapping, office.processes)
    if not is_own_export(table.columns):
        raise ApiError(f"{table.name} is no export of this program: say with a mapping which column is what.")
    return own_mapping(table.columns)
