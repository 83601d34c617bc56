"""Ingest: from a source to a version, with a report that tells what happened to every row."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from made_cities import Town, layer, line, lots, scaled, square
from made_layers import DAY, EAST, NORTH, NOW

from layers.compare import compare_versions
from layers.grid import Grid
from layers.identity import geometry_hashes
from layers.import_report import _sample, source_name
from layers.ingest import import_city, import_layer
from layers.model import Derivation, LayerDeclaration
from layers.report import ImportFailure, ImportReport
from layers.snapshot import read_snapshot

MAINS = layer("mains", "water_main", fields={"facility_id": "ASSET", "diameter_in": "DIA", "installed": "BUILT"})
PARCELS = layer("parcels", "parcel", fields={"parcel_id": "PIN"})
THREE = [line((0, 0), (100, 0)), line((100, 0), (200, 0)), line((200, 0), (300, 50))]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def written(town: Town, report: ImportReport) -> dict[str, list[object]]:
    """The columns of the snapshot that an import made."""
    columns = read_snapshot(town.store.folder, report.version)[1].to_pydict()
    return {name: list(values) for name, values in columns.items()}


def shapes_by_id(town: Town, report: ImportReport) -> dict[str, shapely.Geometry]:
    _, columns, geometry = read_snapshot(town.store.folder, report.version)
    return dict(zip(columns.column("id").to_pylist(), geometry, strict=True))


def test_an_import_publishes_the_layer_and_says_so(town: Town) -> None:
    town.write(THREE, ASSET=["a", "b", "c"], DIA=[6.0, 8.0, None], BUILT=["1999-05-01", "6/7/2001", "1974"])
    report = town.take(MAINS)
    assert town.store.current()["mains"].version == report.version
    assert (report.rows_read, report.rows_written, report.previous, report.unchanged) == (3, 3, None, False)
    assert report.nulls == {"diameter_in": 1}
    columns = written(town, report)
    assert dict(zip(columns["id"], columns["source_row"], strict=True)) == {"a": 0, "b": 1, "c": 2}
    assert set(columns["installed"]) == {date(1999, 5, 1), date(2001, 6, 7), None}


def test_coordinates_already_on_the_grid_are_stored_as_they_came(town: Town) -> None:
    shape = line((1 / 3, 0.1), (np.pi, 2 / 7))
    town.write([shape], ASSET=["a"], DIA=[6.0], BUILT=["1999-05-01"])
    assert shapely.equals_exact(shapes_by_id(town, town.take(MAINS))["a"], shape, tolerance=0.0)


def test_degrees_are_moved_to_the_grid_and_the_datum_is_spoken_of(town: Town) -> None:
    shapes = Grid(2264).to_lonlat(np.array(THREE, dtype=object))
    town.write(list(shapes), 4326, ASSET=["a", "b", "c"], DIA=[6.0] * 3, BUILT=["1999-05-01"] * 3)
    report = town.take(MAINS)
    assert shapely.equals_exact(shapes_by_id(town, report)["a"], THREE[0], tolerance=1e-5)
    assert report.datum_note.startswith("Datum unknown: the source says WGS 84")
    assert read_snapshot(town.store.folder, report.version)[0].datum_note == report.datum_note


def test_a_published_point_lands_where_the_survey_says(town: Town) -> None:
    """NC GP1 of PROJ's list of NAD83 control points; the easting differs by a constant 0.003 ft."""
    point = shapely.Point(-(80 + 12 / 60 + 34.10100 / 3600), 36 + 21 / 60 + 7.99400 / 3600)
    everywhere = replace(town, extent_lonlat=None)
    town.write([point], 4269)
    report = everywhere.take(layer("hydrants", "hydrant"))
    shape = next(iter(shapes_by_id(town, report).values()))
    degrees = Grid(2264).to_lonlat(np.array([shape], dtype=object))[0]
    assert (degrees.x, degrees.y) == pytest.approx((point.x, point.y), abs=1e-10)
    assert report.datum_note == "The source is on the grid's own datum, NAD83."


