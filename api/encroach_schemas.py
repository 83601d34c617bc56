"""What /encroach is asked with, and what it answers."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.answer_schemas import Answered, HereFinding, NearFacility
from api.schemas import STRUCTURE_EXAMPLE, Shape
from gis_ce.case_table import LARGEST_SIGMA_FT

SHED_EXAMPLE: dict[str, Any] = {"structure": STRUCTURE_EXAMPLE["structure"], "obstruction": "structure"}
Obstruction = Literal["structure", "vegetation", "vehicle", "utility"]


class StructureDrawn(BaseModel):
    """A structure drawn on the map: an area, a line such as a fence, a point, or a round thing by its middle."""

    model_config = ConfigDict(extra="forbid")
    structure: Shape
    radius_ft: float | None = Field(default=None, gt=0, le=1000, description="Makes a round structure of a point.")
    obstruction: Obstruction | None = Field(default=None, description="What it is; hydrants keep clear of each apart.")
    crs: Literal["lonlat", "grid"] = Field(default="lonlat", description="Degrees, or feet on the city's grid.")
    sigma_ft: float = Field(default=0.0, ge=0, le=LARGEST_SIGMA_FT, description="Of the position, on one axis.")
    on: date | None = Field(default=None, description="The rules of that day count. Without it, today's.")


class StructureTold(Answered):
    """The structure as it was understood, measured on the city's grid."""

    kind: Literal["area", "line", "point"]
    area_sqft: float
    length_ft: float = Field(description="Of a line; of an area the way around it.")
    geometry: dict[str, Any] = Field(description="GeoJSON in degrees: round where a radius made it so.")


class ParcelTaken(Answered):
    """A parcel that the structure stands on."""

    id: str
    address: str | None


class EasementTold(Answered):
    """The easement that the structure takes most of, or the nearest one."""

    id: str
    basis: str = Field(description="In words: a deed with its page, surveyed, recorded or modelled.")
    modelled: bool
    distance_ft: float
    guard: str | None = Field(description="What must be done before any letter, where it is modelled.")


class Taken(Answered):
    """What the structure takes of that easement."""

    area_sqft: float
    percent: float = Field(description="Of the easement's area.")
    line_ft: float = Field(description="Of a fence, inside the easement.")
    depth_ft: float = Field(description="From the easement's edge to the structure's deepest point.")
    along_ft: float
    across_ft: float
    free_left_ft: float | None = Field(description="Width of the easement that stays free, as seen along the main.")
    free_right_ft: float | None
    all_easements_sqft: float = Field(description="From all easements together, counted once where they overlap.")


class EncroachAnswer(Answered):
    """A fact sheet on one structure; what the caller may not see is null, and a finding says so."""

    structure: StructureTold
    parcels: list[ParcelTaken]
    answer: Literal["yes", "no"] | None = Field(description="Whether it stands on an easement; null: undecided.")
    easement: EasementTold | None
    taken: Taken | None = Field(description="Null where it stands on none.")
    pipe_clearance_ft: float | None = Field(description="To the nearest main; 0 where it stands over the pipe.")
    findings: list[HereFinding]
    nearest: list[NearFacility]
    layers: dict[str, str]
