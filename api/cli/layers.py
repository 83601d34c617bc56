"""`gis-ce layers`: import, list, show, compare, examine and prune layer versions."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated

import typer
from rich.padding import Padding

from api.cli.decisions_after_import import look_after_import
from api.cli.importing import import_layers, print_results
from api.cli.layers_prune import prune
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside, failure, out, progress, short, table, text
from api.errors import ApiError
from api.settings import Settings
from api.wiring import OpenCity, open_city
from layers.catalog import ROLE_BY_NAME
from layers.compare import LayerDifference, compare_versions
from layers.doctor.examine import examine
from layers.doctor.finding import Finding
from layers.errors import LayerMissing, VersionMissing
from layers.model import LayerVersion
from layers.report import ImportFailure

app = typer.Typer(help="Import the city's layers, look at their versions, and examine them.", no_args_is_help=True)

WIDE = 100
"""From which width of the terminal there is room for every column."""

LayerName = Annotated[str, typer.Argument(metavar="LAYER", help="Name of a layer of the city file.")]
LayerNames = Annotated[
    list[str] | None, typer.Argument(metavar="LAYER", help="Names of layers; without any, all of them.")
]


@app.command("import")
def import_(names: LayerNames = None, city: CityOption = None, json: JsonOption = False) -> None:
    """Read layers from their sources and publish them.

    What is derived from a layer is made anew with it. A layer that fails stops no other, and its current
    version stays. Each import leaves a report with a page, and a file of the rows that were refused. Decisions
    of cases that this turns are told; see gis-ce decisions flips.
    """
    opened, results = import_layers(Settings(), city, names or None)
    if json:
        as_json([result.as_json() for result in results])
    else:
        print_results(results)
        aside().print(f"Reports are in {opened.folders.reports}", soft_wrap=True)
    look_after_import(Settings(), city)
    failed = [result for result in results if isinstance(result, ImportFailure)]
    if failed:
        failure(f"{len(failed)} of {len(results)} layers failed: {', '.join(result.layer for result in failed)}.")


@app.command("list")
def list_(city: CityOption = None, json: JsonOption = False) -> None:
    """List the published layers with their current versions."""
    opened = open_city(Settings(), city)
    layers = opened.view("staff").layers
    if json:
        as_json([asdict(layer.description) | asdict(layer.version) for layer in layers.values()])
        return
    wide = out().width >= WIDE
    columns = ("Layer", *(("Role",) if wide else ()), "Rows", "Sigma", "Basis", "Seen by", "As of", "Version")
    shown = table(*columns, right=("Rows", "Sigma"), whole=("Layer", "As of", "Version"))
    for name, layer in layers.items():
        said, version = layer.description, layer.version
        role = (said.role.replace("_", " "),) if wide else ()
        numbers = (f"{version.rows:,}", f"{said.sigma_ft:g} ft")
        digits = short(version.version).partition("/")[2]
        shown.add_row(text(name), *role, *numbers, said.basis, said.audience, str(version.as_of), digits)
    out().print(shown)
    missing = [layer.name for layer in opened.city.layers if layer.name not in layers]
    if missing:
        aside().print(f"[yellow]Declared, but not imported: {text(', '.join(missing))}[/yellow]", soft_wrap=True)


@app.command("show")
def show(name: LayerName, city: CityOption = None, json: JsonOption = False) -> None:
    """Show one layer: where it comes from, its fields, and every version of it."""
    opened = open_city(Settings(), city)
    history = _history(opened, name)
    part = opened.store.part(history[-1].version)
    if json:
        as_json({"description": asdict(part.description), "versions": [asdict(version) for version in history]})
        return
    said = part.description
    facts = table("", "")
    facts.show_header = False
    for key, value in {
        "Role": f"{said.role.replace('_', ' ')} ({ROLE_BY_NAME[said.role].geometry})",
        "Source": said.source,
        "Grid": f"EPSG:{said.grid_epsg}, in feet",
        "Datum": said.datum_note,
        "Quality": f"{said.basis}, sigma {said.sigma_ft:g} ft on one axis",
        "Seen by": said.audience,
        "Too old after": f"{said.stale_after_days:,} days" if said.stale_after_days else "never",
        "Fields": ", ".join(column for column in part.table.column_names if column not in ("id", "source_row")),
    }.items():
        facts.add_row(f"[dim]{key}[/dim]", text(value))
    out().print(facts)
    versions = table("Version", "Rows", "As of", "Published", right=("Rows",))
    for version in reversed(history):
        versions.add_row(text(short(version.version)), f"{version.rows:,}", str(version.as_of), _minute(version))
    out().print(versions)


@app.command("diff")
def diff(
    name: LayerName,
    before: Annotated[
        str | None, typer.Argument(metavar="BEFORE", help="Version, or its first digits; else the one before AFTER.")
    ] = None,
    after: Annotated[str | None, typer.Argument(metavar="AFTER", help="Version; else the current one.")] = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Show what changed between two versions of a layer."""
    opened = open_city(Settings(), city)
    history = _history(opened, name)
    new = _version(history, after) if after else history[-1]
    older = [version for version in history if version.published_at < new.published_at]
    if before is None and not older:
        raise VersionMissing(f"The layer {name} has only one version, {short(new.version)}: nothing to compare with.")
    old = _version(history, before) if before else older[-1]
    found = compare_versions(opened.store, old.version, new.version)
    if json:
        as_json(_difference(found))
        return
    out().print(f"{text(short(old.version))} ({old.as_of}) -> {text(short(new.version))} ({new.as_of})")
    shown = table("Change", "Features", "Some of them", right=("Features",))
    for kind in ("added", "removed", "moved", "changed"):
        ids = getattr(found, kind)
        shown.add_row(kind, f"{len(ids):,}", text(", ".join(map(str, ids[:8])) + (" ..." if len(ids) > 8 else "")))
    out().print(shown)
    if found.fields:
        said = ", ".join(f"{field} ({count:,})" for field, count in found.fields.items())
        out().print(f"Fields that changed: {text(said)}")