def test_the_same_source_gives_the_same_bytes_and_only_the_day_is_refreshed(town: Town) -> None:
    town.write(THREE, ASSET=["a", "b", "c"], DIA=[6.0] * 3, BUILT=["1999-05-01"] * 3)
    first = town.take(MAINS)
    second = town.take(MAINS, today=DAY + timedelta(days=30), now=NOW + timedelta(days=30))
    assert second.unchanged
    assert second.version == first.version
    assert [entry.as_of for entry in town.store.history("mains")] == [DAY + timedelta(days=30)]


def test_the_day_that_the_city_file_states_is_the_day_the_data_speak_of(town: Town) -> None:
    town.write(THREE, ASSET=["a", "b", "c"], DIA=[6.0] * 3, BUILT=["1999-05-01"] * 3)
    town.take(replace(MAINS, as_of=date(2019, 12, 31)))
    assert town.store.current()["mains"].as_of == date(2019, 12, 31)


def test_doubled_keys_become_ids_of_their_own(town: Town) -> None:
    town.write(THREE, ASSET=["a", "a", "c"], DIA=[6.0] * 3, BUILT=["1999-05-01"] * 3)
    report = town.take(MAINS)
    ids = written(town, report)["id"]
    assert report.doubled_keys == 2
    assert len(set(ids)) == 3
    assert sorted(str(name)[:2] for name in ids) == ["a-", "a-", "c"]


def test_rows_without_a_key_get_an_id_from_their_place(town: Town) -> None:
    town.write(THREE, ASSET=["a", "", None], DIA=[6.0] * 3, BUILT=["1999-05-01"] * 3)
    report = town.take(MAINS)
    assert report.missing_keys == 2
    assert sorted(str(name)[0] for name in written(town, report)["id"]) == ["a", "x", "x"]


def taken_in_order(folder: Path, order: Sequence[int]) -> dict[str, bytes]:
    """What six rows, some of them alike, become when they come in an order: bytes by id."""
    shapes = [*THREE, THREE[0], line((5, 5), (6, 6)), line((5, 5), (6, 6))]
    keys, sizes = ["a", "a", None, None, "b", "b"], [6.0, 6.0, 6.0, 6.0, 6.0, 8.0]
    town = Town(folder)
    picked = [shapes[row] for row in order]
    town.write(picked, ASSET=[keys[r] for r in order], DIA=[sizes[r] for r in order], BUILT=["2000-01-01"] * 6)
    return {name: shape.wkb for name, shape in shapes_by_id(town, town.take(MAINS)).items()}


