"""Draws a process map as SVG: lanes as coloured boxes, and a case's way through it."""

from __future__ import annotations

import html
import importlib
import re
import textwrap
from collections.abc import Iterator
from threading import Lock
from typing import Any

from gis_ce.errors import NoDrawing
from gis_ce.process import Kind, Process, Step, in_words
from gis_ce.process_state import State

_LANE_COLOURS = ("#e8f0fa", "#eaf5ea", "#fdf3e1", "#f3eafa", "#fbeaea", "#e6f5f5")
_FONT = "Helvetica,Arial,sans-serif"
_INK, _LINE = "#1f2933", "#52606d"
_SHAPES: dict[Kind, dict[str, str]] = {
    "start": {"shape": "ellipse"},
    "end": {"shape": "ellipse"},
    "task": {"shape": "box"},
    "notate": {"shape": "box", "style": "filled,rounded"},
    "decision": {"shape": "diamond", "margin": "0.04,0.06"},
    "wait": {"shape": "box", "style": "filled,dashed"},
    "letter": {"shape": "note"},
    "handover": {"shape": "box", "peripheries": "2"},
}
_WIDTH, _WIDTH_IN_DIAMOND = 26, 18
_LONGEST_IN_DIAMOND = 70
_MARKS = {
    "done": "fill: #cfe8cf",
    "current": "fill: #ffd166; stroke: #9a6700; stroke-width: 3",
    "waiting": "fill: #ffe8b3; stroke: #9a6700; stroke-width: 3",
}
_STYLE = "".join(
    f".node.{mark} > polygon, .node.{mark} > path, .node.{mark} > ellipse {{ {style}; }}\n"
    for mark, style in _MARKS.items()
) + (
    ".edge.done > path { stroke: #2b7a2b; stroke-width: 2.5; }\n"
    ".edge.done > polygon { stroke: #2b7a2b; fill: #2b7a2b; }\n"
)
_GROUP = re.compile(r'<g id="([^"]+)" class="((?:node|edge)[^"]*)">')
_ONE_AT_A_TIME = Lock()
"""Graphviz keeps state between calls and must not be entered twice at once."""


def draw(process: Process) -> str:
    """The process map as SVG; the ids in it are those of the steps, the classes their kinds.

    Raises NoDrawing where Graphviz cannot be loaded.
    """
    graph = _graph(process)
    with _ONE_AT_A_TIME:
        drawn: bytes = graph.draw(format="svg", prog="dot")
    svg = drawn.decode()
    return svg[svg.index("<svg") :]


def mark_case(svg: str, state: State) -> str:
    """A drawn map with a case's way through it: steps done, and the one where it stands, waits or has closed."""
    done = set(state.way)
    here = "waiting" if state.waiting_for else "done" if state.closed else "current"
    ways = {edge_id(first, then) for first, then in zip(state.way, (*state.way[1:], state.step), strict=True)}

    def marked(found: re.Match[str]) -> str:
        name, classes = found[1], found[2]
        mark = here if name == state.step else "done" if name in done or name in ways else ""
        return f'<g id="{name}" class="{f"{classes} {mark}".strip()}">'

    head, body = svg.split(">", 1)
    return f"{head}>\n<style>\n{_STYLE}</style>\n{_GROUP.sub(marked, body)}"


def edge_id(first: str, then: str) -> str:
    """The id of the arrow between two steps."""
    return f"{first}.to.{then}"


def _graph(process: Process) -> Any:
    graph = _graphviz().AGraph(directed=True, strict=True)
    graph.graph_attr.update(
        label=_label(process.title, 60), labelloc="t", fontname=_FONT, fontsize="18", fontcolor=_INK,
        rankdir="TB", nodesep="0.3", ranksep="0.35", newrank="true", bgcolor="white", pad="0.2",
    )  # fmt: skip
    graph.node_attr.update(fontname=_FONT, fontsize="11", fontcolor=_INK, style="filled", fillcolor="white",
                           color=_LINE, margin="0.16,0.08")  # fmt: skip
    graph.edge_attr.update(fontname=_FONT, fontsize="10", fontcolor=_INK, color=_LINE, arrowsize="0.7")
    for number, (lane, title) in enumerate(process.lanes.items()):
        steps = [step for step in process.steps.values() if step.lane == lane]
        for step in steps:
            graph.add_node(step.id, **_node(step))
        colour = _LANE_COLOURS[number % len(_LANE_COLOURS)]
        graph.add_subgraph([step.id for step in steps], name=f"cluster_{lane}", id=f"lane.{lane}", style="filled",
                           label=_label(title, 40), color=colour, fontsize="13", labeljust="r")  # fmt: skip
    for first, then, words in _arrows(process):
        graph.add_edge(first, then, id=edge_id(first, then), label=f"  {_label(words, 20)}  " if words else "")
    return graph


def _graphviz() -> Any:
    try:
        return importlib.import_module("pygraphviz")
    except ImportError as error:
        raise NoDrawing(
            f"Process maps cannot be drawn here: pygraphviz does not load ({error}); it brings Graphviz with it, and "
            "needs the system's glib and X11 libraries."
        ) from error


def _node(step: Step) -> dict[str, str]:
    text = f"{step.text}\n({step.deadline.in_words})" if step.deadline else step.text
    long = step.kind == "decision" and len(text) > _LONGEST_IN_DIAMOND
    width = _WIDTH_IN_DIAMOND if step.kind == "decision" and not long else _WIDTH
    shape = {"shape": "hexagon"} if long else _SHAPES[step.kind]
    return {"id": step.id, "class": step.kind, "label": _label(text, width)} | shape


def _arrows(process: Process) -> Iterator[tuple[str, str, str]]:
    for step in process.steps.values():
        for to in step.targets:
            words = [in_words(word) for word, target in step.answers.items() if target == to]
            yield step.id, to, " / ".join(words)


def _label(text: str, width: int) -> str:
    """A text in lines, with nothing in it that Graphviz would take for its own signs."""
    wrapped = (textwrap.wrap(part, width, break_on_hyphens=False, break_long_words=False) for part in text.split("\n"))
    return "\\n".join(html.escape(line).replace("\\", "\\\\") for lines in wrapped for line in lines)
