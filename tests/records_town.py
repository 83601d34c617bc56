"""The little town with what is on record there: accounts, permits, work orders, deeds and locate tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from made_layers import DAY, NOW, described, snapshot_table
from small_town import Town, make_town

from layers.catalog import ROLE_BY_NAME
from layers.model import LayerVersion
from layers.snapshot import write_snapshot
from layers.versions import LayerStore

TABLES: Mapping[str, tuple[str, str, Sequence[Mapping[str, Any]]]] = {
    "accounts": (
        "account",
        "staff",
        [
            {"account_id": "A-1", "parcel_id": "N2", "name": "DOE JANE", "service": "water", "status": "active"},
            {"account_id": "A-2", "parcel_id": None, "name": "ROE RICHARD", "service": "sewer", "status": "closed"},
        ],
    ),
    "permits": (
        "permit",
        "public",
        [
            {"permit_number": "P-1", "parcel_id": "N2", "kind": "fence", "issued_on": date(2024, 5, 2)},
            {"permit_number": "P-2", "parcel_id": " n2 ", "kind": "plumbing", "issued_on": date(2025, 7, 1)},
            {"permit_number": "P-3", "parcel_id": "S4", "kind": "building", "issued_on": date(2026, 1, 9)},
        ],
    ),
    "work_orders": (
        "work_order",
        "public",
        [
            {"work_order_id": "WO-1", "facility_id": "WM-1", "kind": "main repair", "opened_on": date(2025, 1, 2)},
            {"work_order_id": "WO-2", "parcel_id": "N2", "kind": "leak", "opened_on": date(2026, 2, 1)},
        ],
    ),
    "deeds": ("deed", "public", [{"deed_id": "D-1", "parcel_id": "N3", "book": "812", "page": "44"}]),
}
METERS = [
    {"id": "MT-1", "wkt": "POINT (120 61)", "facility_id": "MT-1", "parcel_id": "N2", "account_id": "A-2"},
    {"id": "MT-2", "wkt": "POINT (320 61)", "facility_id": "MT-2", "parcel_id": "N4", "account_id": "A-9"},
]
TICKETS = [
    {
        "id": "T-1",
        "wkt": "POLYGON ((100 10, 200 10, 200 70, 100 70, 100 10))",
        "ticket_number": "C260300001",
        "kind": "normal",
        "firm": "DIGGERS LLC",
        "contractor": "DIGGERS LLC",
        "called_on": date(2026, 2, 20),
    }
]
PERSONAL = ("DOE JANE", "ROE RICHARD", "DIGGERS LLC", "OWNER OF LOT", "A-1", "A-2")
"""Words on record that must never reach the public."""

_LAYER = """
[layers.{name}]
role = "{role}"
source = "town.gpkg"
audience = "{audience}"
basis = "recorded"
sigma_ft = 0.0
[layers.{name}.fields]
{key} = "{key}"
"""


def records_town(folder: Path, **stale_after_days: int) -> Town:
    """The town with its tables published; by name of the table after how many days it is stale."""
    more = {"meters": ("meter", METERS), "tickets": ("locate_ticket", TICKETS)}
    town = make_town(folder, more=more, staff=("water_mains", "hydrants", "easements", "meters", "tickets"))
    for name, (role, audience, rows) in TABLES.items():
        publish_table(town.store, name, role, rows, audience=audience, stale_after_days=stale_after_days.get(name))
        text = _LAYER.format(name=name, role=role, audience=audience, key=ROLE_BY_NAME[role].key)
        town.city_file.write_text(town.city_file.read_text("utf-8") + text, "utf-8")
    return town


def publish_table(
    store: LayerStore, name: str, role: str, rows: Sequence[Mapping[str, Any]], **described_as: object
) -> LayerVersion:
    """Publish one reference table; rows are named by their key."""
    fields = ROLE_BY_NAME[role].fields
    kinds = {"text": pa.string(), "number": pa.float64(), "date": pa.date32()}
    table = snapshot_table([row[ROLE_BY_NAME[role].key] for row in rows])
    for field in fields:
        column = pa.array([row.get(field.name) for row in rows], kinds[field.kind])
        table = table.append_column(field.name, column)
    version = write_snapshot(store.folder, described(name, role, **described_as), table)
    entry = LayerVersion(name, version, table.num_rows, DAY, NOW)
    store.publish(entry)
    return entry
