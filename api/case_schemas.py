"""The messages with which cases are opened and changed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.days_given import Day
from api.schemas import Shape
from gis_ce.actions.parties import Role
from gis_ce.actions.placing import HowLocated
from gis_ce.case_table import LARGEST_SIGMA_FT
from gis_ce.positions import DatumName

Words = Annotated[str, Field(max_length=20_000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]

OPEN_EXAMPLE: dict[str, Any] = {
    "type": "leaks",
    "place": {"address": "111 Main Street"},
    "title": "Water on the curb",
    "parties": [{"role": "reporter", "name": "Jane Doe", "phone": "555 0100"}],
}
GPS_EXAMPLE: dict[str, Any] = {
    "type": "damages",
    "place": {"lon": -81.8652, "lat": 35.3341, "sigma_ft": 3.0, "datum": "GPS"},
    "event_on": "2026-03-02",
}
ANSWER_EXAMPLE: dict[str, Any] = {"step": "location", "answer": "inside"}
OVERRIDE_EXAMPLE: dict[str, Any] = {"step": "location", "answer": "outside", "why": "Pins were found: 4 ft behind them"}
NOTATE_EXAMPLE: dict[str, Any] = {"step": "root_cause", "fields": {"root_cause": "Hit by an auger"}}


class CaseFilterQuery(BaseModel):
    """Which cases are wanted; what is left out holds for all."""

    model_config = ConfigDict(extra="forbid")

    type: Name | None = Field(default=None, description="A process.", examples=["leaks"])
    status: Literal["open", "closed"] | None = None
    step: Name | None = None
    lane: Name | None = None
    priority: int | None = Field(default=None, ge=0, le=100)
    officer: Name | None = None
    opened_from: Day | None = Field(default=None, description="Opened on that day or later.")
    opened_before: Day | None = Field(default=None, description="Opened before that day.")
    older_than_days: int | None = Field(default=None, ge=0, le=36_500)
    due_before: Day | None = Field(default=None, description="With a running deadline that ends before that day.")
    bbox: Name | None = Field(
        default=None, description="west,south,east,north in degrees.", examples=["-81.87,35.33,-81.86,35.34"]
    )
    area: Words | None = Field(default=None, description="A GeoJSON Polygon in degrees.")
    near: Name | None = Field(default=None, description="lon,lat in degrees; with within_ft.")
    within_ft: float | None = Field(default=None, ge=0, le=100_000)
    parcel: Name | None = None
    text: Name | None = Field(default=None, description="In number, title, description or address.")


class CaseQuery(CaseFilterQuery):
    """One page of a list of cases."""

    limit: int = Field(default=50, ge=1, le=500)
    next: Name | None = Field(default=None, description="From the page before.")


class EntryFilterQuery(BaseModel):
    """Which entries of a register are wanted; what is left out holds for all."""

    model_config = ConfigDict(extra="forbid")

    type: list[str] = Field(default_factory=list, max_length=20, description="Processes that the cases follow.")
    status: list[str] = Field(default_factory=list, max_length=20)
    since: Day | None = Field(default=None, description="Came to its status on that day or later.")
    until: Day | None = Field(default=None, description="Came to its status on that day or earlier.")
    bbox: Name | None = Field(default=None, description="west,south,east,north in degrees.")
    text: Name | None = Field(default=None, description="In anything that the entry says.")
    parcel: Name | None = None


class EntryQuery(EntryFilterQuery):
    """One page of a register."""

    limit: int = Field(default=50, ge=1, le=500)
    next: Name | None = Field(default=None, description="From the page before.")


class EventQuery(BaseModel):
    """Which part of a case's history; `next` is the id of the last event that is known already."""

    model_config = ConfigDict(extra="forbid")

    next: int = Field(default=0, ge=0, le=2**62, description="Only what came after the event of this id.")
    limit: int = Field(default=200, ge=1, le=1000)


class Given(BaseModel):
    """A part of a request; anything that is not listed, or of another kind, is a mistake."""

    model_config = ConfigDict(extra="forbid", strict=True)


class PlaceGiven(Given):
    """Where, in exactly one way: an address, lon and lat, easting and northing, a shape, or a parcel alone."""

    address: Annotated[str, Field(max_length=200)] | None = Field(default=None, description="As people write it.")
    lon: float | None = Field(default=None, ge=-180, le=180, description="Degrees east.")
    lat: float | None = Field(default=None, ge=-90, le=90, description="Degrees north.")
    easting_ft: float | None = Field(default=None, allow_inf_nan=False, description="Feet on the city's grid.")
    northing_ft: float | None = Field(default=None, allow_inf_nan=False, description="Feet on the city's grid.")
    geometry: Shape | None = Field(default=None, description="A point, line or area read off the city's map.")
    crs: Literal["lonlat", "grid"] = Field(default="lonlat", description="Degrees, or feet on the grid, of the shape.")
    parcel_id: Annotated[str, Field(max_length=80)] | None = Field(
        default=None, description="The parcel meant; alone, it is the place."
    )
    sigma_ft: float | None = Field(
        default=None,
        ge=0,
        le=LARGEST_SIGMA_FT,
        description="Standard deviation on one axis, in feet; a receiver's position needs it.",
    )
    datum: DatumName = Field(default="map", description="What lon and lat rest on, as in POST /checks.")
    epoch: float | None = Field(default=None, ge=1990, le=2100, description="Decimal year of the measurement.")
    how: HowLocated | None = Field(default=None, description="How it was located, where that is not clear by itself.")