@pytest.fixture(scope="module", name="in_order")
def _in_order(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return taken_in_order(tmp_path_factory.mktemp("town"), range(6))


@settings(max_examples=30)
@given(order=st.permutations(range(6)))
def test_shuffling_the_source_changes_no_id(
    tmp_path_factory: pytest.TempPathFactory, in_order: dict[str, bytes], order: list[int]
) -> None:
    assert len(in_order) == 6
    assert taken_in_order(tmp_path_factory.mktemp("town"), order) == in_order


def test_equal_rows_are_written_once_and_counted(town: Town) -> None:
    town.write([THREE[0], THREE[0], THREE[1]], ASSET=["a", "a", "c"], DIA=[6.0] * 3, BUILT=["1999-05-01"] * 3)
    report = town.take(MAINS)
    assert (report.rows_written, report.duplicates) == (2, 1)
    assert report.duplicate_examples[0].reason == "equal to row 0, written once"


def test_an_id_outlasts_noise_of_a_hundred_thousandth_of_a_foot() -> None:
    shapes = np.array([shapely.Point(EAST + 0.123, NORTH + 0.456)], dtype=object)
    noisy = shapely.transform(shapes, lambda xy: xy + 1e-5)
    assert geometry_hashes(shapes) == geometry_hashes(noisy)


def test_a_line_and_its_reverse_have_different_hashes() -> None:
    shapes = np.array([THREE[0], shapely.reverse(THREE[0])], dtype=object)
    assert len(set(geometry_hashes(shapes).tolist())) == 2


def test_a_bowtie_is_repaired_and_the_report_says_why_and_where(town: Town) -> None:
    bowtie = shapely.Polygon([(EAST, NORTH), (EAST + 10, NORTH + 10), (EAST + 10, NORTH), (EAST, NORTH + 10)])
    town.write([bowtie, square(50, 50)], PIN=["1", "2"])
    report = town.take(PARCELS)
    note = report.repaired[0]
    assert (report.repaired_count, note.source_row, note.feature_id) == (1, 0, "1")
    assert note.reason.startswith("Self-intersection")
    assert (note.lon, note.lat) == pytest.approx((-81.85, 35.34), abs=0.2)
    mended = shapes_by_id(town, report)["1"]
    assert mended.is_valid
    assert mended.area == pytest.approx(50.0)


def test_rejected_rows_are_kept_beside_the_report_with_all_they_said(town: Town) -> None:
    wrong = [shapely.Point(EAST, NORTH), None, shapely.LineString([(0, 0), (EAST, NORTH)])]
    town.write([*wrong, *THREE], ASSET=list("uvwabc"), DIA=[4.0] * 6, BUILT=["2000-01-01"] * 6)
    report = town.take(MAINS)
    assert {note.feature_id: note.reason for note in report.rejected} == {
        "u": "is a Point; this layer takes lines",
        "v": "has no geometry",
        "w": "lies far outside the city's extent",
    }
    assert report.rows_read == report.rows_written + report.rejected_count
    kept = json.loads((report.folder / str(report.rejected_file)).read_text())
    assert [feature["properties"]["ASSET"] for feature in kept["features"]] == ["u", "v", "w"]
    assert kept["features"][0]["geometry"]["coordinates"] == pytest.approx(
        [report.rejected[0].lon, report.rejected[0].lat]
    )
    assert kept["features"][1]["geometry"] is None


def test_rejected_rows_without_any_place_are_kept_as_a_table(town: Town) -> None:
    town.write([None, square(0, 0)], PIN=["1", "2"])
    report = town.take(PARCELS)
    assert report.rejected_file == "rejected.csv"
    with (report.folder / "rejected.csv").open() as stream:
        assert [(row["PIN"], row["reason"]) for row in csv.DictReader(stream)] == [("1", "has no geometry")]


def test_lines_of_no_length_are_rejected(town: Town) -> None:
    town.write([line((0, 0), (0, 0)), THREE[1]], ASSET=["a", "b"], DIA=[6.0] * 2, BUILT=["1999-05-01"] * 2)
    report = town.take(MAINS)
    assert report.rejected[0].reason.startswith("cannot be repaired")
    assert report.rows_written == 1


def test_a_collection_keeps_the_parts_that_the_layer_takes(town: Town) -> None:
    mixed = shapely.GeometryCollection([square(0, 0), shapely.Point(EAST, NORTH)])
    town.write([mixed, shapely.GeometryCollection([shapely.Point(EAST, NORTH)])], name="source.geojson", PIN=["1", "2"])
    report = town.take(replace(PARCELS, source="source.geojson"))
    assert [note.feature_id for note in report.repaired] == ["1"]
    assert [note.feature_id for note in report.rejected] == ["2"]
    assert shapes_by_id(town, report)["1"].geom_type == "Polygon"


def test_parts_of_a_main_become_mains_and_parts_of_a_parcel_stay_one_parcel(town: Town) -> None:
    town.write([shapely.MultiLineString([THREE[0], THREE[2]])], ASSET=["a"], DIA=[6.0], BUILT=["1999-05-01"])
    report = town.take(MAINS)
    assert (report.rows_written, report.exploded) == (2, 1)
    town.write([shapely.MultiPolygon([square(0, 0), square(200, 0)])], PIN=["1"])
    assert town.take(PARCELS).rows_written == 1


def test_heights_are_dropped(town: Town) -> None:
    town.write([shapely.Point(EAST, NORTH, 700.0)])
    shape = next(iter(shapes_by_id(town, town.take(layer("hydrants", "hydrant"))).values()))
    assert not shape.has_z


def test_touching_pieces_of_right_of_way_become_one_surface(town: Town) -> None:
    pieces = [square(0, 0), square(100, 0), square(200, 100), square(500, 0)]
    town.write(pieces, ID=["a", "b", "c", "d"], STREET=["Main St", "Main St", "Oak St", "Elm St"])
    street = layer("row", "right_of_way", fields={"right_of_way_id": "ID", "street_name": "STREET"})
    report = town.take(street)
    columns = written(town, report)
    assert (report.rows_written, report.dissolved) == (3, 1)
    named = dict(zip(columns["street_name"], columns["right_of_way_id"], strict=True))
    assert named == {"Main St": None, "Oak St": "c", "Elm St": "d"}
    joined = next(shape for shape in shapes_by_id(town, report).values() if shape.area > 10_001)
    assert joined.area == pytest.approx(20_000)


def test_only_the_listed_rows_are_taken_and_codes_become_our_words(town: Town) -> None:
    points = [shapely.Point(EAST + number, NORTH) for number in range(4)]
    town.write(points, TYPE=["wv", "bov", "sv", "odd"])
    valves = layer(
        "valves",
        "valve",
        fields={"kind": "TYPE"},
        values={"kind": {"wv": "valve"}},
        only={"TYPE": ("wv", "sv", "odd")},
    )
    report = town.take(valves)
    assert (report.rows_read, report.rows_left_out, report.rows_written) == (4, 1, 3)
    assert set(written(town, report)["kind"]) == {"valve", "sv", "odd"}
    assert "'sv' (1)" in report.warnings[0]
    assert "'odd' (1)" in report.warnings[0]


def test_values_that_are_no_numbers_or_dates_are_null_and_noted(town: Town) -> None:
    town.write(THREE, ASSET=["a", "b", "c"], DIA=["6", "six", " 8.0 "], BUILT=["2001-02-30", "", "20010203"])
    report = town.take(MAINS)
    assert {(note.feature_id, note.reason) for note in report.values} == {
        ("b", "diameter_in: 'six' is no number"),
        ("a", "installed: '2001-02-30' is no full date"),
    }
    assert sorted(written(town, report)["diameter_in"], key=str) == [6.0, 8.0, None]


def test_a_pipe_of_no_diameter_is_a_pipe_of_unknown_diameter(town: Town) -> None:
    town.write(THREE, ASSET=["a", "b", "c"], DIA=[0.0, -1.0, 6.0], BUILT=["2000-01-01"] * 3)
    report = town.take(MAINS)
    assert report.nulls["diameter_in"] == 2
    assert report.values[0].reason == "diameter_in: 0 is no size; taken as unknown"


def test_whole_numbers_in_a_key_have_no_decimals(town: Town) -> None:
    town.write(THREE, ASSET=[101.0, 102.0, None], DIA=[6.0] * 3, BUILT=["2000-01-01"] * 3)
    assert {"101", "102"} < set(written(town, town.take(MAINS))["id"])


def test_a_reference_table_needs_no_geometry(town: Town) -> None:
    (town.folder / "accounts.csv").write_text("ACCT,PIN,WHO\n1,10,A\n1,11,B\n,12,C\n2,10,D\n2,10,D\n")
    accounts = layer(
        "accounts", "account", "accounts.csv", fields={"account_id": "ACCT", "parcel_id": "PIN", "name": "WHO"}
    )
    report = town.take(accounts)
    assert (report.rows_written, report.duplicates, report.missing_keys) == (4, 1, 1)
    table = town.store.reference("accounts")
    assert len(set(table.column("id").to_pylist())) == 4
    assert sorted(table.column("name").to_pylist()) == ["A", "B", "C", "D"]


def test_neighbours_in_the_town_are_neighbours_in_the_snapshot(town: Town) -> None:
    shapes = lots(400)
    order = np.random.default_rng(1).permutation(400)
    town.write([shapes[row] for row in order], PIN=[str(row) for row in order])
    centres = shapely.centroid(read_snapshot(town.store.folder, town.take(PARCELS).version)[2])
    steps = shapely.distance(centres[:-1], centres[1:])
    assert float(np.median(steps)) == pytest.approx(110.0)


def test_the_report_compares_with_the_version_before(town: Town) -> None:
    shapes = lots(6)
    town.write(shapes[:5], PIN=list("abcde"), OWNER=["x"] * 5)
    parcels = replace(PARCELS, fields={"parcel_id": "PIN", "owner_name": "OWNER"})
    first = town.take(parcels)
    changed = [shapes[0], square(5_000, 0), shapes[2], shapes[3], shapes[5]]
    town.write(changed, PIN=["a", "b", "c", "d", "f"], OWNER=["x", "x", "y", None, "x"])
    second = town.take(parcels)
    assert (second.added, second.removed, second.moved, second.changed) == (1, 1, 1, 2)
    assert {(sample.kind, sample.feature_id) for sample in second.changes} == {
        ("added", "f"),
        ("removed", "e"),
        ("moved", "b"),
        ("changed", "c"),
        ("changed", "d"),
    }
    found = compare_versions(town.store, first.version, second.version)
    assert found.fields == {"owner_name": 2}
    assert list(found.moved) == ["b"]
    assert len(found.shapes) == len(found.samples)


def test_noise_below_a_hundredth_of_a_foot_moves_nothing(town: Town) -> None:
    town.write(lots(3), PIN=list("abc"))
    town.take(PARCELS)
    town.write(list(shapely.transform(np.array(lots(3), dtype=object), lambda xy: xy + 0.004)), PIN=list("abc"))
    report = town.take(PARCELS)
    assert not report.unchanged
    assert report.moved == 0


def test_a_layer_that_lost_most_of_its_rows_is_warned_about(town: Town) -> None:
    town.write(lots(10), PIN=list("abcdefghij"))
    town.take(PARCELS)
    town.write(lots(3), PIN=list("abc"))
    assert any("shrank from 10 to 3 rows" in warning for warning in town.take(PARCELS).warnings)


def test_a_password_in_a_source_never_reaches_a_report_or_a_snapshot() -> None:
    assert source_name(replace(MAINS, source="postgresql://me:secret@db/gis?sslmode=require")) == "postgresql://db/gis"
    assert "token" not in source_name(replace(MAINS, source="https://gis.example/FeatureServer/0?token=abc"))


def test_the_report_is_plain_data_and_stands_beside_the_layer(town: Town) -> None:
    town.write(THREE, ASSET=["a", "b", "c"], DIA=[6.0] * 3, BUILT=["1999-05-01"] * 3)
    report = town.take(MAINS)
    assert json.loads((report.folder / "report.json").read_text()) == json.loads(json.dumps(report.as_json()))
    west, south, east, north = report.bounds_lonlat or (0, 0, 0, 0)
    assert -82.2 < west < east < -81.6
    assert 35.1 < south < north < 35.7
    assert len(report.sample) == 3


def test_progress_is_told_from_start_to_end(town: Town) -> None:
    town.write(THREE, ASSET=["a", "b", "c"], DIA=[6.0] * 3, BUILT=["1999-05-01"] * 3)
    told: list[float] = []
    city = town.city(MAINS)
    import_layer(
        city, MAINS, town.store, today=DAY, now=NOW, reports=town.reports, progress=lambda _, share: told.append(share)
    )
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)


