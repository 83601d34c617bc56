"""A layer of a feature service is read whole or not at all, whatever the service does meanwhile."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import shapely
from esri_server import EsriLike, line_features, serving

from layers.errors import SourceError
from layers.model import LayerDeclaration
from layers.sources.read import read_source
from layers.sources.table import Limits, SourceTable

PATIENT = Limits(timeout_s=5.0, tries=3, pause_s=0.01)


def read(service: EsriLike, workspace: Path, role: str = "water_main", url: str | None = None) -> SourceTable:
    declaration = LayerDeclaration("mains", role, "staff", "recorded", 5.0, source=url or service.url)
    return read_source(declaration, workspace, workspace=workspace, limits=PATIENT)


def refused(service: EsriLike, workspace: Path, **more: Any) -> str:
    with pytest.raises(SourceError) as caught:
        read(service, workspace, **more)
    return str(caught.value)


def test_all_pages_are_read_in_the_order_of_object_ids_and_cleared_away(tmp_path: Path) -> None:
    with serving(EsriLike(line_features(60))) as service:
        table = read(service, tmp_path)
    assert table.columns.column("FACILITYID").to_pylist() == sorted(f"WM{row:04}" for row in range(60))
    assert table.columns.column("DIAMETER").null_count == 12
    assert table.columns.column("INSTALLED")[0].as_py() == datetime(2010, 1, 1)  # noqa: DTZ001
    assert table.geometry is not None
    assert shapely.length(table.geometry).tolist() == [100.0] * 60
    assert table.crs is not None
    assert table.crs.to_epsg() == 2264
    assert list(tmp_path.rglob("*.json")) == []
    assert [len(query) for query in service.queries] == [25, 15, 5, 25, 15, 5, 10]


def test_an_interrupted_fetch_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with serving(EsriLike(line_features(60), page=25, allowed_answers=2)) as service:
        assert "after 3 tries (HTTP status 503); what has been fetched is kept" in refused(service, tmp_path)
        service.allowed_answers = None
        table = read(service, tmp_path)
    assert len(table.source_row) == 60
    assert len(service.queries) == 3


def test_pages_of_an_older_state_of_the_layer_are_not_used(tmp_path: Path) -> None:
    with serving(EsriLike(line_features(60), page=25, allowed_answers=2)) as service:
        refused(service, tmp_path)
        service.allowed_answers, service.edited = None, 2
        read(service, tmp_path)
    assert len(service.queries) == 5


def test_pages_of_a_service_that_states_no_edit_date_are_not_trusted_later(tmp_path: Path) -> None:
    with serving(EsriLike(line_features(60), page=25, allowed_answers=2, edited=None)) as service:
        refused(service, tmp_path)
        service.allowed_answers = None
        read(service, tmp_path)
    assert len(service.queries) == 5


def test_a_page_cut_short_on_disk_is_fetched_again(tmp_path: Path) -> None:
    with serving(EsriLike(line_features(60), page=25, allowed_answers=2)) as service:
        refused(service, tmp_path)
        page = next(tmp_path.rglob("*.json"))
        page.write_text(page.read_text()[:100])
        service.allowed_answers = None
        assert len(read(service, tmp_path).source_row) == 60


@pytest.mark.parametrize(
    "stumble",
    [(500, "oops"), (429, "slow down"), (200, '{"error": {"code": 504, "message": "timed out"}}'), (200, '{"feat')],
)
def test_a_stumble_is_asked_again(tmp_path: Path, stumble: tuple[int, str]) -> None:
    with serving(EsriLike(line_features(30), stumbles=[stumble, stumble])) as service:
        assert len(read(service, tmp_path).source_row) == 30


def test_a_refusal_is_told_in_the_words_of_the_service_and_not_asked_again(tmp_path: Path) -> None:
    refusal = (200, json.dumps({"error": {"code": 400, "message": "Cannot perform query"}}))
    with serving(EsriLike(line_features(3), stumbles=[refusal])) as service:
        assert refused(service, tmp_path).endswith("FeatureServer/0 refuses: Cannot perform query.")


def test_a_closed_service_wants_a_token_and_the_token_is_never_shown(tmp_path: Path) -> None:
    with serving(EsriLike(line_features(3), token="s3cret")) as service:
        assert "add ?token=" in refused(service, tmp_path)
        message = refused(service, tmp_path, url=f"{service.url}?token=wr0ng")
        assert "wr0ng" not in message
        table = read(service, tmp_path, url=f"{service.url}?token=s3cret")
    assert len(table.source_row) == 3
    assert "s3cret" not in table.description


def test_rings_become_areas_with_their_holes(tmp_path: Path) -> None:
    outer, hole = [[0, 0], [0, 10], [10, 10], [10, 0], [0, 0]], [[2, 2], [4, 2], [4, 4], [2, 4], [2, 2]]
    apart = [[20, 0], [20, 10], [30, 10], [30, 0], [20, 0]]
    features = line_features(2)
    features[0]["geometry"] = {"rings": [outer, hole, apart]}
    features[1]["geometry"] = {"rings": []}
    with serving(EsriLike(features, kind="esriGeometryPolygon")) as service:
        table = read(service, tmp_path, "parcel")
    assert table.geometry is not None
    assert shapely.area(table.geometry[0]) == 196.0
    assert table.geometry[1] is None


def test_curves_are_refused(tmp_path: Path) -> None:
    features = line_features(1)
    features[0]["geometry"] = {"curvePaths": [[[0, 0], {"c": [[3, 3], [1, 4]]}]]}
    with serving(EsriLike(features)) as service:
        assert "holds curves" in refused(service, tmp_path)


def test_a_table_without_geometry_serves_as_a_reference_table_only(tmp_path: Path) -> None:
    rows = [{"attributes": feature["attributes"]} for feature in line_features(3)]
    with serving(EsriLike(rows, kind=None)) as service:
        assert read(service, tmp_path, "account").geometry is None
        assert "without geometry" in refused(service, tmp_path)


def test_an_empty_layer_a_service_and_a_wrong_address_are_told_apart(tmp_path: Path) -> None:
    with serving(EsriLike([])) as service:
        assert "has no features" in refused(service, tmp_path)
        assert "add the number of one of its layers: /0 Mains" in refused(service, tmp_path, url=service.url[:-2])
        assert "HTTP status 404" in refused(service, tmp_path, url=f"{service.url}/other")
    assert "after 3 tries" in refused(service, tmp_path)
    assert "after 3 tries" in refused(service, tmp_path, url="http://gis.invalid/FeatureServer/0")


def test_a_feature_that_goes_while_the_layer_is_read_is_noticed(tmp_path: Path) -> None:
    with serving(EsriLike(line_features(30))) as service:
        ids = service.answer

        def losing(path: str, form: dict[str, str]) -> tuple[int, str]:
            if "objectIds" in form:
                service.features = service.features[:5]
            return ids(path, form)

        service.answer = losing  # type: ignore[method-assign]
        assert "changed while it was read" in refused(service, tmp_path)
