"""Snapshots: immutable files named for their content."""

from __future__ import annotations

import hashlib
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from made_layers import EAST, NORTH, described, files_in, hydrants, snapshot_table

from layers.errors import VersionMissing
from layers.snapshot import read_snapshot, write_snapshot


def test_a_snapshot_is_named_for_the_hash_of_its_bytes(tmp_path: Path) -> None:
    version = write_snapshot(tmp_path, described("hydrants", "hydrant"), hydrants(0, 10))
    name, digest = version.split("/")
    assert name == "hydrants"
    assert hashlib.sha256((tmp_path / name / f"{digest}.parquet").read_bytes()).hexdigest() == digest


def test_a_snapshot_reads_back_as_it_was_written_to_the_last_bit(tmp_path: Path) -> None:
    description = described("hydrants", "hydrant", stale_after_days=30)
    points = [shapely.Point(EAST + 1 / 3, NORTH + 0.1), shapely.Point(EAST, NORTH)]
    table = snapshot_table(["b", "a"], points, facility_id=["b", None])
    read_description, columns, geometries = read_snapshot(tmp_path, write_snapshot(tmp_path, description, table))
    assert read_description == description
    assert columns.equals(table.drop_columns(["geometry"]))
    assert shapely.equals_exact(geometries, np.array(points, dtype=object)).all()


def test_the_same_content_gives_the_same_version(tmp_path: Path) -> None:
    description = described("hydrants", "hydrant")
    first = write_snapshot(tmp_path / "a", description, hydrants(0, 10))
    assert write_snapshot(tmp_path / "b", description, hydrants(0, 10)) == first
    assert write_snapshot(tmp_path / "a", description, hydrants(0, 10)) == first
    assert write_snapshot(tmp_path / "a", description, hydrants(0, 10.5)) != first


def test_what_a_snapshot_says_of_itself_is_part_of_its_version(tmp_path: Path) -> None:
    first = write_snapshot(tmp_path, described("hydrants", "hydrant"), hydrants(0))
    assert write_snapshot(tmp_path, described("hydrants", "hydrant", sigma_ft=1.0), hydrants(0)) != first


def test_a_snapshot_opens_in_other_programs_as_geoparquet(tmp_path: Path) -> None:
    version = write_snapshot(tmp_path, described("hydrants", "hydrant"), hydrants(0, 10))
    frame = geopandas.read_parquet(tmp_path / f"{version}.parquet")
    assert frame.crs.to_epsg() == 2264
    assert list(frame["id"]) == ["H0", "H1"]


def test_a_grid_in_metres_is_stored_in_feet_and_says_so(tmp_path: Path) -> None:
    description = described("hydrants", "hydrant", grid_epsg=25831)
    version = write_snapshot(tmp_path, description, hydrants(0))
    crs = geopandas.read_parquet(tmp_path / f"{version}.parquet").crs
    assert {axis.unit_name for axis in crs.axis_info} == {"foot"}


def test_a_reference_table_has_no_geometry(tmp_path: Path) -> None:
    table = snapshot_table(["A1"], account_id=["A1"])
    version = write_snapshot(tmp_path, described("accounts", "account"), table)
    _, columns, geometries = read_snapshot(tmp_path, version)
    assert columns.equals(table)
    assert list(geometries) == [None]


def test_a_missing_snapshot_is_named(tmp_path: Path) -> None:
    with pytest.raises(VersionMissing, match="hydrants/0000"):
        read_snapshot(tmp_path, "hydrants/" + "0" * 64)


@pytest.mark.parametrize("version", ["hydrants", "../hydrants/" + "0" * 64, "hydrants/../../etc/passwd", ""])
def test_what_is_no_version_id_never_becomes_a_path(tmp_path: Path, version: str) -> None:
    with pytest.raises(VersionMissing, match="is not a layer version"):
        read_snapshot(tmp_path, version)


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b"no parquet at all"])
def test_a_damaged_snapshot_is_named(tmp_path: Path, damage: object) -> None:
    version = write_snapshot(tmp_path, described("hydrants", "hydrant"), hydrants(0, 10))
    path = tmp_path / f"{version}.parquet"
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(VersionMissing, match="damaged"):
        read_snapshot(tmp_path, version)


def test_writing_again_mends_a_damaged_snapshot(tmp_path: Path) -> None:
    description = described("hydrants", "hydrant")
    version = write_snapshot(tmp_path, description, hydrants(0))
    (tmp_path / f"{version}.parquet").write_bytes(b"")
    write_snapshot(tmp_path, description, hydrants(0))
    assert read_snapshot(tmp_path, version)[0] == description


def test_a_snapshot_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    broken = hydrants(0).set_column(1, "geometry", [[b"not well-known binary"]])
    with pytest.raises(shapely.GEOSException):
        write_snapshot(tmp_path, described("hydrants", "hydrant"), broken)
    assert files_in(tmp_path) == set()
