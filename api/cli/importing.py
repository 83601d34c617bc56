"""Importing a city's layers with a bar on the screen, and a page beside each report."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from api.cli.screen import aside, progress, short, table, text
from api.importing import import_published, prepare_changed
from api.settings import Settings
from api.wiring import OpenCity, open_city, remember_city
from layers.report import ImportFailure, ImportReport
from maps.errors import VendorMissing
from maps.folium_pages import import_report_page

Results = Sequence[ImportReport | ImportFailure]


def import_layers(
    settings: Settings, city_file: Path | None, names: Collection[str] | None
) -> tuple[OpenCity, Results]:
    """Imports a city's layers and remembers the city for the commands that follow."""
    city = open_city(settings, city_file)
    with progress("importing") as tell:
        results = import_published(city, names, tell)
        if city.store.current():
            remember_city(settings, city.city_file)
        prepare_changed(city, results, tell)
        tell("writing the reports", 1.0)
        _write_pages(city, [result for result in results if isinstance(result, ImportReport)])
    return city, results


def _write_pages(city: OpenCity, reports: Sequence[ImportReport]) -> None:
    """A page beside each report; without the fetched files of the map there is none, and that is said once."""
    for report in reports:
        declared = city.city.layer(report.layer)
        modelled = declared is not None and declared.basis == "modelled"
        try:
            (report.folder / "report.html").write_text(import_report_page(report, modelled), encoding="utf-8")
        except VendorMissing as error:
            aside().print(f"[yellow]No report pages: {text(error)}[/yellow]", soft_wrap=True)
            return


def print_results(results: Results) -> None:
    """What was imported, as a table; warnings and failures below it in full."""
    shown = table(
        "Layer",
        "Read",
        "Written",
        "Mended",
        "Refused",
        "Changes",
        "Version",
        right=("Read", "Written", "Mended", "Refused"),
    )
    for result in results:
        if isinstance(result, ImportFailure):
            shown.add_row(text(result.layer), "", "", "", "", "[red]failed[/red]", text(_kept(result)))
        else:
            shown.add_row(
                text(result.layer),
                f"{result.rows_read:,}",
                f"{result.rows_written:,}",
                f"{result.repaired_count:,}",
                f"{result.rejected_count:,}",
                _changes(result),
                text(short(result.version).partition("/")[2]),
            )
    aside().print(shown)
    for result in results:
        _print_notes(result)


def _kept(failure: ImportFailure) -> str:
    return f"{short(failure.current).partition('/')[2]} kept" if failure.current else "none"


def _changes(report: ImportReport) -> str:
    if report.previous is None:
        return "new"
    if report.unchanged:
        return "none"
    counts = {"+": report.added, "-": report.removed, "moved ": report.moved, "changed ": report.changed}
    return ", ".join(f"{sign}{count:,}" for sign, count in counts.items() if count) or "none"


def _print_notes(result: ImportReport | ImportFailure) -> None:
    if isinstance(result, ImportFailure):
        aside().print(f"[red]{text(result.layer)}[/red]: {text(result.error)}", soft_wrap=True)
        return
    for warning in result.warnings:
        aside().print(f"[yellow]{text(result.layer)}[/yellow]: {text(warning)}", soft_wrap=True)
    if result.rejected_count:
        aside().print(f"{text(result.layer)}: refused rows are in {result.folder}", soft_wrap=True)
