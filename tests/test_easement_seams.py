"""Easements that meet are one where they meet, for places that share them as for each alone."""

from __future__ import annotations

import numpy as np
import shapely
from drawn_towns import drawn_layer, drawn_query
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_ce.assess import assess
from gis_ce.checks.check import Sites
from gis_ce.checks.easement_exists import CHECK
from gis_ce.rule_files import open_pack
from layers.grid import Floats

GAP_FT = 0.004
"""Two of the easements lie so far apart, which is a seam; the others overlap."""
STRIP = drawn_query(
    drawn_layer(
        "easement",
        [
            {"id": "1", "wkt": "POLYGON((0 0,60 0,60 20,0 20,0 0))"},
            {"id": "2", "wkt": f"POLYGON(({60 + GAP_FT} 0,150 0,150 20,{60 + GAP_FT} 20,{60 + GAP_FT} 0))"},
            {"id": "3", "wkt": "POLYGON((140 0,300 0,300 20,140 20,140 0))"},
        ],
    )
)
RULES = open_pack("nc-raleigh-2016")


def _edge_ft(at: Floats) -> Floats:
    """The check's distance inside, for all places at once."""
    count = len(at)
    places = np.asarray(shapely.points(at), dtype=object)
    none = np.full(count, None, dtype=object)
    sites = Sites(places, none, np.zeros(count), np.full(count, np.datetime64("2026-03-02")))
    return assess(sites, STRIP, RULES, [CHECK])["easement_exists"].measures.margin_ft


@settings(max_examples=25)
@given(st.lists(st.tuples(st.floats(1, 299), st.floats(1, 19)), min_size=2, max_size=40))
def test_the_edge_is_that_of_the_whole_strip_for_many_places_and_for_each_alone(at: list[tuple[float, float]]) -> None:
    places = np.array([(x, y) for x, y in at if abs(x - 60 - GAP_FT / 2) > GAP_FT] or [(30.0, 10.0)])
    found = _edge_ft(places)
    x, y = places.T
    np.testing.assert_allclose(found, np.min([x, 300 - x, y, 20 - y], axis=0), atol=1e-6)
    np.testing.assert_array_equal(found, [_edge_ft(one[None])[0] for one in places])
