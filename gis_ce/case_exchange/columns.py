"""The columns of an exported case, and how they are named: one place for writing and for reading back."""

from __future__ import annotations

from typing import Literal

Kind = Literal["text", "date", "number", "integer"]

SYSTEM = "gis-ce"
"""The name under which a case of ours is known where it is brought in."""
FIELD, ANSWER, FILES = "field_", "answer_", "files_"
PARTY_FIELDS = ("name", "firm", "phone", "email", "mailing_address")

CASE_COLUMNS: tuple[tuple[str, Kind], ...] = (
    ("number", "text"),
    ("id", "text"),
    ("type", "text"),
    ("status", "text"),
    ("step", "text"),
    ("lane", "text"),
    ("outcome", "text"),
    ("officer", "text"),
    ("priority", "integer"),
    ("title", "text"),
    ("description", "text"),
    ("event_on", "date"),
    ("opened_on", "date"),
    ("closed_on", "date"),
    ("due_on", "date"),
    ("opened_at", "text"),
    ("closed_at", "text"),
    ("due_at", "text"),
)
SITE_COLUMNS: tuple[tuple[str, Kind], ...] = (
    ("address", "text"),
    ("parcel_id", "text"),
    ("easting_ft", "number"),
    ("northing_ft", "number"),
    ("lon", "number"),
    ("lat", "number"),
    ("sigma_ft", "number"),
    ("how_located", "text"),
    ("datum", "text"),
    ("shape_wkt", "text"),
    ("structure_wkt", "text"),
)
LAST_COLUMNS: tuple[tuple[str, Kind], ...] = (
    ("references", "text"),
    ("details", "text"),
    ("state", "text"),
    ("process_version", "text"),
)
"""`references` are `system: number` with `; ` between; `details` and `state` are JSON for reading back."""


def party_prefix(role: str, count: int) -> str:
    """How the columns of the nth party of a role begin: `owner_`, `owner2_`."""
    return f"{role}_" if count == 1 else f"{role}{count}_"
