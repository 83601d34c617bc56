"""/accounts: who may sign in and act where, for administrators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import SecretStr
from sqlalchemy.orm import Session

from api.account_messages import (
    NAME,
    AccountAnswer,
    AccountChangesAnswer,
    AccountGiven,
    AccountsAnswer,
    LanesGiven,
    PasswordGiven,
    account_change_message,
    account_message,
    lane_messages,
    lanes_given,
)
from api.case_answers import private
from api.case_requests import TheVisit, Visit
from api.languages import TheLanguage, page_in
from api.network_address import address_of
from api.officers import every_lane
from api.requests import TheCity
from api.same_site import refuse_other_sites
from api.strict_json import Router
from api.who import Porter
from gis_ce.accounts import Account, accounts
from gis_ce.actions.accounts import (
    MOST,
    Clerk,
    NewAccount,
    account_changes,
    give_password,
    let_act,
    let_sign_in,
    make_account,
    refuse_without_administrator,
)
from gis_ce.errors import SignInRefused, UserRefused
from gis_ce.roles import STAFF_ROLES, LaneRoles
from maps.page.accounts import accounts_html

router = Router(tags=["access"], default_response_class=JSONResponse)

Name = Annotated[str, Path(description="Name of an account.", pattern=NAME, max_length=64)]
_DONE: dict[int | str, dict[str, Any]] = {200: {"model": AccountAnswer}}


@dataclass(frozen=True, slots=True)
class AccountDesk:
    """One request about accounts: who asks, and what follows from a lane here."""

    visit: Visit
    porter: Porter
    request: Request

    @property
    def roles(self) -> LaneRoles:
        """The roles of the lanes of this city."""
        return self.porter.rules.lanes

    def lanes(self, session: Session) -> frozenset[str]:
        """All lanes in which somebody can act."""
        return every_lane(session, self.visit.office) | self.roles.lanes_of(STAFF_ROLES)

    def change(self, act: Callable[[Session, Clerk], Account]) -> JSONResponse:
        """Carries out a change in the name of who asks, and tells the account as it is then."""
        refuse_other_sites(self.request.headers)
        with self.visit.office.store.session() as session:
            session.connection()
            changed = act(session, Clerk(self.visit.actor.name, datetime.now(UTC), self.roles))
            session.commit()
        return private(account_message(changed, self.roles))


def desk_of(request: Request, visit: TheVisit) -> AccountDesk:
    """The desk at which accounts are kept."""
    return AccountDesk(visit, request.app.state.porter, request)


TheDesk = Annotated[AccountDesk, Depends(desk_of)]


@router.get("/accounts.html", include_in_schema=False)
def get_page(request: Request, city: TheCity, language: TheLanguage) -> HTMLResponse:
    """The page of accounts; it holds none, and asks for them as whoever has opened it."""
    return page_in(request, language, accounts_html(city.city.name, language))


@router.get("/accounts", summary="Who may sign in?", responses={200: {"model": AccountsAnswer}})
def get_accounts(desk: TheDesk) -> JSONResponse:
    """All accounts by name: in which lanes they act, what role follows, and whether they may sign in."""
    with desk.visit.reading() as (session, _):
        told = [account_message(each, desk.roles) for each in accounts(session)]
        return private({"accounts": told, "lanes": lane_messages(desk.lanes(session), desk.roles)})


@router.get("/accounts/changes", summary="Who changed accounts?", responses={200: {"model": AccountChangesAnswer}})
def get_changes(
    desk: TheDesk,
    name: Annotated[str | None, Query(max_length=64, description="Only those of one account.")] = None,
    before: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> JSONResponse:
    """What was done to accounts, the newest first: who did it, when, and which lanes they had then."""
    with desk.visit.reading() as (session, _):
        rows = account_changes(session, name, before, limit)
        told = [account_change_message(row) for row in rows]
    return private({"changes": told, "next": rows[-1].id if len(rows) == limit else None})


@router.post("/accounts", summary="Make an account", status_code=201, responses={201: {"model": AccountAnswer}})
def post_account(body: AccountGiven, desk: TheDesk) -> JSONResponse:
    """Makes an account that signs in with a password; the first of a store has to administer."""

    def make(session: Session, clerk: Clerk) -> Account:
        lanes = lanes_given(body, desk.lanes(session), desk.roles)
        made = make_account(session, clerk, NewAccount(body.name, body.display, _said(body.password), lanes))
        refuse_without_administrator(session, clerk)
        return made

    answer = desk.change(make)
    answer.status_code = 201
    return answer


@router.post("/accounts/{name}/lanes", summary="Let somebody act in other lanes", responses=_DONE)
def post_lanes(name: Name, body: LanesGiven, desk: TheDesk) -> JSONResponse:
    """From the next request on they act in these lanes and in no others; without any, in none."""
    return desk.change(
        lambda session, clerk: let_act(session, clerk, name, lanes_given(body, desk.lanes(session), desk.roles))
    )


@router.post("/accounts/{name}/disable", summary="Let somebody not sign in any longer", responses=_DONE)
def post_disable(name: Name, desk: TheDesk) -> JSONResponse:
    """Their sessions end at once; what they did stays. The last administrator stays too."""
    return desk.change(lambda session, clerk: let_sign_in(session, clerk, name, may=False))


@router.post("/accounts/{name}/enable", summary="Let somebody sign in again", responses=_DONE)
def post_enable(name: Name, desk: TheDesk) -> JSONResponse:
    """A disabled account opens again, with the lanes that it had."""
    return desk.change(lambda session, clerk: let_sign_in(session, clerk, name, may=True))


@router.post("/accounts/{name}/password", summary="Give somebody another password", responses=_DONE)
def post_password(name: Name, body: PasswordGiven, desk: TheDesk) -> JSONResponse:
    """Whoever is signed in with the older one signs in anew. For one's own account the present one is asked for."""
    if name == desk.visit.actor.name:
        _refuse_a_stranger(desk, name, body.current)
    return desk.change(lambda session, clerk: give_password(session, clerk, name, _said(body.password)))


def _refuse_a_stranger(desk: AccountDesk, name: str, current: SecretStr | None) -> None:
    """Whoever found a signed-in browser does not make its account theirs; wrong passwords are counted here too."""
    try:
        store, address = desk.visit.office.store, address_of(desk.request)
        desk.porter.sign_ins.account(store, (name, _said(current) if current else ""), address)
    except SignInRefused as error:
        raise UserRefused("This is your own account: give its present password too, as `current`.") from error


def _said(password: SecretStr) -> str:
    return password.get_secret_value()
