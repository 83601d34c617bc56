"""From lines to a network: snapped ends, declared ids, joints along lines, directions and how they are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_networks import at_node, between, main, names, network, point
from small_town import publish_rows

from layers.network.build import network_of
from layers.network.files import read_network, write_network
from layers.network.health import examined
from layers.network.model import (
    AGAINST_DRAWN,
    AGAINST_NODES,
    DIGITISED,
    DRAWN_BACKWARDS,
    GAP,
    INVERTS,
    NODE_IDS,
    OUTFALLS,
    TOUCH,
    UNKNOWN,
)
from layers.network.trace import downstream, upstream
from layers.network_settings import NetworkSettings
from layers.snapshot import NETWORK
from layers.versions import LayerStore

PLACES = {"A": (0.0, 0.0), "B": (100.0, 0.0), "C": (200.0, 0.0), "D": (100.0, 100.0), "E": (300.0, 0.0)}


def directions(built: object) -> list[int]:
    return list(built.direction.tolist())  # type: ignore[attr-defined]


def test_ends_within_the_snapping_distance_are_one_node_and_others_are_a_gap() -> None:
    mains = [main("1", (0, 0), (100, 0)), main("2", (100.4, 0), (200, 0)), main("3", (202, 0), (300, 0))]
    built, _ = network("sewer_main", sewer_main=mains)
    assert built.node_count == 5
    assert built.missed.kind.tolist() == [GAP, GAP]
    assert built.missed.apart_ft.tolist() == pytest.approx([2.0, 2.0])


def test_the_snapping_distance_is_the_citys_own() -> None:
    mains = [main("1", (0, 0), (100, 0)), main("2", (102, 0), (200, 0))]
    built, _ = network("sewer_main", NetworkSettings(snap_ft=3.0), sewer_main=mains)
    assert built.node_count == 3
    assert not len(built.missed)


def test_node_ids_join_lines_that_do_not_meet_and_tell_that_they_lie_apart() -> None:
    mains = [
        between("1", "A", "B", PLACES),
        main("2", (130, 0), (200, 0), upstream_node="B", downstream_node="C"),
    ]
    built, query = network("sewer_main", sewer_main=mains)
    assert names(built, query, upstream(built, at_node(built, "C")).segments) == {"1", "2"}
    found = examined(built, query.features("sewer_main")).of_kind("id at two places")
    assert [(item.name, item.says) for item in found] == [("B", "ends lie up to 30.0 ft apart")]


def test_node_ids_are_put_to_the_right_ends_of_a_line_that_is_drawn_backwards() -> None:
    mains = [
        between("1", "A", "B", PLACES),
        main("2", PLACES["C"], PLACES["B"], upstream_node="B", downstream_node="C"),
        between("3", "C", "E", PLACES),
    ]
    built, query = network("sewer_main", sewer_main=mains)
    assert built.node_count == 4
    assert built.is_reversed.tolist() == [False, True, False]
    assert built.contradictions.tolist() == [0, DRAWN_BACKWARDS, 0]
    assert names(built, query, upstream(built, at_node(built, "E")).segments) == {"1", "2", "3"}


def test_an_end_on_a_line_is_a_joint_on_water_mains_and_a_blind_joint_on_sewers() -> None:
    mains = [main("1", (0, 0), (100, 0)), main("2", (50, 0.2), (50, 80))]
    water, _ = network("water_main", water_main=mains)
    assert water.row.tolist() == [0, 0, 1]
    assert water.length_ft.tolist() == pytest.approx([50.0, 50.0, 79.8])
    assert not len(water.missed)
    sewer, _ = network("sewer_main", sewer_main=mains)
    assert len(sewer) == 2
    assert sewer.missed.kind.tolist() == [TOUCH]
    split, _ = network("sewer_main", NetworkSettings(split_sewer=True), sewer_main=mains)
    assert len(split) == 3
    assert split.is_blind.sum() == 1


def test_a_crossing_of_two_lines_is_no_joint() -> None:
    built, _ = network("water_main", water_main=[main("1", (0, 0), (100, 0)), main("2", (50, -50), (50, 50))])
    assert len(built) == 2


def test_inverts_decide_before_node_ids() -> None:
    mains = [
        between("1", "A", "B", PLACES, upstream_invert_ft=10.0, downstream_invert_ft=9.0),
        between("2", "B", "C", PLACES, upstream_invert_ft=8.0, downstream_invert_ft=9.0),
        between("3", "C", "E", PLACES),
    ]
    built, _ = network("sewer_main", sewer_main=mains)
    assert directions(built) == [INVERTS, INVERTS, NODE_IDS]
    assert built.contradictions.tolist() == [0, AGAINST_NODES, 0]
    assert built.name[built.to_node].tolist() == ["B", "B", "E"]


def test_a_pipe_that_rises_flows_as_ids_and_drawing_say_where_drawing_proves_right() -> None:
    line = {f"N{n}": (100.0 * n, 0.0) for n in range(41)}
    mains = [
        between(f"{n}", f"N{n}", f"N{n + 1}", line, upstream_invert_ft=100.0 - n, downstream_invert_ft=99.2 - n)
        for n in range(40)
    ]
    mains[20] = {**mains[20], "upstream_invert_ft": 50.0}
    built, query = network("sewer_main", sewer_main=mains)
    assert built.direction[20] == NODE_IDS
    assert built.contradictions[20] == AGAINST_NODES
    trace = upstream(built, at_node(built, "N40"))
    assert len(trace.segments) == 40
    assert not trace.is_certain
    assert len(names(built, query, trace.segments)) == 40


def test_inverts_of_force_mains_tell_nothing() -> None:
    rising = between("1", "A", "B", PLACES, upstream_invert_ft=5.0, downstream_invert_ft=30.0, kind="force")
    built, _ = network("sewer_main", sewer_main=[rising])
    assert directions(built) == [NODE_IDS]
    assert not built.contradictions.any()


def test_inverts_of_manholes_tell_where_the_mains_have_none() -> None:
    holes = [point("A", 0, 0, invert_ft=9.0), point("B", 100, 0, invert_ft=10.0)]
    built, _ = network("sewer_main", sewer_main=[main("1", (0, 0), (100, 0))], manhole=holes)
    assert directions(built) == [INVERTS]
    assert built.name[built.to_node].tolist() == ["A"]
    assert built.contradictions.tolist() == [AGAINST_DRAWN]


def combed(teeth: int) -> list[object]:
    """A trunk to the east with a branch at each node, all drawn with the flow; the outlet is at the end."""
    trunk = [main(f"T{n}", (100 * n, 0), (100 * n + 100, 0)) for n in range(teeth)]
    return [*trunk, *(main(f"B{n}", (100 * n, 80), (100 * n, 0)) for n in range(1, teeth))]


def test_drawing_proves_itself_only_in_a_large_tree_with_one_sink() -> None:
    large, _ = network("sewer_main", sewer_main=combed(12))  # type: ignore[arg-type]
    assert set(directions(large)) == {DIGITISED}
    small, _ = network("sewer_main", sewer_main=combed(4))  # type: ignore[arg-type]
    assert set(directions(small)) == {UNKNOWN}
    mixed = [*combed(12)[:-1], main("B11", (1100, 0), (1100, 80))]
    other, _ = network("sewer_main", sewer_main=mixed)  # type: ignore[arg-type]
    assert set(directions(other)) == {UNKNOWN}


def test_outfalls_tell_the_direction_of_trees_and_not_of_loops() -> None:
    ring = [main("R1", (0, 0), (100, 0)), main("R2", (100, 0), (100, 100)), main("R3", (100, 100), (0, 0))]
    mains = [main("1", (200, 0), (100, 0)), main("2", (200, 0), (300, 0)), *ring]
    holes = [point("OUT", 300, 0, kind="outfall")]
    built, query = network("sewer_main", sewer_main=mains, manhole=holes)
    assert directions(built) == [OUTFALLS, OUTFALLS, UNKNOWN, UNKNOWN, UNKNOWN]
    trace = upstream(built, at_node(built, "OUT"))
    assert names(built, query, trace.segments) == {"1", "2"}
    assert names(built, query, trace.possible_segments) == {"R1", "R2", "R3"}
    assert not trace.is_certain


def test_two_outfalls_on_either_side_tell_nothing_between_them() -> None:
    mains = [main("1", (0, 0), (100, 0)), main("2", (100, 0), (200, 0)), main("3", (100, 50), (100, 0))]
    holes = [point("W", 0, 0, kind="outfall"), point("E", 200, 0, kind="outfall")]
    built, _ = network("sewer_main", sewer_main=mains, manhole=holes)
    assert directions(built) == [UNKNOWN, UNKNOWN, OUTFALLS]


def test_abandoned_mains_are_no_part_of_a_network() -> None:
    mains = [main("1", (0, 0), (100, 0)), main("2", (100, 0), (200, 0), status="abandoned")]
    built, _ = network("sewer_main", sewer_main=mains)
    assert built.row.tolist() == [0]


def test_what_is_wrong_is_named_cycle_by_cycle_and_split_by_split() -> None:
    mains = [
        between("1", "A", "B", PLACES),
        between("2", "B", "C", PLACES),
        between("3", "B", "D", PLACES),
        between("4", "D", "A", PLACES),
    ]
    built, query = network("sewer_main", sewer_main=mains)
    health = examined(built, query.features("sewer_main"))
    assert [item.says for item in health.of_kind("cycle")] == [f"3 mains, {200 + 2**0.5 * 100:,.0f} ft: 1, 3, 4"]
    assert [item.name for item in health.of_kind("split")] == ["B"]
    assert [(part.loops, part.sinks, part.sources) for part in health.components] == [(1, 1, 0)]
    assert len(upstream(built, at_node(built, "C")).segments) == 4
    assert len(downstream(built, at_node(built, "B")).segments) == 4


def test_a_part_with_several_outfalls_is_named_with_them_and_one_with_a_single_one_is_not() -> None:
    mains = [
        main("1", (0, 0), (100, 0)),
        main("2", (100, 0), (200, 0)),
        main("3", (100, 50), (100, 0)),
        main("4", (0, 900), (100, 900)),
    ]
    holes = [point("W", 0, 0, kind="outfall"), point("E", 200, 0), point("ALONE", 100, 900, kind="treatment plant")]
    settings = NetworkSettings(outfalls=("E",))
    built, query = network("sewer_main", settings, sewer_main=mains, manhole=holes)
    health = examined(built, query.features("sewer_main"))
    (found,) = health.of_kind("outfalls")
    assert found.says == "one part of the network has 2 outfalls: W, E"
    assert sorted(built.name[found.nodes]) == ["E", "W"]
    assert sorted(sorted(part.outfalls) for part in health.components) == [["ALONE"], ["E", "W"]]


def test_a_network_is_deleted_with_the_snapshot_it_lies_beside_and_others_stay(tmp_path: Path) -> None:
    store = LayerStore(tmp_path / "layers")
    for east in (300, 400):
        row = {"id": "S1", "wkt": f"LINESTRING (0 40, {east} 40)"}
        publish_rows(store, "sewer_mains", "sewer_main", [row])
        network_of(store.open(), NetworkSettings(), "sewer_main", store.folder)
    old, new = (entry.version.partition("/")[2] for entry in store.history("sewer_mains"))
    files = store.folder / "sewer_mains"
    assert sorted(path.name.partition(".")[0] for path in files.glob(f"*{NETWORK}")) == sorted([old, new])
    store.prune(1)
    assert [path.name.partition(".")[0] for path in files.glob(f"*{NETWORK}")] == [new]
    assert [path.stem for path in files.glob("*.parquet")] == [new]


def test_a_written_network_is_read_as_it_was_and_a_damaged_file_is_not_taken(tmp_path: Path) -> None:
    built, _ = network("sewer_main", sewer_main=combed(12))  # type: ignore[arg-type]
    path = tmp_path / "sewers.network"
    write_network(path, built)
    again = read_network(path)
    assert again is not None
    for name in ("row", "from_node", "to_node", "direction", "start_ft", "xy", "name", "is_outfall"):
        assert np.array_equal(getattr(built, name), getattr(again, name)), name
    assert list(tmp_path.iterdir()) == [path]
    path.write_bytes(path.read_bytes()[:200])
    assert read_network(path) is None
    assert read_network(tmp_path / "none.network") is None
