"""Which way each main flows, and how that is known: inverts, node ids, drawing where it proves right, outfalls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layers.grid import Floats, Rows
from layers.network.bridges import bridges_of
from layers.network.forest import grown
from layers.network.joined import components, strong_components
from layers.network.model import (
    AGAINST_DRAWN,
    AGAINST_NODES,
    DIGITISED,
    DRAWN_BACKWARDS,
    INVERTS,
    NODE_IDS,
    OUTFALLS,
    UNKNOWN,
    Codes,
    Flags,
)

LEVEL_FT = 0.01
"""Inverts closer than this say nothing about the direction."""
AGREEMENT = 0.95
"""From this share of agreement with inverts (else with node ids) on, the drawn direction counts as evidence."""
LEAST_EVIDENCE = 20
"""Fewer mains than this with inverts or node ids prove nothing about how lines are drawn."""
LEAST_PROOF = 17
"""From so many branches on, a tree whose drawn directions all lead to one sink is no accident.

Of the 2^k ways to draw a tree of k branches, k + 1 lead everything to one sink: for k = 17 that is one in
7,281, few enough for a city of a hundred separate sewers. A branch is a run of lines between forks, since
who draws one usually goes on the same way; so a single run proves nothing.
"""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What each piece's main says: 1 the flow is as drawn, -1 against it, 0 nothing."""

    by_inverts: Codes
    by_nodes: Codes


@dataclass(frozen=True, eq=False)
class Flow:
    """The flow of each piece (1 as drawn, -1 against it, 0 unknown), how it is known, and what contradicts it."""

    way: Codes
    direction: Codes
    contradictions: Codes
    drawn_agrees: float


def flow_of(evidence: Evidence, nodes: Rows, node_count: int, is_outfall: Flags) -> Flow:
    """The direction of every piece, whose end nodes are given as drawn.

    Inverts decide; where they speak against the node ids and the drawing, which proves right elsewhere,
    agrees with the ids, the two outweigh them (a pipe can be laid against its fall, or be pumped).
    """
    share, proven = _drawn_agrees(evidence)
    way, direction = _evident(evidence, proven)
    contradictions = _contradictions(evidence)
    if proven:
        direction[way == 0] = DIGITISED
        way[way == 0] = 1
    else:
        _where_drawing_proves_itself(way, direction, nodes, node_count, is_outfall)
    _towards_outfalls(way, direction, nodes, node_count, is_outfall)
    return Flow(way, direction, contradictions, share)


def _drawn_agrees(evidence: Evidence) -> tuple[float, bool]:
    for found in (evidence.by_inverts, evidence.by_nodes):
        told = found[found != 0]
        if len(told):
            share = float(np.mean(told == 1))
            return share, len(told) >= LEAST_EVIDENCE and share >= AGREEMENT
    return float("nan"), False


def _evident(evidence: Evidence, drawn_proven: bool) -> tuple[Codes, Codes]:
    inverts, ids = evidence.by_inverts, evidence.by_nodes
    outweighed = (inverts != 0) & (ids != 0) & (inverts != ids) & (ids == 1) & drawn_proven
    way = np.where((inverts == 0) | outweighed, ids, inverts).astype(np.int8)
    direction = np.where((inverts == 0) | outweighed, NODE_IDS, INVERTS)
    return way, np.where(way == 0, UNKNOWN, direction).astype(np.int8)


def _contradictions(evidence: Evidence) -> Codes:
    inverts, ids = evidence.by_inverts, evidence.by_nodes
    both = (inverts != 0) & (ids != 0)
    found = np.where(both & (inverts != ids), AGAINST_NODES, 0)
    found |= np.where((inverts == -1) & (ids == 0), AGAINST_DRAWN, 0)
    found |= np.where((ids == -1) & (inverts != 1), DRAWN_BACKWARDS, 0)
    return found.astype(np.int8)


def _where_drawing_proves_itself(way: Codes, direction: Codes, nodes: Rows, node_count: int, is_outfall: Flags) -> None:
    """Whole components that nothing else tells of, drawn as a tree towards one sink or towards outfalls only."""
    of_node = components(node_count, nodes[:, 0], nodes[:, 1])
    of_piece = of_node[nodes[:, 0]]
    count = int(of_node.max(initial=-1)) + 1
    degree = np.bincount(nodes.ravel(), minlength=node_count)
    branches = np.bincount(of_node, weights=np.where(degree == 2, 0, degree), minlength=count) / 2
    leaves = np.bincount(nodes[:, 0], minlength=node_count) > 0
    sinks = np.bincount(of_node[~leaves], minlength=count)
    other_sinks = np.bincount(of_node[~leaves & ~is_outfall], minlength=count)
    strong = strong_components(node_count, nodes[:, 0], nodes[:, 1])
    in_cycle = strong[nodes[:, 0]] == strong[nodes[:, 1]]
    cyclic = np.bincount(of_piece[in_cycle], minlength=count) > 0
    told = np.bincount(of_piece[way != 0], minlength=count) > 0
    good = ~told & ~cyclic & (branches >= LEAST_PROOF) & ((sinks == 1) | ((sinks > 0) & (other_sinks == 0)))
    way[good[of_piece]] = 1
    direction[good[of_piece]] = DIGITISED


def _towards_outfalls(way: Codes, direction: Codes, nodes: Rows, node_count: int, is_outfall: Flags) -> None:
    """Pieces that everything on one side must pass to reach the only exits there are, on the other side.

    Exits of the pieces of unknown direction are outfalls, and nodes from which a known way leads to one.
    """
    unknown = np.flatnonzero(way == 0)
    if not len(unknown) or not is_outfall.any():
        return
    known = np.flatnonzero(way != 0)
    turned = way[known] == -1
    tail = np.where(turned, nodes[known, 1], nodes[known, 0]).astype(np.int32)
    head = np.where(turned, nodes[known, 0], nodes[known, 1]).astype(np.int32)
    forest = grown(node_count, tail, head, known)
    is_exit = forest.upstream(np.flatnonzero(is_outfall).tolist())[forest.place]
    found = bridges_of(nodes[unknown], node_count, is_exit)
    way[unknown] = found
    direction[unknown[found != 0]] = OUTFALLS


def inverts_say(
    upper_ft: Floats, lower_ft: Floats, label: Codes, at_ends_ft: Floats, is_forced: npt.NDArray[np.bool_]
) -> Codes:
    """The way that inverts tell, per main: its own two by its node labels, else those of the manholes at its ends.

    Without node ids the upper invert is taken to be that of the end that is drawn first. Force mains
    are pumped: their inverts tell nothing.
    """
    own = _fall(upper_ft, lower_ft) * np.where(label == 0, 1, label)
    by_manholes = _fall(at_ends_ft[:, 0], at_ends_ft[:, 1])
    missing = np.isnan(upper_ft) | np.isnan(lower_ft)
    return np.where(is_forced, 0, np.where(missing, by_manholes, own)).astype(np.int8)


def _fall(upper_ft: Floats, lower_ft: Floats) -> Codes:
    drop = np.nan_to_num(upper_ft - lower_ft)
    return np.where(np.abs(drop) < LEVEL_FT, 0, np.sign(drop)).astype(np.int8)
