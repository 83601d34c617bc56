"""Reference pages made from the code: checks, rules, process maps, addresses, changelog, decisions on the design."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path

import yaml
from building.addresses import addresses_page

from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Check
from gis_ce.city_processes import default_settings
from gis_ce.process import Process, Step, in_words
from gis_ce.process_drawing import draw
from gis_ce.process_files import open_processes
from gis_ce.rule_files import open_pack, shipped_packs
from gis_ce.rules import Rule


def made_pages(root: Path) -> dict[str, str]:
    """Every made page by its path in the site."""
    processes = open_processes(default_settings())
    return {
        "reference/checks.md": "\n".join(_checks(root / "docs" / "pictures")),
        "reference/rules.md": "\n".join(_rules()),
        "reference/processes.md": "\n".join(_processes(processes)),
        **{f"reference/process-{name}.md": "\n".join(_process(each)) for name, each in processes.items()},
        "reference/api.md": addresses_page(),
        "reference/changelog.md": (root / "CHANGELOG.md").read_text("utf-8"),
        "reference/decisions.md": "\n".join(_decisions(root / "docs" / "decisions")),
    }


def _checks(pictures: Path) -> Iterator[str]:
    yield "# Checks\n\nMade from the code. An answer is one of those listed, or *undecided* and what would settle it.\n"
    for check in CHECKS:
        yield f"## {in_words(check.name).capitalize()}\n\n*{check.question}*\n"
        if (about := _about(check)) and about != check.question:
            yield f"{about}\n"
        if (picture := pictures / f"check-{check.name.replace('_', '-')}.png").exists():
            yield f"![{check.question}](../pictures/{picture.name})\n"
        yield f"- Name in requests: `{check.name}`"
        yield f"- Answers: {', '.join(f'`{answer}`' for answer in check.answers)}"
        yield f"- Reads the layers: {_listed(check.roles)}" + (f"; also {_listed(check.also)}" if check.also else "")
        if check.needs:
            yield f"- Needs beside the place: {_listed(check.needs)}"
        yield f"- Rules: `{check.rule_subject}`\n"


def _about(check: Check) -> str:
    module = inspect.getmodule(check.measure)
    return (inspect.getdoc(module) or "").split("\n\n", 1)[-1] if module else ""


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _rules() -> Iterator[str]:
    yield "# Rules\n\nMade from the shipped packs. An *unconfirmed* rule works, but no letter quotes it until somebody"
    yield "records, by name, having read the official text ([rule packs](../rule-packs.md)).\n"
    for pack in shipped_packs():
        book = open_pack(pack)
        yield f"## {pack}\n"
        yield "| subject | in force | what it says | status | source |\n|---|---|---|---|---|"
        own = [rule for rule in book.rules if rule.id in _own_rules(pack)]
        for rule in sorted(own, key=lambda rule: (rule.subject, rule.effective_from)):
            yield _rule_row(rule)
        yield ""


def _own_rules(pack: str) -> set[str]:
    """The rows that a pack brings itself, without those of the pack that it extends."""
    text = (resources.files("gis_ce") / "data" / "rules" / f"{pack}.yaml").read_text("utf-8")
    return {str(row["id"]) for row in yaml.safe_load(text)["rules"]}


_EVER = 1900
"""Rows from the first day of this year say that nobody asked since when."""


def _rule_row(rule: Rule) -> str:
    since = "always" if rule.effective_from.year <= _EVER else f"from {rule.effective_from}"
    until = f" to {rule.effective_to}" if rule.effective_to else ""
    source = f"[{_cell(rule.citation)}]({rule.source_url})" if rule.source_url else _cell(rule.citation)
    return f"| {in_words(rule.subject)} | {since}{until} | {_cell(rule.text)} | {rule.status} | {source} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("[", "\\[").replace("<", "&lt;")


def _processes(processes: Mapping[str, Process]) -> Iterator[str]:
    yield "# Process maps\n\nFrom the shipped files; a city puts its own beside them ([how](../process-maps.md)).\n"
    yield "| process | cases are numbered | steps | ends |\n|---|---|---:|---:|"
    for name, process in processes.items():
        title = f"[{process.title}](process-{name}.md)"
        yield f"| {title} | {process.prefix}-year-number | {len(process.steps)} | {len(process.ends)} |"


def _process(process: Process) -> Iterator[str]:
    yield f"# {process.title}\n\n<div style='overflow-x:auto'>{draw(process)}</div>\n"
    yield "| step | lane | what is done | what follows |\n|---|---|---|---|"
    for step in process.steps.values():
        lane = process.lanes.get(step.lane, step.lane)
        yield f"| {in_words(step.id)} | {lane} | {_cell(step.text)}{_asked(step)} | {_follows(step)} |"


def _asked(step: Step) -> str:
    return f" (check: [{in_words(step.check)}](checks.md))" if step.check else ""


def _follows(step: Step) -> str:
    if step.answers:
        return "<br>".join(f"{in_words(answer)}: {in_words(to)}" for answer, to in step.answers.items())
    return in_words(step.next) if step.next else "the end"


def _decisions(folder: Path) -> Iterator[str]:
    yield "# Decisions on the design\n\nWhat others would question, why it is so, and what was measured.\n"
    for path in sorted(folder.glob("*.md"), reverse=True):
        title = path.read_text("utf-8").splitlines()[0].removeprefix("# ")
        yield f"- {path.stem[:10]}: [{title}](../decisions/{path.name})"
