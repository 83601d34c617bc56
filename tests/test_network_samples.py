"""Networks of sample and made-up towns: known upstream counts, and what is not known is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from oracle_towns import Town
from sant_boi import sant_boi

from layers.network.build import network_of
from layers.network.health import examined
from layers.network.model import NODE_IDS, Network
from layers.network.starts import at_manhole, at_point
from layers.network.trace import downstream, upstream
from layers.network_settings import NetworkSettings
from layers.query import LayerQuery

CONNECTIONS = {"236": 277, "240": 276, "18888": 194, "18967": 57}
"""House connections upstream of each outlet, counted by walking the published tables."""
Sample = tuple[Network, LayerQuery]


@pytest.fixture(scope="module")
def sample(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    city, store = sant_boi(real_data, tmp_path_factory.mktemp("sant_boi"))
    query = store.open()
    return network_of(query, city.network, "sewer_main", store.folder), query


@pytest.mark.parametrize(("outlet", "nodes"), [("18888", 65), ("18967", 24), ("236", 113), ("240", 114)])
def test_the_nodes_upstream_of_each_outlet_of_the_sample_are_those_known(
    sample: Sample, outlet: str, nodes: int
) -> None:
    network, query = sample
    trace = upstream(network, at_manhole(query, network, outlet, 150.0))
    assert len(trace.nodes) - 1 == nodes
    assert not len(trace.unknown_directions)


def test_a_conduit_that_rises_is_traced_as_its_nodes_and_its_drawing_say_and_listed(sample: Sample) -> None:
    network, query = sample
    rising = np.flatnonzero(network.contradictions)
    assert query.features("sewer_main").texts("facility_id")[network.row[rising]].tolist() == ["100014"]
    assert network.direction[rising].tolist() == [NODE_IDS]


def test_the_sample_is_in_feet_though_its_grid_is_in_metres(sample: Sample, real_data: Path) -> None:
    network, query = sample
    published = real_data / "giswater-sant-boi" / "giswater_sample.gpkg"
    arcs = geopandas.read_file(published, layer="ud_arc", where="state = 1")
    lengths = dict(zip(arcs["arc_id"].astype(str), arcs.geometry.length, strict=True))
    names = query.features("sewer_main").texts("facility_id")[network.row]
    assert network.length_ft == pytest.approx([lengths[name] / 0.3048 for name in names], rel=1e-6)


def test_every_connection_of_the_sample_hangs_on_a_main_that_is_traced(sample: Sample) -> None:
    network, query = sample
    connections = query.features("lateral").texts("main_id")
    mains = query.features("sewer_main").texts("facility_id")
    traced = {}
    for outlet in CONNECTIONS:
        rows = upstream(network, at_manhole(query, network, outlet, 150.0)).segments
        traced[outlet] = int(np.isin(connections, mains[rows]).sum())
    assert traced == CONNECTIONS
    everything = np.isin(connections, mains[network.row])
    assert (len(connections), int(everything.sum())) == (471, 471)


def test_forest_city_names_its_108_parts_and_each_of_its_6_loops(towns: Callable[[str], Town]) -> None:
    query = towns("real").query
    network = network_of(query, NetworkSettings(), "sewer_main")
    health = examined(network, query.features("sewer_main"))
    assert (health.segments, health.nodes, len(health.components)) == (1848, 1950, 108)
    assert len({part.name for part in health.components}) == 108
    assert sum(part.sinks for part in health.components) == 251
    assert sum(part.sources for part in health.components) == 350
    loops = health.of_kind("loop")
    assert len(loops) == 6
    for loop in loops:
        ends = np.concatenate([network.from_node, network.to_node])[np.isin(np.tile(network.row, 2), loop.segments)]
        assert (np.bincount(ends)[np.unique(ends)] == 2).all()
    assert sorted(row for part in health.components for row in part.segments) == list(range(1848))


def test_near_any_sewer_of_forest_city_a_trace_says_that_it_does_not_know(towns: Callable[[str], Town]) -> None:
    query = towns("real").query
    network = network_of(query, NetworkSettings(), "sewer_main")
    mains = query.features("sewer_main")
    rng = np.random.default_rng(5)
    for row in rng.integers(0, len(mains), 60).tolist():
        middle = shapely.line_interpolate_point(mains.geometry[row], 0.5, normalized=True)
        start = at_point(query, network, shapely.Point(middle.x + 5, middle.y - 9), 150.0)
        for trace in (upstream(network, start), downstream(network, start)):
            assert start.snapped_ft < 11
            if not start.pieces:
                continue
            assert not trace.is_certain
            assert network.row[start.pieces[0]] in trace.segments
            beyond = set(trace.possible_segments.tolist())
            assert set().union(*(side.segments.tolist() for side in trace.sides)) >= beyond - set(trace.segments)


def test_the_made_up_town_drains_to_outfalls_and_its_drawing_is_mostly_right(towns: Callable[[str], Town]) -> None:
    query = towns("demo").query
    network = network_of(query, NetworkSettings(), "sewer_main")
    assert network.is_known.all()
    assert 0.95 < network.drawn_agrees < 1
    assert network.is_outfall.any()
    health = examined(network, query.features("sewer_main"))
    assert not health.of_kind("cycle")
    assert len(health.components[0].outfalls) == 1
