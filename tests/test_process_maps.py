"""The fifteen process maps: every arrow and every end is taken, random walks end, and nothing of the maps is lost."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT, real_data
from hypothesis import given, settings
from hypothesis import strategies as st
from process_walks import MAPS, act, later, on, round_trip, walk

from gis_ce.checks.all import CHECKS
from gis_ce.process_engine import start
from gis_ce.process_paths import arrows_of, covering_paths
from gis_ce.process_paths import table as table_of_paths

_SEEDS = ROOT.parent / "shared" / "seeds"
_PAGE = "City of Raleigh Public Utilities, Code Enforcement Business Process Maps"


def test_there_are_fifteen_maps_with_a_page_and_a_prefix_each_and_one_of_our_own() -> None:
    drawn = {name: process for name, process in MAPS.items() if name != "inspection_round"}
    assert len(drawn) == 15
    assert len({process.prefix for process in MAPS.values()}) == 16
    pages = sorted(int(str(process.source).rsplit(" ", 1)[1]) for process in drawn.values())
    assert pages == list(range(1, 16))
    assert all(str(process.source).startswith(_PAGE) for process in drawn.values())


@pytest.mark.parametrize("name", MAPS)
def test_every_arrow_is_taken_and_every_end_reached(name: str) -> None:
    process, taken, ends = MAPS[name], set(), set()
    for path in covering_paths(process):
        state, moves = walk(process, path, act())
        assert state.closed
        assert state.step == path.end
        assert moves[-1].wake_parent
        assert [moved.wake_parent for moved in moves].count(True) == 1
        assert state.way == tuple(step for step, _ in path.arrows)
        taken.update(path.arrows)
        ends.add(path.end)
    assert taken == set(arrows_of(process))
    assert ends == set(process.ends)


@pytest.mark.parametrize("name", MAPS)
@settings(max_examples=25)
@given(data=st.data())
def test_random_walks_end_and_survive_the_store_after_each_step(name: str, data: st.DataObject) -> None:
    process = MAPS[name]
    doing = act()
    state = round_trip(start(process, doing).state)
    for _ in range(150):
        if state.closed:
            break
        step = process.steps[state.step]
        assert state.lane == step.lane
        assert (state.due_at is not None) == (state.waiting_for == "deadline")
        word = data.draw(st.sampled_from(step.choices)) if step.choices else None
        moved = on(process, state, word, act(later(state, doing)))
        assert moved.entries
        assert all(entry.text and entry.by for entry in moved.entries)
        assert moved.state.way[: len(state.way)] == state.way
        state = round_trip(moved.state)
    # Two maps have loops that a contrary owner could keep up for ever.
    assert state.closed or name in {"easements", "crossed_lines", "inspection_round"}


def test_the_table_of_paths_in_the_docs_is_the_one_that_is_walked() -> None:
    docs = (ROOT / "docs" / "process-maps.md").read_text("utf-8")
    assert table_of_paths(MAPS) in docs, "run: gis-ce process paths"


def test_every_guess_is_listed_in_the_docs() -> None:
    docs = (ROOT / "docs" / "process-maps.md").read_text("utf-8")
    missing = [
        f"{process.id}.{step.id}"
        for process in MAPS.values()
        for step in process.steps.values()
        if step.guess and f"| {process.id} | {step.id} | {step.guess} |" not in docs
    ]
    assert missing == []


def test_every_check_that_a_map_names_is_one_of_the_products() -> None:
    named = {step.check for process in MAPS.values() for step in process.steps.values() if step.check}
    assert named <= {check.name for check in CHECKS}
    unused = {check.name for check in CHECKS} - named
    assert unused == {"sewer_available"}  # services_available asks for both services


def test_hand_overs_lead_where_the_maps_say() -> None:
    found = {
        (process.id, step.process, step.returns)
        for process in MAPS.values()
        for step in process.steps.values()
        if step.kind == "handover"
    }
    assert found == {
        ("leaks", "damages", False),
        ("sso", "damages", False),
        ("illegal_valve_operation", "damages", False),
        ("hydrant_meters", "confiscate_hydrant_meter", True),
        ("non_conforming_services", None, False),
    }


def test_appeals_run_from_the_receipt_of_the_notice() -> None:
    appeals = [
        str(step.deadline)
        for process in MAPS.values()
        for step in process.steps.values()
        if step.deadline and step.deadline.setting == "appeal_period"
    ]
    assert appeals == ["setting:appeal_period after notice_received_on"] * 2


def test_nobody_records_what_decides_over_code_enforcement() -> None:
    for process in MAPS.values():
        assert not {"emt", "director", "ce"} & set(process.recorded_by)


ON_PAGES = [name for name, process in MAPS.items() if "Business Process Maps" in str(process.source)]


def test_all_maps_but_the_one_for_rounds_come_from_a_page_of_the_city() -> None:
    assert set(MAPS) - set(ON_PAGES) == {"inspection_round"}


@pytest.mark.parametrize("name", ON_PAGES)
def test_every_word_of_a_map_page_is_in_some_box_and_nothing_more(name: str) -> None:
    process = MAPS[name]
    page = _page(_maps_text(), int(str(process.source).rsplit(" ", 1)[1]))
    boxes = [box for step in process.steps.values() for box in step.boxes if step.kind not in ("start", "end")]
    on_page, in_boxes = _words(page), _words(" ".join(boxes))
    heads = _words(f"{process.title} {' '.join(process.lanes.values())} {_REPEATED}")
    assert in_boxes - on_page == Counter(), "the boxes have words that the map has not"
    assert set(on_page - in_boxes) <= set(heads), "words of the map are in no box"


_REPEATED = (
    "Start End Yes No Phase Draft Process Sub Code Enforcement Enforcment Enforcememt Internal External Possible"
)


def _maps_text() -> str:
    folder = _SEEDS if _SEEDS.is_dir() else real_data().parent / "seeds"
    for path in sorted(folder.glob("*.txt")) if folder.is_dir() else []:
        text = path.read_text("utf-8")
        if "Business Process Maps" in text:
            return text.split("Made with", maxsplit=1)[0]
    pytest.skip(f"the text of the maps is not at {folder}")


def _page(text: str, number: int) -> str:
    """The text of one page; each page ends with its number on a line of its own."""
    start_at = text.index("Damages Process Field Staff")
    pages = re.split(r"(?m)^(?:\d{1,2})$", text[start_at:])
    return pages[number - 1]


def _words(text: str) -> Counter[str]:
    """Every word and how often it stands there: a box that is lost would be missed, though its words are elsewhere."""
    return Counter(re.findall(r"[a-z0-9+']+", text.lower()))


def test_the_maps_are_shipped_in_one_file_each() -> None:
    folder = Path(ROOT / "gis_ce" / "data" / "processes")
    assert sorted(path.stem for path in folder.iterdir()) == sorted(MAPS)
