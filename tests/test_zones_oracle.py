"""Tolerance zones under water and around marks held against PostGIS, on 2,000 hard places of each town."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import shapely
from oracle_checks import OURS
from oracle_places import LIMITS_FT
from oracle_shapes import BESIDE_FT, off_lines, rings_around
from oracle_tables import fetch, load_places
from oracle_towns import Town
from oracle_zones import FROM_MARK, WET_PARTS, deepest_zones, marked_diameters

from gis_ce.assess import assess
from gis_ce.checks import properly_located, tolerance_zone
from gis_ce.checks.check import Check, Findings, Sites
from gis_ce.rule_files import open_pack
from layers.grid import Geometries

_PLACES = 2000
_DAYS = np.array(["2010-05-03", "2014-10-01", "2026-03-02"], dtype="datetime64[D]")
Column = np.ndarray[Any, Any]


def _same(ours: Column, theirs: Column) -> None:
    np.testing.assert_allclose(ours.astype(float), theirs.astype(float), atol=1e-6, rtol=0)


def _answers(found: Findings) -> list[str | None]:
    return [found.answer_of(row) for row in range(len(found))]


def _load(town: Town, sites: Sites, **more: Geometries) -> None:
    days = ("date", sites.day.tolist())
    load_places(town.oracle, sites.place, day=days, **{name: ("geometry", _hexes(of)) for name, of in more.items()})


def _hexes(shapes: Geometries) -> Sequence[str | None]:
    return [None if shape is None else shapely.to_wkb(shape, hex=True) for shape in shapes]


def _sites(places: Geometries, **details: Column) -> Sites:
    days = _DAYS[np.arange(len(places)) % len(_DAYS)]
    return Sites(places, np.full(len(places), None, dtype=object), np.zeros(len(places)), days, details)


def _asked(town: Town, check: Check, sites: Sites) -> Findings:
    return assess(sites, town.query, open_pack("nc-raleigh-2016"), [check])[check.name]


def test_zones_under_water_are_as_postgis_finds_them(town: Town) -> None:
    if not town.query.has("water_body"):
        assert not _asked(town, tolerance_zone.CHECK, _sites(_at_mains(town, 50))).measures.facts["subaqueous"].any()
        return
    sites = _sites(_at_water(town))
    _load(town, sites)
    found = _asked(town, tolerance_zone.CHECK, sites)
    role, feature, margin, half, wet = deepest_zones(town, len(sites))
    _same(found.measures.margin_ft, margin)
    assert found.measures.facts["facility_role"].tolist() == role.tolist()
    assert found.measures.feature.tolist() == feature.tolist()
    _same(found.measures.facts["half_width_ft"], half)
    assert found.measures.facts["subaqueous"].tolist() == wet.tolist()
    assert _answers(found) == np.where(margin >= -0.01, "within", "outside").tolist()
    assert not wet[sites.day < _DAYS[1]].any()
    assert (wet & (np.abs(margin) < 0.02)).sum() > _PLACES / 20


def _at_water(town: Town) -> Geometries:
    """About 15 ft from where mains pass under water, on the shore, and in the middle of the pipe under water."""
    random = np.random.default_rng(21)
    wet = []
    for role in ("water_main", "sewer_main"):
        town.oracle.execute(WET_PARTS.format(role=role, ours=OURS))
        wet += fetch(town.oracle, f'SELECT ST_AsHEXEWKB(geom) AS shape FROM "wet_{role}"')["shape"].tolist()
    lines = random.choice(shapely.get_parts(shapely.from_wkb(np.array(wet))), _PLACES)
    off = random.choice([0.0, 2.5, 15.0, 15.0, 40.0], _PLACES) + random.choice(BESIDE_FT, _PLACES)
    return off_lines(lines, off, 22)


@pytest.fixture(scope="module")
def marked(town: Town) -> Sites:
    """Marks beside mains, as lines and as points, with and without a diameter; a dig and a pipe beside each."""
    random = np.random.default_rng(23)
    mains = _at_mains(town, _PLACES)
    shifted = rings_around(mains, random.choice([0.0, 1.0, 6.0, 24.99, 25.0, 25.02, 70.0], _PLACES), 24)
    ends = rings_around(shifted, random.uniform(5, 60, _PLACES), 25)
    lines = shapely.linestrings(np.stack([shapely.get_coordinates(shape) for shape in (shifted, ends)], axis=1))
    marks = np.where(random.random(_PLACES) < 0.5, lines, shifted)
    marks[random.random(_PLACES) < 0.1] = None
    far = random.choice(LIMITS_FT[:3], _PLACES) + random.choice(BESIDE_FT, _PLACES)
    places = rings_around(shifted, far, 26)
    pipe = np.where(random.random(_PLACES) < 0.5, mains, rings_around(shifted, far, 27))
    written = random.choice(np.array([6.0, 8.0, None], dtype=object), _PLACES)
    sites = _sites(places, marks=marks, exposed=pipe, marked_diameter_in=written)
    _load(town, sites, mark=marks, exposed=pipe)
    return sites


def _at_mains(town: Town, count: int) -> Geometries:
    random = np.random.default_rng(28)
    lines = np.concatenate([town.query.features(role).geometry for role in ("water_main", "sewer_main")])
    found: Geometries = shapely.line_interpolate_point(
        random.choice(lines, count), random.uniform(0, 1, count), normalized=True
    )
    return found


def _halves(town: Town, sites: Sites) -> Column:
    written = np.array([np.nan if value is None else value for value in sites.detail("marked_diameter_in")])
    inches = np.where(sites.day < _DAYS[1], 30.0, 24.0)
    return (np.nan_to_num(marked_diameters(town, written)) / 2 + inches) / 12


def test_zones_around_marks_are_as_postgis_measures_them(town: Town, marked: Sites) -> None:
    found = _asked(town, tolerance_zone.CHECK, marked)
    _, _, margin, half, _ = deepest_zones(town, len(marked))
    is_marked = np.array([mark is not None for mark in marked.detail("marks")])
    theirs, of_mark = fetch(town.oracle, FROM_MARK), _halves(town, marked)
    half = np.where(is_marked, of_mark, half)
    margin = np.where(is_marked, of_mark - theirs["distance_ft"].astype(float), margin)
    _same(found.measures.margin_ft, margin)
    _same(found.measures.facts["half_width_ft"], half)
    assert (found.measures.facts["measured_from"] == "mark").tolist() == is_marked.tolist()
    assert _answers(found) == np.where(margin >= -0.01, "within", "outside").tolist()
    assert (is_marked & (np.abs(margin) < 0.02)).sum() > _PLACES / 20


def test_marks_are_judged_as_postgis_measures_them(town: Town, marked: Sites) -> None:
    found = _asked(town, properly_located.CHECK, marked)
    theirs, half = fetch(town.oracle, FROM_MARK), _halves(town, marked)
    missed = theirs["missed_ft"].astype(float)
    margin = np.where(np.isnan(missed), np.nan, half - missed)
    _same(found.measures.margin_ft, margin)
    _same(found.measures.facts["distance_ft"], missed)
    expected = np.where(margin >= -0.01, "yes", "no").astype(object)
    expected[np.isnan(margin) | (marked.day < _DAYS[1])] = None
    assert _answers(found) == expected.tolist()
    assert min(expected.tolist().count(answer) for answer in ("yes", "no", None)) > _PLACES / 10