@app.command("doctor")
def doctor(names: LayerNames = None, city: CityOption = None, json: JsonOption = False) -> None:
    """Examine the layers as a careful analyst would, and say what to do next.

    Ends with exit code 1 where something makes answers wrong or impossible.
    """
    opened = open_city(Settings(), city)
    for name in names or ():
        _history(opened, name)
    with progress("examining") as tell:
        found = examine(opened.store, opened.today(), names or None, progress=tell)
    if json:
        as_json([finding.as_json() for finding in found])
    else:
        _print_findings(found)
    if any(finding.severity == "error" for finding in found):
        sys.exit(1)


app.command("prune")(prune)


def _history(opened: OpenCity, name: str) -> tuple[LayerVersion, ...]:
    history = opened.store.history(name)
    if not history:
        listed = ", ".join(opened.store.current()) or "none yet; import them first"
        raise LayerMissing(f"There is no layer {name!r}; the published layers are: {listed}.")
    return history


def _version(history: tuple[LayerVersion, ...], wanted: str) -> LayerVersion:
    digits = wanted.rpartition("/")[2]
    found = {each.version: each for each in history if each.version.partition("/")[2].startswith(digits)}
    if len(found) != 1:
        listed = ", ".join(short(version.version) for version in history)
        how = "is no version" if not found else "means several versions"
        raise ApiError(f"{wanted!r} {how} of {history[0].name}; its versions are: {listed}.")
    return next(iter(found.values()))


def _minute(version: LayerVersion) -> str:
    return version.published_at.strftime("%Y-%m-%d %H:%M UTC")


def _difference(found: LayerDifference) -> dict[str, object]:
    ids = {kind: [str(name) for name in getattr(found, kind)] for kind in ("added", "removed", "moved", "changed")}
    return {"layer": found.layer, "before": found.before, "after": found.after, **ids, "fields": found.fields}


def _print_findings(found: list[Finding]) -> None:
    colours = {"error": "red", "warning": "yellow", "note": "cyan"}
    for finding in found:
        colour = colours[finding.severity]
        out().print(f"[{colour}]{finding.severity}[/{colour}] [bold]{text(finding.layer)}[/bold]: {text(finding.what)}")
        for example in finding.examples[:3]:
            where = f" at {example.lon:.6f}, {example.lat:.6f}" if example.lon is not None else ""
            detail = f": {example.detail}" if example.detail else ""
            _indented(f"[dim]{text(', '.join(example.feature_ids))}{where}{text(detail)}[/dim]")
        _indented(f"[bold]Next:[/bold] {text(finding.next_step)}")
    counts = ", ".join(_counted(sum(finding.severity == kind for finding in found), kind) for kind in colours)
    out().print(f"{counts}." if found else "Nothing found: the layers look well.")


def _counted(count: int, kind: str) -> str:
    return f"{count} {kind}" if count == 1 else f"{count} {kind}s"


def _indented(line: str) -> None:
    out().print(Padding(line, (0, 0, 0, 4)))
