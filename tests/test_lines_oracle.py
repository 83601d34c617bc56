"""The lines of overflows and the properties on them, held against PostGIS, which walks and measures for itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from conftest import postgis_schema
from oracle_lines import ASKED, LINES, MAINS, PROPERTIES, STARTS, TIES, WALKED
from oracle_places import hard_places
from oracle_tables import Connection, fetch, load_layers, load_places
from oracle_towns import Town, exact
from sant_boi import sant_boi

from gis_ce.assess import assess
from gis_ce.checks.check import Sites
from gis_ce.checks.line_places import Lines, lines_of
from gis_ce.checks.line_properties import properties_on_lines
from gis_ce.checks.line_rule import distances
from gis_ce.checks.sso_properties_on_line import CHECK
from gis_ce.rule_files import open_pack
from layers.grid import Geometries
from layers.query import LayerQuery

pytestmark = pytest.mark.heavy
RULES = open_pack("nc-raleigh-2016")
PLACES = 2000
LISTED = 400
"""Of so many places, with lines of few segments, the lists are compared; the lines of all."""
_FEW = 60
Column = np.ndarray[Any, Any]


def _days(count: int) -> Column:
    return np.full(count, np.datetime64("2026-03-02"))


def _lines(query: LayerQuery, places: Geometries) -> Lines:
    return lines_of(query, places, RULES.choose(CHECK.rule_subject, _days(len(places))))


def _near_sewers(query: LayerQuery, count: int) -> Geometries:
    """Manholes, places on and beside sewers and just below a manhole, and some far from all."""
    random = np.random.default_rng(14)
    mains = query.features("sewer_main").geometry
    lines = mains[random.integers(0, len(mains), count)]
    along = random.choice([0.0, 0.2, 0.49, 0.51, 3.0, 40.0], count)
    points = shapely.line_interpolate_point(lines, np.minimum(along, shapely.length(lines) / 2))
    away = random.choice([0.0, 0.0, 1.0, 20.0, 149.9, 400.0], count)
    turn = random.uniform(0, 2 * np.pi, count)
    x, y = shapely.get_x(points) + away * np.cos(turn), shapely.get_y(points) + away * np.sin(turn)
    return np.asarray(shapely.points(x, y), dtype=object)


def _compared(query: LayerQuery, connection: Connection, places: Geometries) -> tuple[Lines, dict[str, Column]]:
    """Walks all lines in PostGIS and holds every column of ours against it."""
    load_places(connection, places)
    for statement in (MAINS, STARTS, WALKED):
        connection.execute(statement)
    ours, theirs = _lines(query, places), fetch(connection, LINES)
    on = theirs["place"].astype(int)
    assert np.flatnonzero(ours.line >= 0).tolist() == on.tolist()
    assert ours.main[on].tolist() == theirs["main"].tolist()
    np.testing.assert_allclose(ours.snapped_ft[on], theirs["distance_ft"].astype(float), atol=1e-6)
    np.testing.assert_allclose(
        np.where(np.isinf(ours.other_ft), np.nan, ours.other_ft)[on], theirs["other_ft"].astype(float), atol=1e-6
    )
    traced = [ours.lines[number] for number in ours.line[on].tolist()]
    assert [line.told["start"] == "manhole" for line in traced] == theirs["at_manhole"].tolist()
    assert [len(line.segments) for line in traced] == theirs["segments"].tolist()
    assert [int(line.segments.sum()) for line in traced] == [int(each) for each in theirs["sum"]]
    length = [line.told["length_ft"] for line in traced]
    np.testing.assert_allclose(length, theirs["length_ft"].astype(float), atol=0.0501)
    doubt = np.where(theirs["joint"], "joint", np.where(theirs["contradicted"], "contradiction", None))
    assert [line.doubt for line in traced] == doubt.tolist()
    return ours, theirs


def _parcels(query: LayerQuery, places: Geometries) -> list[tuple[list[int], list[int], list[int]]]:
    """Of each place's line the rows of the parcels by lateral, by frontage alone, and left out."""
    lines = _lines(query, places)
    (rule,) = RULES.choose(CHECK.rule_subject, _days(1)).rules
    found = properties_on_lines(query, [line.segments for line in lines.lines], distances(rule))
    of_lines = [
        (
            sorted(one.on_line.parcel[one.on_line.tie == 0].tolist()),
            sorted(one.on_line.parcel[one.on_line.tie == 1].tolist()),
            sorted(one.left_out.parcel.tolist()),
        )
        for one in found
    ]
    return [of_lines[number] for number in lines.line.tolist()]


