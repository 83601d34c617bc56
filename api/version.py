"""Which version of the product is running."""

from __future__ import annotations

from gis_ce.made_with import product_version


def running_version() -> str:
    """The installed version; `0+source` where the product runs from its source without being installed."""
    return product_version()
