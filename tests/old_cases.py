"""An old permit system's files, and an office that brings them in, for tests."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
from small_town import Town
from sqlalchemy.orm import Session
from walked_cases import PROCESSES, SETTINGS, ZONE

from api.wiring import open_city
from gis_ce.case_exchange.importing import ImportPlan, Office, plan_import, write_import
from gis_ce.case_exchange.mapping_files import is_own_export, own_mapping, read_mapping
from gis_ce.case_exchange.placing import OldMap
from gis_ce.case_exchange.table_reading import read_table
from gis_ce.process_state import Act, Timekeeping
from gis_ce.tables import Case
from layers.grid import Grid

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
MAPPING = """format: 1
system: EnerGov
row: CASE_NO
dates: ["%m/%d/%Y"]
type: {column: KIND, values: {Water Leak: leaks, Utility Damage: damages, Encroachment: encroachment_request}}
opened: OPENED
closed: CLOSED
outcome: {column: RESULT, values: {Signed: end, Denied: end_not_approved, Done: end}}
step: {column: STAGE, values: {Visit: site_visit, Waiting: appeal}}
title: SUMMARY
description: NOTES
officer: INSPECTOR
priority: URGENCY
address: ADDRESS
parcel: PIN
lon: LON
lat: LAT
sigma_ft: ACCURACY
facility: ASSET
parties:
- {role: owner, name: OWNER, mailing_address: OWNER_ADDR}
- {role: contractor, firm: FIRM}
fields:
  ticket_number: TICKET
  tolerance_zone: {column: ZONE, values: {In: within, Out: outside}}
  repair_cost: COST
  town: TOWN
answers:
  ticket_exists: {column: HAS_TICKET, values: {"Y": "yes", "N": "no"}}
"""
HEADER = [
    *("CASE_NO", "KIND", "OPENED", "CLOSED", "RESULT", "STAGE", "SUMMARY", "NOTES", "INSPECTOR", "URGENCY"),
    *("ADDRESS", "PIN", "LON", "LAT", "ASSET", "OWNER", "OWNER_ADDR", "FIRM", "TICKET", "ZONE", "COST", "TOWN"),
    *("HAS_TICKET", "ACCURACY"),
]
GOOD: Mapping[str, Any] = {"CASE_NO": "CE-1", "KIND": "Utility Damage", "OPENED": "05/04/2019", "ACCURACY": "20"}


def office(town: Town, now: datetime = NOW) -> Office:
    """The office of the little town."""
    city = open_city(town.settings)
    view = city.view("staff")
    act = Act("ann", now, Timekeeping(SETTINGS, ZONE))
    return Office(PROCESSES, act, OldMap(view.query, view.addresses, Grid(2264), (-82.2, 35.1, -81.6, 35.7)), 2264)


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """The rows as the old system's CSV; each is a good row with changes."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, HEADER)
        writer.writeheader()
        writer.writerows(GOOD | dict(row) for row in rows)
    return path


def write_xlsx(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """The same as XLSX."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    for row in rows:
        sheet.append([(GOOD | dict(row)).get(name) for name in HEADER])
    book.save(path)
    return path


def planned(session: Session, path: Path, here: Office, mapping: str = MAPPING) -> ImportPlan:
    """What a file would bring."""
    table = read_table(path)
    known = own_mapping(table.columns) if is_own_export(table.columns) else read_mapping(mapping, "m.yaml", PROCESSES)
    return plan_import(session, table, known, here)


def brought_in(session: Session, path: Path, here: Office, *, without_bad: bool = False) -> list[Case]:
    """The cases of a file, written and committed."""
    plan = planned(session, path, here)
    cases = write_import(session, plan, here, lambda name: PROCESSES[name], without_bad=without_bad)
    session.commit()
    return cases
