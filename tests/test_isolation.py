"""Shutting off water: by hand on little networks, and equal to walking pipe by pipe on whole towns."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_networks import Row, main, names, network, point
from oracle_towns import Town
from sant_boi import sant_boi
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis_ce.tracing import Where, cut_off
from layers.errors import TraceRefused
from layers.network.build import network_of
from layers.network.isolation import Isolator, Shut
from layers.network.model import Network
from layers.network.starts import Start, of_row
from layers.network.valves import CLOSED, USABLE, Zones, zones_of
from layers.network_settings import NetworkSettings
from layers.query import LayerQuery

SETTINGS = NetworkSettings(sources=("SRC",))


def street(**valve: object) -> dict[str, list[Row]]:
    """SRC - V1 - 100 ft - V2 - 100 ft - V3 - end; a hydrant and a meter on each stretch. Fields go to V2."""
    return {
        "water_main": [
            main("SRC", (0, 0), (100, 0)),
            main("W1", (100, 0), (200, 0)),
            main("W2", (200, 0), (300, 0)),
            main("W3", (300, 0), (400, 0)),
        ],
        "valve": [point("V1", 100, 0), point("V2", 200, 0, **valve), point("V3", 300, 0)],
        "hydrant": [point("H1", 150, 5), point("H3", 350, 5)],
        "meter": [point("M1", 150, 20), point("M2", 250, 20), point("M9", 250, 900)],
    }


def shut(query: LayerQuery, built: Network, where: Where, *cannot: str) -> dict[str, object]:
    """What a shut-off takes, by ids."""
    found = cut_off(query, built, SETTINGS, where, cannot)
    ids = query.features("valve").ids

    def told(role: str, rows: np.ndarray) -> list[str]:
        return [str(name) for name in query.features(role).ids[rows]]

    return {
        "close": told("valve", found.isolation.shut.to_close),
        "closed": told("valve", found.isolation.shut.closed_already),
        "unusable": told("valve", found.isolation.unusable),
        "mains": sorted(names(built, query, found.isolation.shut.segments)),
        "beyond": sorted(names(built, query, found.isolation.shut.beyond_segments)),
        "meters": told("meter", found.meters),
        "hydrants": told("hydrant", np.concatenate([found.hydrants, found.beyond_hydrants])),
        "fails": {str(ids[one.valve]): told("valve", one.also_close) for one in found.isolation.if_fails},
        "next": told("valve", found.isolation.next_ring.to_close),
        "alone": sorted(names(built, query, built.row[found.closing])),
        "unplaced": found.unplaced_meters,
    }


def test_a_break_is_shut_off_by_the_valve_towards_the_source_and_all_beyond_it_is_told() -> None:
    built, query = network("water_main", SETTINGS, **street())
    found = shut(query, built, Where(segment="W1"))
    assert (found["close"], found["mains"], found["beyond"]) == (["V1"], ["W1"], ["W2", "W3"])
    assert (found["meters"], found["hydrants"], found["unplaced"]) == (["M1"], ["H1", "H3"], 1)


def test_a_valve_that_fails_has_the_next_one_towards_the_source_close_too() -> None:
    built, query = network("water_main", SETTINGS, **street())
    found = shut(query, built, Where(segment="W2"))
    assert (found["close"], found["fails"], found["next"]) == (["V2"], {"V2": ["V1"]}, ["V1"])
    again = shut(query, built, Where(segment="W2"), "V2")
    assert (again["close"], again["mains"], again["unusable"]) == (["V1"], ["W1", "W2"], ["V2"])


@pytest.mark.parametrize(
    "valve", [{"operable": "no"}, {"kind": "check"}, {"status": "abandoned"}], ids=["stuck", "check", "abandoned"]
)
def test_a_valve_on_record_as_of_no_use_is_not_counted_on(valve: dict[str, str]) -> None:
    built, query = network("water_main", SETTINGS, **street(**valve))
    found = shut(query, built, Where(segment="W2"))
    assert (found["close"], found["mains"]) == (["V1"], ["W1", "W2"])
    assert found["unusable"] == (["V2"] if "operable" in valve else [])


def test_a_valve_that_is_closed_already_stays_so_and_the_source_does_not_reach_behind_it() -> None:
    built, query = network("water_main", SETTINGS, **street(state="closed"))
    found = shut(query, built, Where(segment="W1"))
    assert (found["close"], found["closed"], found["beyond"]) == (["V1"], ["V2"], [])


def test_closing_a_valve_alone_cuts_off_what_has_no_other_way() -> None:
    built, query = network("water_main", SETTINGS, **street())
    assert shut(query, built, Where(valve="V2"))["alone"] == ["W2", "W3"]
    ring = street()
    ring["water_main"] = [*ring["water_main"], main("LOOP", (50, 0), (50, 90), (350, 90), (350, 0))]
    looped, query = network("water_main", SETTINGS, **ring)
    assert shut(query, looped, Where(valve="V2"))["alone"] == []
    assert shut(query, looped, Where(segment="W2"))["close"] == ["V2", "V3"]


def test_valves_along_a_main_part_it_though_the_map_draws_one_line() -> None:
    mains = [main("SRC", (0, 0), (400, 0))]
    built, query = network("water_main", SETTINGS, water_main=mains, valve=[point("V1", 100, 2), point("V2", 300, -1)])
    assert built.length_ft.tolist() == pytest.approx([100.0, 200.0, 100.0])
    zones = zones_of(built, query.features("valve"))
    assert zones.count == 3
    assert Isolator(built, zones).ring(Start("point", "", -1, (1,), 150.0, 0.0, 0.0, 0.0)).length_ft == 200.0


def test_where_no_source_is_known_the_largest_part_left_is_taken_to_have_the_supply() -> None:
    built, query = network("water_main", **street())
    found = cut_off(query, built, NetworkSettings(), Where(segment="W3"))
    assert not found.isolation.has_source
    assert names(built, query, found.isolation.shut.beyond_segments) == set()
    middle = cut_off(query, built, NetworkSettings(), Where(segment="W2"))
    assert names(built, query, middle.isolation.shut.beyond_segments) == {"W3"}


def test_meters_hang_on_the_main_of_their_id_else_of_their_lateral_else_the_nearest() -> None:
    layers = street()
    layers["meter"] = [
        point("M1", 250, 20, main_id="W1"),
        point("M2", 250, 20, account_id="A2"),
        point("M3", 250, 20),
    ]
    lateral = {"id": "L", "wkt": "LINESTRING (350 0, 250 20)", "account_id": "A2", "main_id": "W3", "service": "water"}
    built, query = network("water_main", SETTINGS, **layers, lateral=[lateral])
    hung = {name: shut(query, built, Where(segment=name))["meters"] for name in ("W1", "W2", "W3")}
    assert hung == {"W1": ["M1"], "W2": ["M3"], "W3": ["M2"]}


def test_a_start_that_cannot_be_used_is_refused_in_words() -> None:
    built, query = network("water_main", SETTINGS, **street())
    for where, words in (
        (Where(valve="V8"), "no valve 'V8'"),
        (Where(segment="W8"), "no water main 'W8'"),
        (Where(manhole="M"), "no manhole"),
    ):
        with pytest.raises(TraceRefused, match=words):
            cut_off(query, built, SETTINGS, where)


class ByHand:
    """The same without zones: pipe by pipe from the break, and what hangs together over all pipes and nodes."""

    def __init__(self, built: Network, zones: Zones) -> None:
        self.built = built
        self.at: dict[int, set[int]] = {}
        for piece in range(len(built)):
            for node in self.ends(piece):
                self.at.setdefault(node, set()).add(piece)
        placed = [(valve, node) for valve, node in enumerate(built.valve_node.tolist()) if node >= 0]
        self.usable: dict[int, list[int]] = {}
        for valve, node in placed:
            if zones.condition[valve] == USABLE:
                self.usable.setdefault(node, []).append(valve)
        self.closed = {node for valve, node in placed if zones.condition[valve] == CLOSED}
        self.stops = self.closed | set(self.usable)
        links = [(piece, node) for piece in range(len(built)) for node in self.ends(piece) if node not in self.closed]
        self.links = np.array(links)
        self.sources = [
            piece for piece in range(len(built)) if any(built.is_outfall[node] for node in self.ends(piece))
        ]
        self.before = self.fed(set())

    def ends(self, piece: int) -> tuple[int, int]:
        return int(self.built.from_node[piece]), int(self.built.to_node[piece])

    def flooded(self, seeds: list[int]) -> set[int]:
        """The pieces that a break reaches before a valve stops it."""
        found, waiting = set(seeds), deque(seeds)
        while waiting:
            for node in self.ends(waiting.popleft()):
                more = set() if node in self.stops else self.at[node] - found
                found |= more
                waiting += more
        return found

    def fed(self, without: set[int]) -> np.ndarray:
        """The pieces that hang together with a source when some are gone."""
        left = np.ones(len(self.built), dtype=bool)
        left[list(without)] = False
        one, other = self.links[left[self.links[:, 0]]].T
        size = len(self.built) + self.built.node_count
        graph = coo_array((np.ones(len(one)), (one, len(self.built) + other)), shape=(size, size))
        label = connected_components(graph, directed=False)[1][: len(self.built)]
        return np.isin(label, label[[piece for piece in self.sources if left[piece]]]) & left

    def agrees(self, found: Shut, seeds: list[int]) -> None:
        inside = self.flooded(seeds)
        beyond = set(np.flatnonzero(self.before & ~self.fed(inside)).tolist()) - inside
        nodes = {node for piece in inside for node in self.ends(piece)}
        ring = {valve for node in nodes if self.at[node] - inside - beyond for valve in self.usable.get(node, ())}
        assert set(found.pieces.tolist()) == inside
        assert set(found.beyond.tolist()) == beyond
        assert set(found.to_close.tolist()) == ring


def checked(built: Network, query: LayerQuery, breaks: int) -> None:
    zones = zones_of(built, query.features("valve"))
    isolator, by_hand, rng = Isolator(built, zones), ByHand(built, zones), np.random.default_rng(7)
    for piece in rng.integers(0, len(built), breaks).tolist():
        start = Start("point", "", -1, (piece,), float(built.start_ft[piece]), 0.0, 0.0, 0.0)
        by_hand.agrees(isolator.ring(start), [piece])
    for node in {node for node in built.valve_node.tolist() if node >= 0}:
        by_hand.agrees(isolator.ring(Start("valve", "", node, (), None, 0.0, 0.0, 0.0)), list(by_hand.at[node]))


def test_every_valve_and_500_breaks_of_the_sample_are_as_walked_by_hand(real_data: Path, tmp_path: Path) -> None:
    city, store = sant_boi(real_data, tmp_path)
    query = store.open()
    built = network_of(query, city.network, "water_main", store.folder)
    assert (len(built), built.is_outfall.sum()) == (261, 5)
    checked(built, query, 500)


@pytest.mark.heavy
def test_every_valve_and_500_breaks_of_the_made_up_town_are_as_walked_by_hand(towns: Callable[[str], Town]) -> None:
    query = towns("demo").query
    features = query.features("water_main")
    sources = tuple(str(name) for name in features.ids[np.argsort(features.rank)[[0, len(features) // 2]]])
    built = network_of(query, replace(NetworkSettings(), sources=sources), "water_main")
    assert built.is_outfall.sum() >= 3
    checked(built, query, 500)


def test_a_whole_main_of_several_zones_is_shut_off_on_both_sides() -> None:
    mains = [main("SRC", (0, 0), (100, 0)), main("W1", (100, 0), (400, 0)), main("W2", (400, 0), (500, 0))]
    valves = [point("V1", 100, 0), point("V2", 250, 0), point("V3", 400, 0)]
    built, query = network("water_main", SETTINGS, water_main=mains, valve=valves)
    found = Isolator(built, zones_of(built, query.features("valve"))).ring(of_row(query, built, 1))
    assert names(built, query, found.segments) == {"W1"}
    assert query.features("valve").ids[found.to_close].tolist() == ["V1"]
