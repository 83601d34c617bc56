"""Sessions of browsers: begun by a sign-in, kept as a hash, ended by signing out, by time, or from the store."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from gis_ce.accounts import Account, account
from gis_ce.tables import SignedSession

LONGEST, IDLE = timedelta(hours=12), timedelta(hours=2)
"""A session ends so long after its sign-in, and so long after its last request."""
_SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Signed:
    """A session that is good now."""

    id: str
    account: Account
    expires_at: datetime
    seen_is_old: bool


def begin_session(session: Session, user: str, now: datetime, instead_of: str | None = None) -> str:
    """What the cookie of a new session holds; the one that the browser had before ends."""
    if instead_of is not None:
        end_session(session, instead_of)
    session.execute(delete(SignedSession).where(SignedSession.expires_at <= now))
    token = secrets.token_urlsafe(32)
    session.add(
        SignedSession(id=_hashed(token), user=user, made_at=now, seen_at=now, expires_at=now + LONGEST),
    )
    session.flush()
    return token


def session_of(session: Session, token: str, now: datetime) -> Signed | None:
    """The session of a cookie; None where it has ended, or its account may not sign in any longer."""
    row = session.get(SignedSession, _hashed(token))
    if row is None or row.expires_at <= now or row.seen_at + IDLE <= now:
        return None
    found = account(session, row.user)
    if not found.active:
        return None
    return Signed(row.id, found, min(row.expires_at, row.seen_at + IDLE), now - row.seen_at >= _SEEN_EVERY)


def note_seen(session: Session, signed: Signed, now: datetime) -> None:
    """Note that somebody is still there."""
    row = session.get(SignedSession, signed.id)
    if row is not None:
        row.seen_at = now


def end_session(session: Session, token: str) -> None:
    """End the session of a cookie."""
    session.execute(delete(SignedSession).where(SignedSession.id == _hashed(token)))


def form_token(token: str) -> str:
    """What a page of ours sends along with a change: a page of another site cannot know it."""
    return hmac.new(token.encode(errors="surrogatepass"), b"gis-ce form", hashlib.sha256).hexdigest()


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
