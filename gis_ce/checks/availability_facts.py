"""What availability tells beside its answer: measured when somebody reads it, since it costs many times the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gis_ce.checks.check import Sites
from gis_ce.checks.connection import connections, crossed_parcels
from gis_ce.checks.facts import Fact, Work
from gis_ce.checks.frontage import frontages
from gis_ce.checks.measuring import ids_of
from gis_ce.checks.service_ways import FRONTAGE_REACH_LIMITS, Service, counted, from_sites
from gis_ce.rules import Chosen
from layers.features import Rows
from layers.grid import Floats
from layers.query import LayerQuery

MEASURES = ("parcel_edge", "site", "frontage")
"""What a rule's `measured_from` may say."""
_WORDS = ("measured_from", "parcel_id", "facility_id", "edge_distance_ft")
_FROM_SITES, _CROSSED = ("site_distance_ft",), ("crosses_parcels",)
_FRONT_FACTS = ("frontage_ft", "frontage_distance_ft", "frontage_faced_ft")


@dataclass(frozen=True, slots=True)
class Measured:
    """For each site: its parcel, its main by the rule's measure, and the nearest main from the parcel's edge.

    Rows, -1 where there is none; `by` is an index into MEASURES, -1 for a measure that is not known.
    """

    parcel: Rows
    by: npt.NDArray[np.intp]
    main: Rows
    edge_main: Rows
    edge_ft: Floats


def later_facts(
    service: Service, sites: Sites, chosen: Chosen, query: LayerQuery, measured: Measured
) -> Mapping[tuple[str, ...], Work]:
    """The facts by name, those together that are measured together."""
    return {
        _WORDS: lambda: {
            "measured_from": np.array([*MEASURES, None], dtype=object)[measured.by],
            "parcel_id": ids_of(query.features("parcel"), measured.parcel),
            "facility_id": ids_of(query.features(service.role), measured.main),
            "edge_distance_ft": np.where(measured.edge_main >= 0, measured.edge_ft, np.nan),
        },
        _FROM_SITES: lambda: {"site_distance_ft": from_sites(service, sites, chosen, query)[1]},
        _FRONT_FACTS: lambda: _front_facts(service, measured.parcel, chosen, query),
        _CROSSED: lambda: _crossed(service, measured, query),
    }


def _front_facts(service: Service, parcel: Rows, chosen: Chosen, query: LayerQuery) -> dict[str, Fact]:
    """The frontage of each site's parcel, the way from there to a main, and how much of it the main faces."""
    facts = {name: np.full(len(parcel), np.nan) for name in _FRONT_FACTS}
    for index, rule in enumerate(chosen.rules):
        limit, rows = rule.number("limit_ft"), np.flatnonzero((chosen.index == index) & (parcel >= 0))
        if len(rows) and query.has("right_of_way") and limit >= 0:
            asked, back = np.unique(parcel[rows], return_inverse=True)
            shapes = query.features("parcel").geometry[asked]
            reach = FRONTAGE_REACH_LIMITS * limit
            front = frontages(shapes, query, service.role, counted(rule), limit, reach)
            for name, values in zip(_FRONT_FACTS, (front.length_ft, front.distance_ft, front.faced_ft), strict=True):
                facts[name][rows] = values[back]
    return facts


def _crossed(service: Service, measured: Measured, query: LayerQuery) -> dict[str, Fact]:
    lines = connections(measured.parcel, measured.edge_main, service.role, query)
    return {"crosses_parcels": crossed_parcels(measured.parcel, lines, query)}