def city_of(town: Town) -> tuple[LayerDeclaration, ...]:
    town.write([square(0, 0), square(160, 0)], name="parcels.gpkg", PIN=["1", "2"])
    town.write([square(-500, -500, 2_000)], name="limits.gpkg")
    derivation = Derivation("right_of_way", ("parcels", "limits"), close_ft=80.0, minimum_sqft=10.0)
    return (
        layer("row", "right_of_way", basis="modelled", derivation=derivation, source=""),
        replace(PARCELS, source="parcels.gpkg", as_of=date(2020, 1, 1)),
        layer("broken", "hydrant", "missing.gpkg"),
        layer("limits", "jurisdiction", "limits.gpkg", as_of=date(2021, 1, 1)),
    )


def test_a_city_is_imported_sources_first_and_a_failing_layer_stops_no_other(town: Town) -> None:
    city = town.city(*city_of(town))
    done = import_city(city, town.store, today=DAY, now=NOW, reports=town.reports)
    assert [one.layer for one in done] == ["parcels", "broken", "limits", "row"]
    assert [type(one) for one in done] == [ImportReport, ImportFailure, ImportReport, ImportReport]
    assert set(town.store.current()) == {"parcels", "limits", "row"}


def test_a_derived_layer_speaks_of_the_oldest_day_among_its_inputs(town: Town) -> None:
    import_city(town.city(*city_of(town)), town.store, today=DAY, now=NOW, reports=town.reports)
    assert town.store.current()["row"].as_of == date(2020, 1, 1)


