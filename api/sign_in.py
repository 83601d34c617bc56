"""Signing in with a name and a password (HTTP Basic), without hashing the password anew for every request."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from datetime import UTC, datetime
from threading import BoundedSemaphore, Lock

from sqlalchemy.orm import Session

from api.errors import TooOften, TryLater
from gis_ce.accounts import Account, account, signed_in
from gis_ce.case_store import CaseStore
from gis_ce.errors import SignInRefused
from gis_ce.failed_sign_ins import forget_failures, note_failure, refused_until
from gis_ce.tables import User

REMEMBERED_S = 300.0
"""How long a password that was right need not be hashed again."""
_MOST_REMEMBERED = 1000
_AT_ONCE, _WAIT_S = 2, 10.0
"""A password takes 64 MB of memory to hash: so few at once, and nobody waits longer."""

Credentials = tuple[str, str]


def credentials_of(authorization: str | None) -> Credentials | None:
    """Name and password of a header `Authorization: Basic ...`; None without one, or for another way of signing in.

    Raises SignInRefused for one that cannot be read.
    """
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        name, colon, password = "", "", ""
    if not colon:
        raise SignInRefused("The sign-in cannot be read; send HTTP Basic with a name and a password in UTF-8.")
    return name, password


class SignIns:
    """The sign-ins of one running service.

    What is remembered is a keyed digest of name, password and stored hash: a changed password or a
    disabled account counts at once, and a password cannot be read out of it.
    """

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._until: dict[bytes, float] = {}
        self._lock = Lock()
        self._hashing = BoundedSemaphore(_AT_ONCE)

    def account(self, store: CaseStore, credentials: Credentials, address: str) -> Account:
        """The account that a name and password open, tried from an address.

        Raises SignInRefused, TooOften after too many guesses, TryLater where too many sign in at once.
        """
        name, password = credentials
        with store.reading() as session:
            user = session.get(User, name) if "\0" not in name else None
            mark = self._mark(name, password, user.password_hash if user else "")
            if user is not None and user.active and self._remembers(mark):
                return account(session, name)
            self._refuse_guesses(session, name, address)
        found = self._tried(store, credentials, address)
        self._remember(mark)
        return found

    def _refuse_guesses(self, session: Session, name: str, address: str) -> None:
        now = datetime.now(UTC)
        until = refused_until(session, name, address, now)
        if until is not None:
            raise TooOften("Too many sign-ins failed; wait before you try again.", (until - now).total_seconds())

    def _tried(self, store: CaseStore, credentials: Credentials, address: str) -> Account:
        """The account, its password hashed; a failure is counted, and forgotten with the next success."""
        if not self._hashing.acquire(timeout=_WAIT_S):
            raise TryLater("Too many people sign in at once; try again in a minute.")
        try:
            with store.reading() as session, session.no_autoflush:
                found = signed_in(session, *credentials)
        except SignInRefused:
            with store.session() as session:
                note_failure(session, credentials[0], address, datetime.now(UTC))
                session.commit()
            raise
        finally:
            self._hashing.release()
        with store.session() as session:
            forget_failures(session, credentials[0], address)
            session.commit()
        return found

    def _mark(self, *words: str) -> bytes:
        said = "\0".join(words).encode(errors="surrogatepass")
        return hmac.new(self._secret, said, hashlib.sha256).digest()

    def _remembers(self, mark: bytes) -> bool:
        with self._lock:
            return self._until.get(mark, 0.0) > time.monotonic()

    def _remember(self, mark: bytes) -> None:
        now = time.monotonic()
        with self._lock:
            if len(self._until) >= _MOST_REMEMBERED:
                self._until = {each: until for each, until in self._until.items() if until > now}
            if len(self._until) < _MOST_REMEMBERED:
                self._until[mark] = now + REMEMBERED_S
