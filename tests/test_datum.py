"""Positions carry their datum: the shift from ITRF is real, and units and axes are what they claim."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer

from layers.datum import datum_note, shapes_to_grid, to_grid
from layers.errors import GridError
from layers.grid import Floats, Geometries, Grid

NORTH_CAROLINA = Grid(2264)
SPINDALE = (np.array([-81.9198178]), np.array([35.3415108]))


def offset(one: Geometries, other: Geometries) -> Floats:
    return np.asarray(shapely.get_coordinates(one) - shapely.get_coordinates(other))


def test_itrf_at_epoch_2026_lies_3_8_ft_from_nad83_in_north_carolina() -> None:
    stated, none = to_grid(*SPINDALE, "NAD83(2011)", 2026.0, NORTH_CAROLINA)
    moved, added = to_grid(*SPINDALE, "ITRF at epoch", 2026.0, NORTH_CAROLINA)
    assert np.hypot(*offset(moved, stated)[0]) == pytest.approx(3.8, abs=0.06)
    assert none.tolist() == added.tolist() == [0.0]


def test_the_shift_grows_with_the_epoch_and_hardly_depends_on_the_frame() -> None:
    at = [to_grid(*SPINDALE, "ITRF at epoch", year, NORTH_CAROLINA)[0] for year in (2010.0, 2026.0)]
    assert np.hypot(*offset(at[1], at[0])[0]) > 0.5
    older, _ = to_grid(*SPINDALE, "ITRF at epoch", 2026.0, NORTH_CAROLINA, "ITRF2014")
    assert np.hypot(*offset(older, at[1])[0]) < 0.02


def test_an_unknown_datum_moves_nothing_and_puts_the_shift_into_sigma() -> None:
    stated, _ = to_grid(*SPINDALE, "NAD83(2011)", 2026.0, NORTH_CAROLINA)
    unknown, added = to_grid(*SPINDALE, "GPS, datum unknown", 2026.0, NORTH_CAROLINA)
    assert shapely.equals_exact(stated, unknown, 0.0).all()
    assert added[0] == pytest.approx(3.8, abs=0.06)


def test_the_step_that_moves_nothing_is_the_default_of_proj_and_not_ours() -> None:
    null = Transformer.from_crs(CRS(4326), CRS(2264), always_xy=True, allow_ballpark=False)
    stated, _ = to_grid(*SPINDALE, "NAD83(2011)", 2026.0, NORTH_CAROLINA)
    assert np.hypot(*(np.column_stack(null.transform(*SPINDALE)) - shapely.get_coordinates(stated))[0]) < 0.001


def test_a_grid_in_metres_and_another_continent_are_served_too() -> None:
    barcelona = (np.array([2.04]), np.array([41.34]))
    unknown, added = to_grid(*barcelona, "GPS, datum unknown", 2026.0, Grid(25831))
    moved, _ = to_grid(*barcelona, "ITRF at epoch", 2026.0, Grid(25831))
    assert 2.0 < added[0] < 4.0
    assert np.hypot(*offset(moved, unknown)[0]) == pytest.approx(added[0])
    with pytest.raises(GridError, match="not on NAD83"):
        to_grid(*barcelona, "NAD83(2011)", 2026.0, Grid(25831))


def test_a_grid_without_a_real_step_from_itrf_takes_no_itrf_and_trusts_no_gps() -> None:
    with pytest.raises(GridError, match="no real step"):
        to_grid(*SPINDALE, "ITRF at epoch", 2026.0, Grid(32617))
    assert to_grid(*SPINDALE, "GPS, datum unknown", 2026.0, Grid(32617))[1].tolist() == [6.6]


def test_many_epochs_and_missing_places_go_in_one_call() -> None:
    lon, lat = np.array([-78.64, np.nan, -78.64, 500.0]), np.array([35.78, 35.78, 35.78, 35.0])
    years = np.array([2010.0, 2010.0, 2026.0, 2026.0])
    points, added = to_grid(lon, lat, "GPS, datum unknown", years, NORTH_CAROLINA)
    assert shapely.is_missing(points).tolist() == [False, True, False, True]
    assert added[0] < added[2]
    assert added[1] == added[3] == 0.0


def test_a_shape_moves_as_a_whole() -> None:
    lot = np.array([shapely.box(-78.641, 35.779, -78.640, 35.780), None], dtype=object)
    stated, _ = shapes_to_grid(lot, "NAD83(2011)", 2026.0, NORTH_CAROLINA)
    moved, _ = shapes_to_grid(lot, "ITRF at epoch", 2026.0, NORTH_CAROLINA)
    assert np.ptp(offset(moved[:1], stated[:1]), axis=0).max() < 0.001
    assert moved[1] is None
    assert shapely.get_coordinates(lot[:1])[0, 0] == -78.640


@pytest.mark.parametrize("epoch", [26.0, 1885.0, 20260.0, float("nan")])
def test_a_year_that_is_no_epoch_is_refused(epoch: float) -> None:
    with pytest.raises(GridError, match="is no epoch"):
        to_grid(*SPINDALE, "ITRF at epoch", epoch, NORTH_CAROLINA)


def test_a_datum_that_is_not_known_is_refused() -> None:
    with pytest.raises(GridError, match="is not known"):
        to_grid(*SPINDALE, "WGS84", 2026.0, NORTH_CAROLINA)  # type: ignore[arg-type]


def test_the_identity_of_the_realisations_is_stated() -> None:
    assert "NAD83(2011) counts as NAD83 of EPSG:2264" in datum_note("ITRF at epoch", NORTH_CAROLINA)
    assert "ETRS89, the datum of EPSG:25831" in datum_note("ITRF at epoch", Grid(25831))
    assert "sigma" in datum_note("GPS, datum unknown", NORTH_CAROLINA)


def published(real_data: Path) -> list[dict[str, str]]:
    path = real_data / "control-points" / "nc_state_plane_control_points.csv"
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def computed(row: dict[str, str], *, swapped: bool = False, international: bool = False) -> tuple[float, float]:
    """The published unit's easting and northing; `international` takes a foot for 0.3048 m."""
    lon, lat = float(row["lon"]), float(row["lat"])
    place = (lat, lon) if swapped else (lon, lat)
    epsg = int(row["epsg_checked"])
    points, _ = to_grid(np.array([place[0]]), np.array([place[1]]), "NAD83(2011)", 2010.0, Grid(epsg))
    x, y = shapely.get_coordinates(points)[0]
    us_foot = 1200 / 3937
    factor = 1.0 if row["unit"] == "ftUS" else 0.3048
    return (x * us_foot / 0.3048, y * us_foot / 0.3048) if international else (x * factor, y * factor)


def test_published_control_points_are_met_within_a_hundredth_of_a_foot(real_data: Path) -> None:
    rows = published(real_data)
    assert len(rows) == 14
    for row in rows:
        e, n = computed(row)
        assert e == pytest.approx(float(row["published_easting"]), abs=0.01)
        assert n == pytest.approx(float(row["published_northing"]), abs=0.01)


def test_control_points_catch_the_international_foot_and_swapped_axes(real_data: Path) -> None:
    for row in published(real_data):
        if row["unit"] == "ftUS":
            assert abs(computed(row, international=True)[0] - float(row["published_easting"])) > 2.0
        assert not abs(computed(row, swapped=True)[0] - float(row["published_easting"])) < 1e5
