"""A street with a sewer of three segments that falls to the east, twelve lots on both sides, owners and tenants.

Feet from the corner EAST, NORTH: the street runs from y = 0 to 60, the sewer at y = 30 from x = 0 to 600 (SM-1, SM-2,
SM-3, manholes MH-0 to MH-3). North lots N0 to N5 have odd numbers, south lots S0 to S5 even ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import shapely
from desks import a_desk, write
from drawn_towns import drawn_layer, drawn_query
from made_layers import EAST, NORTH
from shapely.affinity import translate
from small_town import Town, make_town

from gis_ce.actions.desk import Desk
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.placing import Place
from gis_ce.case_store import CaseStore
from layers.features import Features, LayerPart
from layers.query import LayerQuery
from layers.reference import ReferenceTables

Row = Mapping[str, Any]
ROLES = {
    "sewer_mains": "sewer_main",
    "manholes": "manhole",
    "laterals": "lateral",
    "parcels": "parcel",
    "addresses": "address",
    "right_of_way": "right_of_way",
    "limits": "jurisdiction",
}
HOME = {"mail_city": "Smallville", "mail_state": "NC", "mail_zip": "28000"}


def rows() -> dict[str, list[Row]]:
    """Every layer's rows: id, wkt in feet from the corner, and fields."""
    return {
        "sewer_mains": [_main(number) for number in range(3)],
        "manholes": [
            {"id": f"MH-{at}", "facility_id": f"MH-{at}", "wkt": f"POINT ({200 * at} 30)", "invert_ft": 100.0 - at}
            for at in range(4)
        ],
        "laterals": [_lateral(name, 150 if name == "N1" else 100 * int(name[1]) + 50) for name in ("N1", "N3", "S1")],
        "parcels": _parcels(),
        "addresses": _addresses(),
        "right_of_way": [{"id": "RW-1", "wkt": "POLYGON ((0 0, 600 0, 600 60, 0 60, 0 0))"}],
        "limits": [{"id": "L", "wkt": "POLYGON ((-900 -900, 1500 -900, 1500 900, -900 900, -900 -900))", "name": "S"}],
    }


def _main(number: int) -> Row:
    west, name = 200 * number, f"SM-{number + 1}"
    ends = {"upstream_node": f"MH-{number}", "downstream_node": f"MH-{number + 1}"}
    inverts = {"upstream_invert_ft": 100.0 - number, "downstream_invert_ft": 99.0 - number}
    line = f"LINESTRING ({west} 30, {west + 200} 30)"
    return {"id": name, "facility_id": name, "wkt": line, "kind": "gravity", "diameter_in": 8.0, **ends, **inverts}


def _lateral(parcel: str, x: float) -> Row:
    y = 62 if parcel[0] == "N" else -2
    main = f"SM-{int(x // 200) + 1}"
    name = f"LAT-{parcel}"
    wkt = f"LINESTRING ({x} 30, {x} {y})"
    return {"id": name, "facility_id": name, "service": "sewer", "main_id": main, "parcel_id": parcel, "wkt": wkt}


_OWNERS: Mapping[str, Row] = {
    "N0": {"owner_name": "Nora Ash", "mail_address": "101 Main Street", **HOME},
    "N1": {"owner_name": "ASH, NORA", "mail_address": "101 MAIN ST", **HOME},
    "N2": {"owner_name": "Big Firm, LLC", "mail_address": "P.O. Box 7", "mail_city": "Elsewhere", "mail_state": "NC",
           "mail_zip": "280110000"},
    "N3": {"owner_name": "Cy Dole", "mail_address": "107 Main St", **HOME},
    "N4": {"owner_name": "Dee Elk", "mail_address": "12 Yonge St", "mail_city": "Toronto", "mail_state": "ON",
           "mail_zip": "M5V 2T6"},
    "N5": {"owner_name": "Ed Fox", "mail_address": None},
    "S0": {"owner_name": None, "mail_address": None},
    "S1": {"owner_name": "Gil Hare", "mail_address": "102 Main Street", **HOME},
}  # fmt: skip


