"""Which properties are on a sewer line: by lateral, else by frontage, and why the neighbours are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely
from drawn_towns import drawn_layer, drawn_query
from hypothesis import given
from hypothesis import strategies as st

from gis_ce.checks.line_properties import CONFIDENCES, REASONS, TIES, properties_on_line
from gis_ce.checks.line_rule import line_rule
from gis_ce.pack_tests import open_tested_pack
from layers.errors import LayerMissing
from layers.query import LayerQuery

Row = Mapping[str, Any]
RULE = line_rule(open_tested_pack("nc-raleigh-2016", None), date(2026, 3, 2))
MAINS = [
    {"id": "SM-1", "facility_id": "SM-1", "wkt": "LINESTRING (0 30, 300 30)", "kind": "gravity"},
    {"id": "SM-2", "facility_id": "SM-2", "wkt": "LINESTRING (300 30, 600 30)", "kind": "gravity"},
    {"id": "SM-3", "facility_id": "SM-3", "wkt": "LINESTRING (0 290, 600 290)", "kind": "gravity"},
    {"id": "FM-1", "facility_id": "FM-1", "wkt": "LINESTRING (0 55, 600 55)", "kind": "force"},
]
"""The street runs from y = 0 to 60; a second street lies behind the lots, from y = 260 to 320."""


def _lot(name: str, west: float, south: float = 60, width: float = 100, depth: float = 100) -> Row:
    box = shapely.box(west, south, west + width, south + depth)
    return {"id": name, "parcel_id": name, "wkt": box.wkt}


LOTS = [_lot(f"N{number}", 100 * number) for number in range(6)] + [
    _lot(f"S{number}", 100 * number, -100) for number in range(6)
]


def _town(lots: Sequence[Row] = LOTS, laterals: Sequence[Row] = (), meters: Sequence[Row] = ()) -> LayerQuery:
    more = [drawn_layer(role, rows) for role, rows in (("lateral", laterals), ("meter", meters)) if rows]
    return drawn_query(drawn_layer("sewer_main", MAINS), drawn_layer("parcel", lots), *more)


def _lateral(name: str, wkt: str, **fields: str | None) -> Row:
    return {"id": name, "facility_id": name, "wkt": wkt, "service": "sewer", **fields}


def _found(query: LayerQuery, *mains: str) -> tuple[dict[str, tuple[str, str, str]], dict[str, str]]:
    """Parcel to segment, tie and confidence; neighbour to the reason why it is left out."""
    ids, land = query.features("sewer_main").ids.tolist(), query.features("parcel").ids
    line = properties_on_line(query, np.array([ids.index(main) for main in mains]), RULE)
    on, out = line.on_line, line.left_out
    rows = zip(on.parcel, on.segment, on.tie, on.confidence, strict=True)
    included = {land[p]: (ids[s], TIES[t], CONFIDENCES[c]) for p, s, t, c in rows}
    assert len(included) == len(on)
    return included, {land[p]: REASONS[r] for p, r in zip(out.parcel, out.reason, strict=True)}


def test_a_parcel_fronts_on_the_main_before_it_and_on_no_pressure_pipe() -> None:
    included, left_out = _found(_town(), "SM-1")
    assert included == dict.fromkeys(("N0", "N1", "N2", "S0", "S1", "S2"), ("SM-1", "frontage", "low"))
    assert left_out == {"N3": "nearer_main", "S3": "nearer_main"}


def test_a_lateral_decides_before_frontage_does() -> None:
    laterals = [
        _lateral("L-1", "LINESTRING (250 30, 250 62)", main_id="SM-1", parcel_id="N2"),
        _lateral("L-2", "LINESTRING (310 30, 299 70)", main_id="SM-2", parcel_id="N2"),
        _lateral("L-3", "LINESTRING (305 30, 350 70)", main_id="SM-2", parcel_id="N3"),
        _lateral("L-4", "LINESTRING (150 290, 150 155)", main_id="SM-3", parcel_id="N1"),
    ]
    included, left_out = _found(_town(laterals=laterals), "SM-1")
    assert included["N2"] == ("SM-1", "lateral", "high")
    assert "N1" not in included
    assert left_out["N1"] == "other_lateral"
    assert left_out["N3"] == "other_lateral"
    assert _found(_town(laterals=laterals), "SM-3")[0]["N1"] == ("SM-3", "lateral", "high")


def test_record_or_drawing_alone_is_of_medium_confidence_and_both_at_odds_are_doubtful() -> None:
    laterals = [
        _lateral("L-1", "LINESTRING (50 30, 50 62)"),
        _lateral("L-2", "LINESTRING (150 40, 150 62)", main_id="SM-1", parcel_id="N1"),
        _lateral("L-3", "LINESTRING (250 30, 250 62)", main_id="SM-2", parcel_id="N2"),
    ]
    query = _town(laterals=laterals)
    assert _found(query, "SM-1")[0]["N0"] == ("SM-1", "lateral", "medium")
    assert _found(query, "SM-1")[0]["N1"] == ("SM-1", "lateral", "medium")
    assert _found(query, "SM-2")[0]["N2"] == ("SM-2", "lateral", "doubtful")
    assert _found(query, "SM-1")[1]["N2"] == "other_lateral"


def test_a_lateral_of_an_account_leads_to_the_parcel_of_its_meter() -> None:
    meters = [{"id": "M-1", "facility_id": "M-1", "account_id": "ACC1", "parcel_id": "N9", "wkt": "POINT (50 500)"}]
    far = _lot("N9", 0, 450)
    laterals = [_lateral("L-1", "LINESTRING (50 30, 50 45)", main_id="SM-1", account_id="ACC1")]
    assert _found(_town([*LOTS, far], laterals, meters), "SM-1")[0]["N9"] == ("SM-1", "lateral", "medium")


def test_water_laterals_and_abandoned_ones_tie_nothing() -> None:
    laterals = [
        _lateral("L-1", "LINESTRING (350 30, 350 62)", main_id="SM-1", parcel_id="N3", service="water"),
        _lateral("L-2", "LINESTRING (350 30, 350 62)", main_id="SM-1", parcel_id="N3", status="abandoned"),
    ]
    assert _found(_town(laterals=laterals), "SM-1")[1]["N3"] == "nearer_main"


def test_a_corner_is_no_frontage_and_land_behind_another_lot_has_none() -> None:
    beyond = _lot("E1", 609, 60)
    behind = _lot("B1", 20, 75, 40, 40)
    lots = [lot for lot in LOTS if lot["id"] != "N0"] + [_lot("N0", 0, 60, 100, 10), behind, beyond]
    query = _town(lots)
    assert _found(query, "SM-1")[1]["B1"] == "land_between"
    assert _found(query, "SM-2")[1]["E1"] == "corner_only"


@pytest.mark.parametrize(("gap", "included"), [(59.98, True), (60.0, True), (60.005, True), (60.02, False)])
def test_the_rules_distance_is_included(gap: float, included: bool) -> None:
    lots = [_lot("X1", 0, 30 + gap)]
    assert ("X1" in _found(_town(lots), "SM-1")[0]) == included


def test_units_of_a_condominium_are_all_on_the_line() -> None:
    common = shapely.box(0, 60, 200, 160).difference(
        shapely.unary_union([shapely.box(20, 70, 50, 90), shapely.box(50, 70, 80, 90)])
    )
    lots = [
        {"id": "COMMON", "parcel_id": "COMMON", "wkt": common.wkt},
        _lot("U1", 20, 70, 30, 20),
        _lot("U2", 50, 70, 30, 20),
        _lot("STACK-A", 200),
        _lot("STACK-B", 200),
    ]
    included, _ = _found(_town(lots), "SM-1")
    assert set(included) == {"COMMON", "U1", "U2", "STACK-A", "STACK-B"}


def test_two_mains_about_as_near_are_doubtful() -> None:
    lots = [_lot("M1", 0, 60, 300, 198)]
    mains = [*MAINS[:3], {"id": "SM-9", "facility_id": "SM-9", "wkt": "LINESTRING (0 27, 300 27)"}]
    query = drawn_query(drawn_layer("sewer_main", mains), drawn_layer("parcel", lots))
    assert _found(query, "SM-1")[0] == {"M1": ("SM-1", "frontage", "doubtful")}
    assert _found(query, "SM-9")[1] == {"M1": "nearer_main"}


def test_without_parcels_there_is_no_answer_and_not_an_empty_list() -> None:
    query = drawn_query(drawn_layer("sewer_main", MAINS))
    with pytest.raises(LayerMissing, match="role parcel"):
        properties_on_line(query, np.array([0]), RULE)


@given(seed=st.integers(0, 2**16), picked=st.sets(st.sampled_from(["SM-1", "SM-2", "SM-3"]), min_size=1))
def test_the_list_does_not_depend_on_the_order_of_rows(seed: int, picked: set[str]) -> None:
    chance = np.random.default_rng(seed)
    laterals = [
        _lateral("L-1", "LINESTRING (250 30, 250 62)", main_id="SM-1", parcel_id="N2"),
        _lateral("L-3", "LINESTRING (305 30, 350 70)"),
        _lateral("L-4", "LINESTRING (150 290, 150 155)", main_id="SM-3", parcel_id="N1"),
    ]
    shuffled = [[rows[number] for number in chance.permutation(len(rows)).tolist()] for rows in (MAINS, LOTS, laterals)]
    layers = zip(("sewer_main", "parcel", "lateral"), shuffled, strict=True)
    query = drawn_query(*(drawn_layer(role, rows) for role, rows in layers))
    assert _found(query, *picked) == _found(_town(laterals=laterals), *sorted(picked))
