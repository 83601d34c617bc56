"""The messages that the service is asked with."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from api.days_given import Day
from gis_ce.case_table import LARGEST_SIGMA_FT
from gis_ce.positions import DatumName

MOST_PLACES = 10_000
"""How many places one request may ask about; larger sets go through `gis-ce check FILE`."""
MOST_SHAPE_VERTICES = 10_000
"""How many vertices one shape of a request may have: an outline of a town's limits has fewer."""
MOST_ACCOUNTS = 500
"""Of how many places one request may ask for sentences and evidence."""

ShapeKind = Literal["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"]

_POINT = {"type": "Point", "coordinates": [-81.8652, 35.3341]}
_SHED = {
    "type": "Polygon",
    "coordinates": [
        [[-81.8653, 35.3340], [-81.8652, 35.3340], [-81.8652, 35.3341], [-81.8653, 35.3341], [-81.8653, 35.3340]]
    ],
}
ONE_EXAMPLE: dict[str, Any] = {
    "geometry": _POINT,
    "sigma_ft": 3.0,
    "datum": "GPS",
    "on": "2026-11-01",
    "checks": ["right_of_way", "tolerance_zone"],
    "evidence": True,
}
STRUCTURE_EXAMPLE: dict[str, Any] = {"structure": _SHED, "datum": "map", "on": "2026-11-01"}
ADDRESS_EXAMPLE: dict[str, Any] = {"address": "111 Main Street", "on": "2026-11-01", "checks": ["right_of_way"]}
MANY_EXAMPLE: dict[str, Any] = {
    "places": [
        {"id": "case 1", "geometry": _POINT, "sigma_ft": 1.0},
        {"id": "case 2", "geometry": _POINT, "radius_ft": 4.0, "datum": "ITRF2020", "epoch": 2026.9},
        {"id": "case 3", "address": "129 Knollwood Drive, Apt. 2"},
    ],
    "checks": ["water_available", "easement_encroachment"],
}
COLLECTION_EXAMPLE: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "id": 7, "geometry": _POINT, "properties": {"sigma_ft": 2.0, "on": "2026-11-01"}},
        {"type": "Feature", "id": 8, "geometry": _SHED, "properties": {}},
    ],
}


class Shape(BaseModel):
    """A GeoJSON geometry: longitude, latitude in degrees, or easting, northing in feet with `crs: "grid"`."""

    type: ShapeKind
    coordinates: list[Any]


class PlaceFields(BaseModel):
    """What one place may say of itself, apart from where it is."""

    model_config = ConfigDict(strict=True)

    structure: Shape | None = Field(
        default=None, description="What is built or drawn: an area, a line such as a fence."
    )
    radius_ft: float | None = Field(default=None, gt=0, le=1000, description="Makes a round structure of a point.")
    address: str | None = Field(
        default=None,
        max_length=200,
        description="Where it is, if there is no geometry: an address, or two streets that cross. What can be several "
        "places is refused with the list of them. How it was found adds to sigma_ft.",
    )
    sigma_ft: float = Field(
        default=0.0, ge=0, le=LARGEST_SIGMA_FT, description="Standard deviation of the position on one axis, in feet."
    )
    datum: DatumName = Field(
        default="map",
        description="What the degrees rest on. map: read off a map on the city's own datum. GPS: not known, the "
        "possible shift counts as uncertainty. NAD83(2011): measured with a state network. ITRF: at the epoch.",
    )
    epoch: float | None = Field(
        default=None, ge=1990, le=2100, description="Decimal year of the measurement; without it, that of the day."
    )
    on: Day | None = Field(
        default=None, description="Day of the event; the rules of that day count. Without it, today."
    )


class Asking(BaseModel):
    """What holds for a whole request."""

    model_config = ConfigDict(strict=True)

    checks: list[Annotated[str, Field(max_length=80)]] | None = Field(
        default=None, max_length=100, description="Names of checks; without it, all of them."
    )
    evidence: bool = Field(
        default=False, description=f"Sentences and evidence too; for at most {MOST_ACCOUNTS} places."
    )
    crs: Literal["lonlat", "grid"] = Field(
        default="lonlat", description="Degrees, longitude first; or feet on the city's grid, easting first."
    )


class PlaceOfMany(PlaceFields):
    """One of many places."""

    model_config = ConfigDict(extra="forbid")
    id: str | int | None = None
    geometry: Shape | None = Field(default=None, description="Where it is; without it, the structure is the place.")


class OnePlace(PlaceOfMany, Asking):
    """One place with all that is asked of it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [ONE_EXAMPLE, ADDRESS_EXAMPLE, STRUCTURE_EXAMPLE]}
    )


class ManyPlaces(Asking):
    """Many places, asked at once."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [MANY_EXAMPLE]})
    places: list[PlaceOfMany] = Field(min_length=1)


class PlaceFeature(BaseModel):
    """A GeoJSON feature: a point is a place; a line or an area is both the place and the structure."""

    type: Literal["Feature"]
    id: str | int | None = None
    geometry: Shape | None = None
    properties: PlaceFields | None = None


class PlaceCollection(Asking):
    """A GeoJSON feature collection of places."""

    model_config = ConfigDict(json_schema_extra={"examples": [COLLECTION_EXAMPLE]})
    type: Literal["FeatureCollection"]
    features: list[PlaceFeature] = Field(min_length=1)


def _which(body: Any) -> str:
    if isinstance(body, dict) and body.get("type") == "FeatureCollection":
        return "collection"
    return "many" if isinstance(body, dict) and "places" in body else "one"


ChecksBody = Annotated[
    Annotated[OnePlace, Tag("one")]
    | Annotated[ManyPlaces, Tag("many")]
    | Annotated[PlaceCollection, Tag("collection")],
    Discriminator(_which),
]
