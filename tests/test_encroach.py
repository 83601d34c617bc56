"""The fact sheet on a drawn structure: what it takes of an easement, what it comes near to, and who may read that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely
from case_doors import Doors, doors_of, ok, own_store, problem
from shapely.affinity import translate
from shapely.geometry import mapping
from small_town import EAST, NORTH, in_degrees, make_town

from api.encroach_schemas import EncroachAnswer

MODELLED = {"id": "EM-1", "wkt": "POLYGON ((650 60, 670 60, 670 210, 650 210, 650 60))", "basis": "modelled"}
RECORDED = {"id": "EA-1", "wkt": "POLYGON ((250 60, 270 60, 270 210, 250 210, 250 60))", "deed_book": "812"}


@pytest.fixture(scope="module", name="doors")
def _doors(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Doors:
    folder = tmp_path_factory.mktemp("town")
    more: Any = {"easements": ("easement", [RECORDED | {"deed_page": "44"}, MODELLED])}
    return doors_of(make_town(folder, more=more), own_store(folder, sqlite_template))


def shape(wkt: str) -> dict[str, Any]:
    return dict(mapping(in_degrees(translate(shapely.from_wkt(wkt), EAST, NORTH))))


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    return shape(shapely.box(west, south, east, north).wkt)


def asked(doors: Doors, structure: dict[str, Any], **more: Any) -> Any:
    answer = ok(doors.here.post("/encroach", json={"structure": structure, **more}))
    EncroachAnswer.model_validate(answer)
    return answer


def test_a_shed_on_an_easement_is_told_with_area_share_depth_free_width_pipe_and_deed(doors: Doors) -> None:
    told = asked(doors, box(260, 100, 280, 112))
    assert told["answer"] == "yes"
    assert told["structure"]["kind"] == "area"
    assert told["structure"]["area_sqft"] == pytest.approx(240, rel=1e-4)
    assert told["easement"] == {
        "id": "EA-1",
        "basis": "deed book 812 page 44",
        "modelled": False,
        "distance_ft": 0,
        "guard": None,
    }
    assert told["taken"]["area_sqft"] == pytest.approx(120, rel=1e-3)
    assert told["taken"]["percent"] == pytest.approx(4, rel=1e-3)
    assert told["taken"]["depth_ft"] == pytest.approx(10, abs=0.01)
    assert sorted(told["taken"][f"free_{side}_ft"] for side in ("left", "right")) == pytest.approx([0, 10], abs=0.01)
    assert told["pipe_clearance_ft"] == pytest.approx(60, abs=0.01)
    assert [parcel["id"] for parcel in told["parcels"]] == ["N3"]
    kinds = [one["properties"]["kind"] for one in told["findings"][0]["evidence"]["features"]]
    assert "encroached" in kinds


def test_a_modelled_easement_carries_its_guard(doors: Doors) -> None:
    told = asked(doors, box(660, 100, 680, 112))
    assert told["easement"]["modelled"]
    assert "verify the recorded easement" in told["easement"]["guard"]


def test_a_fence_a_tree_and_a_shed_beside_are_each_told_as_what_they_are(doors: Doors) -> None:
    fence = asked(doors, shape("LINESTRING (240 150, 290 150)"))
    assert (fence["structure"]["kind"], fence["taken"]["line_ft"]) == ("line", pytest.approx(20, abs=0.01))
    tree = asked(doors, shape("POINT (206 13)"), radius_ft=2, obstruction="vegetation")
    assert tree["structure"]["area_sqft"] == pytest.approx(12.56, rel=0.01)
    clear = next(one for one in tree["findings"] if one["check"] == "asset_clearance")
    assert clear["answer"] == "no"
    beside = asked(doors, box(290, 100, 300, 112))
    assert (beside["answer"], beside["taken"]) == ("no", None)
    assert beside["easement"]["distance_ft"] == pytest.approx(20, abs=0.01)


def test_the_public_learns_nothing_of_easements_and_mains_of_staff(doors: Doors) -> None:
    answer = ok(doors.public.post("/encroach", json={"structure": box(260, 100, 280, 112)}))
    EncroachAnswer.model_validate(answer)
    assert (answer["answer"], answer["easement"], answer["taken"]) == (None, None, None)
    assert answer["pipe_clearance_ft"] is None
    assert "EA-1" not in str(answer)
    assert "WM-" not in str(answer)


def test_a_structure_that_is_none_is_refused_in_one_sentence(doors: Doors) -> None:
    bow_tie = shape("POLYGON ((0 0, 10 10, 10 0, 0 10, 0 0))")
    assert "not a valid Polygon" in problem(doors.here.post("/encroach", json={"structure": bow_tie}), 400)
    fence = {"structure": shape("LINESTRING (0 0, 9 9)"), "radius_ft": 3}
    assert "radius_ft goes with a point" in problem(doors.here.post("/encroach", json=fence), 400)
