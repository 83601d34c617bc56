"""Accounts as they come in and go out over HTTP and by `--json`; no password and no hash of one goes out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal

from pydantic import Field, SecretStr

from api.answer_schemas import Answered
from api.case_places import Message
from api.case_schemas import Given
from gis_ce.accounts import LONGEST_PASSWORD, SHORTEST_PASSWORD, Account
from gis_ce.errors import UserRefused
from gis_ce.roles import STAFF_ROLES, LaneRoles
from gis_ce.tables import AccountChange

NAME = r"^[a-z0-9][a-z0-9._@-]*$"
_LANES: Any = Field(
    default_factory=list, max_length=50, description="Lanes of the process maps.", examples=[["ce", "field"]]
)
_ROLE = Field(default=None, max_length=20, description=f"Stands for all its lanes; one of {', '.join(STAFF_ROLES)}.")
_PASSWORD = Field(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD, description="Kept as Argon2id alone.")


class LanesGiven(Given):
    """Where somebody acts: in these lanes, and in all those of a role."""

    lanes: list[str] = _LANES
    role: str | None = _ROLE


class AccountGiven(LanesGiven):
    """An account that is wanted."""

    name: str = Field(pattern=NAME, max_length=64, examples=["ann"])
    display: str = Field(default="", max_length=200, description="Name as people read it.", examples=["Ann Ode"])
    password: SecretStr = _PASSWORD


class PasswordGiven(Given):
    """Another password; `current` is the present one, where the account is one's own."""

    password: SecretStr = _PASSWORD
    current: SecretStr | None = Field(default=None, max_length=LONGEST_PASSWORD)


class AccountAnswer(Answered):
    """An account; `provider` is where they sign in, where that is not here with a password."""

    name: str
    display: str
    active: bool
    lanes: list[str]
    roles: list[str]
    provider: str | None


class LaneTold(Answered):
    """A lane in which somebody can act, and the role that follows from it."""

    lane: str
    role: str


class AccountsAnswer(Answered):
    """All accounts, and the lanes that there are."""

    accounts: list[AccountAnswer]
    lanes: list[LaneTold]


class AccountChangeTold(Answered):
    """One change of an account: who did what to whom, and which lanes it had then."""

    id: int
    at: datetime
    by: str
    account: str
    what: Literal["made", "lanes", "disabled", "enabled", "password"]
    said: str | None


class AccountChangesAnswer(Answered):
    """A page of changes; `next` asks for what came before it."""

    changes: list[AccountChangeTold]
    next: int | None


def lanes_given(given: LanesGiven, known: Collection[str], roles: LaneRoles) -> frozenset[str]:
    """The lanes that somebody shall act in; raises UserRefused for a lane or a role that there is not."""
    if given.role is not None and given.role not in STAFF_ROLES:
        raise UserRefused(f"There is no role {given.role!r} for accounts; there are {', '.join(STAFF_ROLES)}.")
    if unknown := [lane for lane in given.lanes if lane not in known]:
        raise UserRefused(f"There is no lane {unknown[0][:80]!r}; there are {', '.join(sorted(known))}.")
    of_role = roles.lanes_of((given.role,)) & frozenset(known) if given.role is not None else frozenset[str]()
    return of_role | frozenset(given.lanes)


def account_message(account: Account, roles: LaneRoles) -> Message:
    """An account without what opens it."""
    return {
        "name": account.name,
        "display": account.display,
        "active": account.active,
        "lanes": sorted(account.lanes),
        "roles": sorted(roles.roles_of(account.lanes)),
        "provider": account.issuer,
    }


def lane_messages(known: Collection[str], roles: LaneRoles) -> list[Message]:
    """The lanes with their roles, by name."""
    return [{"lane": lane, "role": roles.role_of(lane)} for lane in sorted(known)]


def account_change_message(row: AccountChange) -> Message:
    """One change."""
    told: Message = {"id": row.id, "at": row.at.isoformat(), "by": row.by}
    return told | {"account": row.account, "what": row.what, "said": row.said}
