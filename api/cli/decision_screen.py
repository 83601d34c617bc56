"""Decisions on record, on the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.padding import Padding

from api.cli.case_screen import minute
from api.cli.screen import many, out, short, table, text
from gis_ce.actions.flip import Flip
from gis_ce.actions.flips import Rechecked
from gis_ce.actions.reproducing import Differs, Reproduced
from gis_ce.decision_chain import Heads
from gis_ce.decision_numbers import Listed
from gis_ce.decision_proof import Proof
from gis_ce.process import in_words

_COLOURS = {"proposed": "cyan", "confirmed": "green", "overridden": "yellow", "stale": "dim", "to_sign": "red"}
_LONGEST = 160


def print_listed(found: Sequence[Listed]) -> None:
    """One line a decision."""
    if not found:
        out().print("No decision is on record here.")
        return
    made = table("N", "Case", "Check", "The map", "State", "Answer", "By", right=("N",), whole=("Case",))
    for each in found:
        row = each.row
        state = f"[{_COLOURS.get(row.state, 'dim')}]{in_words(row.state)}[/]"
        said = (in_words(row.check), answer_words(row.proposed), state, text(row.answer), text(row.by))
        made.add_row(str(each.number), text(each.case), *said)
    out().print(made)


def print_decision(message: Mapping[str, Any], zone: ZoneInfo) -> None:
    """One decision with what it rests on, and its record."""
    head = f"[bold]Decision {message['number']}[/bold] of {text(message['case'])}: {in_words(message['check'])}"
    out().print(f"{head}, {in_words(message['state'])}")
    out().print(Padding(text(message["sentence"]), (0, 0, 1, 2)))
    first = message["lines"][0]["recorded"]
    facts = table("What", "", whole=("What",))
    facts.show_header = False
    for name, value in _rests_on(first, message):
        facts.add_row(f"[dim]{name}[/dim]", text(value))
    out().print(facts)
    lines = table("Line", "What", "By", "At", "Hash", right=("Line",), whole=("At", "Hash"))
    for line in message["lines"]:
        said = line["recorded"]
        lines.add_row(
            str(line["seq"]),
            in_words(line["kind"]),
            text(said["by"]),
            minute(datetime.fromisoformat(said["at"]), zone),
            line["hash"][:12],
        )
    out().print(lines)


def _rests_on(said: Mapping[str, Any], message: Mapping[str, Any]) -> list[tuple[str, object]]:
    inputs, rule, result = said.get("inputs", {}), said.get("rule", {}), said.get("result", {})
    margin, layers = result.get("margin_ft"), said.get("layers", {})
    rows: list[tuple[str, object]] = [
        ("Answer", answer_words(message["proposed"])),
        ("Reason", result.get("reason")),
        ("Margin", None if margin is None else f"{margin:,.2f} ft"),
        ("Probability", None if result.get("probability") is None else f"{result['probability']:.4f}"),
        ("Made of it", message["answer"] and f"{message['answer']}, by {message['by']}"),
        ("Why", message["why"]),
        ("Day", inputs.get("day")),
        ("Position", inputs and f"{inputs['how_located']}, sigma {inputs['sigma_ft']:g} ft, datum {inputs['datum']}"),
        ("Rule", rule and f"{rule['id']} (from {rule['effective_from']}, {rule.get('status', '')}): {rule['text']}"),
        ("Citation", rule.get("citation")),
        ("Rules pack", said.get("pack") and f"{said['pack']['name']}, {said['pack']['digest'][:12]}"),
        ("Layers", ", ".join(f"{short(each['version'])} ({each['as_of']})" for each in layers.values())),
        ("Made with", ", ".join(f"{name} {version}" for name, version in said.get("with", {}).items())),
    ]
    return [(name, value) for name, value in rows if value]


def print_proof(proof: Proof, sent: Heads | None) -> None:
    """What came of working out every hash anew."""
    if proof.holds:
        against = f", and against the heads of {sent.day}" if sent is not None else ""
        out().print(
            f"[green]The record holds[/green]: {many(proof.lines, 'line')} of {many(proof.cases, 'case')}{against}."
        )
    else:
        out().print(f"[red]The record does not hold[/red]: {many(len(proof.problems), 'problem')}.")
    for problem in proof.problems:
        out().print(f"  {text(problem)}", soft_wrap=True)
    if proof.forgotten:
        out().print(f"[dim]What {proof.forgotten:,} entries said of people has been deleted.[/dim]")
    if proof.unrecorded:
        out().print(f"[dim]{many(proof.unrecorded, 'decision')} of the time before the record.[/dim]")


def print_reproduced(found: Reproduced) -> None:
    """What came of running a decision again."""
    head = f"Decision {found.number} of {text(found.case)}, {in_words(found.check)}"
    if found.same is None:
        out().print(f"{head}: [yellow]cannot be run again.[/yellow]")
        for why in found.impossible:
            out().print(f"  {text(why)}", soft_wrap=True)
    elif found.same:
        out().print(f"{head}: [green]the same result[/green], to the last digit.")
    else:
        out().print(f"{head}: [red]the result differs.[/red]")
        out().print(_differences(found.result))
    if found.circumstances:
        out().print("What else is not as it was:")
        out().print(_differences(found.circumstances))


def _differences(found: Sequence[Differs]) -> Any:
    made = table("What", "Then", "Now")
    for each in found:
        made.add_row(text(each.what), text(_cut(each.then)), text(_cut(each.now)))
    return made


def _cut(value: object) -> str:
    said = "none" if value is None else str(value)
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}..."


def print_flips(waiting: Sequence[Flip], near: Sequence[Flip], found: Rechecked | None) -> None:
    """What waits for a signature, and what has nearly turned."""
    if found is not None:
        said = f"{many(found.decisions, 'decision')} not yet held against the layers of now"
        out().print(f"{said}; {found.evaluated:,} lay where something changed; {turned_words(found)}.", soft_wrap=True)
        if found.lost:
            out().print(f"[yellow]Not known any more, so not looked at: {', '.join(map(str, found.lost))}[/yellow]")
    if waiting:
        out().print("\n[bold]Waiting for a signature[/bold]")
        made = table("N", "Case", "Stands", "Check", "Before", "Now", "Sign", right=("N",), whole=("Case", "Sign"))
        for flip in waiting:
            sides = (_side(flip.before, flip.margin_before_ft), _side(flip.now, flip.margin_ft))
            name = str(flip.new_number or flip.new)
            made.add_row(str(flip.number), text(flip.case), flip.case_state, in_words(flip.check), *sides, name)
        out().print(made)
        out().print("[dim]gis-ce decisions sign N --holds, or --stays --why ...[/dim]")
    if near:
        out().print("\n[bold]Nearly turned[/bold]")
        made = table("N", "Case", "Stands", "Check", "Answer", "Why", right=("N",), whole=("Case",))
        for flip in near:
            answer = _side(flip.now, flip.margin_ft)
            made.add_row(
                str(flip.number), text(flip.case), flip.case_state, in_words(flip.check), answer, text(flip.why_near)
            )
        out().print(made)
    if not waiting and not near:
        out().print("Nothing waits for a signature.")


def turned_words(found: Rechecked) -> str:
    """How many decisions have turned, and how many of them nobody has to sign: their steps are not done yet."""
    to_sign = sum(flip.to_sign for flip in found.flips)
    anew = len(found.flips) - to_sign
    if not anew:
        return f"{len(found.flips):,} turned"
    return (
        f"{len(found.flips):,} turned: {to_sign:,} to sign, {anew:,} proposed anew at a step that nobody has done yet"
    )


def _side(answer: str | None, margin_ft: float | None) -> str:
    return answer_words(answer) + (f" ({margin_ft:,.1f} ft)" if margin_ft is not None else "")


def answer_words(answer: str | None) -> str:
    """An answer in words; undecided where there is none."""
    return text(in_words(answer)) if answer is not None else "undecided"