def test_importing_one_layer_imports_again_what_is_derived_from_it(town: Town) -> None:
    city = town.city(*city_of(town))
    import_city(city, town.store, today=DAY, now=NOW, reports=town.reports)
    again = import_city(city, town.store, names=["parcels"], today=DAY, now=NOW, reports=town.reports)
    assert [one.layer for one in again] == ["parcels", "row"]


def test_a_derived_layer_without_its_inputs_says_what_to_import_first(town: Town) -> None:
    city = town.city(*city_of(town))
    failure = import_city(city, town.store, names=["row"], today=DAY, now=NOW, reports=town.reports)[0]
    assert isinstance(failure, ImportFailure)
    assert "derived from parcels, limits, which" in failure.error


def test_international_feet_are_detected_against_the_version_before(town: Town) -> None:
    town.write(lots(50))
    parcels = layer("parcels", "parcel")
    town.take(parcels)
    town.write(scaled(lots(50), 1.000002))
    report = town.take(parcels)
    assert any("international feet read as US survey feet" in warning for warning in report.warnings)


def test_international_feet_are_detected_against_a_layer_that_must_coincide(town: Town) -> None:
    town.write(lots(50))
    town.take(layer("parcels", "parcel"))
    town.write(scaled(lots(50), 1.000002), name="zones.gpkg")
    report = town.take(layer("zones", "jurisdiction", "zones.gpkg", coincides_with="parcels"))
    assert any("2 millionths" in warning for warning in report.warnings)


