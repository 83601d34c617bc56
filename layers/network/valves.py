"""Which valves can shut a water main, and the zones of mains that no valve parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layers.features import Features
from layers.grid import Rows
from layers.network.joined import components
from layers.network.model import Flags, Network

USABLE, CLOSED, INOPERABLE, NOT_SHUTTING, OFF_MAIN = range(5)
CONDITION_WORDS = (
    "can be closed",
    "is closed already",
    "cannot be operated",
    "does not shut the main",
    "lies on no main",
)
"""In words what can be done with a valve, by its code."""

NOT_OPERABLE = ("no", "false", "0", "n", "inoperable", "broken", "paved over", "not found")
"""Values of a valve's `operable` that mean it cannot be turned; sources map theirs to these."""
SHUT = ("closed", "shut")
"""Values of a valve's `state` that mean it is normally closed."""
NO_SHUT_OFF = (
    "air release",
    "air",
    "blowoff",
    "blow-off",
    "check",
    "pressure reducing",
    "pressure relief",
    "flow control",
)
"""Values of a valve's `kind` that mean it does not part the main on both sides; sources map theirs to these."""


@dataclass(frozen=True, eq=False)
class Zones:
    """Valves and the zones between them.

    `condition` of each valve; `parts` says for each node whether a valve there parts the network (one that
    can be closed or is closed), `is_closed` whether it does so already. `zone` is the number of each
    piece's zone, `designed` that of the zone it would have if every shut-off valve could be turned.
    """

    condition: npt.NDArray[np.int8]
    parts: Flags
    is_closed: Flags
    zone: Rows
    designed: Rows
    count: int


def zones_of(network: Network, valves: Features | None, cannot: Rows | None = None) -> Zones:
    """The zones; `cannot` are rows of valves that were found not to close, whatever their record says."""
    condition = conditions(network, valves)
    if cannot is not None:
        condition[cannot] = np.where(condition[cannot] == OFF_MAIN, OFF_MAIN, INOPERABLE)
    usable, closed, stuck = (_at_nodes(network, condition == code) for code in (USABLE, CLOSED, INOPERABLE))
    parts = usable | closed
    zone = _zones(network, parts)
    return Zones(condition, parts, closed, zone, _zones(network, parts | stuck), int(zone.max(initial=-1)) + 1)


def conditions(network: Network, valves: Features | None) -> npt.NDArray[np.int8]:
    """What can be done with each valve."""
    if valves is None:
        return np.empty(0, dtype=np.int8)
    found = np.full(len(valves), USABLE, dtype=np.int8)
    found[_is_one(valves, "state", SHUT)] = CLOSED
    found[_is_one(valves, "operable", NOT_OPERABLE)] = INOPERABLE
    found[_is_one(valves, "kind", NO_SHUT_OFF)] = NOT_SHUTTING
    found[network.valve_node < 0] = OFF_MAIN
    return found


def _is_one(valves: Features, field: str, words: tuple[str, ...]) -> Flags:
    values = np.array([str(value or "").strip().lower() for value in valves.texts(field)], dtype="U")
    return np.asarray(np.isin(values, words), dtype=np.bool_)


def _at_nodes(network: Network, some: Flags) -> Flags:
    found = np.zeros(network.node_count, dtype=np.bool_)
    nodes = network.valve_node[some]
    found[nodes[nodes >= 0]] = True
    return found


def _zones(network: Network, parts: Flags) -> Rows:
    """Pieces that meet in a node without a parting valve are in one zone."""
    count = len(network)
    piece = np.concatenate([np.arange(count)] * 2)
    node = np.concatenate([network.from_node, network.to_node])
    open_ = ~parts[node]
    label = components(count + network.node_count, piece[open_], count + node[open_])[:count]
    return np.unique(label, return_inverse=True)[1].astype(np.intp)
