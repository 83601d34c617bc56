"""`gis-ce process`: which process maps there are, what their steps are, whether a definition is right, its picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import CityOption, JsonOption
from api.cli.process_publish import publish
from api.cli.screen import as_json, failure, out, table, text
from api.errors import ApiError, NoCity
from api.process_messages import process_line, process_message
from api.settings import Settings
from api.wiring import declared_city
from gis_ce.city_processes import city_settings, processes_folder
from gis_ce.process import Field, Length, Process, Step, in_words
from gis_ce.process_drawing import draw as drawn
from gis_ce.process_files import (
    known_checks,
    open_processes,
    own_names,
    read_process,
    read_text,
    shipped_names,
    text_of,
    try_process,
)
from gis_ce.process_mistakes import Known
from gis_ce.process_paths import covering_paths
from gis_ce.process_paths import table as table_of_paths
from gis_ce.process_settings import default_settings

app = typer.Typer(help="Look at the process maps, check a definition, draw it, publish it.", no_args_is_help=True)
app.command("publish")(publish)

ProcessName = Annotated[str, typer.Argument(metavar="NAME", help="Name of a process, such as leaks.")]


@app.command("list")
def list_(city: CityOption = None, json: JsonOption = False) -> None:
    """List the process maps: those that are shipped, and the city's own."""
    folder, settings = _place(city)
    names = sorted({*shipped_names(), *own_names(folder)})
    known = Known(known_checks(), names, settings)
    read = {name: try_process(text_of(name, folder), known)[0] for name in names}
    if json:
        as_json([process_line(process) if process else {"process": name} for name, process in read.items()])
        return
    shown = table("Process", "What", "Prefix", "Steps", "Guesses", right=("Steps", "Guesses"), whole=("Prefix",))
    shown.columns[0].min_width = max(len(name) for name in names)
    for name, process in read.items():
        if process is None:
            shown.add_row(text(name), f"[red]has mistakes; gis-ce process check {text(name)} lists them[/red]")
            continue
        line = process_line(process)
        own = " (own)" if name in own_names(folder) else ""
        shown.add_row(
            text(name), text(process.title + own), *(str(line[key]) for key in ("prefix", "steps", "guesses"))
        )
    out().print(shown)


@app.command("show")
def show(name: ProcessName, city: CityOption = None, json: JsonOption = False) -> None:
    """Show the steps of a process map: who does what, what is notated, and what comes next."""
    process = _process(name, city)
    if json:
        as_json(process_message(process))
        return
    out().print(f"[bold]{text(process.title)}[/bold]  {text(process.source)}\n")
    shown = table("Step, by whom", "What to do", "Then")
    for step in process.steps.values():
        who = f"{text(step.id)}\n[dim]{text(process.lanes[step.lane])}[/dim]"
        shown.add_row(who, _what(step), text(_then(step)))
    out().print(shown)
    for note in process.notes:
        out().print(f"[dim]{text(note)}[/dim]")


@app.command("check")
def check(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE", help="Files, or names of processes; without any, all.")
    ] = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Check definitions; every mistake is listed with its line and what may have been meant."""
    folder, settings = _place(city)
    names = sorted({*shipped_names(), *own_names(folder)})
    texts = {given: _given_text(given, folder) for given in files or names}
    known = Known(known_checks(), {*names, *(Path(given).stem for given in texts)}, settings)
    verdicts = {given: try_process(given_text, known)[1] for given, given_text in texts.items()}
    if json:
        as_json([{"file": given, "mistakes": mistakes} for given, mistakes in verdicts.items()])
    else:
        _print_verdicts(verdicts)
    bad = [given for given, mistakes in verdicts.items() if mistakes]
    if bad:
        failure(f"{len(bad)} of {len(verdicts)} definitions cannot be used: {', '.join(bad)}.")


@app.command("draw")
def draw(
    name: ProcessName,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="SVG file; without it, the screen.")
    ] = None,
    city: CityOption = None,
) -> None:
    """Draw a process map as SVG, with its lanes as coloured boxes."""
    svg = drawn(_process(name, city))
    if output is None:
        typer.echo(svg)
        return
    output.write_text(svg, encoding="utf-8")
    out().print(f"{text(output)} shows {text(name)}.", soft_wrap=True)


@app.command("paths")
def paths(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="List the ways of this process.")] = None,
    city: CityOption = None,
) -> None:
    """Count ways through the process maps that together take every arrow and reach every end."""
    if name is None:
        folder, settings = _place(city)
        typer.echo(table_of_paths(open_processes(settings, folder)))
        return
    for number, path in enumerate(covering_paths(_process(name, city)), 1):
        said = ", ".join(f"{step}: {word}" for step, word in path.answers)
        out().print(f"{number}. {text(said)}{'; ' if said else ''}closes at {text(path.end)}", soft_wrap=True)


def _place(city: Path | None) -> tuple[Path | None, Mapping[str, Length]]:
    """The city's own folder of definitions and its periods; the shipped ones without a city."""
    try:
        declared = declared_city(Settings(), city)[1]
    except NoCity:
        return None, default_settings()
    return processes_folder(declared), city_settings(declared)


def _process(name: str, city: Path | None) -> Process:
    """A process by its name, or one in a file."""
    folder, settings = _place(city)
    names = {*shipped_names(), *own_names(folder), Path(name).stem}
    return read_process(_given_text(name, folder), Path(name).name, Known(known_checks(), names, settings))


def _given_text(given: str, folder: Path | None) -> str:
    path = Path(given)
    if path.suffix != ".yaml" and not path.is_file():
        return text_of(given, folder)
    if not path.is_file():
        raise ApiError(f"There is no file {given}.")
    return read_text(path)


def _print_verdicts(verdicts: Mapping[str, list[str]]) -> None:
    for given, mistakes in verdicts.items():
        out().print(f"{text(given)}: {'' if mistakes else '[green]good[/green]'}", soft_wrap=True)
        for mistake in mistakes:
            out().print(f"  {text(mistake)}", soft_wrap=True)


def _what(step: Step) -> str:
    said = [text(step.text)]
    if step.fields:
        said.append(f"[dim]notate {text(', '.join(map(_field, step.fields)))}[/dim]")
    if step.check:
        said.append(f"[dim]check {text(step.check)}[/dim]")
    if step.deadline:
        said.append(f"[dim]until {text(step.deadline.in_words)}[/dim]")
    if step.guess:
        said.append(f"[dim]guess: {text(step.guess)}[/dim]")
    return "\n".join(said)


def _field(field: Field) -> str:
    kind = " or ".join(field.choices) or in_words(field.type)
    return f"{field.name} ({kind}{', required' if field.required and field.type in _FREE else ''})"


_FREE = ("text", "number", "money", "date", "attachments")


def _then(step: Step) -> str:
    if step.answers:
        return "\n".join(f"{word}: {to}" for word, to in step.answers.items())
    opens = " or ".join([step.process] if step.process else step.processes)
    back = " and back" if step.returns else ""
    return "\n".join(part for part in (f"opens {opens}{back}" if opens else "", step.next or "") if part)
