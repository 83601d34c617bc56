"""The closed list of layer roles: geometry, fields, and which check needs which field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

GeometryKind = Literal["point", "line", "polygon", "none"]
FieldKind = Literal["text", "number", "date"]

ABANDONED = ("abandoned", "removed")
"""Values of `status` that mean a facility no longer serves; sources map theirs to these."""
PRIVATE = ("private",)
"""Values of `owner` that mean a facility is not the utility's."""


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute of a role; a null in a field that a check needs is reported at ingest.

    `above_zero` marks sizes: sources write 0 where they do not know, and a pipe of no width would
    shrink the zone around it, so ingest takes 0 and less for no value.
    """

    name: str
    kind: FieldKind = "text"
    needed_by: tuple[str, ...] = ()
    above_zero: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    """What a layer is for. `key` is the field that names a feature, never trusted to be unique.

    `single_parts`: features of several parts become one feature a part. `dissolve`: polygons that
    touch become one, because seams between them are not edges of anything. `joins_along`: a line that
    ends on another of the role is joined with it there; else such an end is a joint that nobody recorded.
    """

    name: str
    geometry: GeometryKind
    key: str
    fields: tuple[Field, ...]
    single_parts: bool = True
    dissolve: bool = False
    joins_along: bool = False

    def field(self, name: str) -> Field | None:
        """The field of that name, or None."""
        return next((field for field in self.fields if field.name == name), None)


def _texts(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name) for name in names)


def _numbers(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, "number") for name in names)


def _sizes(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, "number", above_zero=True) for name in names)


def _dates(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, "date") for name in names)


_FACILITY = _texts("facility_id", "status", "owner")
_DIAMETER = Field("diameter_in", "number", ("tolerance_zone",), above_zero=True)
_MAILING = _texts("mail_name", "mail_address", "mail_city", "mail_state", "mail_zip")

ROLES: tuple[Role, ...] = (
    Role("hydrant", "point", "facility_id", _FACILITY + _numbers("outlet_bearing_deg")),
    Role("valve", "point", "facility_id", _FACILITY + _texts("kind", "operable", "state") + _sizes("diameter_in")),
    Role("blowoff", "point", "facility_id", _FACILITY + _sizes("diameter_in")),
    Role(
        "water_main",
        "line",
        "facility_id",
        (
            *_FACILITY,
            _DIAMETER,
            *_texts("material", "use", "from_node", "to_node"),
            *_numbers("depth_ft"),
            *_dates("installed"),
        ),
        joins_along=True,
    ),
    Role(
        "sewer_main",
        "line",
        "facility_id",
        (
            *_FACILITY,
            _DIAMETER,
            *_texts("material", "kind", "use", "upstream_node", "downstream_node"),
            *_numbers("upstream_invert_ft", "downstream_invert_ft", "depth_ft"),
            *_dates("installed"),
        ),
    ),
    Role("manhole", "point", "facility_id", _FACILITY + _texts("kind") + _numbers("rim_ft", "invert_ft")),
    Role(
        "lateral",
        "line",
        "facility_id",
        _FACILITY + _texts("service", "main_id", "account_id", "parcel_id") + _sizes("diameter_in"),
    ),
    Role("meter", "point", "facility_id", _FACILITY + _texts("account_id", "parcel_id", "main_id") + _sizes("size_in")),
    Role(
        "easement",
        "polygon",
        "easement_id",
        _texts("easement_id", "basis", "deed_book", "deed_page", "utility", "main_id", "parcel_id")
        + _sizes("width_ft"),
    ),
    Role("right_of_way", "polygon", "right_of_way_id", _texts("right_of_way_id", "street_name"), dissolve=True),
    Role(
        "parcel",
        "polygon",
        "parcel_id",
        (
            Field("parcel_id", "text", ("nearest_asset_and_address",)),
            *_texts("pin", "situs_address", "owner_name", "zoning"),
            *_MAILING,
        ),
        single_parts=False,
    ),
    Role(
        "address",
        "point",
        "address_id",
        (
            Field("address_id"),
            Field("full_address", "text", ("nearest_asset_and_address",)),
            *_texts("unit", "parcel_id"),
        ),
    ),
    Role("building", "polygon", "building_id", _texts("building_id", "kind", "parcel_id"), single_parts=False),
    Role("water_body", "polygon", "name", _texts("name", "kind")),
    Role("jurisdiction", "polygon", "name", _texts("name", "kind"), single_parts=False),
    Role("street", "line", "street_id", _texts("street_id", "name", "owner")),
    Role(
        "locate_ticket",
        "polygon",
        "ticket_number",
        (
            *_texts("ticket_number", "revision"),
            Field("kind", "text", ("locate_ticket",)),
            *_texts("firm", "contractor", "work_type", "response_code", "three_hour"),
            Field("called_on", "date", ("locate_ticket", "contractor_tickets_nearby")),
            *_dates("work_on", "expires_on", "response_due_on", "responded_on"),
        ),
        single_parts=False,
    ),
    Role(
        "account",
        "none",
        "account_id",
        _texts("account_id", "parcel_id", "name", "service", "status", "kind") + _MAILING,
    ),
    Role(
        "permit", "none", "permit_number", _texts("permit_number", "parcel_id", "kind", "status") + _dates("issued_on")
    ),
    Role("deed", "none", "deed_id", _texts("deed_id", "parcel_id", "book", "page", "kind") + _dates("recorded_on")),
    Role(
        "work_order",
        "none",
        "work_order_id",
        _texts("work_order_id", "facility_id", "parcel_id", "kind", "status") + _dates("opened_on", "closed_on"),
    ),
)

ROLE_BY_NAME = {role.name: role for role in ROLES}
