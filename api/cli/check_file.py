"""A file of cases on the command line: all rows at once, a bar while it runs, a count of the answers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from api.access import View
from api.cli.case_files import check_output, read_case_file, write_findings
from api.cli.screen import Tell, as_json, aside, out, progress, table, text
from api.wiring import OpenCity
from gis_ce.assess import applicable
from gis_ce.batch import Tally, assess_cases, tally
from gis_ce.case_table import known_columns, read_cases
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Check
from gis_ce.file_errors import CaseTableError
from gis_ce.positions import Terms

CHUNK = 50_000
"""How many rows are judged at once."""
_LISTED = 5


def check_file(
    city: OpenCity, cases: Path, output: Path, terms: Terms, named: Sequence[Check] | None, json: bool
) -> None:
    """Judges every row of a file and writes the same rows with their findings."""
    check_output(output, cases if cases.exists() else output)
    with progress("reading") as tell:
        began = time.monotonic()
        given = read_case_file(cases, None, city.grid)
        known_columns(given)
        if not len(given):
            raise CaseTableError(f"{cases} has no rows.")
        found, checks = _judged(city, city.view("staff"), given, terms, named, tell)
        tell("writing", 1.0)
        write_findings(output, found, city.grid)
    counted, lost = tally(found, checks), _lost(found)
    seconds = time.monotonic() - began
    if json:
        as_json(_message(cases, output, found, counted, lost, seconds))
        return
    _show(counted, len(found))
    _show_lost(lost, len(found))
    aside().print(f"{len(found):,} rows in {seconds:.1f} s; the findings are in {output}.", soft_wrap=True)


def _judged(
    city: OpenCity, view: View, given: pa.Table, terms: Terms, named: Sequence[Check] | None, tell: Tell
) -> tuple[pa.Table, tuple[Check, ...]]:
    """The findings of every row, and the checks that were asked: those named, or all that apply to some row."""
    chunks = [given.slice(start, CHUNK) for start in range(0, len(given), CHUNK)]
    located = [read_cases(chunk, terms, view.addresses, city.grid) for chunk in chunks]
    apply_to_some = {check.name for cases in located for check in applicable(CHECKS, cases.sites)}
    checks = tuple(check for check in CHECKS if check.name in apply_to_some) if named is None else tuple(named)
    parts = []
    for number, (chunk, cases) in enumerate(zip(chunks, located, strict=True)):
        tell(f"{number * CHUNK:,} of {len(given):,} rows", number / len(chunks))
        parts.append(assess_cases(chunk, cases, checks, view.assess, view.query))
    return pa.concat_tables(parts), checks


def _lost(found: pa.Table) -> list[tuple[int, str]]:
    """Row numbers (from 1) and reasons of the rows that could not be located."""
    problems = found.column("problem")
    rows = pc.indices_nonzero(pc.is_valid(problems)).to_pylist()
    return [(row + 1, problems[row].as_py()) for row in rows]


def _show(counted: Sequence[Tally], rows: int) -> None:
    shown = table("Check", "Answer", "Rows", "Share", "Why undecided", right=("Rows", "Share"))
    shown.columns[1].min_width = 9
    before = None
    for item in counted:
        name = "" if item.check == before else item.check.replace("_", " ")
        decided = item.reason is None
        answer = text(item.answer or "found") if decided else "[yellow]undecided[/yellow]"
        shown.add_row(name, answer, f"{item.count:,}", f"{100 * item.count / rows:.1f} %", text(item.reason))
        before = item.check
    out().print(shown)


def _show_lost(lost: Sequence[tuple[int, str]], rows: int) -> None:
    if not lost:
        return
    aside().print(
        f"[yellow]{len(lost):,} of {rows:,} rows could not be located[/yellow]; their column problem says why:"
    )
    for number, reason in lost[:_LISTED]:
        aside().print(f"  row {number:,}: {text(reason)}", soft_wrap=True)
    if len(lost) > _LISTED:
        aside().print(f"  and {len(lost) - _LISTED:,} more.")


def _message(
    cases: Path,
    output: Path,
    found: pa.Table,
    counted: Sequence[Tally],
    lost: Sequence[tuple[int, str]],
    seconds: float,
) -> dict[str, object]:
    return {
        "cases": str(cases),
        "findings": str(output),
        "rows": len(found),
        "not_located": [{"row": row, "reason": reason} for row, reason in lost],
        "counts": [asdict(item) for item in counted],
        "seconds": round(seconds, 3),
    }
