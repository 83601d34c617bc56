"""GET /research: what is on record about one place."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import shapely
from fastapi import Query, Request
from fastapi.responses import JSONResponse

from api.access import View
from api.access_log import tells_names
from api.days_given import Day
from api.errors import BadPlace
from api.requests import TheCity, TheView
from api.research_answers import Looked, one_site, research_message
from api.research_schemas import ResearchAnswer
from api.strict_json import Router
from api.wiring import OpenCity
from gis_ce.case_table import LARGEST_SIGMA_FT
from gis_ce.checks.check import Sites
from gis_ce.parcel_named import parcel_named

router = Router(tags=["research"])

Longitude = Annotated[
    float | None, Query(ge=-180, le=180, allow_inf_nan=False, description="Degrees east.", examples=[-81.86])
]
Latitude = Annotated[
    float | None, Query(ge=-90, le=90, allow_inf_nan=False, description="Degrees north.", examples=[35.33])
]
Address = Annotated[str | None, Query(max_length=200, description="Instead of a position: where it is, in words.")]
Parcel = Annotated[
    str | None,
    Query(max_length=80, description="The parcel that the case names; alone, it is the place too.", examples=["N2"]),
]
Named = Annotated[str | None, Query(max_length=80, description="Named by the case. For staff.", examples=["10-204"])]
OnDay = Annotated[Day | None, Query(description="Day of the event; else today.", examples=["2026-03-02"])]
Sigma = Annotated[
    float,
    Query(ge=0, le=LARGEST_SIGMA_FT, description="Standard deviation of the position, in feet.", examples=[3.0]),
]


@router.get(
    "/research",
    summary="What is on record here?",
    responses={200: {"model": ResearchAnswer}},
    response_class=JSONResponse,
)
def get_research(  # noqa: PLR0913, PLR0917 - the parameters of the request
    request: Request,
    city: TheCity,
    view: TheView,
    lon: Longitude = None,
    lat: Latitude = None,
    address: Address = None,
    parcel: Parcel = None,
    account: Named = None,
    facility: Named = None,
    on: OnDay = None,
    sigma_ft: Sigma = 0.0,
) -> JSONResponse:
    """Parcel, accounts, permits, work orders, deeds and locate tickets of one place on one day.

    Each source is found, none found, missing, stale (on the day of the event) or not asked, with the
    reason; only `none found` says that there is none. Rows name their layer's version and its day.
    """
    title, how, place, sigma = _place(city, view, (lon, lat), address, parcel)
    day = np.datetime64(on or city.today(), "D")
    named = {"parcel_id": parcel, "account_id": account, "facility_id": facility}
    sites: Sites = one_site(place, float(np.hypot(sigma_ft, sigma)), day, **named)
    tells_names(request, "owners and customers at a place", parcel=parcel)
    looked = Looked(title, how, view.research(sites))
    return JSONResponse(research_message(looked, view, city.city.name, city.grid))


def _place(
    city: OpenCity, view: View, lonlat: tuple[float | None, float | None], address: str | None, parcel: str | None
) -> tuple[str, str, object, float]:
    """What to call the place, how it was located, where it lies, and what that adds to sigma."""
    lon, lat = lonlat
    if (lon is None) != (lat is None):
        raise BadPlace("lon and lat go together; one of them is missing.")
    if lon is not None and address is not None:
        raise BadPlace("Say where once: by lon and lat, or by address.")
    if lon is not None and lat is not None:
        place = city.grid.from_lonlat(np.array([shapely.Point(lon, lat)], dtype=object))[0]
        if not np.isfinite(place.bounds).all():
            raise BadPlace(f"{lon}, {lat} lies outside what the city's grid can hold.")
        return f"{lon}, {lat}", "lon and lat", place, 0.0
    if address is not None:
        found = view.addresses.find(address)
        return address, found.told, found.place, found.sigma_ft
    if parcel is not None:
        return f"parcel {parcel}", "parcel", parcel_named(view.query, parcel), 0.0
    raise BadPlace("Say where: by lon and lat, by address, or by parcel.")
