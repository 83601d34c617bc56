"""Cases and registers written to files: the same for the command line and for HTTP."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from gis_ce.actions.definitions import in_store
from gis_ce.actions.desk import Desk
from gis_ce.case_exchange.case_sheet import Sheets, case_table, wanted_cases
from gis_ce.case_exchange.register_sheet import register_table
from gis_ce.case_exchange.writing import check_target, write_table
from gis_ce.case_lists import CaseFilter
from gis_ce.register_entry import Filling
from gis_ce.registers import EntryFilter, register_entries


def write_cases(session: Session, desk: Desk, wanted: CaseFilter, path: Path) -> int:
    """Writes every case that meets a filter to a file of the kind that its name says; returns how many.

    Raises ExportRefused, before anything is read, for a file that cannot be written.
    """
    check_target(path)
    processes = {**desk.processes.processes, **in_store(session, desk)}
    names = list(wanted_cases(session, wanted))
    sheets = Sheets(processes, desk.grid, desk.processes.time.zone)
    write_table(path, case_table(session, names, sheets), "cases", desk.grid)
    return len(names)


def write_entries(session: Session, desk: Desk, filling: Filling, asked: EntryFilter, path: Path) -> int:
    """Writes every entry of a register that is wanted; returns how many. Raises ExportRefused, FilterRefused."""
    check_target(path)
    entries = list(register_entries(session, filling, asked))
    write_table(path, register_table(entries, filling), filling.register.id, desk.grid)
    return len(entries)
