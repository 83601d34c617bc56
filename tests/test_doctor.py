"""The doctor finds what is wrong with layers, says where, and what to do next."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from made_layers import DAY, EAST, NORTH, NOW, described, publish, snapshot_table
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from layers.city import read_city
from layers.doctor.examine import examine
from layers.doctor.finding import Finding, Thresholds
from layers.ingest import import_city
from layers.model import LayerVersion
from layers.snapshot import write_snapshot
from layers.versions import LayerStore

EXAMPLE = Path(__file__).parent.parent / "examples" / "forest-city" / "city.toml"


def at(shape: BaseGeometry) -> BaseGeometry:
    return translate(shape, EAST, NORTH)


def put(folder: Path, name: str, role: str, shapes: list[BaseGeometry], **fields: list[object]) -> LayerStore:
    store = LayerStore(folder)
    ids = [f"{name}-{row}" for row in range(len(shapes))]
    publish(store, name, role, snapshot_table(ids, [at(shape) for shape in shapes], **fields))
    return store


def line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString(points)


def found(folder: Path, words: str, **more: object) -> list[Finding]:
    findings = examine(LayerStore(folder), DAY, **more)  # type: ignore[arg-type]
    return [finding for finding in findings if words in finding.what]


def test_a_sound_town_has_no_findings(tmp_path: Path) -> None:
    put(tmp_path, "parcels", "parcel", [shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])
    put(
        tmp_path,
        "mains",
        "water_main",
        [line((0, 110), (200, 110)), line((200, 110), (300, 110))],
        diameter_in=[8.0, 6.0],
    )
    put(tmp_path, "hydrants", "hydrant", [shapely.Point(50, 115)])
    put(tmp_path, "valves", "valve", [shapely.Point(60, 110)])
    put(tmp_path, "addresses", "address", [shapely.Point(50, 50)], address_id=["A1"])
    assert examine(LayerStore(tmp_path), DAY) == []


def test_an_empty_store_has_no_findings(tmp_path: Path) -> None:
    assert examine(LayerStore(tmp_path), DAY) == []


def test_parcels_that_overlap_are_found_with_their_ground(tmp_path: Path) -> None:
    lots = [shapely.box(0, 0, 100, 100), shapely.box(95, 0, 200, 100), shapely.box(200, 0, 300, 100)]
    put(tmp_path, "parcels", "parcel", lots)
    (finding,) = found(tmp_path, "parcels overlap")
    assert (finding.layer, finding.severity, finding.count) == ("parcels", "warning", 1)
    assert finding.examples[0].feature_ids == ("parcels-0", "parcels-1")
    assert finding.examples[0].detail == "500 sq ft"
    assert finding.examples[0].lon == pytest.approx(-81.87, abs=0.05)


def test_a_narrow_gap_between_parcels_is_found_and_a_street_is_not(tmp_path: Path) -> None:
    lots = [shapely.box(0, 0, 100, 100), shapely.box(101, 0, 200, 100), shapely.box(0, 150, 200, 250)]
    put(tmp_path, "parcels", "parcel", lots)
    (finding,) = found(tmp_path, "gaps narrower than 3 ft")
    assert finding.count == 1
    assert finding.examples[0].feature_ids == ("parcels-0", "parcels-1")
    assert not found(tmp_path, "gaps narrower", thresholds=Thresholds(gap_width_ft=0.5))


def test_facilities_off_the_mains_are_found_with_their_distance(tmp_path: Path) -> None:
    put(tmp_path, "mains", "water_main", [line((0, 0), (500, 0))], diameter_in=[8.0])
    put(tmp_path, "hydrants", "hydrant", [shapely.Point(10, 8), shapely.Point(20, 80), shapely.Point(20, 50)])
    put(tmp_path, "valves", "valve", [shapely.Point(10, 1), shapely.Point(20, 20)])
    (hydrants,) = found(tmp_path, "no water main within 50 ft")
    (valves,) = found(tmp_path, "no water main within 10 ft")
    assert [example.feature_ids for example in hydrants.examples] == [("hydrants-1",)]
    assert hydrants.examples[0].detail == "the nearest main is 80 ft away"
    assert valves.count == 1


def test_mains_without_diameter_are_counted(tmp_path: Path) -> None:
    put(
        tmp_path,
        "mains",
        "water_main",
        [line((0, n), (9, n)) for n in range(0, 40, 10)],
        diameter_in=[8.0, None, 6.0, None],
    )
    (finding,) = found(tmp_path, "no diameter")
    assert (finding.count, finding.what) == (2, "no diameter (50.0% of the mains)")


def test_ids_that_several_features_share_are_listed(tmp_path: Path) -> None:
    points = [shapely.Point(n, 0) for n in range(5)]
    put(tmp_path, "hydrants", "hydrant", points, facility_id=["7", "7", None, "8", None])
    (finding,) = found(tmp_path, "the same facility_id")
    assert finding.count == 1
    assert finding.examples[0].detail == "facility_id 7 stands 2 times"


def test_ends_that_nearly_meet_are_found_and_those_that_meet_are_not(tmp_path: Path) -> None:
    lines = [
        line((0, 0), (100, 0)),
        line((100.5, 0), (200, 0)),
        line((200.001, 0), (300, 0)),
        line((200, 0), (200, 90)),
        line((200, 1.5), (200.5, 2)),
    ]
    put(tmp_path, "sewers", "sewer_main", lines, diameter_in=[8.0] * 5)
    (finding,) = found(tmp_path, "do not meet")
    assert [(example.feature_ids, example.detail) for example in finding.examples] == [
        (("sewers-0", "sewers-1"), "0.50 ft apart"),
        (("sewers-3", "sewers-4"), "1.50 ft apart"),
    ]


def test_addresses_outside_their_parcel_are_found(tmp_path: Path) -> None:
    put(tmp_path, "parcels", "parcel", [shapely.box(0, 0, 9, 9), shapely.box(9, 0, 18, 9)], parcel_id=["P1", "P2"])
    points = [shapely.Point(5, 5), shapely.Point(15, 5), shapely.Point(50, 50), shapely.Point(16, 5)]
    put(tmp_path, "addresses", "address", points, parcel_id=["P1", "P1", "P1", None], address_id=["1", "2", "3", "4"])
    (outside,) = found(tmp_path, "addresses in no parcel")
    (other,) = found(tmp_path, "in another parcel")
    assert [example.feature_ids for example in outside.examples] == [("addresses-2",)]
    assert [example.detail for example in other.examples] == ["names parcel P1, lies in P2"]


def test_a_layer_older_than_allowed_is_stale(tmp_path: Path) -> None:
    store = LayerStore(tmp_path)
    table = snapshot_table(["H1"], [at(shapely.Point(0, 0))])
    version = write_snapshot(store.folder, described("hydrants", "hydrant", stale_after_days=30), table)
    store.publish(LayerVersion("hydrants", version, 1, DAY, NOW))
    assert examine(store, DAY + timedelta(days=30)) == []
    (finding,) = examine(store, DAY + timedelta(days=31))
    assert "31 days ago; 30 days are allowed" in finding.what
    assert finding.next_step.endswith("gis-ce layers import hydrants")


def test_a_damaged_snapshot_is_an_error_and_the_other_layers_are_still_examined(tmp_path: Path) -> None:
    put(tmp_path, "hydrants", "hydrant", [shapely.Point(0, 0)])
    put(tmp_path, "mains", "water_main", [line((0, 0), (9, 0))], diameter_in=[None])
    path = next((tmp_path / "hydrants").glob("*.parquet"))
    path.write_bytes(path.read_bytes()[:-40])
    first, second = examine(LayerStore(tmp_path), DAY)
    assert (first.layer, first.severity) == ("hydrants", "error")
    assert "Import hydrants again" in first.next_step
    assert second.layer == "mains"


def test_findings_can_be_kept_to_some_layers_and_told_to_machines(tmp_path: Path) -> None:
    put(tmp_path, "hydrants", "hydrant", [shapely.Point(0, 900)])
    put(tmp_path, "mains", "water_main", [line((0, 0), (9, 0))], diameter_in=[None])
    (finding,) = examine(LayerStore(tmp_path), DAY, ["hydrants"])
    assert finding.layer == "hydrants"
    assert finding.as_json()["count"] == 1


def test_the_real_town_is_examined(tmp_path: Path, real_data: Path) -> None:
    city = read_city(EXAMPLE, data_folder=real_data / "forest-city-nc")
    store = LayerStore(tmp_path / "layers")
    import_city(city, store, names=None, today=DAY, now=datetime(2026, 3, 2, tzinfo=UTC), reports=tmp_path / "reports")
    findings = {(finding.layer, finding.what.split(" (")[0]): finding for finding in examine(store, date(2026, 3, 2))}
    assert findings["water_mains", "no diameter"].count == 173
    assert findings["sewer_mains", "no diameter"].count == 2
    assert findings["addresses", "addresses in no parcel"].count == 2
    other = findings["addresses", "addresses lie in another parcel than they name"]
    assert other.count == other_by_the_published_table(real_data)
    assert findings["hydrants", "no water main within 50 ft"].count == 3
    assert all(finding.next_step for finding in findings.values())


def other_by_the_published_table(real_data: Path) -> int:
    """Of the 181 that do not agree, two lie in no parcel and one names none."""
    rows = pyogrio.read_dataframe(real_data / "forest-city-nc" / "address_to_parcel_published_vs_spatial.csv")
    named, lies_in = rows["published_mbl"].fillna(""), rows["containing_parcel_mbl"].fillna("")
    return int(np.count_nonzero((named != "") & (lies_in != "") & (named != lies_in)))
