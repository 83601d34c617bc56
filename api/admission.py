"""Letting somebody in: each request is held against the list of doors before its route is run."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from api.access_log import tells_names
from api.doors import CASE_IN_PATH, Door, Needs, changes_something, door_of
from api.errors import NotForYou, OtherSite, SignInNeeded
from api.network_address import address_of
from api.requests import office_of
from api.who import Porter, Who, caller_by_connection
from gis_ce.actions.at_hand import look_at
from gis_ce.actions.desk import Actor
from gis_ce.errors import CaseUnknown, SignInRefused
from gis_ce.roles import STAFF_ROLES, Rights, rights_of

FORM_HEADER = "X-CSRF-Token"


async def admit(request: Request) -> None:
    """Notes who comes, for all that follows; raises SignInNeeded and NotForYou where they may not come in here."""
    porter: Porter = request.app.state.porter
    known = porter.at_once(request)
    who = known if known is not None else await run_in_threadpool(_told, request, porter)
    request.state.who = who
    route = request.scope["route"].path
    door = door_of(request.method, route)
    if door is None:
        raise NotForYou(f"{request.method} {route} is not on the list of doors, so nobody comes in.")
    _hold_against(request, who, door)
    request.app.state.rates.count(who, address_of(request))
    if door.persons is not None:
        tells_names(request, door.persons, case=_case_named(request))
    if who.rights.cases == "of_lanes" and (number := _case_named(request)) is not None:
        await run_in_threadpool(_refuse_case_of_others, request, who, number)


def _told(request: Request, porter: Porter) -> Who:
    """Who comes; sign-ins that open nothing count as requests of their address."""
    try:
        return porter.who(request)
    except SignInRefused:
        request.app.state.rates.count(None, address_of(request))
        raise


def _hold_against(request: Request, who: Who, door: Door) -> None:
    if not meets(who.rights, door.needs):
        if who.fault is not None:
            raise who.fault
        if not who.is_known:
            raise SignInNeeded(_sign_in(request, door.needs))
        roles = [name for name in STAFF_ROLES if meets(rights_of((name,)), door.needs)]
        raise NotForYou(f"This is for the roles {', '.join(roles)}; {who.name} is {_listed(who)}.")
    if who.form_token is not None and changes_something(request.method, door):
        sent = request.headers.get(FORM_HEADER, "")
        if not hmac.compare_digest(sent.encode(), who.form_token.encode()):
            raise OtherSite(f"A change in a session brings its token along: {FORM_HEADER}, as GET /session tells.")
    if not who.may(door.scope):
        had = ", ".join(sorted(who.scopes or ()))
        raise NotForYou(f"This needs a key with the scope {door.scope}; {who.name} has {had}.")


def meets(rights: Rights, needs: Needs) -> bool:
    """Whether rights are those that a door needs."""
    sees_all = rights.cases == "all"
    return {
        "nothing": True,
        "staff": rights.staff,
        "cases": rights.cases != "none",
        "all_cases": sees_all,
        "owners": sees_all and rights.owners,
        "persons": sees_all and rights.owners and rights.reporters,
        "admin": rights.administers,
    }[needs]


def _sign_in(request: Request, needs: Needs) -> str:
    if caller_by_connection(request) == "staff":
        return "This case store has accounts: sign in with a name and a password."
    what = "Traces are" if needs == "staff" else "Cases are"
    return f"{what} for staff: sign in with a name and a password."


def _listed(who: Who) -> str:
    return " and ".join(sorted(who.roles))


def _case_named(request: Request) -> str | None:
    """The case that a request names in its path or asks for."""
    given: Mapping[str, str] = request.path_params
    return next((given[name] for name in CASE_IN_PATH if name in given), request.query_params.get("case"))


def _refuse_case_of_others(request: Request, who: Who, number: str) -> None:
    """Raises CaseUnknown for a case of a kind in which none of their lanes works, as for one that is not there."""
    office = office_of(request)
    with office.store.reading() as session:
        process = look_at(session, office.desk(Actor("")), number).process
    if process.lanes.keys().isdisjoint(who.lanes):
        raise CaseUnknown(f"There is no case {number.strip()[:80]!r}.")
