"""The city file of a made-up town."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from layers.catalog import ROLE_BY_NAME
from layers.demo_town.write import EPSG
from layers.grid import Floats, Grid

_MARGIN_DEG = 0.02
_FACILITY = {"facility_id": "FACILITYID", "status": "STATUS", "owner": "OWNEDBY"}
_CODES = {"status": {"ACT": "active", "ABN": "abandoned"}, "owner": {"CITY": "city", "PVT": "private"}}
_MAILING = {"mail_name": "MAILNAME", "mail_address": "MAILADDR", "mail_city": "MAILCITY", "mail_state": "MAILSTATE",
            "mail_zip": "MAILZIP"}  # fmt: skip
_EASEMENT = {"easement_id": "EASE_ID", "basis": "BASIS", "utility": "UTILITY", "main_id": "MAIN_ID",
             "parcel_id": "PARCEL_ID", "width_ft": "WIDTH_FT"}  # fmt: skip


def _own_names(role: str) -> dict[str, str]:
    """The fields of a role under their own names."""
    return {field.name: field.name for field in ROLE_BY_NAME[role].fields}


@dataclass(frozen=True, slots=True)
class Declared:
    """One layer of the city file; `quality` is a line of TOML that gives its positional quality."""

    name: str
    role: str
    audience: str
    basis: str
    quality: str
    stale_after_days: int
    fields: dict[str, str]
    has_codes: bool = False
    is_csv: bool = False


DECLARED: tuple[Declared, ...] = (
    Declared("water_mains", "water_main", "staff", "surveyed", "sigma_ft = 0.8", 3650,
             {**_FACILITY, "diameter_in": "DIAMETER", "material": "MATERIAL", "use": "USE", "depth_ft": "DEPTH_FT",
              "installed": "INSTALLED"}, True),
    Declared("hydrants", "hydrant", "staff", "surveyed", "sigma_ft = 1.0", 1825,
             {**_FACILITY, "outlet_bearing_deg": "BEARING"}, True),
    Declared("valves", "valve", "staff", "surveyed", "sigma_ft = 1.0", 1825,
             {**_FACILITY, "kind": "KIND", "diameter_in": "SIZE_IN"}, True),
    Declared("blowoffs", "blowoff", "staff", "recorded", 'quality = "QL-C"', 3650,
             {**_FACILITY, "diameter_in": "SIZE_IN"}, True),
    Declared("sewer_mains", "sewer_main", "public", "recorded", 'quality = "QL-C"', 3650,
             {**_FACILITY, "diameter_in": "DIAMETER", "material": "MATERIAL", "kind": "KIND", "upstream_node": "UPSMH",
              "downstream_node": "DNSMH", "upstream_invert_ft": "UPSINV", "downstream_invert_ft": "DNSINV",
              "depth_ft": "DEPTH_FT", "installed": "INSTALLED"}, True),
    Declared("manholes", "manhole", "public", "surveyed", "sigma_ft = 1.0", 1825,
             {**_FACILITY, "kind": "KIND", "rim_ft": "RIM", "invert_ft": "INVERT"}, True),
    Declared("laterals", "lateral", "staff", "recorded", 'quality = "QL-D"', 3650,
             {"facility_id": "FACILITYID", "status": "STATUS", "service": "SERVICE", "main_id": "MAIN_ID",
              "account_id": "ACCOUNT", "parcel_id": "PARCEL_ID", "diameter_in": "DIAMETER"}, True),
    Declared("meters", "meter", "staff", "surveyed", "sigma_ft = 2.0", 1825,
             {"facility_id": "FACILITYID", "status": "STATUS", "account_id": "ACCOUNT", "parcel_id": "PARCEL_ID",
              "size_in": "SIZE_IN"}, True),
    Declared("easements_recorded", "easement", "public", "recorded", "sigma_ft = 2.0", 3650,
             {**_EASEMENT, "deed_book": "BOOK", "deed_page": "PAGE"}),
    Declared("easements_modelled", "easement", "public", "modelled", "sigma_ft = 5.0", 3650, _EASEMENT),
    Declared("right_of_way", "right_of_way", "public", "modelled", "sigma_ft = 1.0", 400,
             {"right_of_way_id": "ROW_ID", "street_name": "STREET"}),
    Declared("parcels", "parcel", "public", "recorded", "sigma_ft = 1.0", 400,
             {"parcel_id": "PARCEL_ID", "pin": "PIN", "situs_address": "SITUS", "owner_name": "OWNER",
              "zoning": "ZONING", **_MAILING}),
    Declared("addresses", "address", "public", "recorded", "sigma_ft = 10.0", 400,
             {"address_id": "ADDR_ID", "full_address": "FULLADDR", "unit": "UNIT", "parcel_id": "PARCEL_ID"}),
    Declared("buildings", "building", "public", "surveyed", "sigma_ft = 2.0", 1825,
             {"building_id": "BLDG_ID", "kind": "KIND", "parcel_id": "PARCEL_ID"}),
    Declared("water_bodies", "water_body", "public", "surveyed", "sigma_ft = 5.0", 3650,
             {"name": "NAME", "kind": "KIND"}),
    Declared("town_limits", "jurisdiction", "public", "recorded", "sigma_ft = 1.0", 400,
             {"name": "NAME", "kind": "KIND"}),
    Declared("streets", "street", "public", "recorded", "sigma_ft = 3.0", 1825,
             {"street_id": "STREET_ID", "name": "NAME", "owner": "OWNER"}),
    Declared("locate_tickets", "locate_ticket", "staff", "recorded", "sigma_ft = 10.0", 400,
             {"ticket_number": "TICKET", "revision": "REVISION", "kind": "KIND", "firm": "FIRM",
              "contractor": "CONTRACTOR", "work_type": "WORKTYPE", "response_code": "RESPONSE", "called_on": "CALLED",
              "work_on": "WORKDATE", "expires_on": "EXPIRES", "responded_on": "RESPONDED"}),
    Declared("accounts", "account", "staff", "recorded", "sigma_ft = 0.0", 400, _own_names("account")),
    Declared("permits", "permit", "public", "recorded", "sigma_ft = 0.0", 400, _own_names("permit"), is_csv=True),
    Declared("deeds", "deed", "public", "recorded", "sigma_ft = 0.0", 365, _own_names("deed")),
    Declared("work_orders", "work_order", "staff", "recorded", "sigma_ft = 0.0", 30, _own_names("work_order"),
             is_csv=True),
)  # fmt: skip
"""Every layer of the made-up town; file names are the layers' names."""

