"""Positional quality: which sigma a quality level of ASCE 38 stands for."""

from __future__ import annotations

from types import MappingProxyType

DEFAULT_SIGMA_FT = MappingProxyType({"QL-A": 0.2, "QL-B": 1.0, "QL-C": 3.0, "QL-D": 5.0})
"""Standard deviation on one axis, in feet, of each level.

The standard names the levels (test hole, geophysics, surveyed features with records, records only)
but gives no such figures: these are defaults of ours, and a utility puts its own into the
`[quality]` table of its city file.
"""
