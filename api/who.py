"""Who comes: nobody that we know, whoever sits at a machine of one's own, an account, a key, a signed-in browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from fastapi import Request
from sqlalchemy.orm import Session

from api.access import Caller, caller_of
from api.case_office import CaseOffice
from api.cookies import Cookies
from api.error_answers import STORE_GONE
from api.network_address import address_of
from api.officers import has_accounts
from api.sign_in import SignIns, credentials_of
from gis_ce.access_rules import AccessRules
from gis_ce.accounts import Account
from gis_ce.api_keys import Key, key_shown, note_use
from gis_ce.errors import StoreNotReady
from gis_ce.roles import ROLE_NAMES, Rights, rights_of
from gis_ce.sessions import form_token, note_seen, session_of

_CANNOT_TELL: tuple[type[Exception], ...] = (StoreNotReady, *STORE_GONE)
_ASK_AGAIN_S = 1.0
"""How long it is taken for true that a store has no account."""


@dataclass(frozen=True, slots=True)
class Who:
    """Who comes, with what they may see. `name` is what stands in histories; `scopes` limit a key, None nobody else.

    `fault` is why it cannot be told who sits at the machine: then it is nobody. Of a session, `form_token` is what
    its changes must bring along, and `until` when it ends.
    """

    how: Literal["nobody", "machine", "password", "key", "session"]
    rights: Rights
    name: str | None = None
    lanes: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset(("public",))
    scopes: frozenset[str] | None = None
    fault: Exception | None = None
    form_token: str | None = None
    until: datetime | None = None

    @property
    def caller(self) -> Caller:
        """How the layers are narrowed for them."""
        if not self.rights.staff:
            return "public"
        return "staff" if self.rights.owners else "crew"

    def may(self, scope: str | None) -> bool:
        """Whether what they came with is for this: a key only for its scopes, all else for everything."""
        return scope is None or self.scopes is None or scope in self.scopes

    @property
    def is_known(self) -> bool:
        """Whether they said who they are."""
        return self.how not in ("nobody", "machine")


NOBODY = Who("nobody", Rights())
AT_THE_MACHINE = Who("machine", rights_of(ROLE_NAMES), roles=frozenset(ROLE_NAMES))


class Porter:
    """Tells who comes to one running service."""

    def __init__(
        self, office: Callable[[], CaseOffice], has_store: Callable[[], bool], rules: AccessRules, cookies: Cookies
    ) -> None:
        self.sign_ins = SignIns()
        self.rules, self.cookies = rules, cookies
        self._office = office
        self._has_store = has_store
        self._none_until = 0.0
        self._accounts = False

    def at_once(self, request: Request) -> Who | None:
        """Who comes, where that can be told without the case store; else None."""
        if _says_who(request) or self.cookies.of(request) is not None:
            return None
        if caller_by_connection(request) == "public":
            return NOBODY
        if self._accounts:
            return NOBODY
        return AT_THE_MACHINE if time.monotonic() < self._none_until else None

    def who(self, request: Request) -> Who:
        """Who comes; raises SignInRefused for a sign-in that opens nothing, StoreNotReady where one cannot be tried."""
        shown = shown_key(request)
        if shown is not None:
            return self._key(shown)
        credentials = credentials_of(request.headers.get("authorization"))
        if credentials is not None:
            found = self.sign_ins.account(self._office().store, credentials, address_of(request))
            return self.of_account(found, "password")
        if (cookie := self.cookies.of(request)) is not None and (who := self._session(cookie)) is not None:
            return who
        return self._without_sign_in(request)

    def of_account(self, account: Account, how: Literal["password", "session"]) -> Who:
        """Somebody with an account; from then on it is known that there are accounts."""
        self._accounts = True
        roles = self.rules.lanes.roles_of(account.lanes)
        return Who(how, rights_of(roles), account.name, account.lanes, roles)

    def _session(self, cookie: str) -> Who | None:
        """Who is signed in with that cookie; None where that has ended."""
        store, now = self._office().store, datetime.now(UTC)
        with store.reading() as session:
            signed = session_of(session, cookie, now)
        if signed is None:
            return None
        if signed.seen_is_old:
            with store.session() as session:
                note_seen(session, signed, now)
                session.commit()
        who = self.of_account(signed.account, "session")
        return replace(who, form_token=form_token(cookie), until=signed.expires_at)

    def _key(self, shown: str) -> Who:
        store, now = self._office().store, datetime.now(UTC)
        with store.reading() as session:
            key = key_shown(session, shown, now)
        if key.use_is_new:
            with store.session() as session:
                note_use(session, key, now)
                session.commit()
        return self._of_key(key)

    def _of_key(self, key: Key) -> Who:
        roles = frozenset((key.role,))
        return Who("key", rights_of(roles), key.signs_as, self.rules.lanes.lanes_of(roles), roles, key.scopes)

    def _without_sign_in(self, request: Request) -> Who:
        if caller_by_connection(request) == "public":
            return NOBODY
        try:
            return NOBODY if self._has_accounts() else AT_THE_MACHINE
        except _CANNOT_TELL as error:
            return Who("nobody", Rights(), fault=error)

    def _has_accounts(self) -> bool:
        """Whether there is an account: asked anew while there is none, and for good once there is one."""
        if not self._accounts and time.monotonic() >= self._none_until:
            self._accounts = self._has_store() and _asked(self._office(), has_accounts)
            self._none_until = time.monotonic() + _ASK_AGAIN_S
        return self._accounts


def _asked(office: CaseOffice, question: Callable[[Session], bool]) -> bool:
    with office.store.reading() as session:
        return question(session)


def caller_by_connection(request: Request) -> Literal["public", "staff"]:
    """Staff is who sits at this machine."""
    address = request.client.host if request.client else None
    return caller_of(address, request.headers.get("host", ""), request.headers.keys())


def shown_key(request: Request) -> str | None:
    """The API key of a request, as `X-Api-Key: KEY` or `Authorization: Bearer KEY`; None without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return request.headers.get("x-api-key") or (token.strip() if scheme.lower() == "bearer" else None)


def _says_who(request: Request) -> bool:
    return "authorization" in request.headers or "x-api-key" in request.headers
