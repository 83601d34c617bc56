"""/sign-in, /sign-out and /session: browsers that sign in with a password or through the provider."""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Form, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from api.case_answers import PRIVATE
from api.errors import ApiError, NotForYou, NotThere, OtherSite, SignInNeeded, TooOften, status_of
from api.network_address import address_of
from api.oidc import Provider, Started
from api.requests import TheCity, TheWho, office_of
from api.same_site import refuse_other_sites
from api.strict_json import Router
from api.who import Porter
from gis_ce.accounts import Provided, provided_account
from gis_ce.errors import CaseError, SignInRefused
from gis_ce.sessions import LONGEST, begin_session, end_session
from gis_ce.sign_ins_under_way import WITHIN, UnderWay, begin_sign_in, end_sign_in
from maps.page.sign_in import SignInPage, sign_in_html

router = Router(include_in_schema=False)

_BACK = "/sign-in/provider/back"
_NO_ROLE = "You are known to the provider, but none of your groups has a role here; ask an administrator."
Then = Annotated[str, Query(max_length=500)]


@router.get("/sign-in")
def get_sign_in(request: Request, city: TheCity, who: TheWho, then: Then = "/") -> HTMLResponse:
    """The form, or who is signed in."""
    if who.how == "session":
        roles, token = " and ".join(sorted(who.roles)), who.form_token or ""
        page = SignInPage(city.city.name, "Signed in", name=who.name, roles=roles, form_token=token)
        return _page(replace(page, administers=who.rights.administers))
    return _page(_form(request, city.city.name, then))


@router.post("/sign-in")
def post_sign_in(
    request: Request,
    city: TheCity,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    then: Annotated[str, Form(max_length=500)] = "/",
) -> Response:
    """Signs in with a password; a wrong one shows the form again."""
    refuse_other_sites(request.headers)
    porter = _porter(request)
    try:
        found = porter.sign_ins.account(office_of(request).store, (name, password), address_of(request))
    except (SignInRefused, TooOften) as error:
        return _refused(request, city.city.name, error, then, name)
    return _signed_in(request, found.name, then)


@router.get("/sign-in/provider")
def get_provider(request: Request, city: TheCity, then: Then = "/") -> Response:
    """Sends the browser to the provider."""
    provider, porter = _provider(request), _porter(request)
    with office_of(request).store.session() as session:
        cookie, begun = begin_sign_in(session, _local(then), datetime.now(UTC))
        session.commit()
    try:
        there = provider.address(Started(begun.state, begun.nonce, begun.verifier), _back(request))
    except ApiError as error:
        return _refused(request, city.city.name, error, then)
    answer = RedirectResponse(there, 303, PRIVATE)
    porter.cookies.keep_under_way(answer, cookie, int(WITHIN.total_seconds()))
    return answer


