"""The closed list of subjects that have dated rules, and the values each rule must carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

ValueKind = Literal["number", "yes_no", "text", "texts"]

SUBJECTS: Mapping[str, Mapping[str, ValueKind]] = {
    "right_of_way": {},
    "tolerance_zone": {
        "base": "text",
        "half_diameter": "yes_no",
        "add_in": "number",
        "unknown_diameter_add_in": "number",
        "unknown_diameter_base": "text",
        "facility_types": "texts",
        "listing_reach_ft": "number",
    },
    "water_availability": {"limit_ft": "number", "measured_from": "text", "not_counted_use": "texts"},
    "easement_encroachment": {"search_reach_ft": "number"},
    "nearest_asset_and_address": {"search_reach_ft": "number"},
}
"""Subject to its required values; units stand in the names of the values."""

OPTIONAL_VALUES: Mapping[str, ValueKind] = {"subaqueous_ft": "number", "note": "text"}
