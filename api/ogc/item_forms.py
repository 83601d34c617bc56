"""The forms in which features are given."""

from __future__ import annotations

from collections.abc import Mapping

from api.ogc.forms import GEOJSON, HTML

ITEM_FORMS: Mapping[str, str] = {"json": GEOJSON, "html": HTML}
"""By the word of `f`; the first is given where anything is accepted."""
