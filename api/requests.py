"""What every router asks for: the open city, who asks, and the view of the caller."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from api.access import View
from api.case_office import CaseOffice
from api.who import Who
from api.wiring import OpenCity


def city_of(request: Request) -> OpenCity:
    """The city that the service was started with."""
    city: OpenCity = request.app.state.city
    return city


def office_of(request: Request) -> CaseOffice:
    """The case office of that city; raises StoreNotReady where its store cannot be worked with."""
    office: CaseOffice = request.app.state.office()
    return office


def who_of(request: Request) -> Who:
    """Who asks, as they were let in."""
    who: Who = request.state.who
    return who


def view_of(request: Request) -> View:
    """What this caller may ask, over one set of layer versions that is kept to the end of the request."""
    return city_of(request).view(who_of(request).caller)


TheCity = Annotated[OpenCity, Depends(city_of)]
TheOffice = Annotated[CaseOffice, Depends(office_of)]
TheView = Annotated[View, Depends(view_of)]
TheWho = Annotated[Who, Depends(who_of)]
