"""The notebook for people who work with geopandas: it runs, says what it says in the file, and tells of no machine."""

from __future__ import annotations

import json
import re
import runpy

import geopandas
import pytest
import shapely
from conftest import ROOT
from made_layers import DAY, EAST, NORTH
from small_town import Town, make_town

from api.wiring import open_city
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import by_name
from layers.errors import LayerMissing
from maps.frames import answers_frame, layer_frame

NOTEBOOK = ROOT / "docs" / "geopandas.ipynb"
RUNNER = ROOT / "docs" / "run_notebook.py"


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


def test_the_notebook_is_small_and_tells_of_no_machine() -> None:
    text = NOTEBOOK.read_text("utf-8")
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    assert len(cells) == 10
    assert len(text) < 20_000
    assert re.findall(r"/(?:home|root|tmp|work|Users|usr)\b|0x[0-9a-f]{6,}|https?://", text) == []
    assert [cell["execution_count"] for cell in cells] == list(range(1, 11))


@pytest.mark.heavy
def test_the_notebook_runs_and_says_what_stands_in_it() -> None:
    runner = runpy.run_path(str(RUNNER))
    text = NOTEBOOK.read_text("utf-8")
    notebook = json.loads(text)
    assert runner["with_outputs"](notebook, runner["run_cells"](notebook)) == text


def test_a_layer_is_a_table_on_the_grid(town: Town) -> None:
    view = open_city(town.settings, town.city_file).view("staff")
    mains = layer_frame(view.query, "water_main", ["facility_id", "diameter_in"])
    assert mains.crs.to_epsg() == 2264
    assert mains.set_index("id").diameter_in.to_dict() == {"WM-1": 8.0, "WM-2": 8.0}
    assert mains.geometry.length.round().tolist() == [500.0, 500.0]
    with pytest.raises(LayerMissing):
        layer_frame(view.query, "blowoff", [])


def test_answers_stand_beside_their_places_whatever_the_index(town: Town) -> None:
    view = open_city(town.settings, town.city_file).view("staff")
    check = by_name(CHECKS, "right_of_way")
    assert check is not None
    points = [
        shapely.Point(EAST + 50, NORTH + 30),
        shapely.Point(EAST + 50, NORTH + 100),
        shapely.Point(EAST + 50, NORTH + 60),
    ]
    places = geopandas.GeoDataFrame({"name": ["street", "lot", "edge"]}, geometry=points, crs=2264, index=[7, 3, 5])
    found = answers_frame(places.to_crs(4269), view, [check], DAY, 1.0)
    assert found.index.tolist() == [7, 3, 5]
    assert found.name.tolist() == ["street", "lot", "edge"]
    assert found.right_of_way.tolist()[:2] == ["inside", "outside"]
    assert found.right_of_way.isna().tolist() == [False, False, True]
    assert found.right_of_way_margin_ft.tolist() == pytest.approx([30, -40, 0], abs=0.1)
    assert found.right_of_way_reason.notna().tolist() == [False, False, True]
