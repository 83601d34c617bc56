"""The closed list of subjects that have dated rules, and the values each rule must carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

ValueKind = Literal["number", "yes_no", "text", "texts", "table"]

_AVAILABILITY: Mapping[str, ValueKind] = {"limit_ft": "number", "measured_from": "text", "not_counted_use": "texts"}

SUBJECTS: Mapping[str, Mapping[str, ValueKind]] = {
    "right_of_way": {},
    "public_or_private": {},
    "tolerance_zone": {
        "base": "text",
        "half_diameter": "yes_no",
        "add_in": "number",
        "unknown_diameter_add_in": "number",
        "unknown_diameter_base": "text",
        "facility_types": "texts",
        "listing_reach_ft": "number",
    },
    "ticket_life": {"life": "number", "life_unit": "text", "counted_from": "text"},
    "ticket_notice": {"minimum": "number", "minimum_unit": "text", "counted_from": "text"},
    "ticket_kinds": {
        "allow_digging": "texts",
        "never_allow_digging": "texts",
        "no_notice_needed": "texts",
        "three_hour": "texts",
        "cancel": "texts",
    },
    "second_call": {"answer_within_hours": "number"},
    "response_codes": {"codes": "table"},
    "root_causes": {"causes": "table"},
    "holidays": {"days": "table"},
    "locate_ticket": {"search_reach_ft": "number"},
    "contractor_tickets_nearby": {"reach_ft": "number", "days_before": "number", "days_after": "number"},
    "meter_side": {"search_reach_ft": "number"},
    "water_availability": _AVAILABILITY,
    "sewer_availability": _AVAILABILITY,
    "services_available": {},
    "utility_present": {},
    "easement_encroachment": {"search_reach_ft": "number"},
    "easement_exists": {"search_reach_ft": "number"},
    "properly_located": {},
    "asset_clearance": {
        "hydrant_ring_in": "number",
        "hydrant_outlet_in": "number",
        "hydrant_outlet_half_angle_deg": "number",
        "hydrant_vehicle_ft": "number",
        "hydrant_vegetation_ft": "number",
        "search_reach_ft": "number",
    },
    "easement_width": {"widths": "table"},
    "nearest_asset_and_address": {"search_reach_ft": "number"},
    "jurisdiction": {},
    "same_owner": {},
    "civil_penalty": {"penalties": "table"},
    "fees": {"fees": "table"},
    "sso_properties_on_line": {
        "frontage_ft": "number",
        "least_frontage_ft": "number",
        "lateral_gap_ft": "number",
    },
    "sso_reporting": {"duties": "table"},
    "service_of_notice": {
        "methods": "texts",
        "returned_mail_days": "number",
        "mail_received": "text",
        "appeal_days": "number",
        "appeal_unit": "text",
        "appeal_decision_days": "number",
    },
}
"""Subject to its required values; units stand in the names of the values."""

OPTIONAL_VALUES: Mapping[str, ValueKind] = {
    "public_owners": "texts",
    "private_owners": "texts",
    "unknown_owners": "texts",
    "meter_to_lateral_ft": "number",
    "limit_kinds": "texts",
    "subaqueous_ft": "number",
    "valve_ft": "number",
    "manhole_ft": "number",
    "meter_ft": "number",
    "maximum": "number",
    "maximum_unit": "text",
    "note": "text",
}

TABLE_COLUMNS: Mapping[str, Mapping[str, ValueKind]] = {
    "codes": {"meaning": "text", "clear": "yes_no", "marked": "yes_no"},
    "causes": {"group": "text", "meaning": "text"},
    "widths": {"width_ft": "number", "utility": "text"},
    "days": {"falls": "text"},
    "penalties": {"meaning": "text", "amount_cents": "number", "per": "text"},
    "fees": {"meaning": "text", "amount_cents": "number"},
    "duties": {"what": "text"},
}
"""Values of the kind `table`: the columns that each of their lines must have."""

OPTIONAL_COLUMNS: Mapping[str, ValueKind] = {
    "depth_over_ft": "number",
    "depth_to_ft": "number",
    "kept_clear_ft": "number",
    "observed": "yes_no",
    "from_year": "number",
    "case_types": "text",
    "day_unit": "text",
    "counted_while_stayed": "yes_no",
    "most_cents": "number",
    "over_gal": "number",
    "at_least_gal": "number",
    "surface_water": "yes_no",
    "within_hours": "number",
    "within_days": "number",
    "counted_from": "text",
    "source": "text",
    "note": "text",
}

UNITS = ("working_days", "calendar_days")
"""What a value named `..._unit` may say."""

COLUMN_WORDS: Mapping[str, tuple[str, ...]] = {"per": ("day", "violation"), "day_unit": UNITS}
"""Columns of tables that hold one of some words."""

TEXT_KINDS = ("statute", "ordinance", "regulation", "standard", "bill", "page", "map", "setting")
"""What the words of a rule are. The text of a bill is no statute; a setting is the city's own choice."""
