"""Bad input: each gets one clear error, the current version stays current, and no file is left behind."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from made_cities import Town, layer, lots, scaled
from made_layers import EAST, NORTH

from layers.errors import GridError, IngestRefused, LayersError, SourceError
from layers.grid import Grid
from layers.model import LayerDeclaration

PARCELS = layer("parcels", "parcel", fields={"parcel_id": "PIN"})
PINS = [f"P{number}" for number in range(30)]
HERE = np.array([shapely.Point(EAST + 50, NORTH + 50)], dtype=object)
_FOOT_M = 0.3048


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A town whose parcels have been imported once."""
    made = Town(tmp_path)
    made.write(lots(30), PIN=PINS)
    made.take(PARCELS)
    return made


def refused(town: Town, kind: type[LayersError], declaration: LayerDeclaration = PARCELS) -> str:
    """The error of an import; the town is as it was before."""
    before, files = town.store.current(), town.files()
    with pytest.raises(kind) as caught:
        town.take(declaration)
    assert town.store.current() == before
    assert town.files() == files
    assert town.store.verify() == {}
    assert len(town.store.open().intersecting("parcel", HERE)) == 1
    message = str(caught.value)
    assert "\n" not in message
    return message


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


@pytest.mark.parametrize("name", ["source.gpkg", "source.geojson", "source.fgb"])
@pytest.mark.parametrize("damage", [cut, lambda _: b"<html>Not found</html>", lambda _: b""])
def test_a_truncated_file_or_one_that_is_no_map(town: Town, name: str, damage: Callable[[bytes], bytes]) -> None:
    path = town.write(lots(30), name=name, PIN=PINS)
    path.write_bytes(damage(path.read_bytes()))
    assert name in refused(town, SourceError, replace(PARCELS, source=name))


@pytest.mark.parametrize("part", [".shp", ".dbf"])
def test_a_truncated_shapefile(town: Town, part: str) -> None:
    path = town.write(lots(30), name="lots.shp", PIN=PINS).with_suffix(part)
    path.write_bytes(cut(path.read_bytes()))
    assert "cut short" in refused(town, SourceError, replace(PARCELS, source="lots.shp"))


def test_a_file_that_is_not_there(town: Town) -> None:
    assert "There is no file" in refused(town, SourceError, replace(PARCELS, source="nowhere.gpkg"))


def test_no_coordinate_system(town: Town) -> None:
    town.write(lots(30), None, name="lots.shp", PIN=PINS)
    message = refused(town, GridError, replace(PARCELS, source="lots.shp"))
    assert "does not say its coordinate system; add source_grid" in message
    assert message.endswith("The likely cause: the coordinates are on EPSG:2264.")


def test_a_declared_grid_helps_where_the_source_has_none(town: Town) -> None:
    town.write(lots(30), None, name="lots.shp", PIN=PINS)
    assert town.take(replace(PARCELS, source="lots.shp", source_grid=2264)).rows_written == 30


def test_a_declared_grid_that_contradicts_the_source(town: Town) -> None:
    message = refused(town, GridError, replace(PARCELS, source_grid=32119))
    assert "the city file says source_grid = 32119" in message


def test_degrees_labelled_as_feet(town: Town) -> None:
    degrees = Grid(2264).to_lonlat(np.array(lots(30), dtype=object))
    town.write(list(degrees), 2264, PIN=PINS)
    message = refused(town, GridError)
    assert "its coordinates are degrees" in message
    assert "EPSG:4326" in message


def test_feet_labelled_as_degrees(town: Town) -> None:
    town.write(lots(30), 4326, PIN=PINS)
    assert "its coordinates are no degrees" in refused(town, GridError)


def test_metres_labelled_as_feet(town: Town) -> None:
    town.write(scaled(lots(30), _FOOT_M), 2264, PIN=PINS)
    message = refused(town, GridError)
    assert "30 of 30 features lie far outside the city's extent" in message
    assert message.endswith("The likely cause: the coordinates are in metres, not in feet.")


def test_feet_labelled_as_metres(town: Town) -> None:
    town.write(lots(30), 32119, PIN=PINS)
    assert refused(town, GridError).endswith("The likely cause: the coordinates are in feet, not in metres.")


def test_swapped_axes(town: Town) -> None:
    swapped = shapely.transform(np.array(lots(30), dtype=object), lambda xy: xy[:, ::-1])
    town.write(list(swapped), 2264, PIN=PINS)
    assert refused(town, GridError).endswith("The likely cause: the two axes are swapped.")


def test_longitudes_without_their_minus_sign(town: Town) -> None:
    degrees = Grid(2264).to_lonlat(np.array(lots(30), dtype=object))
    town.write(list(shapely.transform(degrees, lambda xy: xy * [-1, 1])), 4326, PIN=PINS)
    assert refused(town, GridError).endswith("The likely cause: the longitudes lack their minus sign.")


def test_the_grid_of_another_state(town: Town) -> None:
    town.write(lots(30), 2273, PIN=PINS)
    assert refused(town, GridError).endswith("The likely cause: the coordinates are on EPSG:2264.")


