"""The values that describe a city and its layers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from layers.catalog import ROLE_BY_NAME, Role
from layers.network_settings import NetworkSettings

Audience = Literal["public", "staff"]
Basis = Literal["surveyed", "recorded", "modelled"]


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a layer is made from other layers of the same city (always `modelled`)."""

    kind: Literal["right_of_way", "easement", "manhole"]
    inputs: tuple[str, ...]
    width_ft: float | None = None
    close_ft: float | None = None
    minimum_sqft: float | None = None
    minimum_length_ft: float | None = None


@dataclass(frozen=True, slots=True)
class LayerDeclaration:
    """One `[layers.NAME]` table of a city file.

    `fields` maps our field names to the source's; `values` maps a source's codes, per field of
    ours; `only` keeps the rows whose source field has one of the listed values.
    `sigma_ft` is the standard deviation on one axis, in feet.
    """

    name: str
    role_name: str
    audience: Audience
    basis: Basis
    sigma_ft: float
    source: str | None = None
    source_layer: str | None = None
    derivation: Derivation | None = None
    fields: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    only: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stale_after_days: int | None = None
    as_of: date | None = None
    source_grid: int | None = None
    quality: str | None = None
    coincides_with: str | None = None
    x_field: str | None = None
    y_field: str | None = None
    wkt_field: str | None = None

    @property
    def role(self) -> Role:
        """The role of the catalog."""
        return ROLE_BY_NAME[self.role_name]


@dataclass(frozen=True, slots=True)
class City:
    """One city file: `folder` is where relative sources start.

    `extent_lonlat` is west, south, east, north in degrees; ingest refuses features far outside.
    `other` holds the tables that other packages read, unread by layers.
    """

    name: str
    time_zone: str
    grid_epsg: int
    jurisdiction: str
    folder: Path
    layers: tuple[LayerDeclaration, ...]
    extent_lonlat: tuple[float, float, float, float] | None = None
    network: NetworkSettings = field(default_factory=NetworkSettings)
    other: dict[str, dict[str, object]] = field(default_factory=dict)

    def layer(self, name: str) -> LayerDeclaration | None:
        """The declaration of that name, or None."""
        return next((layer for layer in self.layers if layer.name == name), None)


@dataclass(frozen=True, slots=True)
class LayerDescription:
    """What a snapshot says of itself; part of the hashed file."""

    name: str
    role: str
    audience: Audience
    basis: Basis
    sigma_ft: float
    stale_after_days: int | None
    grid_epsg: int
    source: str
    datum_note: str


@dataclass(frozen=True, slots=True)
class LayerVersion:
    """One published version: `version` is `name/<sha256>`; `as_of` is the day the data speak of."""

    name: str
    version: str
    rows: int
    as_of: date
    published_at: datetime
