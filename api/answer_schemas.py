"""The messages that the service answers with; each holds exactly what is listed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


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


class Ready(BaseModel):
    """The service can do its work."""

    status: Literal["ready"]


class Health(Answered):
    """Whether the service can answer, and how old its layers are."""

    status: Literal["ok", "no layers"]
    version: str
    city: str
    caller: Literal["public", "crew", "staff"]
    pack: str
    layers: dict[str, LayerAge]


class Problem(BaseModel):
    """RFC 9457 problem details: what was wrong, in one sentence."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
