"""Traces, shut-offs and the health of a network on the screen."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table

from api.answers import Message
from api.cli.screen import out, table, text
from layers.network.health import KINDS

_MOST = 40


def show_trace(message: Message) -> None:
    """A trace: the sentence, every doubt, the sides that may belong to it, and its mains."""
    colour = "green" if message["certain"] else "yellow"
    parts: list[RenderableType] = [f"[bold {colour}]{text(message['sentence'])}[/bold {colour}]"]
    parts += [_warned(doubt) for doubt in message["doubts"]]
    parts += [f"[dim]{text(note)}[/dim]" for note in message["notes"]]
    if message["sides"]:
        sides = table("Side", "Mains", "Feet", right=("Mains", "Feet"))
        for side in message["sides"]:
            sides.add_row(
                text(side["sentence"].partition(":")[0]), f"{len(side['segments']):,}", f"{side['length_ft']:,.0f}"
            )
        parts.append(Padding(sides, (1, 0, 0, 0)))
    mains = table("Main", "Feet", "Direction", right=("Feet",), whole=("Main",))
    for segment in message["segments"][:_MOST]:
        mains.add_row(text(segment["name"]), f"{segment['length_ft']:,.1f}", text(segment["direction"]))
    parts += [Padding(mains, (1, 0, 0, 0)), *_more(len(message["segments"]))]
    out().print(Group(*parts))


def show_isolation(message: Message) -> None:
    """A shut-off: the sentence, doubts, valves, and who is without water."""
    parts: list[RenderableType] = [f"[bold]{text(message['sentence'])}[/bold]"]
    parts += [_warned(doubt) for doubt in message["doubts"]]
    parts.append(Padding(_valves(message), (1, 0, 0, 0)))
    water = message["without_water"]
    out_of = table("Without water", "In the ring", "Beyond it", right=("In the ring", "Beyond it"))
    out_of.add_row("mains", f"{len(water['segments']):,}", f"{len(water['beyond_segments']):,}")
    out_of.add_row("feet of main", f"{water['length_ft']:,.0f}", f"{water['beyond_length_ft']:,.0f}")
    out_of.add_row("meters", f"{len(water['meters']):,}", f"{len(water['beyond_meters']):,}")
    out_of.add_row("hydrants", f"{len(water['hydrants']):,}", f"{len(water['beyond_hydrants']):,}")
    parts.append(Padding(out_of, (1, 0, 0, 0)))
    hydrants = [*water["hydrants"], *water["beyond_hydrants"]]
    if hydrants:
        parts.append(f"Hydrants out of service: {text(_names(hydrants))}")
    ring = message["next_ring"]
    parts.append(
        f"[dim]Next ring: {len(ring['close']):,} valves ({text(_names(ring['close']))}), "
        f"{len(ring['segments']):,} mains, {ring['length_ft']:,.0f} ft.[/dim]"
    )
    alone = message.get("closing_it_alone")
    if alone:
        parts.append(
            f"Closed alone, {text(alone['valve']['name'])} ({text(alone['condition'])}) cuts off "
            f"{len(alone['segments']):,} mains and {len(alone['meters']):,} meters."
        )
    out().print(Group(*parts))


def show_health(message: Message, *, every: bool) -> None:
    """A network's health: counts, how directions are known, components, findings."""
    word = "sewer mains" if message["role"] == "sewer_main" else "water mains"
    parts: list[RenderableType] = [
        f"[bold]{message['segments']:,} {word}, {message['nodes']:,} nodes, {message['length_ft'] / 5280:,.1f} miles, "
        f"in {len(message['components']):,} {'part' if len(message['components']) == 1 else 'parts'}[/bold]"
    ]
    if message["role"] == "sewer_main":
        known = table("Direction", "Pieces", "Feet", right=("Pieces", "Feet"))
        for row in message["directions"]:
            known.add_row(text(row["how"]), f"{row['pieces']:,}", f"{row['length_ft']:,.0f}")
        parts.append(Padding(known, (1, 0, 0, 0)))
    counts = table("Findings", "Count", "What it means", right=("Count",))
    for kind, title, means in KINDS:
        if message["counts"][kind]:
            counts.add_row(text(title), f"{message['counts'][kind]:,}", text(means))
    parts.append(Padding(counts, (1, 0, 0, 0)))
    parts += [Padding(_components(message, every), (1, 0, 0, 0)), Padding(_findings(message, every), (1, 0, 0, 0))]
    left = max(len(message["components"]), len(message["findings"])) - _MOST
    if not every and left > 0:
        parts.append("[dim]--all lists every part and every finding; --html FILE puts them on a map.[/dim]")
    out().print(Group(*parts))


def _valves(message: Message) -> Table:
    valves = table("Valve", "What to do", "If it fails", whole=("Valve",))
    fails = {one["valve"]["id"]: one for one in message["if_a_valve_fails"]}
    for valve in message["close"]:
        one = fails[valve["id"]]
        also = f"also close {_names(one['also_close'])}" if one["also_close"] else "nothing else parts it off"
        more = f"{also}; {len(one['more_segments']):,} more mains, {one['more_length_ft']:,.0f} ft"
        valves.add_row(text(valve["name"]), "[bold]close[/bold]", text(more))
    for valve in message["closed_already"]:
        valves.add_row(text(valve["name"]), "closed already: keep it so", "")
    for valve in message["unusable"]:
        valves.add_row(text(valve["name"]), "[yellow]cannot be used[/yellow]", "")
    return valves


def _components(message: Message, every: bool) -> Table:
    parts = table(
        "Part",
        "Name",
        "Mains",
        "Feet",
        "Known",
        "Sinks",
        "Sources",
        "Loops",
        "Outfalls",
        right=("Part", "Mains", "Feet", "Known", "Sinks", "Sources", "Loops"),
        whole=("Name",),
    )
    for part in message["components"] if every else message["components"][:_MOST]:
        share = part["known_direction_ft"] / part["length_ft"] if part["length_ft"] else 0.0
        numbers = (
            f"{part['segments']:,}",
            f"{part['length_ft']:,.0f}",
            f"{share:.0%}",
            f"{part['sinks']:,}",
            f"{part['sources']:,}",
            f"{part['loops']:,}",
        )
        parts.add_row(f"{part['number']:,}", text(part["name"]), *numbers, text(", ".join(part["outfalls"])))
    return parts


def _findings(message: Message, every: bool) -> Table:
    found = table("Finding", "Where", "What", whole=("Finding",))
    for item in message["findings"] if every else message["findings"][:_MOST]:
        found.add_row(text(item["kind"]), text(item["name"]), text(item["says"]))
    return found


def _names(features: Sequence[Message]) -> str:
    names = [str(feature["name"]) for feature in features]
    shown = ", ".join(names[:12])
    return f"{shown} and {len(names) - 12} more" if len(names) > 12 else shown


def _warned(doubt: str) -> str:
    return f"[yellow]![/yellow] {text(doubt)}"


def _more(count: int) -> list[RenderableType]:
    if count <= _MOST:
        return []
    return [f"[dim]The first {_MOST} of {count:,} mains; --json or --geojson FILE gives all of them.[/dim]"]
