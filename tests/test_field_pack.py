"""A field pack is one GeoPackage that any GIS reads, with a project that QGIS and QField open as it is."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyogrio
import pytest
from case_doors import Doors, doors_of, ok, opened, own_store, problem
from command_line import runner
from PIL import Image
from qgis_python import python_of_qgis
from small_town import EAST, NORTH, Town, lonlat, make_town

from api.sync_tokens import mark_of

AREA = ",".join(f"{value:.6f}" for value in (*lonlat(-50, -200), *lonlat(600, 300)))
STAFF_LAYERS = {"layer_water_mains", "layer_hydrants", "layer_easements"}


@dataclass(frozen=True)
class Taken:
    """A pack of ann's with two cases, and the service that it came from."""

    doors: Doors
    path: Path
    numbers: list[str]


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module", name="taken")
def _taken(town: Town, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Taken:
    folder = tmp_path_factory.mktemp("pack")
    doors = doors_of(town, own_store(folder, sqlite_template))
    ann = doors.add("ann", "ce")
    doors.add("bob", "ce")
    numbers = [
        opened(ann, officer="ann", title='Pipe & "joint" <wet>', parties=[{"role": "reporter", "name": "Jane Doe"}]),
        opened(ann, officer="ann", place={"lon": lonlat(250, 18)[0], "lat": lonlat(250, 18)[1]}),
    ]
    opened(ann, officer="bob")
    response = ann.get("/field-pack.gpkg", params={"area": AREA})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/geopackage+sqlite3"
    path = folder / "field-pack.gpkg"
    path.write_bytes(response.content)
    return Taken(doors, path, numbers)


def tables(path: Path) -> dict[str, str | None]:
    return dict(pyogrio.list_layers(path))


def test_every_layer_has_one_kind_of_shape_and_the_citys_grid(taken: Taken) -> None:
    found = tables(taken.path)
    assert {"cases", "checks", "pack", "layer_parcels", "layer_sewer_mains"} | STAFF_LAYERS <= set(found)
    for name, kind in found.items():
        if name in ("pack", "layer_styles", "qgis_projects"):
            continue
        info = pyogrio.read_info(taken.path, layer=name)
        assert kind in ("Point", "MultiLineString", "MultiPolygon")
        assert info["crs"] == "EPSG:2264"
        assert info["features"] > 0
    with closing(sqlite3.connect(taken.path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_cases_are_the_officers_and_name_no_people(taken: Taken) -> None:
    cases = pyogrio.read_dataframe(taken.path, layer="cases")
    assert sorted(cases["number"]) == sorted(taken.numbers)
    assert set(cases["officer"]) == {"ann"}
    assert cases.geometry.iloc[1].distance(_point(250, 18)) < 1.0
    assert b"Jane Doe" not in taken.path.read_bytes()
    assert not [column for column in pyogrio.read_info(taken.path, layer="layer_parcels")["fields"] if "mail" in column]


def test_a_crew_takes_along_no_text_that_names_who_complained_and_an_officer_does(
    town: Town, tmp_path: Path, sqlite_template: Path
) -> None:
    doors = doors_of(town, own_store(tmp_path, sqlite_template))
    ann, crew = doors.add("ann", "ce"), doors.add("crew", "field", "wd")
    said = "Mrs. Doe (919 555-0147) says Dig Right LLC dug at 12 Doe Street."
    people = [
        {"role": "reporter", "name": "Jane Doe", "phone": "+1 919-555-0147"},
        {"role": "contractor", "firm": "Dig Right LLC"},
    ]
    opened(ann, officer="crew", title="Jane Doe called", description=said, parties=people)
    texts = {}
    for name, client in (("ann", ann), ("crew", crew)):
        path = tmp_path / f"{name}.gpkg"
        path.write_bytes(client.get("/field-pack.gpkg", params={"area": AREA, "officer": "crew"}).content)
        row = pyogrio.read_dataframe(path, layer="cases").iloc[0]
        texts[name] = (row["title"], row["description"])
    assert texts["ann"] == ("Jane Doe called", said)
    kept = "Mrs. [name kept] ([name kept]) says Dig Right LLC dug at 12 Doe Street."
    assert texts["crew"] == ("[name kept] called", kept)


def _point(x: float, y: float) -> object:
    from shapely import Point  # noqa: PLC0415

    return Point(EAST + x, NORTH + y)


def test_every_check_is_worked_out_with_its_sentence_and_what_a_map_draws(taken: Taken) -> None:
    checks = pyogrio.read_dataframe(taken.path, layer="checks")
    asked = taken.doors.signed_in("ann").get(f"/cases/{taken.numbers[1]}").json()["place"]["geometry"]
    body = {"geometry": asked, "sigma_ft": None, "evidence": True}
    answered = {
        found["check"]: found["sentence"]
        for found in ok(taken.doors.signed_in("ann").post("/checks", json={k: v for k, v in body.items() if v}))[
            "places"
        ][0]["findings"]
    }
    mine = checks[checks["number"] == taken.numbers[1]]
    assert len(mine) > 8
    assert set(mine["check"]) <= set(answered)
    assert mine[mine["check"] == "right_of_way"]["answer"].iloc[0] == "inside"
    assert all(mine["sentence"].str.len() > 20)
    assert [name for name in tables(taken.path) if name.startswith("evidence_")]


def test_the_pack_says_what_it_is_and_where_a_device_goes_on_from(taken: Taken) -> None:
    said = dict(pyogrio.read_dataframe(taken.path, layer="pack", read_geometry=False)[["name", "value"]].to_numpy())
    assert (said["officer"], said["sees"]) == ("ann", "staff")
    assert said["layer parcels"].startswith("parcels/")
    ann, since = taken.doors.signed_in("ann"), said["since"]
    assert mark_of(since).at > 0
    assert ok(ann.get("/sync/changes", params={"since": since, "officer": "ann"}))["changes"] == []
    ok(ann.post(f"/cases/{taken.numbers[0]}/notes", json={"text": "dry"}))
    (change,) = ok(ann.get("/sync/changes", params={"since": since, "officer": "ann"}))["changes"]
    assert change["number"] == taken.numbers[0]


def project_of(path: Path) -> ElementTree.Element:
    """The project inside a GeoPackage, read as QGIS reads it."""
    with closing(sqlite3.connect(path)) as database:
        ((name, said, content),) = database.execute("SELECT name, metadata, content FROM qgis_projects")
    assert set(json.loads(said)) == {"last_modified_time", "last_modified_user"}
    with zipfile.ZipFile(BytesIO(bytes.fromhex(content.decode()))) as archive:
        assert archive.namelist() == [f"{name}.qgs"]
        return ElementTree.fromstring(archive.read(f"{name}.qgs"))


def test_the_project_names_every_table_by_a_relative_address_and_draws_it(taken: Taken) -> None:
    root = project_of(taken.path)
    sources = [layer.findtext("datasource", "") for layer in root.iter("maplayer")]
    named = {source.partition("|layername=")[2] for source in sources}
    assert named == set(tables(taken.path)) - {"layer_styles", "qgis_projects"}
    assert all(source.startswith("./field-pack.gpkg|") for source in sources)
    assert {layer.get("readOnly") for layer in root.iter("maplayer")} == {"1"}
    with_shapes = [layer for layer in root.iter("maplayer") if layer.get("geometry") != "No geometry"]
    assert all(layer.find("renderer-v2") is not None for layer in with_shapes)
    assert {layer.findtext("srs/spatialrefsys/authid") for layer in with_shapes} == {"EPSG:2264"}
    with closing(sqlite3.connect(taken.path)) as database:
        styled = {row[0] for row in database.execute("SELECT f_table_name FROM layer_styles WHERE useAsDefault = 1")}
    assert {f"gis_ce_layer_{name}" for name in styled} == {layer.findtext("id") for layer in with_shapes}


def test_what_the_public_may_not_see_is_in_no_pack_of_a_caller_who_sees_as_the_public(
    taken: Taken, town: Town, tmp_path: Path
) -> None:
    from api.field_pack.making import Pack, make_pack  # noqa: PLC0415
    from gis_ce.actions.desk import Actor  # noqa: PLC0415

    office = taken.doors.app.state.office()
    path = tmp_path / "public.gpkg"
    with office.store.reading() as session:
        desk = office.desk(Actor("ann", frozenset({"ce"})))
        made = make_pack(session, desk, office, office.city.view("public"), Pack("ann"), path)
    assert made.cases == 2
    assert not STAFF_LAYERS & set(tables(path))
    content = path.read_bytes()
    assert not [word for word in (b"WM-1", b"HY-1", b"EA-1", b"OWNER OF LOT") if word in content]


def test_the_public_gets_no_pack_and_nonsense_is_refused(taken: Taken) -> None:
    ann = taken.doors.signed_in("ann")
    assert problem(taken.doors.public.get("/field-pack.gpkg"), 401)
    assert "no open case" in problem(ann.get("/field-pack.gpkg", params={"officer": "nobody"}), 400)
    for area in ("1,2,3", "x", "0,0,0,0", "-1,-1,1,1" * 60):
        assert problem(ann.get("/field-pack.gpkg", params={"area": area}), 400)
    assert problem(ann.get("/field-pack.exe"), 400)
    empty = ann.get("/field-pack.zip", params={"officer": "nobody", "area": AREA})
    with zipfile.ZipFile(BytesIO(empty.content)) as archive:
        assert sorted(archive.namelist()) == ["field-pack.gpkg", "field-pack.qgz"]


def test_the_command_writes_the_pack_and_a_project_beside_it(
    taken: Taken, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GIS_CE_CASES", str(taken.doors.settings.cases))
    run = runner(town, monkeypatch, capsys)
    said = run("field-pack", "--officer", "ann", "--as", "bob", "-o", str(tmp_path / "ann.gpkg"))
    assert "2 cases" in said.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ann.gpkg", "ann.qgz"]
    assert "layer_parcels" in tables(tmp_path / "ann.gpkg")
    with zipfile.ZipFile(tmp_path / "ann.qgz") as archive:
        assert b"./ann.gpkg|layername=cases" in archive.read("ann.qgs")
    assert "let its name end with .gpkg" in run("field-pack", "--officer", "ann", "-o", "x.shp", "--as", "bob").line


_QGIS = """
import json, sys
from qgis.core import QgsApplication, QgsProject, QgsMapRendererParallelJob, QgsMapSettings
from qgis.PyQt.QtCore import QSize
app = QgsApplication([], False)
app.initQgis()
project = QgsProject.instance()
read = project.read(sys.argv[1])
layers = project.mapLayers().values()
settings = QgsMapSettings()
root = project.layerTreeRoot()
settings.setLayers([node.layer() for node in root.findLayers() if node.isVisible() and node.layer().isSpatial()])
settings.setDestinationCrs(project.crs())
settings.setOutputSize(QSize(800, 600))
settings.setExtent(project.mapLayer("gis_ce_layer_cases").extent().buffered(200))
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
job.renderedImage().save(sys.argv[2])
said = {layer.id(): [layer.isValid(), layer.crs().authid(), layer.featureCount(), layer.readOnly()] for layer in layers}
print(json.dumps({"read": read, "crs": project.crs().authid(), "title": project.title(), "layers": said}))
app.exitQgis()
"""


@pytest.mark.clients
@pytest.mark.parametrize("inside", [True, False])
def test_qgis_opens_the_project_inside_and_beside_the_geopackage_and_draws_it(
    taken: Taken, tmp_path: Path, inside: bool
) -> None:
    python, pack, picture = python_of_qgis(), tmp_path / "field-pack.gpkg", tmp_path / "drawn.png"
    shutil.copyfile(taken.path, pack)
    address = f"geopackage:{pack}?projectName=field_pack"
    if not inside:
        beside = taken.doors.signed_in("ann").get("/field-pack.zip", params={"area": AREA})
        with zipfile.ZipFile(BytesIO(beside.content)) as archive:
            archive.extractall(tmp_path)
        address = str(tmp_path / "field-pack.qgz")
    own = {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | own
    command = [python, "-c", _QGIS, address, str(picture)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300, env=clean)
    said = json.loads(done.stdout.strip().splitlines()[-1])
    assert (said["read"], said["crs"]) == (True, "EPSG:2264")
    assert set(said["layers"]) == {
        f"gis_ce_layer_{name}" for name in {*tables(pack)} - {"layer_styles", "qgis_projects"}
    }
    assert all(valid and read_only for valid, _, _, read_only in said["layers"].values())
    assert said["layers"]["gis_ce_layer_cases"][1:3] == ["EPSG:2264", 2]
    drawn = np.asarray(Image.open(picture).convert("RGB"))
    colours = {tuple(int(part) for part in pixel) for pixel in drawn.reshape(-1, 3)}
    assert {(0x00, 0x57, 0xB8), (0xC2, 0x18, 0x7A)} <= colours, "the water main and the cases are not drawn"
