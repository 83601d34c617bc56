"""Which product and libraries give the answers: another version may measure the last digit otherwise."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import pyproj
import scipy
import shapely


def product_version() -> str:
    """The installed version; `0+source` where the product runs from its source without being installed."""
    try:
        return version("gis-ce")
    except PackageNotFoundError:
        return "0+source"


@cache
def made_with() -> dict[str, str]:
    """The versions of the product and of everything that measures, by name."""
    return {
        "gis-ce": product_version(),
        "python": platform.python_version(),
        "shapely": shapely.__version__,
        "geos": shapely.geos_version_string,
        "pyproj": pyproj.__version__,
        "proj": pyproj.proj_version_str,
        "numpy": np.__version__,
        "scipy": str(scipy.__version__),
    }
