"""Signing in through an OpenID Connect provider: authorization code with PKCE, and the ID token checked."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from api.errors import ProviderFailed
from api.oidc_settings import OidcSettings, refuse_open_line
from gis_ce.errors import SignInRefused

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures with a key of the provider's own; none with a shared secret, and never none at all."""
_LEEWAY_S = 60
_WITHIN_S = 10.0
_SILENT = "The provider through which people sign in does not answer; try again in a minute."
_NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")

Claims = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Started:
    """What is remembered while somebody is at the provider."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for: what it calls them, their name, and the roles that their groups have here."""

    subject: str
    name: str
    display: str
    roles: frozenset[str]


class Provider:
    """One provider: what it says of itself is read when it is first needed, its keys anew when they have changed."""

    def __init__(self, settings: OidcSettings) -> None:
        self.settings = settings
        self._said: Mapping[str, Any] | None = None
        self._keys: KeySet | None = None
        self._lock = Lock()

    def address(self, started: Started, back_to: str) -> str:
        """Where a browser is sent to sign in."""
        asked = {
            "response_type": "code",
            "client_id": self.settings.client,
            "redirect_uri": back_to,
            "scope": self.settings.scopes,
            "state": started.state,
            "nonce": started.nonce,
            "code_challenge": _challenge(started.verifier),
            "code_challenge_method": "S256",
        }
        return _with(self._about()["authorization_endpoint"], asked)

    def sign_out_address(self, back_to: str) -> str | None:
        """Where somebody ends their session at the provider too; None where it has no such address."""
        there = self._about().get("end_session_endpoint")
        if there is None:
            return None
        refuse_open_line(there, "end_session_endpoint")
        return _with(there, {"client_id": self.settings.client, "post_logout_redirect_uri": back_to})

    def vouched(self, code: str, started: Started, back_to: str) -> Vouched:
        """Whom a code stands for; raises SignInRefused for a token that is not good, ProviderFailed."""
        told = self._exchanged(code, started, back_to)
        claims = self._checked(str(told.get("id_token", "")), started.nonce)
        more = self._more(claims, told)
        name = more.get(self.settings.name_claim)
        if not isinstance(name, str):
            raise SignInRefused(f"The provider gives no {self.settings.name_claim}, so it is not known who you are.")
        groups = _led_to(more, self.settings.roles_claim)
        listed = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
        roles = {self.settings.roles[group] for group in map(str, listed) if group in self.settings.roles}
        return Vouched(str(claims["sub"]), name, str(more.get("name", name)), frozenset(roles))

    def _exchanged(self, code: str, started: Started, back_to: str) -> Mapping[str, Any]:
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back_to,
            "client_id": self.settings.client,
            "code_verifier": started.verifier,
        }
        secret = self.settings.secret
        signed = (quote(self.settings.client, safe=""), quote(secret, safe="")) if secret is not None else None
        return _answer("POST", self._about()["token_endpoint"], data=given, auth=signed)

    def _checked(self, token: str, nonce: str) -> Claims:
        """The claims of an ID token that is signed by the provider, for us, now, and for this very sign-in."""
        try:
            try:
                claims = jwt.decode(token, self._key_set(), algorithms=_ALGORITHMS).claims
            except (InvalidKeyIdError, ValueError):
                claims = jwt.decode(token, self._key_set(anew=True), algorithms=_ALGORITHMS).claims
            wanted: dict[str, Any] = {
                "iss": {"essential": True, "value": self.settings.issuer},
                "aud": {"essential": True, "value": self.settings.client},
                "exp": {"essential": True},
                "iat": {"essential": True},
                "sub": {"essential": True},
                "nonce": {"essential": True, "value": nonce},
            }
            jwt.JWTClaimsRegistry(leeway=_LEEWAY_S, **wanted).validate(claims)
        except (JoseError, ValueError) as error:
            raise SignInRefused(f"What the provider answered cannot be trusted: {str(error).rstrip('.')}.") from error
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != self.settings.client:
            raise SignInRefused("What the provider answered cannot be trusted: the token is for another service.")
        return claims

    def _more(self, claims: Claims, told: Mapping[str, Any]) -> Claims:
        """The claims, and where groups or the name are missing those of the user-info address too."""
        wanted = (self.settings.name_claim, self.settings.roles_claim)
        there = self._about().get("userinfo_endpoint")
        if there is None or all(_led_to(claims, name) is not None for name in wanted):
            return claims
        refuse_open_line(there, "userinfo_endpoint")
        more = _answer("GET", there, headers={"Authorization": f"Bearer {told.get('access_token', '')}"})
        if more.get("sub") != claims["sub"]:
            raise SignInRefused("What the provider answered cannot be trusted: it speaks of two people.")
        return {**more, **claims}

    def _about(self) -> Mapping[str, Any]:
        with self._lock:
            if self._said is None:
                address = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
                said = _answer("GET", address)
                whole = all(isinstance(said.get(name), str) for name in _NEEDED)
                if not whole or said["issuer"] != self.settings.issuer:
                    raise ProviderFailed(f"{address} does not describe the provider {self.settings.issuer}.")
                for name in _NEEDED:
                    refuse_open_line(said[name], name)
                self._said = said
            return self._said

    def _key_set(self, anew: bool = False) -> KeySet:
        """The provider's keys; asked for anew where a token names one that is not known: they change now and then."""
        about = self._about()
        with self._lock:
            if self._keys is None or anew:
                found: Any = _answer("GET", about["jwks_uri"])
                keys: KeySetSerialization = {"keys": [key for key in found.get("keys", ()) if key.get("kty") != "oct"]}
                self._keys = KeySet.import_key_set(keys)
            return self._keys


def _answer(method: str, address: str, **given: Any) -> Mapping[str, Any]:
    """What the provider answers, as JSON; raises ProviderFailed, SignInRefused where it refuses."""
    try:
        answer = httpx.request(method, address, timeout=_WITHIN_S, follow_redirects=False, **given)
        told = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise ProviderFailed(_SILENT) from error
    if not isinstance(told, dict):
        raise ProviderFailed("The provider through which people sign in answers what cannot be understood.")
    if answer.is_client_error:
        raise SignInRefused(f"The provider refuses the sign-in: {str(told.get('error', answer.status_code))[:80]}.")
    if not answer.is_success:
        raise ProviderFailed(_SILENT)
    return told


def _led_to(claims: Claims, name: str) -> object:
    """A claim by its own name, else by the way that dots describe; None where there is none."""
    if name in claims:
        return claims[name]
    found: object = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _with(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"
