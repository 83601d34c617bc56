"""The messages of the service: what may be asked, and what is answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from gis_ce.case_table import LARGEST_SIGMA_FT
from gis_ce.positions import DatumName

MOST_PLACES = 10_000
"""How many places one request may ask about; larger sets go through `gis-ce check FILE`."""
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
MANY_EXAMPLE: dict[str, Any] = {
    "places": [
        {"id": "case 1", "geometry": _POINT, "sigma_ft": 1.0},
        {"id": "case 2", "geometry": _POINT, "radius_ft": 4.0, "datum": "ITRF2020", "epoch": 2026.9},
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

    structure: Shape | None = Field(
        default=None, description="What is built or drawn: an area, a line such as a fence."
    )
    radius_ft: float | None = Field(default=None, gt=0, le=1000, description="Makes a round structure of a point.")
    address: str | None = Field(default=None, max_length=200, description="Where it is, if there is no geometry.")
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
    on: date | None = Field(
        default=None, description="Day of the event; the rules of that day count. Without it, today."
    )


class Asking(BaseModel):
    """What holds for a whole request."""

    checks: list[str] | None = Field(default=None, description="Names of checks; without it, all of them.")
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

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [ONE_EXAMPLE, STRUCTURE_EXAMPLE]})


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


class Answered(BaseModel):
    """A part of an answer; it holds exactly what is listed here."""

    model_config = ConfigDict(extra="forbid")


class RuleNote(Answered):
    """The rule in force on the day of the event."""

    id: str
    citation: str
    text: str
    status: Literal["confirmed", "unconfirmed", "missing"]


class Finding(Answered):
    """One check's answer for one place; `answer` is null where undecided, and the reason is given."""

    check: str
    answer: str | None
    undecided_because: str | None
    margin_ft: float | None = Field(description="Feet on the side of the check's first answer; negative: the other.")
    probability: float | None = Field(description="Of the answer, or of the likelier one where undecided.")
    sigma_ft: float | None = Field(description="Position and layer together, on one axis, in feet.")
    feature_id: str | None
    rule_id: str | None
    facts: dict[str, str | float | bool] = Field(description="What was measured; units are in the names.")
    question: str | None = None
    sentence: str | None = None
    evidence: dict[str, Any] | None = Field(
        default=None, description="GeoJSON in degrees; features have kind and label."
    )


class PlaceAnswer(Answered):
    """All that was asked about one place, in the order of the request."""

    id: str | int | None
    located_by: str | None
    problem: str | None = Field(description="Why an address could not be found; then everything is undecided.")
    findings: list[Finding]


class ChecksAnswer(Answered):
    """The answers, with the rules and the layer versions that they rest on."""

    city: str
    pack: str
    layers: dict[str, str]
    rules: dict[str, RuleNote]
    places: list[PlaceAnswer]


class HereParcel(Answered):
    """The parcel under a place; the owner is told to staff only."""

    id: str
    address: str | None
    owner: str | None


class HereAddress(Answered):
    """The address that goes with a place, and how it was found."""

    text: str | None
    how: str
    distance_ft: float


class NearFacility(Answered):
    """The nearest facility of one role."""

    role: str
    id: str
    distance_ft: float


class HereFinding(Answered):
    """One check's answer for a place on the map, with words and evidence."""

    check: str
    question: str
    answer: str | None
    undecided_because: str | None
    margin_ft: float | None
    probability: float | None
    feature_id: str | None
    sentence: str
    rule: RuleNote | None
    evidence: dict[str, Any]


class Here(Answered):
    """What is here: parcel, address, checks and the nearest facilities of one place."""

    lon: float
    lat: float
    easting_ft: float
    northing_ft: float
    parcel: HereParcel | None
    right_of_way: Literal["inside", "outside", "undecided"]
    address: HereAddress | None
    findings: list[HereFinding]
    nearest: list[NearFacility]
    layers: dict[str, str]


class LayerEntry(Answered):
    """One layer that the caller may see."""

    name: str
    role: str
    geometry: Literal["point", "line", "polygon", "none"]
    audience: Literal["public", "staff"]
    basis: Literal["surveyed", "recorded", "modelled"]
    sigma_ft: float
    version: str
    rows: int
    as_of: date
    min_zoom: int | None


class CityEntry(Answered):
    """The city and its extent: west, south, east, north in degrees."""

    name: str
    extent_lonlat: tuple[float, float, float, float] | None


class LayerList(Answered):
    """All layers that the caller may see."""

    city: CityEntry
    layers: list[LayerEntry]


class LayerAge(Answered):
    """How old a layer is; `stale` where the city file says that this is too old."""

    version: str
    rows: int
    as_of: date
    published_at: datetime
    age_days: int
    stale: bool


class Health(Answered):
    """Whether the service can answer, and how old its layers are."""

    status: Literal["ok", "no layers"]
    version: str
    city: str
    caller: Literal["public", "staff"]
    pack: str
    layers: dict[str, LayerAge]


class Problem(BaseModel):
    """RFC 9457 problem details: what was wrong, in one sentence."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