_HEAD = """\
# A made-up town, drawn by layers.demo_town. No place, person, company or address in it is real;
# it lies in the open Atlantic so that nobody can take it for a town of theirs.

[city]
name = "Demo Town"
time_zone = "America/New_York"
grid = {epsg}
jurisdiction = "NC"
extent_lonlat = [{extent}]

[rules]
pack = "nc-raleigh-2016"

[decision]
confidence = 0.95

# What the public may report over Open311 (/open311/v2); without this table they may report nothing.
[open311]
agency = "Demo Town Public Utilities"

# What stands above the letters; without it none goes out.
[letters]
department = "Public Utilities, Code Enforcement"
address = ["1 Town Hall Square", "Demo Town, NC 00000"]
phone = "919-555-0100"
email = "code@demo-town.example"
signatory = "The Code Enforcement Supervisor"
appeals_to = "the Director of Public Utilities"
"""


def write_city_file(folder: Path, bounds_ft: Floats) -> Path:
    """Writes `city.toml` for sources whose bounds (west, south, east, north) are given in feet."""
    extent = ", ".join(f"{degrees:.4f}" for degrees in _lonlat_bounds(bounds_ft))
    text = _HEAD.format(epsg=EPSG, extent=extent) + "".join(_table(declared) for declared in DECLARED)
    path = folder / "city.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _lonlat_bounds(bounds_ft: Floats) -> Floats:
    outline = shapely.segmentize(shapely.box(*bounds_ft), 5000.0)
    lonlat = Grid(EPSG).to_lonlat(np.array([outline], dtype=object))
    return np.asarray(shapely.total_bounds(lonlat) + _MARGIN_DEG * np.array([-1, -1, 1, 1]), dtype=np.float64)


def _table(declared: Declared) -> str:
    lines = [
        "",
        f"[layers.{declared.name}]",
        f'role = "{declared.role}"',
        f'source = "{declared.name}.{"csv" if declared.is_csv else "parquet"}"',
        f'audience = "{declared.audience}"',
        f'basis = "{declared.basis}"',
        declared.quality,
        f"stale_after_days = {declared.stale_after_days}",
        "as_of = 2026-11-01",
    ]
    if declared.fields:
        lines.append(f"[layers.{declared.name}.fields]")
        lines += [f'{ours} = "{theirs}"' for ours, theirs in declared.fields.items()]
    if declared.has_codes:
        for ours, codes in _CODES.items():
            if ours in declared.fields:
                lines.append(f"[layers.{declared.name}.values.{ours}]")
                lines += [f'{theirs} = "{word}"' for theirs, word in codes.items()]
    return "\n".join(lines) + "\n"
