"""What is looked up for an officer: the closed list of sources, how they are reached, and what in them is personal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from layers.catalog import ROLE_BY_NAME

KeyKind = Literal["parcel", "account", "facility"]
Status = Literal["found", "none found", "source missing", "stale", "not asked"]
STATUSES: tuple[Status, ...] = ("found", "none found", "source missing", "stale", "not asked")
FOUND, NONE_FOUND, MISSING, STALE, NOT_ASKED = range(len(STATUSES))
"""`stale`: the source is too old for the day of the event, whatever it holds. `not asked`: nothing to ask it by."""

FACILITY_REACH_FT = 100.0
"""Within how many feet of a place a facility's work orders are its work orders; a setting, no law."""


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that is looked up, from the tables or the layer of one role.

    `keys` are the fields by which it is reached, and what their values name; none: it is reached by
    the place itself. `dated` is the field that says when a row came about. `personal` are the fields
    that name persons or firms; `linking` those that name features of other layers. A source
    `for_staff` is shown to staff only, however its layer is published.
    """

    name: str
    role: str
    one: str
    keys: tuple[tuple[str, KeyKind], ...]
    dated: str | None = None
    personal: tuple[str, ...] = ()
    linking: tuple[str, ...] = ()
    for_staff: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that a row can have."""
        return tuple(field.name for field in ROLE_BY_NAME[self.role].fields)

    @property
    def key(self) -> str:
        """The field that names a row."""
        return ROLE_BY_NAME[self.role].key


_MAILING = ("mail_name", "mail_address", "mail_city", "mail_state", "mail_zip")

PARCEL = Source("parcels", "parcel", "parcel", (("parcel_id", "parcel"),), personal=("owner_name", *_MAILING))
TICKETS = Source("tickets", "locate_ticket", "locate ticket", (), "called_on", ("firm", "contractor"), for_staff=True)
TABLES: tuple[Source, ...] = (
    Source(
        "accounts",
        "account",
        "account",
        (("parcel_id", "parcel"), ("account_id", "account")),
        personal=("account_id", "name", *_MAILING),
        for_staff=True,
    ),
    Source("permits", "permit", "permit", (("parcel_id", "parcel"),), "issued_on"),
    Source(
        "work_orders",
        "work_order",
        "work order",
        (("parcel_id", "parcel"), ("facility_id", "facility")),
        "opened_on",
        linking=("facility_id",),
    ),
    Source("deeds", "deed", "deed", (("parcel_id", "parcel"),), "recorded_on"),
)
"""The sources that are reference tables, in the order in which they are told."""
SOURCES: tuple[Source, ...] = (PARCEL, *TABLES, TICKETS)
"""All that one piece of research looks up."""
