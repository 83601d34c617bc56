"""GET /here: what the map says about one point."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import shapely
from fastapi import Query, Request
from fastapi.responses import JSONResponse

from api.access import View
from api.access_log import tells_names
from api.answer_schemas import Here
from api.answers import Message, finding_messages
from api.errors import BadPlace
from api.here_answers import here_findings, nearest_facilities
from api.requests import TheCity, TheView
from api.strict_json import Router
from gis_ce.assess import applicable
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Sites
from layers.grid import Geometries

router = Router(tags=["checks"])

Longitude = Annotated[
    float, Query(ge=-180, le=180, allow_inf_nan=False, description="Degrees east.", examples=[-81.86])
]
Latitude = Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False, description="Degrees north.", examples=[35.33])]


@router.get("/here", summary="What is here?", responses={200: {"model": Here}}, response_class=JSONResponse)
def get_here(request: Request, lon: Longitude, lat: Latitude, city: TheCity, view: TheView) -> JSONResponse:
    """Parcel, address, checks with evidence and the nearest facilities of a point picked on the map.

    The point is taken to lie exactly where the map shows it. Checks of structures, marks and owners on
    record need more than a point and are left out.
    """
    place = city.grid.from_lonlat(np.array([shapely.Point(lon, lat)], dtype=object))
    if not np.isfinite(shapely.bounds(place)).all():
        raise BadPlace(f"{lon}, {lat} lies outside what the city's grid can hold.")
    nothing = np.full(1, None, dtype=object)
    sites = Sites(place, nothing, np.zeros(1), np.array([city.today()], dtype="datetime64[D]"))
    found = view.assess(sites, applicable(CHECKS, sites))
    facts = finding_messages(found["nearest_asset_and_address"], view)[0]["facts"]
    parcel = _parcel(view, place)
    tells_names(request, "owners at a place", parcel=parcel["id"] if parcel is not None else None)
    easting, northing = shapely.get_coordinates(place)[0].tolist()
    return JSONResponse(
        {
            "lon": lon,
            "lat": lat,
            "easting_ft": round(easting, 3),
            "northing_ft": round(northing, 3),
            "parcel": parcel,
            "right_of_way": found["right_of_way"].answer_of(0) or "undecided",
            "address": _address(facts),
            "findings": here_findings(sites, view, found, city.grid),
            "nearest": nearest_facilities(facts),
            "layers": dict(view.query.versions),
        }
    )


def _parcel(view: View, place: Geometries) -> Message | None:
    if not view.query.has("parcel"):
        return None
    on = view.query.intersecting("parcel", place)
    if not len(on):
        return None
    parcels, row = view.query.features("parcel"), on.feature[0]
    open_fields = view.fields(("situs_address", "owner_name"), "parcel")
    told = {name: parcels.texts(name)[row] for name in open_fields}
    return {"id": parcels.ids[row], "address": told.get("situs_address"), "owner": told.get("owner_name")}


def _address(facts: Message) -> Message | None:
    if "address_found" not in facts:
        return None
    return {"text": facts.get("address"), "how": facts["address_found"], "distance_ft": facts["address_distance_ft"]}