def test_coordinates_of_another_town(town: Town) -> None:
    town.write(list(shapely.transform(np.array(lots(30), dtype=object), lambda xy: xy + 600_000.0)), PIN=PINS)
    message = refused(town, GridError)
    assert "far outside the city's extent" in message
    assert "likely cause" not in message


def test_without_an_extent_the_area_of_use_of_the_grid_counts(town: Town) -> None:
    town.write(scaled(lots(30), 4.0), PIN=PINS)
    assert "area of use of EPSG:2264" in refused(replace(town, extent_lonlat=None), GridError)


def test_a_datum_that_proj_could_only_guess(town: Town) -> None:
    town.write(lots(30), 2264, PIN=PINS)
    message = refused(replace(town, grid_epsg=32019), GridError)
    assert "could only guess the way from NAD83 to NAD27" in message


def test_a_few_features_far_outside_are_rejected_and_the_others_taken(town: Town) -> None:
    far = shapely.transform(np.array(lots(2), dtype=object), lambda xy: xy + 600_000.0)
    town.write([*lots(28), *far], PIN=PINS)
    report = town.take(PARCELS)
    assert (report.rows_written, report.rejected_count) == (28, 2)
    assert {note.reason for note in report.rejected} == {"lies far outside the city's extent"}


def test_an_empty_layer(town: Town) -> None:
    town.write(lots(1)[:0], PIN=[])
    assert "is empty: it has no rows" in refused(town, IngestRefused)


def test_a_layer_whose_rows_are_all_left_out(town: Town) -> None:
    message = refused(town, IngestRefused, replace(PARCELS, only={"PIN": ("none of them",)}))
    assert "none of the 30 rows has a value that `only` keeps" in message


def test_a_layer_without_any_geometry_in_its_rows(town: Town) -> None:
    town.write([None] * 30, PIN=PINS)
    assert "none of the 30 rows can be used; 30 of them: has no geometry" in refused(town, IngestRefused)


def test_the_wrong_geometry_kind(town: Town) -> None:
    town.write([shapely.Point(EAST, NORTH)] * 30, PIN=PINS)
    message = refused(town, IngestRefused)
    assert "none of the 30 rows can be used; 30 of them: is a Point; this layer takes polygons" in message


def test_a_table_without_geometry_for_a_layer_that_needs_one(town: Town) -> None:
    (town.folder / "lots.csv").write_text("PIN\n1\n")
    assert "a polygon layer needs one" in refused(town, IngestRefused, replace(PARCELS, source="lots.csv"))


def test_missing_fields_are_all_named_with_what_was_probably_meant(town: Town) -> None:
    fields = {"parcel_id": "PINS", "zoning": "ZONE_CODE"}
    message = refused(town, IngestRefused, replace(PARCELS, fields=fields, only={"Status": ("A",)}))
    assert "no field 'PINS' (for parcel_id); did you mean 'PIN'?" in message
    assert "no field 'ZONE_CODE' (for zoning)" in message
    assert "no field 'Status' (in only)" in message
    assert message.endswith("it has: PIN.")


def test_a_layer_that_the_file_does_not_have(town: Town) -> None:
    town.write(lots(30), name="two.gpkg", PIN=PINS)
    assert "has no layer 'parcel'" in refused(
        town, SourceError, replace(PARCELS, source="two.gpkg", source_layer="parcel")
    )


def test_an_unreachable_address(town: Town) -> None:
    source = "http://127.0.0.1:9/arcgis/rest/services/parcels/FeatureServer/0"
    assert "127.0.0.1" in refused(town, SourceError, replace(PARCELS, source=source))


def test_a_zip_that_unpacks_too_large(town: Town) -> None:
    path = town.folder / "lots.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("lots.gpkg", b"0" * 1_000)
        archive.infolist()[0].file_size = 9_000_000_000
    assert "unpacks to more than" in refused(town, SourceError, replace(PARCELS, source="lots.zip"))


def test_a_damaged_zip(town: Town) -> None:
    path = town.folder / "lots.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(town.folder / "source.gpkg", "lots.gpkg")
    path.write_bytes(cut(path.read_bytes()))
    assert "not a complete zip archive" in refused(town, SourceError, replace(PARCELS, source="lots.zip"))


def test_a_version_before_that_is_damaged_does_not_stop_the_next(town: Town) -> None:
    version = town.store.current()["parcels"].version
    (town.store.folder / f"{version}.parquet").write_bytes(b"")
    town.write(lots(29), PIN=PINS[:29])
    report = town.take(PARCELS)
    assert any("Not compared with the version before" in warning for warning in report.warnings)
    assert town.store.current()["parcels"].version == report.version


def test_a_full_disk_leaves_the_store_as_it_was(town: Town) -> None:
    """A folder that cannot be written to stands in for the full disk."""
    town.write(lots(29), PIN=PINS[:29])
    before = town.store.current()
    folder = town.store.folder / "parcels"
    hidden = folder.rename(folder.with_name("moved"))
    folder.write_text("a file where the folder should be")
    with pytest.raises(OSError, match="parcels"):
        town.take(PARCELS)
    folder.unlink()
    hidden.rename(folder)
    assert town.store.current() == before
    assert not [name for name in town.files() if name.endswith((".unfinished", ".unpublished"))]
