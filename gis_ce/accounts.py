"""Local accounts: who may sign in, and in which lanes they may act."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gis_ce.errors import SignInRefused, UserRefused, UserUnknown
from gis_ce.tables import SignedSession, User, UserRole

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_LANE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_HASHER = PasswordHasher()
_NO_PASSWORD = ""
"""Of somebody whom a provider vouches for: no password opens it."""
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZSBzYWx0IG9mIG5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""Verified for a name without an account, so that the answer takes as long as for one with an account."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in, while `active`: with a password, or through the provider `issuer`."""

    name: str
    display: str
    active: bool
    lanes: frozenset[str]
    issuer: str | None = None


def add_user(session: Session, name: str, display: str, password: str, lanes: Iterable[str]) -> Account:
    """A new account; raises UserRefused for a name that is taken or no name, or a weak password."""
    if not _NAME.fullmatch(name):
        raise UserRefused(f"{name[:80]!r} is no user name: small letters, digits and . _ @ - (up to 64).")
    if session.get(User, name) is not None:
        raise UserRefused(f"There is a user {name} already.")
    hashed = _HASHER.hash(_strong(name, password))
    session.add(User(name=name, display=display.strip() or name, password_hash=hashed, active=True))
    return set_lanes(session, name, lanes)


def set_password(session: Session, name: str, password: str) -> None:
    """Another password; raises UserRefused for an unknown name or a weak password."""
    user = _user(session, name)
    if user.issuer is not None:
        raise UserRefused(f"{name} signs in through {user.issuer}, without a password of ours.")
    user.password_hash = _HASHER.hash(_strong(name, password))
    _end_sessions(session, name)


def set_lanes(session: Session, name: str, lanes: Iterable[str]) -> Account:
    """Let a user act in these lanes and no others; raises UserRefused."""
    wanted = sorted(set(lanes))
    if wrong := [lane for lane in wanted if not _LANE.fullmatch(lane)]:
        raise UserRefused(f"{wrong[0][:80]!r} is no lane: small letters, digits and _.")
    _user(session, name)
    session.execute(delete(UserRole).where(UserRole.user == name))
    session.add_all(UserRole(user=name, lane=lane) for lane in wanted)
    session.flush()
    return account(session, name)


def set_active(session: Session, name: str, active: bool) -> Account:
    """Let a user sign in, or not any longer; what the user did stays. Raises UserRefused."""
    _user(session, name).active = active
    _end_sessions(session, name)
    session.flush()
    return account(session, name)


def account(session: Session, name: str) -> Account:
    """One account; raises UserRefused for an unknown name."""
    return _account(_user(session, name), _lanes(session).get(name, frozenset()))


@dataclass(frozen=True, slots=True)
class Provided:
    """Somebody whom a provider vouches for: `subject` is what it calls them for good, `name` what they are called."""

    issuer: str
    subject: str
    name: str
    display: str
    lanes: frozenset[str]


def provided_account(session: Session, given: Provided) -> Account:
    """The account of somebody who signs in through a provider, made with the first sign-in; their lanes are the newest.

    Raises SignInRefused for a name that is none or is somebody else's, and for a disabled account.
    """
    same = select(User).where(User.issuer == given.issuer, User.subject == given.subject)
    user = session.scalars(same).one_or_none()
    if user is None:
        user = _new_provided(session, given)
    if not user.active:
        raise SignInRefused(f"The account {user.name} is disabled.")
    user.display = given.display.strip() or user.name
    return set_lanes(session, user.name, given.lanes)


def _new_provided(session: Session, given: Provided) -> User:
    name = given.name.strip().lower()
    if not _NAME.fullmatch(name):
        raise SignInRefused(f"{given.name[:80]!r} is no user name here: letters, digits and . _ @ - (up to 64).")
    if session.get(User, name) is not None:
        raise SignInRefused(f"The name {name} is that of another account here; ask an administrator.")
    user = User(name=name, display=name, password_hash=_NO_PASSWORD, issuer=given.issuer, subject=given.subject)
    session.add(user)
    session.flush()
    return user


def accounts(session: Session) -> list[Account]:
    """All accounts, by name."""
    lanes = _lanes(session)
    users = session.scalars(select(User).order_by(User.name))
    return [_account(user, lanes.get(user.name, frozenset())) for user in users]


def signed_in(session: Session, name: str, password: str) -> Account:
    """The account that a name and password open; raises SignInRefused, which does not say what was wrong.

    A password that was hashed with older settings is hashed anew; commit to keep that.
    """
    user = session.get(User, name) if _NAME.fullmatch(name) else None
    right = _verified((user.password_hash if user else "") or _NOBODY, password)
    if user is None or not right or not user.active or user.password_hash == _NO_PASSWORD:
        raise SignInRefused("This name and password open no account.")
    if _HASHER.check_needs_rehash(user.password_hash):
        user.password_hash = _HASHER.hash(password)
    return account(session, name)


def _verified(hashed: str, password: str) -> bool:
    try:
        return len(password) <= LONGEST_PASSWORD and _HASHER.verify(hashed, password)
    except (VerificationError, UnicodeEncodeError):
        return False


def _strong(name: str, password: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise UserRefused(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
    if name.lower() in password.lower() or len(set(password)) < 5:
        raise UserRefused("The password is too easy to guess: it holds the name, or few different characters.")
    return password


def _end_sessions(session: Session, name: str) -> None:
    """Whoever is signed in with a browser signs in anew."""
    session.execute(delete(SignedSession).where(SignedSession.user == name))


def _user(session: Session, name: str) -> User:
    user = session.get(User, name) if _NAME.fullmatch(name) else None
    if user is None:
        raise UserUnknown(f"There is no user {name[:80]!r}.")
    return user


def _lanes(session: Session) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for role in session.scalars(select(UserRole)):
        found.setdefault(role.user, set()).add(role.lane)
    return {name: frozenset(lanes) for name, lanes in found.items()}


def _account(user: User, lanes: frozenset[str]) -> Account:
    return Account(user.name, user.display, user.active, lanes, user.issuer)
