"""Browsers that were sent to the provider: what must come back with them, once, and soon."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from gis_ce.errors import SignInRefused
from gis_ce.tables import SignInUnderWay

WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """One sign-in: `then` is the page that was asked for."""

    state: str
    nonce: str
    verifier: str
    then: str


def begin_sign_in(session: Session, then: str, now: datetime) -> tuple[str, UnderWay]:
    """What the browser's cookie holds, and what is sent with it to the provider."""
    session.execute(delete(SignInUnderWay).where(SignInUnderWay.made_at <= now - WITHIN))
    cookie = secrets.token_urlsafe(32)
    begun = UnderWay(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), then)
    row = SignInUnderWay(id=_hashed(cookie), made_at=now)
    row.state, row.nonce, row.verifier, row.then = begun.state, begun.nonce, begun.verifier, begun.then
    session.add(row)
    session.flush()
    return cookie, begun


def end_sign_in(session: Session, cookie: str | None, state: str, now: datetime) -> UnderWay:
    """The sign-in with which a browser comes back, good once; raises SignInRefused for one that is none of ours."""
    row = session.get(SignInUnderWay, _hashed(cookie)) if cookie else None
    if row is not None:
        session.delete(row)
        session.flush()
    right = row is not None and hmac.compare_digest(row.state.encode(), state.encode(errors="surrogatepass"))
    if row is None or not right or row.made_at + WITHIN <= now:
        raise SignInRefused("This sign-in was not begun here, or too long ago; begin again.")
    return UnderWay(row.state, row.nonce, row.verifier, row.then)


def _hashed(cookie: str) -> str:
    return hashlib.sha256(cookie.encode(errors="surrogatepass")).hexdigest()
