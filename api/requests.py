"""What every router asks for: the open city, who asks, and the view of the caller."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from api.access import Caller, View, caller_of
from api.case_office import CaseOffice
from api.sign_in import SignIns, credentials_of
from api.wiring import OpenCity
from gis_ce.accounts import Account


def city_of(request: Request) -> OpenCity:
    """The city that the service was started with."""
    city: OpenCity = request.app.state.city
    return city


def office_of(request: Request) -> CaseOffice:
    """The case office of that city; raises StoreNotReady where its store cannot be worked with."""
    office: CaseOffice = request.app.state.office()
    return office


def account_of(request: Request) -> Account | None:
    """The account that the caller signs in with, None for who does not sign in; raises SignInRefused."""
    credentials = credentials_of(request.headers.get("authorization"))
    if credentials is None:
        return None
    sign_ins: SignIns = request.app.state.sign_ins
    with office_of(request).store.reading() as session:
        return sign_ins.account(session, credentials)


def caller_by_connection(request: Request) -> Caller:
    """Staff is who sits at this machine."""
    address = request.client.host if request.client else None
    return caller_of(address, request.headers.get("host", ""), request.headers.keys())


def view_of(request: Request) -> View:
    """What this caller may ask, over one set of layer versions that is kept to the end of the request.

    Who signs in is staff, wherever they are.
    """
    caller: Caller = "staff" if account_of(request) is not None else caller_by_connection(request)
    return city_of(request).view(caller)


TheCity = Annotated[OpenCity, Depends(city_of)]
TheOffice = Annotated[CaseOffice, Depends(office_of)]
TheView = Annotated[View, Depends(view_of)]
