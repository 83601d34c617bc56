"""What settles a question on the ground, where the map cannot."""

from __future__ import annotations

from collections.abc import Mapping

_TO_DO: Mapping[str, str] = {
    "right_of_way": "measure from the place to the edge of the right of way (pins, kerb and the plat's width)",
    "tolerance_zone": "measure with a tape from the damage to the mark, and note the diameter of the facility",
    "properly_located": "measure with a tape from the exposed pipe to the mark, before the paint is gone",
    "water_available": "measure from the parcel to the main, along the way that the rule counts",
    "sewer_available": "measure from the parcel to the main, along the way that the rule counts",
    "services_available": "measure from the parcel to each main, along the way that the rule counts",
    "easement_exists": "find the easement's monuments, or have its line staked from the recorded plat",
    "easement_encroachment": "measure from the structure to the staked line of the easement",
    "asset_clearance": "measure the clear space around the asset, and in front of its outlets",
    "locate_ticket": "ask the crew for the ticket's number, and measure from the dig to the marked area",
    "contractor_tickets_nearby": "ask around who has dug here, and look for paint, flags and fresh patches",
    "public_or_private": "find the property pins, and measure from the place to the line",
    "meter_side": "find the meter, and measure from the place to it along the service line",
    "utility_present": "have the lines located and marked, and measure from the place to the marks",
    "jurisdiction": "find the limits' line on the ground, or have it surveyed",
    "sso_properties_on_line": "note the number of the manhole that overflowed, and see by dye what drains to it",
    "same_owner": "take the owner's name from the deed, and the number of the parcel",
    "nearest_asset_and_address": "note the number on the facility and the house number next to it",
}


def in_the_field(check: str, reason: str) -> str:
    """The reason why a check is undecided, with what to do on the ground to settle it."""
    return f"{reason} In the field: {_TO_DO[check]}." if check in _TO_DO else reason
