"""The made-up town: the same every time, sound as a map, and with the faults it promises."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
import shapely

from layers.city import read_city
from layers.demo_town import make_town, read_situations
from layers.demo_town.kinds import KINDS
from layers.demo_town.placing import make_ground
from layers.demo_town.plan import PARCELS, make_plan
from layers.demo_town.tile import draw_tile
from layers.grid import Geometries


class Town:
    """A town in a folder, read layer by layer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def table(self, name: str) -> pa.Table:
        csv = self.folder / f"{name}.csv"
        return pyarrow.csv.read_csv(csv) if csv.exists() else pq.read_table(self.folder / f"{name}.parquet")

    def geometry(self, name: str) -> Geometries:
        return np.asarray(shapely.from_wkb(self.column(name, "geometry")), dtype=object)

    def column(self, name: str, column: str) -> np.ndarray:
        return np.asarray(self.table(name)[column].to_numpy(zero_copy_only=False))


@pytest.fixture(scope="module")
def hamlet(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("hamlet")
    make_town(folder, "hamlet")
    return Town(folder)


def valid_parcels(town: Town) -> Geometries:
    parcels = town.geometry("parcels")
    return parcels[shapely.is_valid(parcels)]


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_same_seed_and_size_give_the_same_bytes(hamlet: Town, tmp_path: Path) -> None:
    make_town(tmp_path, "hamlet")
    assert hashes(tmp_path) == hashes(hamlet.folder)


def test_another_seed_gives_another_town(hamlet: Town, tmp_path: Path) -> None:
    make_town(tmp_path, "hamlet", seed=7)
    assert hashes(tmp_path)["parcels.parquet"] != hashes(hamlet.folder)["parcels.parquet"]


@pytest.mark.parametrize("seed", [2016, 1, 2, 3])
def test_a_hamlet_has_about_800_parcels(seed: int) -> None:
    plan = make_plan("hamlet", seed)
    assert plan.counts("parcel").sum() == pytest.approx(PARCELS["hamlet"], rel=0.15)


def test_a_town_has_20000_parcels() -> None:
    assert make_plan("town", 2016).counts("parcel").sum() == pytest.approx(PARCELS["town"], rel=0.02)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_neighbourhoods_of_every_kind_cover_their_square_without_overlap(name: str) -> None:
    tile = draw_tile(5, 1, KINDS[name])
    cover = np.concatenate([tile.layers["parcel"].geometry, tile.layers["right_of_way"].geometry])
    assert shapely.coverage_is_valid(cover)
    assert shapely.area(cover).sum() == pytest.approx(2048.0**2, abs=1e-3)


def test_the_ground_never_folds() -> None:
    ground = make_ground(make_plan("hamlet", 2016))
    x, y = (grid.ravel() for grid in np.meshgrid(np.arange(-6e4, 6e4, 400.0), np.arange(-6e4, 6e4, 400.0)))
    here = ground.place(np.column_stack([x, y]))
    east, north = ground.place(np.column_stack([x + 10, y])) - here, ground.place(np.column_stack([x, y + 10])) - here
    turned = (east[:, 0] * north[:, 1] - east[:, 1] * north[:, 0]) / 100.0
    assert turned.min() > 0.25
    assert turned.max() < 2.5


def test_the_city_file_is_read_without_a_mistake(hamlet: Town) -> None:
    city = read_city(hamlet.folder / "city.toml")
    assert city.grid_epsg == 2264
    assert {layer.role_name for layer in city.layers} >= {"water_main", "sewer_main", "parcel", "account", "easement"}
    assert all((hamlet.folder / (layer.source or "")).is_file() for layer in city.layers)


def test_every_declared_field_is_in_its_source(hamlet: Town) -> None:
    for layer in read_city(hamlet.folder / "city.toml").layers:
        assert set(layer.fields.values()) <= set(hamlet.table(layer.name).column_names), layer.name


def test_everything_lies_in_the_declared_extent(hamlet: Town) -> None:
    west, south, east, north = read_city(hamlet.folder / "city.toml").extent_lonlat or (0.0, 0.0, 0.0, 0.0)
    for place in read_situations(hamlet.folder).values():
        if place.name != "outside_town":
            assert west < place.lon < east
            assert south < place.lat < north


def test_gravity_sewers_fall(hamlet: Town) -> None:
    upper, lower = hamlet.column("sewer_mains", "UPSINV"), hamlet.column("sewer_mains", "DNSINV")
    known = (hamlet.column("sewer_mains", "KIND") == "gravity") & ~np.isnan(upper) & ~np.isnan(lower)
    assert known.sum() > 150
    assert (upper[known] >= lower[known]).all()


def test_every_sewer_ends_exactly_at_its_two_manholes(hamlet: Town) -> None:
    holes = dict(zip(hamlet.column("manholes", "FACILITYID"), hamlet.geometry("manholes"), strict=True))
    lines = hamlet.geometry("sewer_mains")
    ends = [(shapely.get_point(line, 0), shapely.get_point(line, -1)) for line in lines]
    nodes = zip(hamlet.column("sewer_mains", "UPSMH"), hamlet.column("sewer_mains", "DNSMH"), strict=True)
    for (first, last), (up, down) in zip(ends, nodes, strict=True):
        assert {holes[up], holes[down]} == {first, last}


def test_every_manhole_drains_to_one_outfall(hamlet: Town) -> None:
    onward = dict(zip(hamlet.column("sewer_mains", "UPSMH"), hamlet.column("sewer_mains", "DNSMH"), strict=True))
    assert len(onward) == len(hamlet.table("sewer_mains"))
    lasts = set()
    for node in hamlet.column("manholes", "FACILITYID"):
        passed = set()
        while node in onward and node not in passed:
            passed.add(node)
            node = onward[node]  # noqa: PLW2901  the walk downstream is the test
        lasts.add(node)
    assert len(lasts) == 1


def test_a_lift_station_pumps_through_a_force_main(hamlet: Town) -> None:
    assert (hamlet.column("sewer_mains", "KIND") == "force").any()


def test_parcels_overlap_only_by_planted_slivers(hamlet: Town) -> None:
    parcels = valid_parcels(hamlet)
    first, second = shapely.STRtree(parcels).query(parcels, predicate="overlaps")
    overlap = shapely.area(shapely.intersection(parcels[first], parcels[second]))
    assert 0 < len(np.unique(first)) < 0.02 * len(parcels)
    assert overlap.max() < 500.0


def test_right_of_way_and_parcels_share_only_slivers(hamlet: Town) -> None:
    parcels = valid_parcels(hamlet)
    shared = shapely.area(shapely.intersection(parcels, shapely.union_all(hamlet.geometry("right_of_way"))))
    assert (shared > 1.0).sum() < 0.02 * len(parcels)
    assert shared.max() < 500.0


def test_right_of_way_and_parcels_fill_the_limits(hamlet: Town) -> None:
    limits = hamlet.geometry("town_limits")[0]
    ground = shapely.union_all(np.concatenate([valid_parcels(hamlet), hamlet.geometry("right_of_way")]))
    bad_rings = len(hamlet.geometry("parcels")) - len(valid_parcels(hamlet))
    assert shapely.difference(limits, ground).area < 0.002 * limits.area + bad_rings * 60_000.0


def test_active_water_mains_hang_together(hamlet: Town) -> None:
    lines = hamlet.geometry("water_mains")[hamlet.column("water_mains", "STATUS") == "ACT"]
    ends = np.concatenate([shapely.get_coordinates(shapely.get_point(lines, end)) for end in (0, -1)])
    node = np.unique(ends, axis=0, return_inverse=True)[1].reshape(2, -1)
    part = np.arange(node.max() + 1)
    for _ in range(200):
        lowest = np.minimum(part[node[0]], part[node[1]])
        np.minimum.at(part, node[0], lowest)
        np.minimum.at(part, node[1], lowest)
    assert len(np.unique(part)) == 1


def test_most_hydrants_stand_about_8_ft_from_the_main(hamlet: Town) -> None:
    mains = hamlet.geometry("water_mains")[hamlet.column("water_mains", "USE") != "hydrant lead"]
    away = shapely.STRtree(mains).query_nearest(hamlet.geometry("hydrants"), return_distance=True, all_matches=False)[1]
    assert np.median(away) == pytest.approx(8.0, abs=0.7)
    assert away.max() > 15.0


def test_laterals_start_on_a_main(hamlet: Town) -> None:
    mains = np.concatenate([hamlet.geometry("water_mains"), hamlet.geometry("sewer_mains")])
    starts = shapely.get_point(hamlet.geometry("laterals"), 0)
    away = shapely.STRtree(mains).query_nearest(starts, return_distance=True, all_matches=False)[1]
    assert away.max() < 0.001


def test_recorded_easements_keep_to_their_parcel(hamlet: Town) -> None:
    parcels = dict(zip(hamlet.column("parcels", "PARCEL_ID"), hamlet.geometry("parcels"), strict=True))
    named = hamlet.column("easements_recorded", "PARCEL_ID")
    strips = hamlet.geometry("easements_recorded")
    burdened = np.array([parcels[parcel] for parcel in named], dtype=object)
    good = shapely.is_valid(burdened)
    beyond = shapely.area(shapely.difference(strips[good], burdened[good]))
    assert len(strips) > 10
    assert (beyond < 0.05 * shapely.area(strips[good]) + 1.0).all()


def test_the_faults_of_real_data_are_there(hamlet: Town) -> None:
    hydrants = hamlet.column("hydrants", "FACILITYID").astype(str)
    assert len(np.unique(hydrants)) < len(hydrants)
    assert np.isnan(hamlet.column("water_mains", "DIAMETER")).any()
    assert not shapely.is_valid(hamlet.geometry("parcels")).all()
    assert "ABN" in hamlet.column("water_mains", "STATUS")
    assert "PVT" in hamlet.column("water_mains", "OWNEDBY")
    assert any(str(situs).startswith("0 ") for situs in hamlet.column("parcels", "SITUS"))
    owners = set(hamlet.column("parcels", "OWNER"))
    assert len(owners & {"DEMO TOWN OF", "TOWN OF DEMO", "DEMO, TOWN OF", "TOWN OF DEMO NC"}) >= 2
    reached = shapely.STRtree(hamlet.geometry("parcels")).query(hamlet.geometry("addresses"), predicate="intersects")[0]
    assert len(np.unique(reached)) < len(hamlet.geometry("addresses"))


def test_the_planted_situations_are_what_they_say(hamlet: Town) -> None:
    places = read_situations(hamlet.folder)
    points = {name: shapely.points(place.easting_ft, place.northing_ft) for name, place in places.items()}
    mains = hamlet.geometry("water_mains")
    assert shapely.distance(mains, points["damage_on_main"]).min() < 0.01
    assert shapely.distance(mains, points["house_beyond_100_ft_of_water"]).min() > 100.0
    easements = hamlet.geometry("easements_recorded")
    assert shapely.intersects(easements, points["building_on_easement"]).any()
    assert shapely.intersects(hamlet.geometry("right_of_way"), points["leak_in_street"]).all()
    assert not shapely.intersects(hamlet.geometry("town_limits"), points["outside_town"]).any()
    assert shapely.intersects(hamlet.geometry("locate_tickets"), points["dig_on_ticket"]).any()
    assert shapely.distance(hamlet.geometry("hydrants"), points["shrub_at_hydrant"]).min() < 3.0


def test_reference_tables_name_parcels_of_the_town(hamlet: Town) -> None:
    parcels = set(hamlet.column("parcels", "PARCEL_ID"))
    for name in ("accounts", "deeds", "permits"):
        assert set(hamlet.column(name, "parcel_id")) <= parcels, name
