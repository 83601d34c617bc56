"""Who acts: an account of the store, or whoever sits at a machine whose store has no accounts yet."""

from __future__ import annotations

import getpass

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.case_office import CaseOffice
from api.errors import ApiError, SignInNeeded
from gis_ce.accounts import account
from gis_ce.actions.definitions import of_version
from gis_ce.actions.desk import Actor
from gis_ce.actions.publishing import PUBLISHERS
from gis_ce.errors import UserRefused
from gis_ce.tables import ProcessVersion, User

LONGEST_NAME = 64
_NAMELESS = "officer"


def user_at_this_machine() -> str:
    """The operating system's user; `officer` where it has no name for its user, as in some containers."""
    try:
        return getpass.getuser()[:LONGEST_NAME] or _NAMELESS
    except (OSError, KeyError, ImportError):
        return _NAMELESS


def acting_here(session: Session, office: CaseOffice, name: str | None) -> Actor:
    """Who acts at this machine: the name given, else the operating system's user.

    Without any account in the store it is an officer in every lane. Raises UserRefused for a name that
    has no account that may sign in, where there are accounts.
    """
    if not has_accounts(session):
        return Actor(_plain(name or user_at_this_machine()), every_lane(session, office))
    wanted = name or user_at_this_machine()
    if name is None and session.get(User, wanted) is None:
        raise UserRefused(f"This store has accounts, and {wanted[:80]!r} is none of them: say who acts with --as NAME.")
    found = account(session, wanted)
    if not found.active:
        raise UserRefused(f"{found.name} may not act any longer: the account is disabled.")
    return Actor(found.name, found.lanes)


def officer_of_this_machine(session: Session, office: CaseOffice) -> Actor:
    """The officer of a machine of one's own; raises SignInNeeded where the store has accounts."""
    if has_accounts(session):
        raise SignInNeeded("This case store has accounts: sign in with a name and a password.")
    return Actor(user_at_this_machine(), every_lane(session, office))


def has_accounts(session: Session) -> bool:
    """Whether anybody has an account, be it a disabled one."""
    return session.scalars(select(User.name).limit(1)).first() is not None


def every_lane(session: Session, office: CaseOffice) -> frozenset[str]:
    """Every lane of every definition that a case may follow, and that of those who publish definitions."""
    known = {process.version: process for process in office.processes.processes.values()}
    others = select(ProcessVersion.process, ProcessVersion.id).where(ProcessVersion.id.not_in(list(known)))
    desk = office.desk(Actor(""))
    published = [of_version(session, desk, name, version) for name, version in session.execute(others)]
    return frozenset((PUBLISHERS, *(lane for process in (*known.values(), *published) for lane in process.lanes)))


def _plain(name: str) -> str:
    if not 0 < len(name.strip()) <= LONGEST_NAME or not name.isprintable():
        raise ApiError(f"{name[:80]!r} is no name of a person: 1 to {LONGEST_NAME} characters that can be printed.")
    return name.strip()
