"""The closed list of checks, in the order in which they are shown."""

from __future__ import annotations

from gis_ce.checks import (
    easement_encroachment,
    nearest_asset_and_address,
    right_of_way,
    tolerance_zone,
    water_available,
)
from gis_ce.checks.check import Check

CHECKS: tuple[Check, ...] = (
    right_of_way.CHECK,
    tolerance_zone.CHECK,
    water_available.CHECK,
    easement_encroachment.CHECK,
    nearest_asset_and_address.CHECK,
)
