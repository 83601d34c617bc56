"""Networks of sample and made-up towns: known upstream counts, and what is not known is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sant_boi import sant_boi

from layers.network.build import network_of
from layers.network.model import NODE_IDS, Network
from layers.network.starts import at_manhole
from layers.network.trace import upstream
from layers.query import LayerQuery

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
