"""Files of every kind are read alike, and bad ones are refused in one clear sentence."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
import struct
import warnings
import zipfile
from pathlib import Path

import geopandas
import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely
from pyarrow import parquet

from layers.errors import SourceError
from layers.model import LayerDeclaration
from layers.sources.read import read_source
from layers.sources.table import Limits, SourceTable

KINDS = ("mains.gpkg", "mains.shp", "mains.geojson", "mains.fgb", "mains.gdb", "mains.parquet", "mains.zip", "gdb.zip")


def declared(source: str, role: str = "water_main", **more: object) -> LayerDeclaration:
    return LayerDeclaration("layer", role, "staff", "recorded", 5.0, source=source, **more)  # type: ignore[arg-type]


def read(
    folder: Path, source: str, role: str = "water_main", limits: Limits | None = None, **more: object
) -> SourceTable:
    return read_source(declared(source, role, **more), folder, workspace=folder / "work", limits=limits)


def mains(rows: int = 40) -> geopandas.GeoDataFrame:
    starts = np.random.default_rng(7).uniform(1_140_000, 1_150_000, (rows, 2))
    lines = shapely.linestrings(np.stack([starts, starts + 100.0], axis=1))
    sizes = [None if row == 3 else 6.0 + row for row in range(rows)]
    return geopandas.GeoDataFrame(
        {"name": [f"Ä{row}" for row in range(rows)], "size": sizes}, geometry=list(lines), crs=2264
    )


def write(folder: Path, name: str, frame: geopandas.GeoDataFrame) -> None:
    path = folder / name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if name.endswith(".zip"):
            inner = "mains.gdb" if name.startswith("gdb") else "mains.shp"
            (folder / "inside").mkdir()
            write(folder / "inside", inner, frame)
            shutil.make_archive(str(path.with_suffix("")), "zip", folder / "inside")
            shutil.rmtree(folder / "inside")
        elif path.suffix == ".parquet":
            frame.to_parquet(path)
        elif path.suffix == ".geojson":
            pyogrio.write_dataframe(frame.to_crs(4326), path)
        else:
            pyogrio.write_dataframe(frame, path, driver={".gdb": "OpenFileGDB"}.get(path.suffix), encoding="UTF-8")


def refused(folder: Path, source: str, **more: object) -> str:
    with pytest.raises(SourceError) as caught:
        read(folder, source, **more)  # type: ignore[arg-type]
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_of_file_gives_the_same_rows(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, mains())
    table = read(tmp_path, name)
    names = table.columns.column("name").to_pylist()
    order = [int(name.removeprefix("Ä")) for name in names]  # FlatGeobuf sorts its rows
    assert sorted(order) == list(range(40))
    sizes = dict(zip(names, table.columns.column("size").to_pylist(), strict=True))
    assert (sizes["Ä2"], sizes["Ä3"], sizes["Ä4"]) == (8.0, None, 10.0)
    assert table.source_row.tolist() == list(range(40))
    assert table.crs is not None
    assert table.crs.to_epsg() == (4326 if name == "mains.geojson" else 2264)
    expected = mains().to_crs(4326) if name == "mains.geojson" else mains()
    assert table.geometry is not None
    assert shapely.hausdorff_distance(table.geometry, np.asarray(expected.geometry)[order]).max() < 1e-3
    assert list((tmp_path / "work").glob("*")) == [] if name.endswith("zip") else True


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("name", KINDS)
def test_a_file_cut_short_is_refused(tmp_path: Path, name: str, share: float) -> None:
    write(tmp_path, name, mains(2000))
    path = tmp_path / name
    if path.is_dir():
        path = max(path.glob("*.gdbtable"), key=lambda table: table.stat().st_size)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    message = refused(tmp_path, name)
    assert name.removesuffix(".zip") in message


@pytest.mark.parametrize("part", [".shx", ".dbf"])
def test_a_shapefile_with_a_part_missing_or_cut_short_is_refused(tmp_path: Path, part: str) -> None:
    write(tmp_path, "mains.shp", mains())
    whole = (tmp_path / f"mains{part}").read_bytes()
    (tmp_path / f"mains{part}").write_bytes(whole[:-50])
    assert f"mains{part} is cut short" in refused(tmp_path, "mains.shp")
    (tmp_path / f"mains{part}").unlink()
    assert f"came without its {part}" in refused(tmp_path, "mains.shp")


@pytest.mark.parametrize(
    "name", ["mains.gpkg", "mains.shp", "mains.geojson", "mains.fgb", "mains.parquet", "mains.zip"]
)
def test_a_file_that_is_no_map_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("<html>Please log in</html>")
    assert name in refused(tmp_path, name)


def test_a_json_file_that_tells_gdal_to_read_another_file_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "secret.gpkg", mains())
    command = f"gdal vector pipeline read {tmp_path / 'secret.gpkg'}"
    (tmp_path / "plan.json").write_text(json.dumps({"type": "gdal_streamed_alg", "command_line": command}))
    assert "plan.json cannot be read" in refused(tmp_path, "plan.json")


def test_what_is_not_there_or_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.dwg").write_text("x")
    assert "There is no file" in refused(tmp_path, "none.gpkg")
    assert "of no kind that can be read" in refused(tmp_path, "plan.dwg")
    assert "is a folder" in refused(tmp_path, ".")


def test_the_layer_must_be_named_where_a_file_has_several(tmp_path: Path) -> None:
    for layer in ("water", "sewer"):
        pyogrio.write_dataframe(mains(), tmp_path / "net.gpkg", layer=layer, append=(tmp_path / "net.gpkg").exists())
    assert "set source_layer to one of: sewer, water" in refused(tmp_path, "net.gpkg")
    assert "did you mean water?" in refused(tmp_path, "net.gpkg", source_layer="watr")
    assert read(tmp_path, "net.gpkg", source_layer="sewer").description == "net.gpkg, layer sewer"


def test_a_source_that_states_no_coordinate_system_has_none(tmp_path: Path) -> None:
    write(tmp_path, "mains.shp", mains())
    (tmp_path / "mains.prj").unlink()
    assert read(tmp_path, "mains.shp").crs is None


def test_a_compound_system_counts_by_its_horizontal_part(tmp_path: Path) -> None:
    write(tmp_path, "mains.parquet", mains().set_crs("EPSG:2264+5703", allow_override=True))
    crs = read(tmp_path, "mains.parquet").crs
    assert crs is not None
    assert crs.to_epsg() == 2264


def test_arcs_are_read_as_short_straight_pieces(tmp_path: Path) -> None:
    pyogrio.write_dataframe(mains(2), tmp_path / "arc.gpkg", geometry_type="Unknown")
    put_arc_into(tmp_path / "arc.gpkg")
    table = read(tmp_path, "arc.gpkg")
    assert table.geometry is not None
    assert table.geometry[0].length == pytest.approx(10 * np.pi, rel=1e-3)
    assert len(table.geometry[0].coords) > 20


def put_arc_into(path: Path) -> None:
    arc = struct.pack("<BII6d", 1, 8, 3, 0.0, 0.0, 10.0, 10.0, 20.0, 0.0)
    with sqlite3.connect(path) as database:
        for (name,) in database.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            database.execute(f'drop trigger "{name}"')
        head = b"GP\x00\x01" + struct.pack("<i", 2264)
        database.execute("update arc set geom = ? where fid = 1", (head + arc,))
    database.close()


def test_heights_are_left_out(tmp_path: Path) -> None:
    frame = mains(3)
    frame.geometry = shapely.force_3d(np.asarray(frame.geometry), 12.0)
    write(tmp_path, "mains.gpkg", frame)
    table = read(tmp_path, "mains.gpkg")
    assert table.geometry is not None
    assert not shapely.has_z(table.geometry).any()


def test_a_reference_table_is_read_without_geometry(tmp_path: Path) -> None:
    write(tmp_path, "mains.gpkg", mains())
    parquet.write_table(pa.table({"account_id": ["007"], "parcel_id": [None]}), tmp_path / "accounts.parquet")
    (tmp_path / "accounts.csv").write_text('account_id;name\n007;"Doe, J."\n008;\n', encoding="utf-8-sig")
    assert read(tmp_path, "mains.gpkg", "account").geometry is None
    assert read(tmp_path, "accounts.parquet", "account").columns.to_pylist() == [
        {"account_id": "007", "parcel_id": None}
    ]
    rows = read(tmp_path, "accounts.csv", "account").columns.to_pylist()
    assert rows == [{"account_id": "007", "name": "Doe, J."}, {"account_id": "008", "name": None}]


def test_a_csv_file_has_its_place_in_two_columns_or_in_text(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text('id,x,y,shape\n1, 10.5 ,20,"POINT (1 2)"\n2,ten,20,POINT\n3,,,\n')
    by_number = read(tmp_path, "p.csv", "hydrant", x_field="x", y_field="y", source_grid=2264)
    by_text = read(tmp_path, "p.csv", "hydrant", wkt_field="shape", source_grid=2264)
    assert by_number.geometry is not None
    assert by_text.geometry is not None
    assert shapely.to_wkt(by_number.geometry).tolist() == ["POINT (10.5 20)", None, None]
    assert shapely.to_wkt(by_text.geometry).tolist() == ["POINT (1 2)", None, None]
    assert [(note.source_row, note.reason) for note in by_number.unreadable] == [
        (1, "x is 'ten', which is not a number")
    ]
    assert [(note.source_row, note.reason) for note in by_text.unreadable] == [(1, "'POINT' is not well-known text")]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"id,x,y\n1,2,3\n4,5\n", "is not a complete CSV file"),
        (b"id,x,y\n\xff\xfe,2,3\n", "UTF-8"),
        (b"", "is empty or no text"),
        (b"id,id,y\n", "has the column 'id' twice"),
        (b"id,X,y\n1,2,3\n", "has no column 'x'; did you mean"),
    ],
)
def test_a_bad_csv_file_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "p.csv").write_bytes(content)
    assert problem in refused(tmp_path, "p.csv", role="hydrant", x_field="x", y_field="y")


def test_an_archive_that_unpacks_too_large_or_holds_too_much_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "big.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mains.geojson", b" " * 5_000_000)
        archive.writestr("readme.txt", b"x")
    assert "unpacks to more than" in refused(tmp_path, "big.zip", limits=Limits(unpacked_bytes=1_000_000))
    assert "holds 2 files" in refused(tmp_path, "big.zip", limits=Limits(members=1))
    assert list((tmp_path / "work").glob("*")) == []


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "lie.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mains.geojson", b" " * 5_000_000)
    data = (tmp_path / "lie.zip").read_bytes()
    (tmp_path / "lie.zip").write_bytes(data.replace(struct.pack("<I", 5_000_000), struct.pack("<I", 500)))
    assert "lie.zip" in refused(tmp_path, "lie.zip", limits=Limits(unpacked_bytes=1_000_000))


def test_an_archive_that_leads_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("mains.gpkg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    for name, member in (("up.zip", "../mains.gpkg"), ("root.zip", "/mains.gpkg"), ("link.zip", link)):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr(member, b"/etc/passwd")
        assert "leads out of the archive" in refused(tmp_path, name)
    assert not (tmp_path / "mains.gpkg").exists()


def test_an_archive_with_several_maps_needs_the_name_of_one(tmp_path: Path) -> None:
    for name in ("water", "sewer"):
        write(tmp_path, f"{name}.fgb", mains())
    with zipfile.ZipFile(tmp_path / "net.zip", "w") as archive:
        for name in ("water.fgb", "sewer.fgb"):
            archive.write(tmp_path / name, name)
    assert "it holds: sewer.fgb, water.fgb" in refused(tmp_path, "net.zip")
    assert read(tmp_path, "net.zip", source_layer="water").description == "net.zip/water.fgb"
