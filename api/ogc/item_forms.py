"""The forms in which features are given."""

from __future__ import annotations

from collections.abc import Mapping

from api.ogc.forms import GEOJSON, HTML

ITEM_FORMS: Mapping[str, str] = {
    "json": GEOJSON,
    "html": HTML,
    "csv": "text/csv",
    "fgb": "application/vnd.flatgeobuf",
    "parquet": "application/vnd.apache.parquet",
}
"""By the word of `f`; the first is given where anything is accepted."""
FILES = ("csv", "fgb", "parquet")
"""Forms that are whole files: without a limit they hold everything that matches."""
