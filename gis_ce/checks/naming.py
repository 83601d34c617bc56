"""Which checks may say in their words who an owner is."""

from __future__ import annotations

from gis_ce.checks.all import CHECKS

NAMING = frozenset(check.name for check in CHECKS if "owner_name" in check.personal)
"""Their sentences, facts and evidence are for those who may read the names of owners."""
