"""What a check looked at in a case: everything that a person or a device said, and nothing that the map says."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_ce.checks.check import Sites
from gis_ce.tables import Case, Json, Site

_SHAPES = ("marks", "exposed")
FROM_DATA = {"ticket_number": ("ticket_number", "reported_ticket_number"), "firm": ("firm", "contractor")}
"""Details of a place that steps of the maps notate, under their names there; what the site has goes before."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """One place to be judged, in feet on the grid. `details` are as they were given, shapes as GeoJSON."""

    place: BaseGeometry | None
    structure: BaseGeometry | None
    sigma_ft: float
    day: date
    how_located: str | None = None
    datum: str | None = None
    site_revision: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> Json:
        """All but the details, which may speak of people; shapes as WKB in hexadecimal digits."""
        return {
            "place": _hex(self.place),
            "structure": _hex(self.structure),
            "sigma_ft": self.sigma_ft,
            "day": self.day.isoformat(),
            "how_located": self.how_located,
            "datum": self.datum,
            "site_revision": self.site_revision,
        }


def inputs_of(case: Case, site: Site) -> Inputs:
    """What a case says now; the day is that of the event."""
    details = {name: value for name in _named(case, site) if (value := _detail(case, site, name)) is not None}
    place = (site.geometry, site.structure, site.sigma_ft or 0.0, case.event_on)
    return Inputs(*place, site.how_located, site.datum, site.revision, details)


def inputs_from(said: Mapping[str, Any], details: Mapping[str, Any]) -> Inputs:
    """What was recorded by `as_json`, with its details."""
    place = (_shape(said["place"]), _shape(said["structure"]), float(said["sigma_ft"]), date.fromisoformat(said["day"]))
    return Inputs(*place, said["how_located"], said["datum"], int(said["site_revision"]), details)


def sites_from(inputs: Sequence[Inputs]) -> Sites:
    """Places as the checks look at them."""
    names = sorted({name for each in inputs for name in each.details})
    return Sites(
        _column([each.place for each in inputs]),
        _column([each.structure for each in inputs]),
        np.array([each.sigma_ft for each in inputs], dtype=np.float64),
        np.array([each.day for each in inputs], dtype="datetime64[D]"),
        {name: _column([_looked_at(name, each.details.get(name)) for each in inputs]) for name in names},
    )


def _named(case: Case, site: Site) -> list[str]:
    from_data = [detail for detail, fields in FROM_DATA.items() if any(case.data.get(name) for name in fields)]
    return list(dict.fromkeys([*site.details, *from_data]))


def _detail(case: Case, site: Site, name: str) -> Any:
    value = site.details.get(name)
    if value is None:
        value = next((found for field in FROM_DATA.get(name, ()) if (found := case.data.get(field))), None)
    return value


def _looked_at(name: str, value: Any) -> Any:
    return shapely.from_geojson(json.dumps(value)) if name in _SHAPES and value is not None else value


def _hex(shape: BaseGeometry | None) -> str | None:
    return None if shape is None else str(shapely.to_wkb(shape, hex=True))


def _shape(said: str | None) -> BaseGeometry | None:
    return None if said is None else shapely.from_wkb(said)


def _column(values: Sequence[Any]) -> np.ndarray[Any, np.dtype[np.object_]]:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column
