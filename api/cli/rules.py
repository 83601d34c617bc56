"""`gis-ce rules`: which packs there are, what they say, whether their tests hold, who has read them, what turns."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.padding import Padding

from api.cli.options import CityOption, JsonOption
from api.cli.rules_preview import preview
from api.cli.screen import as_json, failure, out, table, text
from api.errors import ApiError, NoCity
from api.settings import Settings
from api.wiring import declared_city, open_city
from gis_ce.city_rules import rules_folder
from gis_ce.errors import UnknownPack
from gis_ce.readings import record_reading
from gis_ce.rule_files import open_pack
from gis_ce.rule_listing import PackVerdict, check_packs, list_packs, pack_names, show_rules
from gis_ce.rules import Reading, Rule, RuleBook

app = typer.Typer(help="Look at the rules, test them, record who has read them.", no_args_is_help=True)
app.command("preview")(preview)

PackName = Annotated[str | None, typer.Argument(metavar="PACK", help="Name of a rules pack; without it, the city's.")]
PackNames = Annotated[list[str] | None, typer.Argument(metavar="PACK", help="Names of packs; without any, all.")]


@app.command("list")
def list_(city: CityOption = None, json: JsonOption = False) -> None:
    """List the rules packs: those that are shipped, and the city's own."""
    lines = list_packs(_own_folder(city))
    if json:
        as_json([asdict(line) for line in lines])
        return
    shown = table("Pack", "What", "Extends", "Read", "Not", "None", "Tests", right=("Read", "Not", "None", "Tests"))
    shown.columns[0].min_width = max(len(line.pack) for line in lines)
    for line in lines:
        counts = (line.confirmed, line.unconfirmed, line.missing, line.tests)
        own = " (own)" if line.own else ""
        shown.add_row(text(line.pack + own), text(line.title), text(line.extends), *map(str, counts))
    out().print(shown)
    out().print("[dim]Read: confirmed rules. Not: works, but nothing may quote it yet. None: no known number.[/dim]")


@app.command("show")
def show(
    pack: PackName = None,
    subject: Annotated[str | None, typer.Option("--subject", help="Only rules on this subject.")] = None,
    on: Annotated[
        datetime | None, typer.Option("--on", metavar="DATE", formats=["%Y-%m-%d"], help="Day; without it, today.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Rules of all days, not only those in force.")] = False,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Show the rules in force on a day, and where they come from."""
    book = open_city(Settings(), city).rules.rulebook if pack is None else _pack(pack, city)
    day = None if everything else (on.date() if on else _today(city))
    found = show_rules(book, subject, day)
    if subject is not None and not found:
        raise ApiError(f"The pack {book.pack} has no rule on {subject!r} then; its subjects are {_subjects(book)}.")
    if json:
        as_json([_message(rule) for rule in found])
        return
    out().print(f"[bold]{text(book.title)}[/bold]{f', in force on {day}' if day else ''}\n")
    for rule in found:
        _print_rule(rule)


@app.command("check")
def check(packs: PackNames = None, city: CityOption = None, json: JsonOption = False) -> None:
    """Run the tests that packs bring with them; a pack that fails one is not used."""
    folder = _own_folder(city)
    unknown = [name for name in packs or () if name not in pack_names(folder)]
    if unknown:
        raise UnknownPack(f"There is no rules pack {unknown[0]!r}; there are {', '.join(pack_names(folder))}.")
    verdicts = check_packs(packs or None, folder)
    if json:
        as_json([asdict(verdict) for verdict in verdicts])
    else:
        _print_verdicts(verdicts)
    bad = [verdict.pack for verdict in verdicts if verdict.problems]
    if bad:
        failure(f"{len(bad)} of {len(verdicts)} packs cannot be used: {', '.join(bad)}.")


@app.command("read")
def read(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="Id of a rule of the city's pack.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who has read the official text.")],
    source: Annotated[str, typer.Option("--source", metavar="URL", help="Where the official text stands.")],
    citation: Annotated[str | None, typer.Option("--citation", help="Its citation; without it, the rule's.")] = None,
    words: Annotated[
        Path | None,
        typer.Option("--text", metavar="FILE", help="The official words; needed where the rule has a bill's."),
    ] = None,
    on: Annotated[
        datetime | None, typer.Option("--on", metavar="DATE", formats=["%Y-%m-%d"], help="When; without it, today.")
    ] = None,
    city: CityOption = None,
) -> None:
    """Record that somebody has read the official text of a rule, so that letters may quote it."""
    path, declared = declared_city(Settings(), city)
    folder = rules_folder(declared)
    if folder is None:
        raise ApiError(f'{path} names no folder for readings: add folder = "rules" under [rules].')
    book = open_pack(str(declared.other["rules"]["pack"]), folder)
    known = next((known for known in book.rules if known.id == rule), None)
    if known is None:
        raise ApiError(f"The pack {book.pack} has no rule {rule!r}; gis-ce rules show --all lists them.")
    reading = Reading(by.strip(), on.date() if on else _today(city), citation or known.citation, source)
    record_reading(folder, known, reading, words.read_text("utf-8").strip() if words else None)
    out().print(f"{text(rule)} is read by {text(reading.by)} on {reading.read_on}.", soft_wrap=True)


def _own_folder(city: Path | None) -> Path | None:
    """The folder of the city's own packs; None without a city, since shipped packs need none."""
    try:
        return rules_folder(declared_city(Settings(), city)[1])
    except NoCity:
        return None


def _pack(name: str, city: Path | None) -> RuleBook:
    return open_pack(name, _own_folder(city))


def _today(city: Path | None) -> date:
    try:
        return open_city(Settings(), city).today()
    except NoCity:
        return datetime.now().astimezone().date()


def _subjects(book: RuleBook) -> str:
    return ", ".join(sorted({rule.subject for rule in book.rules}))


def _print_rule(rule: Rule) -> None:
    days = f"since {rule.effective_from}" + (f" until {rule.effective_to}" if rule.effective_to else "")
    out().print(f"[bold]{text(rule.id)}[/bold]  {days}, {rule.status}")
    read_by = f"Read by {rule.reading.by} on {rule.reading.read_on}." if rule.reading else ""
    words = f"{'Words of a bill: ' if rule.text_is == 'bill' else ''}{' '.join(rule.text.split())}"
    for line in (rule.citation, words, read_by):
        if line:
            out().print(Padding(text(line), (0, 0, 0, 4)), style="dim")


def _print_verdicts(verdicts: list[PackVerdict]) -> None:
    shown = table("Pack", "Verdict", whole=("Pack",))
    for verdict in verdicts:
        said = "\n".join(text(problem) for problem in verdict.problems)
        shown.add_row(text(verdict.pack), said or "[green]good[/green]")
    out().print(shown)


def _message(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "subject": rule.subject,
        "effective_from": rule.effective_from.isoformat(),
        "effective_to": rule.effective_to.isoformat() if rule.effective_to else None,
        "status": rule.status,
        "citation": rule.citation,
        "text": rule.text,
        "text_is": rule.text_is,
        "read_by": rule.reading.by if rule.reading else None,
        "values": dict(rule.values),
    }
