"""Process maps as pictures: every step and arrow is there, lanes are boxes, a case's way is marked."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from process_walks import MAPS, act, at, mine, noticed

from gis_ce import process_drawing
from gis_ce.errors import NoDrawing
from gis_ce.process import Process, Step
from gis_ce.process_drawing import draw, edge_id, mark_case
from gis_ce.process_engine import end_wait

SVG = "{http://www.w3.org/2000/svg}"
LEAKS = MAPS["leaks"]


def groups(svg: str) -> dict[str, set[str]]:
    """The id of every group of a picture, and its classes."""
    root = ElementTree.fromstring(svg)
    return {str(group.get("id")): set(str(group.get("class")).split()) for group in root.iter(f"{SVG}g")}


@pytest.mark.parametrize("name", MAPS)
def test_every_step_arrow_and_lane_is_drawn_under_its_own_id(name: str) -> None:
    process, found = MAPS[name], groups(draw(MAPS[name]))
    for step in process.steps.values():
        assert {"node", step.kind} <= found[step.id]
        assert all("edge" in found[edge_id(step.id, to)] for to in step.targets)
    assert {name for name in found if name.startswith("lane.")} == {f"lane.{lane}" for lane in process.lanes}


@pytest.mark.parametrize("name", MAPS)
def test_every_word_is_in_the_picture_and_no_line_leaves_it(name: str) -> None:
    process, root = MAPS[name], ElementTree.fromstring(draw(MAPS[name]))
    texts = list(root.iter(f"{SVG}text"))
    drawn = " ".join(str(text.text) for text in texts).split()
    for step in process.steps.values():
        assert set(step.text.split()) <= set(drawn)
    width = float(str(root.get("viewBox")).split()[2])
    for text in texts:
        half = len(str(text.text)) * float(str(text.get("font-size"))) * 0.23
        assert float(str(text.get("x"))) - half >= -10
        assert float(str(text.get("x"))) + half <= width + 10


def test_a_cases_way_is_marked_and_the_wait_stands_out() -> None:
    found = groups(mark_case(draw(LEAKS), noticed()))
    assert "waiting" in found["wait_48h"]
    assert {step for step, classes in found.items() if "done" in classes and "node" in classes} == set(noticed().way)
    assert "done" in found[edge_id("start", "site_visit")]
    assert "done" in found[edge_id("notice_48h", "wait_48h")]
    assert "done" not in found[edge_id("location", "wd_to_repair")]


def test_the_present_step_is_current_and_a_closed_case_is_done() -> None:
    ready = end_wait(LEAKS, noticed(), "paid", act()).state
    assert "current" in groups(mark_case(draw(LEAKS), ready))["repairs_made"]
    closed = at(LEAKS, None, "inside", None, None, None, "natural", None)
    found = groups(mark_case(draw(LEAKS), closed))
    assert "done" in found["end"]
    assert not [step for step, classes in found.items() if classes & {"current", "waiting"}]


def test_a_picture_is_the_same_every_time() -> None:
    assert draw(LEAKS) == draw(LEAKS)


def odd(text: str) -> Process:
    process = mine()
    step = process.steps["repair"]
    return replace(process, title=text, steps={**process.steps, "repair": replace(step, text=text)})


@pytest.mark.parametrize(
    "text",
    [
        "<b>bold</b>",
        "a & b < c",
        'say "no"',
        "back\\slash \\N \\G",
        "<script>alert(1)</script>",
        "&amp;",
        "漏水",
        "<",
        "]]>",
    ],
)
def test_no_text_is_taken_for_a_sign_of_the_drawing(text: str) -> None:
    svg = draw(odd(text))
    root = ElementTree.fromstring(svg)
    lines = ["".join(found.itertext()) for found in root.iter(f"{SVG}text")]
    assert text.replace(" ", "") in "".join(lines).replace(" ", "").replace("\xa0", "")
    assert not list(root.iter(f"{SVG}script"))


def test_a_machine_without_graphviz_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(NoDrawing, match="pygraphviz does not load"):
        draw(LEAKS)


def test_no_graphviz_of_the_machine_is_needed() -> None:
    code = (
        "from gis_ce.process_drawing import draw\n"
        "from gis_ce.process_files import open_processes\n"
        "from gis_ce.process_settings import default_settings\n"
        "print(draw(open_processes(default_settings())['leaks'])[:4])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False
    )
    assert ran.stdout.strip() == "<svg", ran.stderr


def test_a_lane_without_a_step_and_a_long_word_can_be_drawn() -> None:
    process = mine()
    wide = replace(process.steps["location"], text="x" * 300)
    strange = replace(process, lanes={**process.lanes, "nobody": "Nobody"}, steps={**process.steps, "location": wide})
    assert "location" in groups(draw(strange))


def test_marks_are_a_style_sheet_that_every_viewer_knows() -> None:
    assert not re.search(r":is\(|var\(", process_drawing._STYLE)


def test_a_step_that_only_an_older_definition_has_is_left_out_of_the_picture() -> None:
    state = replace(noticed(), way=("start", "gone", *noticed().way[1:]))
    assert "gone" not in groups(mark_case(draw(LEAKS), state))


def test_decisions_with_many_words_are_no_giant_diamonds() -> None:
    steps: dict[str, Step] = MAPS["meter_violations"].steps  # type: ignore[assignment]
    root = ElementTree.fromstring(draw(MAPS["meter_violations"]))
    group = next(group for group in root.iter(f"{SVG}g") if group.get("id") == "need_visit")
    polygon = group.find(f"{SVG}polygon")
    assert polygon is not None
    ys = [float(point.split(",")[1]) for point in str(polygon.get("points")).split()]
    assert len(steps["need_visit"].text) > 100
    assert max(ys) - min(ys) < 180  # a diamond of it has over 230; the machine's font decides the rest
