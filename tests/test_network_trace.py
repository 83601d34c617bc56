"""Traces: what is certain, what is only possible, where they start, how far they go, and what they met."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from made_layers import EAST, NORTH
from made_networks import Row, at_node, between, main, names, network, point

from gis_ce.errors import PlaceRefused
from gis_ce.trace_words import side_sentence, trace_doubts, trace_notes, trace_sentence
from gis_ce.tracing import Where, traced
from layers.errors import TraceRefused
from layers.network.line import line
from layers.network.model import Network
from layers.network.starts import Start, at_manhole, at_point, at_segment
from layers.network.trace import downstream, upstream
from layers.network_settings import NetworkSettings
from layers.query import LayerQuery

PLACES = {"A": (0.0, 0.0), "B": (100.0, 0.0), "C": (200.0, 0.0), "D": (100.0, 100.0), "E": (300.0, 0.0)}
MAINS = [
    between("1", "A", "B", PLACES),
    between("2", "B", "C", PLACES),
    between("3", "D", "B", PLACES),
    between("4", "C", "E", PLACES),
]
HOLES = [point(name, *at) for name, at in PLACES.items()]


@pytest.fixture(scope="module", name="town")
def _town() -> tuple[Network, LayerQuery]:
    return network("sewer_main", sewer_main=MAINS, manhole=HOLES)


def place(x: float, y: float) -> shapely.Point:
    return shapely.Point(EAST + x, NORTH + y)


Town = tuple[Network, LayerQuery]


def test_from_a_manhole_all_that_flows_to_it(town: Town) -> None:
    built, query = town
    trace = upstream(built, at_manhole(query, built, "C", 100.0))
    assert names(built, query, trace.segments) == {"1", "2", "3"}
    assert {built.name[node] for node in trace.nodes} == {"A", "B", "C", "D"}
    assert (trace.length_ft, trace.is_certain) == (300.0, True)
    assert {built.name[node] for node in trace.ends} == {"A", "D"}


def test_from_a_point_its_main_counts_from_there_and_the_distance_is_told(town: Town) -> None:
    built, query = town
    start = at_point(query, built, place(130, 7), 100.0)
    assert (start.snapped_ft, start.along_ft) == (pytest.approx(7.0), pytest.approx(30.0))
    up, down = upstream(built, start), downstream(built, start)
    assert names(built, query, up.segments) == {"1", "2", "3"}
    assert up.length_ft == pytest.approx(230.0)
    assert names(built, query, down.segments) == {"2", "4"}
    assert down.length_ft == pytest.approx(170.0)


def test_a_point_next_to_a_manhole_starts_at_it(town: Town) -> None:
    built, query = town
    assert built.name[at_point(query, built, place(100.2, -3), 100.0).node] == "B"


def test_a_point_too_far_off_is_refused_with_its_distance(town: Town) -> None:
    built, query = town
    with pytest.raises(TraceRefused, match=r"nearest sewer main is 802 ft away, farther than the 150 ft"):
        at_point(query, built, place(150, 900), 150.0)


def test_a_whole_main_counts_whole(town: Town) -> None:
    built, query = town
    trace = upstream(built, at_segment(query, built, "2"))
    assert names(built, query, trace.segments) == {"1", "2", "3"}
    assert trace.length_ft == pytest.approx(300.0)


def test_an_id_that_is_not_there_or_not_the_only_one_is_refused() -> None:
    twice = [
        *MAINS,
        {**main("5", (300, 0), (400, 0)), "facility_id": "4"},
        {**main("6", (0, 9), (0, 90)), "facility_id": "7"},
        {**main("8", (0, 90), (0, 190)), "facility_id": "7"},
    ]
    built, query = network("sewer_main", sewer_main=twice, manhole=HOLES)
    with pytest.raises(TraceRefused, match="no sewer main 'X'"):
        at_segment(query, built, "X")
    with pytest.raises(TraceRefused, match="2 sewer mains have the id '7'; name one of the feature ids 6, 8"):
        at_segment(query, built, "7")
    with pytest.raises(TraceRefused, match="no manhole 'X'"):
        at_manhole(query, built, "X", 100.0)


def test_an_abandoned_main_is_no_start() -> None:
    built, query = network("sewer_main", sewer_main=[*MAINS, main("9", (0, 9), (0, 99), status="abandoned")])
    with pytest.raises(TraceRefused, match="9 is abandoned"):
        at_segment(query, built, "9")


def test_a_distance_cuts_the_last_mains_where_it_ends(town: Town) -> None:
    built, query = town
    trace = upstream(built, at_manhole(query, built, "C", 100.0), within_ft=150.0)
    assert names(built, query, trace.segments) == {"1", "2", "3"}
    assert trace.length_ft == pytest.approx(200.0)
    part = dict(zip(built.row[trace.pieces].tolist(), zip(trace.from_ft, trace.to_ft, strict=True), strict=True))
    assert part[0] == (pytest.approx(50.0), pytest.approx(100.0))
    short = downstream(built, at_point(query, built, place(130, 0), 100.0), within_ft=20.0)
    assert short.length_ft == pytest.approx(20.0)


def test_a_main_of_unknown_direction_is_said_and_both_sides_are_offered() -> None:
    mains = [main("W", (0, 0), (100, 0)), main("M", (100, 0), (200, 0)), main("X", (200, 0), (300, 0))]
    built, query = network("sewer_main", sewer_main=mains)
    trace = upstream(built, at_point(query, built, place(150, 0), 100.0))
    assert names(built, query, trace.segments) == {"M"}
    assert [names(built, query, side.segments) for side in trace.sides] == [{"W"}, {"X"}]
    assert names(built, query, trace.possible_segments) == {"W", "X"}
    assert not trace.is_certain
    assert (
        "The direction of 1 main met on the way is unknown: M. Up to 2 more mains"
        in trace_doubts(query, built, trace)[0]
    )


def test_a_trace_that_finds_nothing_is_never_certain_and_names_the_main_that_may_be_recorded_the_wrong_way() -> None:
    turned = [*MAINS[:3], between("4", "E", "C", PLACES)]
    built, query = network("sewer_main", sewer_main=turned, manhole=HOLES)
    trace = downstream(built, at_node(built, "C"))
    assert (len(trace.segments), trace.is_certain) == (0, False)
    assert trace_sentence(trace).endswith("0 mains, 0.0 ft. This is not the whole answer: see the doubts.")
    assert trace_doubts(query, built, trace) == [
        "By the records nothing flows on from this place: 2, 4 lead to it (direction from node ids). "
        "If a main should, its direction is recorded the wrong way."
    ]
    above = upstream(built, at_node(built, "E"))
    assert "nothing flows to this place: 4 leads away from it" in trace_doubts(query, built, above)[0]


def test_a_line_from_a_place_to_itself_says_that_no_main_lies_on_it(town: Town) -> None:
    built, query = town
    trace = line(built, at_node(built, "B"), at_node(built, "B"))
    assert not trace.is_certain
    assert trace_doubts(query, built, trace) == ["The line begins and ends at the same place: no main lies on it."]


RING = [
    main("R1", (0, 0), (100, 0)),
    main("R2", (100, 0), (100, 100)),
    main("R3", (100, 100), (0, 100)),
    main("R4", (0, 100), (0, 0)),
]
CORNERS = [point("K1", 0, 0), point("K2", 100, 0), point("K3", 100, 100), point("K4", 0, 100)]


def test_a_start_on_a_loop_of_unknown_direction_offers_its_one_side_once_and_says_so() -> None:
    built, query = network("sewer_main", sewer_main=RING, manhole=CORNERS)
    trace = upstream(built, at_segment(query, built, "R1"))
    (side,) = trace.sides
    assert names(built, query, trace.segments) == {"R1"}
    assert names(built, query, side.segments) == {"R2", "R3", "R4"}
    assert side_sentence(query, built, side) == (
        "By R1 towards K1 or R1 towards K2, for a loop joins them: 3 mains, 300 ft."
    )


def test_an_unknown_branch_is_a_side_and_never_silently_left_out() -> None:
    mains = [*MAINS, main("U", (0, 0), (0, 100)), main("V", (0, 100), (0, 200))]
    built, query = network("sewer_main", sewer_main=mains, manhole=HOLES)
    trace = upstream(built, at_node(built, "C"))
    assert names(built, query, trace.segments) == {"1", "2", "3"}
    (side,) = trace.sides
    assert names(built, query, side.segments) == {"U", "V"}
    assert trace.possible_length_ft == pytest.approx(200.0)


def test_a_branch_whose_only_way_out_is_towards_an_outfall_flows_there() -> None:
    mains = [*MAINS, main("U", (0, 0), (0, 100)), main("V", (0, 100), (0, 200))]
    holes = [hole | {"kind": "outfall"} if hole["id"] == "E" else hole for hole in HOLES]
    built, query = network("sewer_main", sewer_main=mains, manhole=holes)
    trace = upstream(built, at_node(built, "C"))
    assert names(built, query, trace.segments) == {"1", "2", "3", "U", "V"}
    assert not len(trace.unknown_directions)


def test_gaps_and_blind_joints_on_the_way_are_met() -> None:
    mains = [*MAINS, main("G", (-100, 0), (-2, 0)), main("T", (150, 50), (150, 0))]
    built, query = network("sewer_main", sewer_main=mains, manhole=HOLES)
    trace = upstream(built, at_node(built, "C"))
    assert (len(trace.gaps), len(trace.touches), trace.is_certain) == (2, 1, False)
    said = trace_doubts(query, built, trace)
    assert any("end close to another without meeting it" in words and "2.0 ft apart" in words for words in said)
    assert any("T and 2" in words and "blind joint" in words for words in said)


def test_a_joint_without_a_manhole_is_told_and_does_not_make_the_list_doubtful() -> None:
    built, _query = network("sewer_main", sewer_main=MAINS, manhole=[hole for hole in HOLES if hole["id"] != "B"])
    trace = upstream(built, at_node(built, "C"))
    assert built.name[trace.blind_joints].tolist() == ["B"]
    assert trace.is_certain
    assert "1 joint without a manhole on record: B." in trace_notes(built, trace)


def test_a_flow_split_is_followed_both_ways_and_told() -> None:
    mains = [*MAINS, between("5", "B", "E", PLACES)]
    built, query = network("sewer_main", sewer_main=mains, manhole=HOLES)
    assert names(built, query, upstream(built, at_node(built, "E")).segments) == {"1", "2", "3", "4", "5"}
    down = downstream(built, at_node(built, "A"))
    assert names(built, query, down.segments) == {"1", "2", "4", "5"}
    assert built.name[down.splits].tolist() == ["B"]


def test_a_line_goes_along_the_flow_where_it_can(town: Town) -> None:
    built, query = town
    trace = line(built, at_node(built, "A"), at_node(built, "C"))
    assert [query.features("sewer_main").ids[row] for row in built.row[trace.pieces]] == ["1", "2"]
    assert not len(trace.against_flow)
    back = line(built, at_node(built, "C"), at_node(built, "A"))
    assert [query.features("sewer_main").ids[row] for row in built.row[back.pieces]] == ["2", "1"]


def test_a_line_against_the_flow_says_so(town: Town) -> None:
    built, query = town
    trace = line(built, at_node(built, "A"), at_node(built, "D"))
    assert names(built, query, built.row[trace.against_flow]) == {"3"}
    assert trace_doubts(query, built, trace) == ["There is no way along the flow: 3 is walked against it."]


def test_a_line_between_points_counts_from_point_to_point(town: Town) -> None:
    built, query = town
    start, end = (at_point(query, built, place(x, 0), 100.0) for x in (40, 170))
    assert line(built, start, end).length_ft == pytest.approx(130.0)
    assert line(built, end, start).length_ft == pytest.approx(130.0)
    near = at_point(query, built, place(60, 0), 100.0)
    assert line(built, start, near).length_ft == pytest.approx(20.0)


def test_two_places_that_nothing_joins_are_refused() -> None:
    built, query = network("sewer_main", sewer_main=[*MAINS, main("9", (0, 900), (0, 999))], manhole=HOLES)
    with pytest.raises(TraceRefused, match="separate parts of the network"):
        line(built, at_node(built, "A"), at_segment(query, built, "9"))


@pytest.mark.parametrize(
    ("kind", "start", "end", "within", "words"),
    [
        ("upstream", Where(), None, None, "Say where once"),
        ("upstream", Where(manhole="A", segment="1"), None, None, "Say where once"),
        ("upstream", Where(manhole="A"), None, -5.0, "goes some feet"),
        ("upstream", Where(manhole="A"), Where(manhole="B"), None, "Only a line has an end"),
        ("line", Where(manhole="A"), None, None, "has two ends"),
        ("line", Where(manhole="A"), Where(manhole="B"), 5.0, "a distance does not go with it"),
        ("upstream", Where(valve="V"), None, None, "Valves are on water mains"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(
    town: Town, kind: Any, start: Where, end: Where | None, within: float | None, words: str
) -> None:
    with pytest.raises(PlaceRefused, match=words):
        traced(town[1], town[0], NetworkSettings(), kind, start, end, within)


Edges = list[tuple[int, int]]
EDGES = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda ends: ends[0] != ends[1]), min_size=1, max_size=16
)


def grown(edges: Edges, order: Sequence[int] | None = None) -> Town:
    """A network with splits, joins and cycles as they come; nodes on a circle."""
    angle = np.linspace(0, 2 * np.pi, 13)
    at = {f"N{n}": (500 * float(np.cos(angle[n])), 500 * float(np.sin(angle[n]))) for n in range(12)}
    rows: list[Row] = [between(f"P{n}", f"N{a}", f"N{b}", at) for n, (a, b) in enumerate(edges)]
    return network(
        "sewer_main", NetworkSettings(gap_ft=0.0), sewer_main=rows if order is None else [rows[n] for n in order]
    )


def above(edges: Edges, node: int) -> set[int]:
    """The nodes from which one gets to a node, by trying until nothing is new."""
    found = {node}
    while more := {a for a, b in edges if b in found} - found:
        found |= more
    return found


def reached(town: Town, trace: Any) -> set[str]:
    return {str(town[0].name[node]) for node in trace.nodes}


@given(EDGES)
def test_upstream_is_everything_from_which_one_gets_there(edges: Edges) -> None:
    town = grown(edges)
    for node in {end for ends in edges for end in ends}:
        trace = upstream(town[0], at_node(town[0], f"N{node}"))
        assert reached(town, trace) == {f"N{other}" for other in above(edges, node)}
        assert names(*town, trace.segments) == {f"P{n}" for n, (_, b) in enumerate(edges) if b in above(edges, node)}


@given(EDGES)
def test_upstream_contains_upstream_of_all_in_it_and_downstream_leads_back(edges: Edges) -> None:
    town = grown(edges)
    for node in {end for ends in edges for end in ends}:
        whole = upstream(town[0], at_node(town[0], f"N{node}"))
        for other in reached(town, whole):
            start = at_node(town[0], other)
            assert set(upstream(town[0], start).segments) <= set(whole.segments)
            assert f"N{node}" in reached(town, downstream(town[0], start))


@given(EDGES)
def test_turning_every_pipe_round_swaps_upstream_and_downstream(edges: Edges) -> None:
    town, turned = grown(edges), grown([(b, a) for a, b in edges])
    for node in {end for ends in edges for end in ends}:
        here, there = at_node(town[0], f"N{node}"), at_node(turned[0], f"N{node}")
        assert names(*town, upstream(town[0], here).segments) == names(*turned, downstream(turned[0], there).segments)


@given(EDGES, st.randoms(use_true_random=False))
def test_the_list_does_not_depend_on_the_order_of_rows(edges: Edges, random: Any) -> None:
    order = list(range(len(edges)))
    random.shuffle(order)
    town, mixed = grown(edges), grown(edges, order)
    for node in {end for ends in edges for end in ends}:
        one, other = (upstream(each[0], at_node(each[0], f"N{node}")) for each in (town, mixed))
        assert names(*town, one.segments) == names(*mixed, other.segments)
        assert one.length_ft == pytest.approx(other.length_ft)


@given(EDGES, st.floats(1.0, 2500.0))
def test_a_distance_wide_enough_is_no_limit_and_a_small_one_keeps_within_it(edges: Edges, limit: float) -> None:
    built, _ = grown(edges)
    for node in range(built.node_count):
        start = Start("manhole", "", node, (), None, 0.0, 0.0, 0.0)
        whole, far, near = upstream(built, start), upstream(built, start, 1e6), upstream(built, start, limit)
        assert set(far.pieces) == set(whole.pieces)
        assert far.length_ft == pytest.approx(whole.length_ft)
        assert set(near.segments) <= set(whole.segments)
        assert ((near.to_ft - near.from_ft) <= limit + 1e-6).all()
