"""The closed list of checks, in the order in which they are shown."""

from __future__ import annotations

from gis_ce.checks import (
    asset_clearance,
    contractor_tickets_nearby,
    easement_encroachment,
    easement_exists,
    locate_ticket,
    nearest_asset_and_address,
    properly_located,
    right_of_way,
    tolerance_zone,
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
)
