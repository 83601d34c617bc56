"""Which version of the product is running."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def running_version() -> str:
    """The installed version; `0+source` where the product runs from its source without being installed."""
    try:
        return version("gis-ce")
    except PackageNotFoundError:
        return "0+source"