def _parcels() -> list[Row]:
    found = []
    for side, south, first in (("N", 60, 101), ("S", -100, 100)):
        for lot in range(6):
            name, number = f"{side}{lot}", first + 2 * lot
            owner = {"owner_name": f"Owner of {name}", "mail_address": f"{number} Main St", **HOME}
            shape = shapely.box(100 * lot, south, 100 * lot + 100, south + 100)
            fields = {"parcel_id": name, "situs_address": f"{number} MAIN ST", **(_OWNERS.get(name) or owner)}
            found.append({"id": name, "wkt": shape.wkt, **fields})
    return found


def _addresses() -> list[Row]:
    """A point on every lot but S5, which is vacant; two flats on N2."""
    found = [
        {"id": f"A{side}{lot}", "wkt": f"POINT ({100 * lot + 50} {y})", "full_address": f"{first + 2 * lot} Main St"}
        for side, y, first in (("N", 120, 101), ("S", -50, 100))
        for lot in range(6)
        if (side, lot) not in (("S", 5), ("N", 2))
    ]
    flats = [
        {"id": f"AN2{unit}", "wkt": "POINT (250 120)", "full_address": "105 Main St", "unit": unit} for unit in "AB"
    ]
    return found + flats


ACCOUNTS: list[dict[str, str | None]] = [
    {"account_id": "1", "parcel_id": "N1", "name": "Tess Tenant", "status": "active", "kind": "food service",
     "mail_address": "103 Main St", "mail_city": "Smallville", "mail_state": "NC", "mail_zip": "28000"},
    {"account_id": "2", "parcel_id": "S1", "name": "Gil Hare", "status": "active", "kind": "residential"},
    {"account_id": "3", "parcel_id": "N0", "name": "Old Tenant", "status": "closed", "kind": "restaurant"},
]  # fmt: skip


@cache
def street() -> LayerQuery:
    """The street, drawn without a store."""
    layers = {name: (ROLES[name], found) for name, found in rows().items()}
    return drawn_query(
        *(drawn_layer(role, [_on_grid(row) for row in found], name=name) for name, (role, found) in layers.items())
    )


def _on_grid(row: Row) -> Row:
    moved = translate(shapely.from_wkt(row["wkt"]), EAST, NORTH)
    return {**row, "wkt": shapely.to_wkt(moved, rounding_precision=-1)}


@cache
def accounts() -> ReferenceTables:
    """The accounts as a reference table."""
    part = drawn_layer(
        "address", [{"id": str(row["account_id"]), "wkt": "POINT (0 0)"} for row in ACCOUNTS], name="accounts"
    )
    names = sorted({name for row in ACCOUNTS for name in row})
    table = pa.table({name: pa.array([row.get(name) for row in ACCOUNTS], pa.string()) for name in names})
    table = table.append_column("id", table.column("account_id"))
    features = Features("account", [LayerPart(part.version, part.description, table, part.in_memory)])
    return ReferenceTables({"account": (part.version,)}, lambda role, versions: features)


def sewer_desk(**changes: Any) -> Desk:
    """Ann at her desk over the street."""
    return replace(a_desk(query=street()), tables=accounts(), **changes)


def overflow(store: CaseStore, desk: Desk, x: float = 300, y: float = 30) -> str:
    """The number of a new overflow, by default in the middle of SM-2."""
    place = Place(xy=(EAST + x, NORTH + y), sigma_ft=1.0)
    return str(write(store, open_case, desk, Opening("sso", place)).number)


_LETTERS = """
[letters]
department = "Public Utilities, Code Enforcement"
address = ["1 City Plaza", "Smallville NC 28000"]
phone = "919-555-0100"
signatory = "Dana Field"
"""


def make_street_town(folder: Path, staff: Sequence[str] = ("laterals",)) -> Town:
    """The street as a published town, with a letterhead."""
    layers = {name: (ROLES[name], list(found)) for name, found in rows().items()}
    made = make_town(folder, more=layers, staff=staff)
    made.city_file.write_text(made.city_file.read_text("utf-8") + _LETTERS, "utf-8")
    return made
