"""The Giswater sample of Sant Boi as one of our cities: its city file, imported from the published package."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from layers.city import read_city
from layers.ingest import import_city
from layers.model import City
from layers.report import ImportReport
from layers.versions import LayerStore

CITY_FILE = """
[city]
name = "Sant Boi"
time_zone = "Europe/Madrid"
grid = 25831
jurisdiction = "NC"

[network.water]
sources = ["1097", "111111", "1101", "113766", "113952"]

[layers.sewer_mains]
role = "sewer_main"
source = "giswater_sample.gpkg"
source_layer = "ud_arc"
audience = "staff"
basis = "recorded"
sigma_ft = 1.0
[layers.sewer_mains.only]
state = ["1"]
[layers.sewer_mains.fields]
facility_id = "arc_id"
kind = "arc_type"
material = "matcat_id"
upstream_node = "node_1"
downstream_node = "node_2"
upstream_invert_ft = "elev1"
downstream_invert_ft = "elev2"
[layers.sewer_mains.values.kind]
CONDUIT = "gravity"
PUMP_PIPE = "force"

[layers.manholes]
role = "manhole"
source = "giswater_sample.gpkg"
source_layer = "ud_node"
audience = "staff"
basis = "recorded"
sigma_ft = 1.0
[layers.manholes.only]
state = ["1"]
[layers.manholes.fields]
facility_id = "node_id"
kind = "node_type"
[layers.manholes.values.kind]
WWTP = "treatment plant"
OUT_MANHOLE = "outfall"

[layers.laterals]
role = "lateral"
source = "giswater_sample.gpkg"
source_layer = "ud_link"
audience = "staff"
basis = "recorded"
sigma_ft = 1.0
[layers.laterals.only]
feature_type = ["CONNEC"]
state = ["1"]
[layers.laterals.fields]
main_id = "exit_id"
account_id = "feature_id"

[layers.water_mains]
role = "water_main"
source = "giswater_sample.gpkg"
source_layer = "ws_arc"
audience = "staff"
basis = "recorded"
sigma_ft = 1.0
[layers.water_mains.only]
state = ["1"]
[layers.water_mains.fields]
facility_id = "arc_id"
from_node = "node_1"
to_node = "node_2"

[layers.valves]
role = "valve"
source = "giswater_sample.gpkg"
source_layer = "ws_node"
audience = "staff"
basis = "recorded"
sigma_ft = 1.0
[layers.valves.only]
nodecat_id = ["SHTFF-VALVE110-PN16", "SHTFF-VALVE160-PN16", "SHTFF-VALVE63-PN16"]
state = ["1"]
[layers.valves.fields]
facility_id = "node_id"
kind = "nodecat_id"

[layers.hydrants]
role = "hydrant"
source = "giswater_sample.gpkg"
source_layer = "ws_node"
audience = "staff"
basis = "recorded"
sigma_ft = 1.0
[layers.hydrants.only]
nodecat_id = ["HYDRANT 1X110"]
[layers.hydrants.fields]
facility_id = "node_id"

[layers.meters]
role = "meter"
source = "giswater_sample.gpkg"
source_layer = "ws_connec"
audience = "staff"
basis = "recorded"
sigma_ft = 1.0
[layers.meters.only]
state = ["1"]
[layers.meters.fields]
facility_id = "connec_id"
account_id = "customer_code"
main_id = "arc_id"
"""


def sant_boi(data: Path, folder: Path) -> tuple[City, LayerStore]:
    """The sample, imported: its city and its store."""
    declared = folder / "city.toml"
    declared.write_text(CITY_FILE, "utf-8")
    city = read_city(declared, data_folder=data / "giswater-sant-boi")
    store = LayerStore(folder / "layers")
    made = import_city(
        city, store, today=date(2026, 6, 1), now=datetime(2026, 6, 1, tzinfo=UTC), reports=folder / "reports"
    )
    assert [report for report in made if not isinstance(report, ImportReport)] == []
    return city, store
