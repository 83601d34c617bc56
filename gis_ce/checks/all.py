"""The closed list of checks, in the order in which they are shown."""

from __future__ import annotations

from gis_ce.checks import (
    asset_clearance,
    contractor_tickets_nearby,
    easement_encroachment,
    easement_exists,
    jurisdiction,
    locate_ticket,
    meter_side,
    nearest_asset_and_address,
    properly_located,
    public_or_private,
    right_of_way,
    same_owner,
    services_available,
    sewer_available,
    sso_properties_on_line,
    tolerance_zone,
    utility_present,
    water_available,
)
from gis_ce.checks.check import Check

CHECKS: tuple[Check, ...] = (
    right_of_way.CHECK,
    tolerance_zone.CHECK,
    properly_located.CHECK,
    water_available.CHECK,
    easement_exists.CHECK,
    easement_encroachment.CHECK,
    asset_clearance.CHECK,
    nearest_asset_and_address.CHECK,
    locate_ticket.CHECK,
    contractor_tickets_nearby.CHECK,
    public_or_private.CHECK,
    meter_side.CHECK,
    sewer_available.CHECK,
    services_available.CHECK,
    utility_present.CHECK,
    jurisdiction.CHECK,
    same_owner.CHECK,
    sso_properties_on_line.CHECK,
)
