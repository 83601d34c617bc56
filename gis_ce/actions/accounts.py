"""Accounts as administrators make and change them: each change names who did it, and somebody always administers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.accounts import Account, account, accounts, add_user, set_active, set_lanes, set_password
from gis_ce.errors import FilterRefused, UserRefused
from gis_ce.roles import LaneRoles
from gis_ce.tables import AccountChange, User

MOST = 1000
_LAST = "Nobody would administer this service any longer; let somebody else administer it first."
_OWN = "This is your own account: another administrator has to do that, so that nobody is shut out by mistake."


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who changes accounts, and when; `roles` tells which lanes administer."""

    by: str
    now: datetime
    roles: LaneRoles

    def administers(self, account: Account) -> bool:
        """Whether somebody may do what administrators do."""
        return account.active and "admin" in self.roles.roles_of(account.lanes)


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account that is wanted; the password is kept as a hash alone."""

    name: str
    display: str
    password: str
    lanes: Iterable[str]


def make_account(session: Session, clerk: Clerk, wanted: NewAccount) -> Account:
    """A new account; raises UserRefused."""
    made = add_user(session, wanted.name, wanted.display, wanted.password, wanted.lanes)
    _note(session, clerk, made.name, "made", _listed(made))
    return made


def let_act(session: Session, clerk: Clerk, name: str, lanes: Iterable[str]) -> Account:
    """Lets a user act in these lanes and no others; raises UserRefused, also for the last administrator's own."""
    with _administered(session, clerk, name):
        changed = set_lanes(session, name, lanes)
    _note(session, clerk, name, "lanes", _listed(changed))
    return changed


def let_sign_in(session: Session, clerk: Clerk, name: str, may: bool) -> Account:
    """Lets a user sign in, or not any longer; raises UserRefused, also for the last administrator."""
    with _administered(session, clerk, name):
        changed = set_active(session, name, may)
    _note(session, clerk, name, "enabled" if may else "disabled")
    return changed


def give_password(session: Session, clerk: Clerk, name: str, password: str) -> Account:
    """Another password; whoever is signed in with the older one signs in anew. Raises UserRefused."""
    set_password(session, name, password)
    _note(session, clerk, name, "password")
    return account(session, name)


def somebody_administers(session: Session, clerk: Clerk) -> bool:
    """Whether any account that may sign in administers."""
    return any(map(clerk.administers, accounts(session)))


def refuse_without_administrator(session: Session, clerk: Clerk) -> None:
    """Raises UserRefused where there are accounts and none administers: nobody could make the next one."""
    if not somebody_administers(session, clerk):
        raise UserRefused("The first account has to administer: give it the lane admin.")


def account_changes(session: Session, name: str | None, before: int | None, limit: int) -> list[AccountChange]:
    """What was done to all accounts or one, the newest first; raises FilterRefused for a page that cannot be."""
    if not 1 <= limit <= MOST:
        raise FilterRefused(f"A page has 1 to {MOST:,} lines, not {limit}.")
    rows = select(AccountChange).order_by(AccountChange.id.desc()).limit(limit)
    rows = rows.where(AccountChange.account == name) if name is not None else rows
    return list(session.scalars(rows.where(AccountChange.id < before) if before is not None else rows))


@contextmanager
def _administered(session: Session, clerk: Clerk, name: str) -> Iterator[None]:
    """A change after which somebody still administers, and no administrator has shut themselves out."""
    session.execute(select(User.name).order_by(User.name).with_for_update())  # two at once would each see the other
    was = somebody_administers(session, clerk)
    administered = clerk.by == name and clerk.administers(account(session, name))
    yield
    if was and not somebody_administers(session, clerk):
        raise UserRefused(_LAST)
    if administered and not clerk.administers(account(session, name)):
        raise UserRefused(_OWN)


def _note(session: Session, clerk: Clerk, name: str, what: str, said: str | None = None) -> None:
    session.add(AccountChange(at=clerk.now, by=clerk.by, account=name, what=what, said=said))
    session.flush()


def _listed(account: Account) -> str:
    return ", ".join(sorted(account.lanes)) or "no lane"