@router.get(_BACK)
def get_back(
    request: Request,
    city: TheCity,
    state: Annotated[str, Query(max_length=500)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
    error: Annotated[str, Query(max_length=200)] = "",
    iss: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """The browser comes back from the provider with a code, once."""
    provider, porter = _provider(request), _porter(request)
    try:
        begun = _ended(request, state)
        if error or not code or iss not in (None, provider.settings.issuer):
            raise SignInRefused(f"The provider did not sign you in: {error or 'it sent no code of its own'}.")
        vouched = provider.vouched(code, Started(begun.state, begun.nonce, begun.verifier), _back(request))
        lanes = porter.rules.lanes.lanes_of(vouched.roles)
        given = Provided(provider.settings.issuer, vouched.subject, vouched.name, vouched.display, lanes)
        name = _account(request, given)
        if not vouched.roles:
            raise NotForYou(_NO_ROLE)
        answer = _signed_in(request, name, begun.then)
    except (ApiError, CaseError) as refused:
        return _refused(request, city.city.name, refused, "/")
    porter.cookies.forget_under_way(answer)
    return answer


@router.post("/sign-out")
def post_sign_out(
    request: Request, city: TheCity, who: TheWho, csrf: Annotated[str, Form(max_length=100)] = ""
) -> Response:
    """Ends the session, on this service and, by a link, at the provider."""
    porter = _porter(request)
    cookie = porter.cookies.of(request)
    if who.how != "session" or cookie is None:
        return RedirectResponse("/sign-in", 303, PRIVATE)
    refuse_other_sites(request.headers)
    if not hmac.compare_digest(csrf.encode(), (who.form_token or "").encode()):
        raise OtherSite("This form is none of yours, so nothing was done; open the page again.")
    with office_of(request).store.session() as session:
        end_session(session, cookie)
        session.commit()
    answer = _page(SignInPage(city.city.name, "Signed out", signed_out=True, provider=_sign_out_there(request)))
    porter.cookies.forget(answer)
    return answer


@router.get("/session")
def get_session(who: TheWho) -> JSONResponse:
    """Who is signed in here, and what a page sends along with a change."""
    if not who.is_known:
        raise SignInNeeded("Nobody is signed in here.")
    until = who.until.isoformat() if who.until is not None else None
    told = {"name": who.name, "how": who.how, "roles": sorted(who.roles), "lanes": sorted(who.lanes), "until": until}
    return JSONResponse(told | {"csrf_token": who.form_token}, headers=PRIVATE)


def _ended(request: Request, state: str) -> UnderWay:
    """The sign-in with which the browser comes back; it is over, be it refused or not."""
    with office_of(request).store.session() as session:
        try:
            return end_sign_in(session, _porter(request).cookies.under_way(request), state, datetime.now(UTC))
        finally:
            session.commit()


def _account(request: Request, given: Provided) -> str:
    """The name of the account, its lanes as the provider's groups are now: none any longer where they have none."""
    with office_of(request).store.session() as session:
        found = provided_account(session, given)
        session.commit()
    return found.name


def _signed_in(request: Request, name: str, then: str) -> Response:
    """The page that was asked for, with the cookie of a new session; a session of before ends."""
    porter = _porter(request)
    with office_of(request).store.session() as session:
        token = begin_session(session, name, datetime.now(UTC), porter.cookies.of(request))
        session.commit()
    answer = RedirectResponse(_local(then), 303, PRIVATE)
    porter.cookies.keep(answer, token, int(LONGEST.total_seconds()))
    return answer


def _refused(request: Request, city: str, error: Exception, then: str, tried: str = "") -> HTMLResponse:
    answer = _page(_form(request, city, then, str(error), tried), status_of(error))
    if isinstance(error, TooOften):
        answer.headers["Retry-After"] = str(error.after_s)
    return answer


def _form(request: Request, city: str, then: str, said: str = "", tried: str = "") -> SignInPage:
    there = "/sign-in/provider" if request.app.state.provider is not None else None
    return SignInPage(city, said=said, tried=tried[:64], then=_local(then), provider=there)


def _page(page: SignInPage, status: int = 200) -> HTMLResponse:
    return HTMLResponse(sign_in_html(page), status, PRIVATE)


def _local(then: str) -> str:
    """A page of ours to go on to, never one of another host."""
    plain = then.startswith("/") and not then.startswith(("//", "/\\")) and then.isprintable()
    return then if plain else "/"


def _back(request: Request) -> str:
    return _porter(request).cookies.base_url(request) + _BACK


def _sign_out_there(request: Request) -> str | None:
    provider: Provider | None = request.app.state.provider
    try:
        return provider.sign_out_address(f"{_porter(request).cookies.base_url(request)}/sign-in") if provider else None
    except (ApiError, SignInRefused):
        return None


def _provider(request: Request) -> Provider:
    provider: Provider | None = request.app.state.provider
    if provider is None:
        raise NotThere("No provider is set here; sign in with a name and a password.")
    return provider


def _porter(request: Request) -> Porter:
    porter: Porter = request.app.state.porter
    return porter
