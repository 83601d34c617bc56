"""API keys of field apps and other machines: made once, shown once, kept as a hash, revoked at any time.

A key has 256 bits of chance, so nobody can guess it, and one round of SHA-256 hides it as well as a slow hash would.
A slow hash is for passwords, which people choose; with it each request of a field app would cost a tenth of a second.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.errors import KeyRefused, SignInRefused
from gis_ce.roles import STAFF_ROLES
from gis_ce.tables import ApiKey

SCOPES = {
    "checks:run": "ask the map about places",
    "layers:read": "read layers, tiles and traces",
    "cases:read": "read cases and what belongs to them",
    "cases:write": "change cases",
    "mailings:read": "read mailings",
    "mailings:write": "make and change mailings",
    "metrics:read": "read the figures of the service",
    "admin": "what administrators do, with a key of the role admin",
}
"""What a key can be for."""
PREFIX = "gisce_"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_KEY = re.compile(rf"{PREFIX}([0-9a-f]{{12}})_[A-Za-z0-9_-]{{43}}")
_USED_EVERY = timedelta(minutes=5)
"""The time of the last use is noted so often at most: a request that only reads need not write each time."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that is good now; what it writes is signed with `signs_as`."""

    id: str
    name: str
    role: str
    scopes: frozenset[str]
    use_is_new: bool

    @property
    def signs_as(self) -> str:
        """Whose name stands in histories."""
        return f"key:{self.name}"


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a new key is to be; without `expires_at` it is good until it is revoked."""

    name: str
    role: str
    scopes: Collection[str]
    expires_at: datetime | None = None


def make_key(session: Session, new: NewKey, by: str, now: datetime) -> str:
    """The new key in clear, which nobody can see again; raises KeyRefused for what no key can be."""
    _refuse(session, new, now)
    name = secrets.token_hex(6)
    key = f"{PREFIX}{name}_{secrets.token_urlsafe(32)}"
    session.add(
        ApiKey(
            id=name,
            name=new.name,
            sha256=_hashed(key),
            role=new.role,
            scopes={"scopes": sorted(set(new.scopes))},
            made_at=now,
            made_by=by,
            expires_at=new.expires_at,
        )
    )
    session.flush()
    return key


def all_keys(session: Session) -> list[ApiKey]:
    """All keys that were ever made, by name."""
    return list(session.scalars(select(ApiKey).order_by(ApiKey.name)))


def revoke_key(session: Session, name: str, by: str, now: datetime) -> ApiKey:
    """Make a key good for nothing any longer; one that is revoked stays so. Raises KeyRefused for an unknown name."""
    found = session.scalars(select(ApiKey).where(ApiKey.name == name)).one_or_none()
    if found is None:
        raise KeyRefused(f"There is no key {name[:80]!r}.")
    if found.revoked_at is None:
        found.revoked_at, found.revoked_by = now, by
        session.flush()
    return found


def key_shown(session: Session, shown: str, now: datetime) -> Key:
    """The key that somebody shows; raises SignInRefused alike for an unknown, a revoked and an expired one."""
    match = _KEY.fullmatch(shown)
    found = session.get(ApiKey, match[1]) if match else None
    right = hmac.compare_digest(found.sha256 if found else _hashed(""), _hashed(shown))
    if found is None or not right or found.revoked_at is not None or _is_past(found.expires_at, now):
        raise SignInRefused("This key opens nothing: it is unknown, revoked or expired.")
    is_new = found.used_at is None or now - found.used_at >= _USED_EVERY
    return Key(found.id, found.name, found.role, frozenset(found.scopes["scopes"]), is_new)


def note_use(session: Session, key: Key, now: datetime) -> None:
    """Note that a key was used just now."""
    session.get_one(ApiKey, key.id).used_at = now


def _is_past(expires_at: datetime | None, now: datetime) -> bool:
    return expires_at is not None and expires_at <= now


def _refuse(session: Session, new: NewKey, now: datetime) -> None:
    if not _NAME.fullmatch(new.name):
        raise KeyRefused(f"{new.name[:80]!r} is no name of a key: small letters, digits and . _ - (up to 64).")
    if session.scalars(select(ApiKey.id).where(ApiKey.name == new.name)).first() is not None:
        raise KeyRefused(f"There is, or was, a key {new.name} already; histories name it, so take another name.")
    if new.role not in STAFF_ROLES:
        raise KeyRefused(f"{new.role[:80]!r} is no role of a key; these are: {', '.join(STAFF_ROLES)}.")
    if unknown := [scope for scope in new.scopes if scope not in SCOPES]:
        raise KeyRefused(f"{unknown[0][:80]!r} is no scope; these are: {', '.join(SCOPES)}.")
    if not new.scopes:
        raise KeyRefused(f"Say what the key is for; the scopes are: {', '.join(SCOPES)}.")
    if _is_past(new.expires_at, now):
        raise KeyRefused("The key would have expired already; name a later day.")


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