def test_true_feet_are_reported_as_tested(town: Town) -> None:
    town.write(lots(50))
    town.take(layer("parcels", "parcel"))
    report = town.take(layer("zones", "jurisdiction", coincides_with="parcels"))
    assert report.foot_note.startswith("Which foot was used was tested")
    assert report.warnings == ()


def test_feet_that_cannot_be_tested_are_reported_as_not_testable(town: Town) -> None:
    town.write(lots(50))
    assert "not testable" in town.take(layer("parcels", "parcel")).foot_note


def test_an_edit_of_some_features_is_no_suspicion_about_feet(town: Town) -> None:
    town.write(lots(50), PIN=[str(number) for number in range(50)])
    town.take(PARCELS)
    moved = [shapely.transform(lot, lambda xy: xy + 7.0) if row < 20 else lot for row, lot in enumerate(lots(50))]
    town.write(moved, PIN=[str(number) for number in range(50)])
    report = town.take(PARCELS)
    assert report.moved == 20
    assert report.warnings == ()


def test_two_imports_in_the_same_second_keep_both_reports(town: Town) -> None:
    town.write(lots(3))
    parcels = layer("parcels", "parcel")
    stamp = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    folders = {town.take(parcels, now=stamp).folder for _ in range(3)}
    assert len(folders) == 3


def test_of_a_surface_with_very_many_vertices_the_report_draws_a_part() -> None:
    around = shapely.Point(EAST, NORTH).buffer(5000, quad_segs=10_000)
    (drawn,), bounds = _sample(np.array([around], dtype=object), Grid(2264))
    assert 0 < shapely.get_num_coordinates(drawn) < 20_000
    assert bounds == pytest.approx(shapely.bounds(Grid(2264).to_lonlat(np.array([around], dtype=object)))[0], abs=1e-3)
