"""What a case's place brings beside its shape: columns that some checks use, as they are kept in JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from gis_ce.actions.placing import on_the_grid
from gis_ce.errors import CaseRefused, PlaceRefused
from gis_ce.tables import Json
from layers.sentences import sentence
from layers.toml_table import did_you_mean

SHAPES = ("marks", "exposed")
"""The locator's marks and the exposed pipe: shapes on the grid in feet, kept as GeoJSON."""
NUMBERS = ("marked_diameter_in",)
TEXTS = (
    "firm",
    "ticket_number",
    "obstruction",
    "other_owner",
    "other_parcel_id",
    "parcel_id",
    "account_id",
    "facility_id",
)
OBSTRUCTIONS = ("vegetation", "structure", "vehicle", "utility")
_KNOWN = (*SHAPES, *NUMBERS, *TEXTS)
_LONGEST = 500


def details_given(details: Mapping[str, Any]) -> Json:
    """The details in the form in which they are kept; what is None is left out.

    Raises CaseRefused with everything that is wrong.
    """
    kept, wrong = {}, []
    for name, value in details.items():
        try:
            kept[name] = None if value is None else _taken(name, value)
        except (ValueError, PlaceRefused) as error:
            wrong.append(f"{name} {error}".rstrip("."))
    if wrong:
        raise CaseRefused(sentence(f"The details cannot be taken: {'; '.join(wrong)}"))
    return {name: value for name, value in kept.items() if value is not None}


def _taken(name: str, value: Any) -> Any:
    if name not in _KNOWN:
        raise ValueError(f"is no detail of a place; {did_you_mean(name, _KNOWN)}")
    if name in SHAPES:
        return json.loads(shapely.to_geojson(on_the_grid(_shape(value))))
    if name in NUMBERS:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
            raise ValueError(f"is a number above 0, not {value!r}")
        return float(value)
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ValueError(f"is a text of {_LONGEST} characters at most")
    if name == "obstruction" and value not in OBSTRUCTIONS:
        raise ValueError(f"is one of {', '.join(OBSTRUCTIONS)}, not {value!r}")
    return value.strip() or None


def _shape(value: Any) -> BaseGeometry:
    if isinstance(value, BaseGeometry):
        return value
    try:
        return shapely.from_geojson(json.dumps(value))
    except (shapely.errors.GEOSException, TypeError) as error:
        raise ValueError("is no GeoJSON geometry on the grid in feet") from error
