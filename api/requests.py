"""What every router asks for: the open city, and the view of the caller."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from api.access import View, caller_of
from api.wiring import OpenCity


def city_of(request: Request) -> OpenCity:
    """The city that the service was started with."""
    city: OpenCity = request.app.state.city
    return city


def view_of(request: Request) -> View:
    """What this caller may ask, over one set of layer versions that is kept to the end of the request."""
    address = request.client.host if request.client else None
    caller = caller_of(address, request.headers.get("host", ""), request.headers.keys())
    return city_of(request).view(caller)


TheCity = Annotated[OpenCity, Depends(city_of)]
TheView = Annotated[View, Depends(view_of)]
