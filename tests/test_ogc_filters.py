"""Filters in CQL2: what they keep, and that whatever is sent is answered or refused in a sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from fastapi.testclient import TestClient
from made_layers import EAST, GRID, NORTH
from ogc_schemas import standards
from small_town import Town, in_degrees, lonlat, make_town

from api.app import make_app
from api.errors import ApiError
from api.ogc.collections import Collection
from api.ogc.feature_table import ARROW, Column, FeatureTable, Kind
from api.ogc.filters import filter_mask
from layers.grid import Grid

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


def mains() -> list[dict[str, Any]]:
    return [
        {"id": "P1", "wkt": "LINESTRING (0 500, 300 500)", "diameter_in": 6.0, "material": "DIP", "installed": None},
        {"id": "P2", "wkt": "LINESTRING (300 500, 600 500)", "diameter_in": 8.0, "material": "Pvc"},
        {"id": "P3", "wkt": "LINESTRING (600 500, 900 500)", "material": "Béton 100%", "installed": date(2001, 5, 6)},
        {"id": "P4", "wkt": "LINESTRING (0 520, 0 600)", "diameter_in": 12.0, "installed": date(1999, 1, 1)},
    ]


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"), more={"pipes": ("water_main", mains())})  # type: ignore[dict-item]


@pytest.fixture(scope="module", name="staff")
def _staff(town: Town) -> TestClient:
    return TestClient(make_app(town.settings), base_url="http://127.0.0.1:8000", client=("127.0.0.1", 50000))


def kept(client: TestClient, text: object, name: str = "pipes", **more: str) -> str:
    """The numbers of the pipes that a filter keeps."""
    language = "cql2-text" if isinstance(text, str) else "cql2-json"
    written = text if isinstance(text, str) else json.dumps(text)
    asked = {"filter": written, "filter-lang": language, **more}
    response = client.get(f"/collections/{name}/items", params=asked)
    assert response.status_code == 200, response.text
    found = response.json()
    assert found["numberMatched"] == len(found["features"])
    return " ".join(feature["id"].removeprefix("P") for feature in found["features"])


def refused(client: TestClient, text: str, **more: str) -> str:
    response = client.get("/collections/pipes/items", params={"filter": text, **more})
    assert response.status_code == 400, response.text
    return str(response.json()["detail"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("diameter_in = 8", "2"),
        ("8 = diameter_in", "2"),
        ("diameter_in <> 8", "1 4"),
        ("NOT diameter_in = 8", "1 4"),
        ("diameter_in >= 8", "2 4"),
        ("diameter_in BETWEEN 6 AND 8", "1 2"),
        ("diameter_in NOT BETWEEN 6 AND 8", "4"),
        ("diameter_in IN (6, 12)", "1 4"),
        ("diameter_in IS NULL", "3"),
        ("diameter_in IS NOT NULL", "1 2 4"),
        ("material LIKE 'D%'", "1"),
        ("material LIKE '_vc'", "2"),
        ("material LIKE '%100\\%'", "3"),
        ("CASEI(material) = CASEI('PVC')", "2"),
        ("CASEI(material) IN (CASEI('pvc'), CASEI('dip'))", "1 2"),
        ("ACCENTI(material) LIKE 'Beton%'", "3"),
        ("material = 'DIP' OR diameter_in > 10", "1 4"),
        ("material = 'DIP' AND diameter_in > 10", ""),
        ("NOT (material = 'DIP' OR diameter_in > 10)", "2"),
        ("diameter_in * 2 - 4 = 8", "1"),
        ("diameter_in % 4 = 0", "2 4"),
        ("diameter_in DIV 5 = 1", "1 2"),
        ("diameter_in ^ 2 = 144", "4"),
        ("diameter_in / 0 > 1", "1 2 4"),
        ("installed > DATE('2000-01-01')", "3"),
        ("installed < TIMESTAMP('2000-01-01T00:00:00Z')", "4"),
        ("installed = '1999-01-01'", "4"),
        ("T_AFTER(installed, DATE('2000-01-01'))", "3"),
        ("T_BEFORE(installed, TIMESTAMP('1999-01-01T12:00:00Z'))", ""),
        ("T_INTERSECTS(installed, TIMESTAMP('1999-01-01T12:00:00Z'))", "4"),
        ("T_DURING(installed, INTERVAL('1998-01-01', '2001-05-06'))", "4"),
        ("T_INTERSECTS(installed, INTERVAL('..', '1999-01-01'))", "4"),
        ("T_DISJOINT(INTERVAL(installed, installed), INTERVAL('1999-01-01', '..'))", ""),
        ("T_EQUALS(installed, DATE('2001-05-06'))", "3"),
        ("id = 'P3'", "3"),
        ("id > 'P2'", "3 4"),
        ("TRUE", "1 2 3 4"),
        ("FALSE OR 1 = 1", "1 2 3 4"),
        ("1 = 2", ""),
        ("geometry IS NOT NULL", "1 2 3 4"),
        ("geometry IS NULL", ""),
    ],
)
def test_a_filter_keeps_the_features_for_which_it_is_true(staff: TestClient, text: str, found: str) -> None:
    assert kept(staff, text) == found


def box_text(west: float, south: float, east: float, north: float) -> str:
    return f"BBOX({EAST + west},{NORTH + south},{EAST + east},{NORTH + north})"


@pytest.mark.parametrize(
    ("question", "box", "found"),
    [
        ("S_INTERSECTS(geometry, {})", (250, 400, 350, 510), "1 2"),
        ("S_DISJOINT(geometry, {})", (250, 400, 350, 510), "3 4"),
        ("S_WITHIN(geometry, {})", (-10, 400, 350, 700), "1 4"),
        ("S_CONTAINS({}, geometry)", (-10, 400, 350, 700), "1 4"),
        ("S_CROSSES(geometry, {})", (250, 400, 350, 510), "1 2"),
        ("S_TOUCHES(geometry, {})", (-100, 400, 0, 510), "1"),
        ("S_OVERLAPS(geometry, {})", (250, 400, 350, 510), ""),
        ("S_EQUALS(geometry, {})", (250, 400, 350, 510), ""),
        ("S_INTERSECTS(geometry, {}) AND diameter_in = 8", (250, 400, 350, 510), "2"),
    ],
)
def test_a_filter_asks_where_features_lie(
    staff: TestClient, question: str, box: tuple[float, float, float, float], found: str
) -> None:
    assert kept(staff, question.format(box_text(*box)), **{"filter-crs": f"{EPSG}2264"}) == found


def test_shapes_of_a_filter_are_in_degrees_unless_it_says_otherwise_and_keep_their_axes(staff: TestClient) -> None:
    area = in_degrees(shapely.box(EAST + 250, NORTH + 400, EAST + 350, NORTH + 510))
    assert kept(staff, f"S_INTERSECTS(geometry, {area.wkt})") == "1 2"
    swapped = shapely.transform(area, lambda xy: xy[:, ::-1])
    assert kept(staff, f"S_INTERSECTS(geometry, {swapped.wkt})", **{"filter-crs": f"{EPSG}4326"}) == "1 2"
    world = "POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))"
    assert kept(staff, f"S_INTERSECTS(geometry, {world})") == "1 2 3 4"
    point = "POINT({} {})".format(*lonlat(300, 500))
    assert kept(staff, f"S_INTERSECTS({point}, geometry)") == "1 2"


def test_the_same_filters_come_as_json(staff: TestClient) -> None:
    small = {"op": "<", "args": [{"property": "diameter_in"}, 9]}
    assert kept(staff, small) == "1 2"
    lower = {"op": "casei", "args": [{"property": "material"}]}
    assert kept(staff, {"op": "and", "args": [small, {"op": "like", "args": [lower, "p%"]}]}) == "2"
    place = {"type": "Point", "coordinates": list(lonlat(100, 500))}
    assert kept(staff, {"op": "s_intersects", "args": [{"property": "geometry"}, place]}) == "1"
    assert kept(staff, {"op": "t_after", "args": [{"property": "installed"}, {"date": "2000-01-01"}]}) == "3"


def test_next_keeps_the_filter(staff: TestClient) -> None:
    asked = {"filter": "diameter_in > 1", "filter-lang": "cql2-text", "limit": "2"}
    page = staff.get("/collections/pipes/items", params=asked).json()
    (following,) = [link["href"] for link in page["links"] if link["rel"] == "next"]
    assert [feature["id"] for feature in staff.get(following).json()["features"]] == ["P4"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("colour = 'red'", "no property 'colour'"),
        ("diameter_in = ", "at character 15"),
        ("diameter_in = 'wide'", "a number cannot be compared with a text"),
        ("material > 3", "a text cannot be compared with a number"),
        ("installed = 'soon'", "no time"),
        ("installed > DATE('2020-13-01')", "no time"),
        ("avg(diameter_in) > 3", "no function 'avg'"),
        ("diameter_in", "no condition"),
        ("material LIKE diameter_in", "LIKE"),
        ("T_AFTER(diameter_in, DATE('2020-01-01'))", "is no time"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 0 1, 1 0, 0 0)))", "not valid"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1)))", "filter:"),
        ("S_INTERSECTS(geometry, POINT(1000000 5))", "not in degrees"),
        ("S_INTERSECTS(material, POINT(1 5))", "no shape"),
        ("S_INTERSECTS(geometry, geometry)", "takes the property geometry and a shape"),
        ("S_INTERSECTS(geometry, BBOX(3,2,1,4))", "ends before it begins"),
        ("A_CONTAINS(material, ('a', 'b'))", "no condition 'a_contains'"),
        ("NOT " * 300 + "TRUE", "operators"),
        ("-" * 3000 + "1 = diameter_in", "operators"),
        ("(" * 3000 + "TRUE" + ")" * 3000, "brackets"),
        ("POINT(" + "-" * 3000 + "1 2) = 1", "operators"),
        ("POINT(" + "1 -" * 3000 + "1) = 1", "operators"),
        ("POINT" + "(" * 3000 + "1 2" + ")" * 3000, "brackets"),
        ("f(')'," * 3000, "brackets"),
        ("material = 'x" + "y" * 30_000 + "'", "characters"),
        ("", "filter:"),
    ],
)
def test_a_filter_that_cannot_be_answered_is_refused_in_a_sentence(staff: TestClient, text: str, word: str) -> None:
    assert word in refused(staff, text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{", "no JSON"),
        ("[]", "no condition"),
        ("null", "no condition"),
        ('{"op":"="}', "takes"),
        ('{"op":"=","args":[1]}', "takes"),
        ('{"op":"=","args":[{"property":["a"]},1]}', "no property"),
        ('{"op":"=","args":[[[]],{}]}', "cannot be compared"),
        ('{"op":"and","args":[]}', "takes conditions"),
        ('{"op":"in","args":[{"property":"material"},"x"]}', "takes a list"),
        ('{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":["a",1]}]}', "filter:"),
        ('{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Rhombus","coordinates":[1,1]}]}', "filter:"),
        ('{"op":"s_intersects","args":[{"property":"geometry"},{"bbox":[1,2,"x",4]}]}', "four numbers"),
        ('{"op":"t_after","args":[{"interval":[1,2]},{"date":5}]}', "filter:"),
        ('{"op":"not","args":[' * 700 + "true" + "]}" * 700, "filter:"),
        ('{"op":"not","args":[' * 90 + "true" + "]}" * 90, "nested deeper"),
        ('{"op":"=","args":[{"property":"diameter_in"},1' + "0" * 5000 + "]}", "filter:"),
    ],
)
def test_json_that_is_no_filter_is_refused_in_a_sentence(staff: TestClient, text: str, word: str) -> None:
    assert word in refused(staff, text, **{"filter-lang": "cql2-json"})


def test_how_a_filter_is_written_is_one_of_two_ways_and_its_system_one_of_those_offered(staff: TestClient) -> None:
    assert "filter-lang:" in refused(staff, "TRUE", **{"filter-lang": "sql"})
    assert "filter-crs:" in refused(staff, "TRUE", **{"filter-crs": "EPSG:1"})


def test_a_property_of_persons_is_unknown_to_the_publics_filters(town: Town) -> None:
    public = TestClient(make_app(town.settings), base_url="http://127.0.0.1:8000", client=("203.0.113.9", 50000))
    for name in ("owner_name", "no_such_thing"):
        for text in (f"{name} = 'x'", f"{name} IS NULL", f"CASEI({name}) LIKE 'o%'"):
            response = public.get("/collections/parcels/items", params={"filter": text})
            assert response.status_code == 400
            assert f"there is no property '{name}' to compare" in response.json()["detail"]


def examples() -> Iterator[tuple[str, str, str]]:
    for path in sorted((standards() / "cql2-examples").glob("*/*")):
        yield path.name, f"cql2-{path.parent.name}", Path(path).read_text("utf-8")


def test_every_official_example_gets_an_answer_or_a_sentence(staff: TestClient) -> None:
    for name, language, text in examples():
        asked = {"filter": text, "filter-lang": language}
        response = staff.get("/collections/pipes/items", params=asked)
        assert response.status_code in (200, 400), (name, response.text)
        if response.status_code == 400:
            assert response.json()["detail"].startswith("filter: "), name


_NUMBERS = (
    "floors taxes value foo eo:cloud_cover landsat:wrs_row depth balance vehicle_height bridge_clearance ro:cloud_cover"
)
_TEXTS = (
    "city owner material name cityName road_class etat_vol landsat:scene_id eo:instrument landsat:wrs_path beamMode "
    "swathDirection polarization geophys:SURVEY_NAME state test"
)
_TIMES = "updated updated_at starts_at ends_at event_time touchdown liftOff"
_DAYS = "built"


def test_of_the_official_examples_those_are_answered_whose_properties_a_collection_can_have() -> None:
    """A collection with the properties of the examples; what stays is of arrays, of functions, of other shapes."""
    kinds: dict[str, Kind] = dict.fromkeys(_NUMBERS.split(), "number") | dict.fromkeys(_TEXTS.split(), "text")
    kinds |= dict.fromkeys(_TIMES.split(), "moment") | dict.fromkeys(_DAYS.split(), "date")
    columns = pa.table({name: pa.nulls(1, ARROW[kind]) for name, kind in kinds.items()})
    described = [Column(name, kind) for name, kind in kinds.items()]
    shapes = np.array([shapely.Point(EAST, NORTH)], dtype=object)
    table = FeatureTable(pa.array(["one"]), columns, described, shapes)
    collection = Collection("x", "X", "", "public", "point", "1", table, Grid(GRID))
    answered, why = 0, dict[str, str]()
    for name, language, text in examples():
        try:
            filter_mask(collection, {"filter": text, "filter-lang": language})
            answered += 1
        except ApiError as error:
            why[f"{language} {name}"] = str(error)
    assert answered >= 165
    words = ("no condition", "no function", "no property", "cannot be compared", "shape")
    assert [told for told in why.items() if not any(word in told[1] for word in words)] == []