class PartyIn(Given):
    """Somebody who has to do with the case: a name or a firm at least."""

    role: Role
    name: Name | None = None
    firm: Name | None = None
    phone: Name | None = None
    email: Name | None = None
    mailing_address: Annotated[str, Field(max_length=500)] | None = None


class CaseToOpen(Given):
    """What is known when a case is opened."""

    type: Name = Field(description="A process; GET /processes lists them.")
    place: PlaceGiven | None = None
    event_on: Day | None = Field(default=None, description="Day of the event, by whose law it is decided; else today.")
    title: Annotated[str, Field(max_length=200)] = ""
    description: Words = ""
    parties: list[PartyIn] = Field(default_factory=list, max_length=50)
    officer: Name | None = None
    priority: int | None = Field(default=None, ge=0, le=100, description="The highest first.")
    structure: Shape | None = Field(default=None, description="What was built; degrees or feet as `place.crs` says.")
    details: dict[str, Any] = Field(default_factory=dict, description="More that checks can use, such as the marks.")
    id: Name | None = Field(default=None, description="Made by a device that works without a connection.")


class StepToDo(Given):
    """What is given for the step at which the case stands."""

    step: Name
    answer: Name | None = Field(default=None, description="Of a decision; or the process that a hand-over goes to.")
    fields: dict[str, Any] = Field(default_factory=dict, description="What the step asks to notate.")
    why: Words | None = Field(default=None, description="Needed where the answer is not the map's.")
    no_photo: Words | None = Field(default=None, description="Why the case closes without an 'after' photo.")
    not_told: Words | None = Field(default=None, description="Why parties are not told of the closing.")


class FieldsToNotate(Given):
    """Fields of the present step, noted without leaving it."""

    step: Name
    fields: dict[str, Any] = Field(min_length=1)


class Reason(Given):
    """Why; it goes into the history."""

    why: Words


class WaitToExtend(Reason):
    """The later day on which a running wait is to end."""

    until: Day


class ReminderIn(Given):
    """The day on which to remind of the running deadline; null for no reminder."""

    on: Day | None


class ReminderQuery(BaseModel):
    """Which reminders are wanted."""

    model_config = ConfigDict(extra="forbid")

    officer: Name | None = None
    within_days: int = Field(default=0, ge=0, le=3_660, description="Reminders that come within so many days too.")
    limit: int = Field(default=50, ge=1, le=500)
    next: Name | None = Field(default=None, description="From the page before.")


class CorrectionIn(Reason):
    """Another answer of a step, or another value of a field, in the place of one that was noted wrongly."""

    step: Name | None = None
    answer: Name | None = None
    field: Name | None = None
    value: Any = Field(default=None, description="Null takes the field away.")


class Reopening(Reason):
    """Where a closed case is opened again; without a step, at the last that somebody did."""

    step: Name | None = None


class Assignment(Given):
    """Who has the case; null: nobody."""

    officer: Name | None


class Priority(Reason):
    """How urgent, from 0 to 100; null takes it away."""

    priority: int | None = Field(ge=0, le=100)


class PlaceToTry(Given):
    """A place that a case might be moved to."""

    place: PlaceGiven


class SiteToMove(Reason):
    """Where the case really is."""

    place: PlaceGiven


class SiteToDescribe(Given):
    """What stands at the place, and further details; null takes a detail away."""

    structure: Shape | None = None
    crs: Literal["lonlat", "grid"] = "lonlat"
    details: dict[str, Any] = Field(default_factory=dict)


class ReviewIn(Given):
    """What holds for an answer that rested on another place; without an answer, what the map says now."""

    answer: Name | None = None
    why: Words | None = None


class NoteIn(Given):
    """A note; it is never changed, so a correction is a note that names the one it puts right."""

    text: Words
    corrects: Name | None = None


class LinkIn(Given):
    """Another case: this one is its duplicate, or they are related."""

    other: Name
    kind: Literal["duplicate", "related"]


class ReferenceIn(Given):
    """What the case is called in another system."""

    system: Name
    reference: Name
    url: Annotated[str, Field(max_length=500)] | None = None
