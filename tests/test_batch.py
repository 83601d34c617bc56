"""Many cases at once: located or listed, answered in their own order, counted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
import shapely
from small_town import EAST, NORTH, Town, lonlat, make_town, place

from api.access import View
from api.wiring import open_city
from gis_ce.batch import assess_cases, tally
from gis_ce.case_table import known_columns, read_cases
from gis_ce.checks.all import CHECKS
from gis_ce.file_errors import CaseTableError
from gis_ce.positions import Terms
from layers.grid import Grid

TERMS = Terms(date(2026, 11, 1))


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module", name="staff")
def _staff(town: Town) -> View:
    return open_city(town.settings).view("staff")


def findings(table: pa.Table, view: View) -> pa.Table:
    cases = read_cases(table, TERMS, view.addresses, Grid(2264))
    return assess_cases(table, cases, CHECKS, view.assess, view.query)


def test_a_place_is_found_by_degrees_by_feet_by_shape_and_by_address(staff: View) -> None:
    lon, lat = lonlat(150, 120)
    table = pa.table(
        {
            "lon": [lon, None, None, None],
            "lat": [lat, None, None, None],
            "easting_ft": [None, EAST + 150, None, None],
            "northing_ft": [None, NORTH + 120, None, None],
            "geometry": pa.array([None, None, shapely.to_wkb(place(150, 120)), None], pa.binary()),
            "address": [None, None, None, "111 Main Street, Smallville NC"],
        }
    )
    out = findings(table, staff)
    assert out["located_by"].to_pylist() == ["lon and lat", "easting and northing", "geometry", "address point"]
    assert [round(east - EAST, 2) for east in out["easting_ft"].to_pylist()] == [150.0] * 4
    assert out["right_of_way"].to_pylist() == ["outside"] * 4
    assert out["water_available_distance_ft"].to_pylist() == pytest.approx([40.0] * 4, abs=1e-4)


def test_rows_that_cannot_be_located_are_listed_with_the_reason(staff: View) -> None:
    table = pa.table({"address": ["111 MAIN ST", "7 Double Ct", "111 MIAN ST", "0 MAIN ST", None]})
    out = findings(table, staff)
    problems = out["problem"].to_pylist()
    assert len(out) == 5
    assert problems[0] is None
    assert "2 places" in problems[1]
    assert "Did you mean 111 MAIN ST" in problems[2]
    assert "house number 0" in problems[3]
    assert problems[4] == "It has no position and no address."
    assert out["right_of_way"].to_pylist()[1:] == [None] * 4
    assert out["right_of_way_reason"].to_pylist()[1:] == ["The place has no position; locate it first."] * 4


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"lon": [200.0], "lat": [35.0]}, "not degrees"),
        ({"lon": [-82.0], "lat": [None]}, "only one of"),
        ({"lon": ["west"], "lat": ["35"]}, "lon is not a number"),
        ({"easting_ft": [-82.0], "northing_ft": [35.0]}, "look like degrees"),
        ({"address": ["111 MAIN ST"], "sigma_ft": [-1.0]}, "sigma_ft"),
        ({"address": ["111 MAIN ST"], "on": ["yesterday"]}, "not a date"),
        ({"lon": [-82.0], "lat": [35.3], "datum": ["WGS 72"]}, "no datum 'WGS 72'"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(staff: View, columns: dict[str, list[object]], words: str) -> None:
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    assert words in findings(table, staff)["problem"].to_pylist()[0]


def test_a_table_that_says_no_places_is_refused_with_what_it_may_say() -> None:
    with pytest.raises(CaseTableError, match="lon and lat, easting_ft and northing_ft, address"):
        known_columns(pa.table({"name": ["x"]}))


def test_own_columns_of_the_table_stay_and_clashing_ones_are_renamed(staff: View) -> None:
    table = pa.table({"case": ["C1"], "address": ["111 MAIN ST"], "right_of_way": ["who knows"]})
    out = findings(table, staff)
    assert out["case"].to_pylist() == ["C1"]
    assert out["given_right_of_way"].to_pylist() == ["who knows"]


def test_a_radius_makes_a_structure_of_a_point(staff: View) -> None:
    table = pa.table({"easting_ft": [EAST + 260.0] * 2, "northing_ft": [NORTH + 100.0] * 2, "radius_ft": [3.0, None]})
    out = findings(table, staff)
    assert out["easement_encroachment"].to_pylist() == ["yes", None]
    assert out["easement_encroachment_feature_id"].to_pylist()[0] == "EA-1"


def test_every_answer_names_rule_and_layer_versions(staff: View) -> None:
    out = findings(pa.table({"address": ["111 MAIN ST"]}), staff)
    assert out["tolerance_zone_rule_id"].to_pylist()[0].startswith("nc-tolerance-zone")
    assert staff.query.versions["water_mains"][:24] in out["layer_versions"].to_pylist()[0]


def test_n_at_once_answer_as_one_by_one_does(staff: View) -> None:
    places = [(x * 37.0 % 1000, x * 53.0 % 300 - 100) for x in range(60)]
    table = pa.table({"easting": [EAST + x for x, _ in places], "northing": [NORTH + y for _, y in places]})
    single = [findings(table.slice(row, 1), staff) for row in range(len(table))]
    assert findings(table, staff).equals(pa.concat_tables(single))


def test_the_tally_counts_every_row_once_for_each_check(staff: View) -> None:
    out = findings(pa.table({"address": ["111 MAIN ST", "nowhere"]}), staff)
    counted = tally(out, CHECKS)
    assert {row.check for row in counted} == {check.name for check in CHECKS}
    assert all(sum(row.count for row in counted if row.check == check.name) == 2 for check in CHECKS)


def test_a_table_without_rows_gives_a_table_without_rows(staff: View) -> None:
    out = findings(pa.table({"lon": pa.array([], pa.float64()), "lat": pa.array([], pa.float64())}), staff)
    assert len(out) == 0
    assert "right_of_way" in out.column_names


def test_the_town_is_in_its_own_folder(town: Town, tmp_path: Path) -> None:
    assert town.store.folder == town.settings.data / "smallville" / "layers"
    assert not list(tmp_path.iterdir())