@pytest.fixture(scope="module", name="demo")
def _demo(towns: Callable[[str], Town]) -> tuple[Town, Geometries, dict[str, Column]]:
    town = towns("demo")
    places = np.concatenate([hard_places(town.query, PLACES // 2), _near_sewers(town.query, PLACES - PLACES // 2)])
    return town, places, _compared(town.query, town.oracle, places)[1]


def test_the_lines_of_two_thousand_places_are_those_that_postgis_walks(
    demo: tuple[Town, Geometries, dict[str, Column]],
) -> None:
    _, _, theirs = demo
    assert len(theirs["place"]) > PLACES / 2
    assert theirs["at_manhole"].sum() > 100
    assert theirs["joint"].sum() > 5
    assert theirs["segments"].max() > 1000


def test_the_properties_are_those_that_postgis_finds(demo: tuple[Town, Geometries, dict[str, Column]]) -> None:
    town, places, lines = demo
    rows = lines["place"][lines["segments"] <= _FEW].astype(int)[:LISTED]
    town.oracle.execute(ASKED.format(places=set(rows.tolist())))
    town.oracle.execute(TIES)
    theirs = fetch(town.oracle, PROPERTIES)
    nothing = np.full(len(rows), None, dtype=object)
    sites = Sites(places[rows], nothing, np.zeros(len(rows)), _days(len(rows)))
    found = assess(sites, town.query, RULES, [CHECK])[CHECK.name]
    facts = found.measures.facts
    assert theirs["place"].tolist() == rows.tolist()
    for name, of_which in (("by_lateral", "tied"), ("by_frontage", "front"), ("left_out", "left_out")):
        assert facts[name].astype(int).tolist() == [len(each) for each in theirs[f"{of_which}_parcels"]], name
    assert _parcels(town.query, places[rows]) == [
        (list(tied), list(front), list(left_out))
        for tied, front, left_out in zip(
            theirs["tied_parcels"], theirs["front_parcels"], theirs["left_out_parcels"], strict=True
        )
    ]
    other = lines["other_ft"].astype(float)[np.isin(lines["place"], rows)]
    near = facts["distance_ft"]
    np.testing.assert_allclose(
        found.measures.margin_ft, np.fmin(np.maximum(other - near, 0) / 2, 150 - near), atol=1e-6
    )
    doubt = (lines["joint"] | lines["contradicted"])[np.isin(lines["place"], rows)] | (other - near <= 0.01)
    listed = [len(a) + len(b) > 0 for a, b in zip(theirs["tied_parcels"], theirs["front_parcels"], strict=True)]
    expected = np.where(doubt, None, np.where(listed, "listed", "none_on_line"))
    assert [found.answer_of(row) for row in range(len(rows))] == expected.tolist()
    assert facts["by_lateral"].sum() > 100
    assert facts["by_frontage"].sum() > 100


def test_the_lines_of_the_published_sample_are_those_that_postgis_walks(
    real_data: Path, postgis_dsn: str, tmp_path: Path
) -> None:
    city, store = sant_boi(real_data, tmp_path)
    query = exact(store.open(network=city.network))
    with postgis_schema(postgis_dsn) as connection:
        load_layers(connection, query)
        _, theirs = _compared(query, connection, _near_sewers(query, PLACES))
        assert theirs["contradicted"].sum() > 5
        assert theirs["segments"].max() > 100
    found = assess(
        Sites(np.array([query.features("manhole").geometry[0]]), np.array([None]), np.zeros(1), _days(1)),
        query, RULES, [CHECK],
    )[CHECK.name]  # fmt: skip
    assert "The layer parcel is not there" in str(found.reason_of(0))


def test_near_sewers_without_directions_no_list_is_given_and_the_distances_are_those_of_postgis(
    towns: Callable[[str], Town],
) -> None:
    town = towns("real")
    places = hard_places(town.query, PLACES)
    load_places(town.oracle, places)
    theirs = fetch(town.oracle, _NEAREST)
    ours = _lines(town.query, places)
    on = theirs["place"].astype(int)
    assert np.flatnonzero(ours.line >= 0).tolist() == on.tolist()
    assert ours.main[on].tolist() == theirs["main"].tolist()
    np.testing.assert_allclose(ours.snapped_ft[on], theirs["distance_ft"].astype(float), atol=1e-6)
    assert {line.doubt for line in ours.lines} == {"direction"}


_NEAREST = """
SELECT p.n AS place, m.n AS main, m.distance_ft FROM place p
CROSS JOIN LATERAL (
    SELECT near.* FROM (
        SELECT f.n, f.id, ST_Distance(p.geom, f.geom) AS distance_ft FROM sewer_main f
        WHERE coalesce(f.f_status, '') NOT IN ('abandoned', 'removed') ORDER BY p.geom <-> f.geom LIMIT 16
    ) near
    WHERE near.distance_ft <= 150.01
    ORDER BY near.distance_ft > 0.01 + min(near.distance_ft) OVER (), near.id LIMIT 1
) m ORDER BY p.n
"""
