"""A small OpenID Connect provider, run as a process of its own: it holds clients to PKCE, and errs where it is told to.

`python oidc_provider.py` prints its port and serves until its input ends. POST /control sets who signs in, how the next
tokens are spoiled, or that the keys change.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

CLIENT, SECRET = "gis-ce", "secret of the service"


@dataclass
class State:
    """Who signs in, which keys sign, and which codes were given out."""

    user: dict[str, Any] = field(default_factory=dict)
    spoil: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: Any = None
    endpoints: dict[str, str] = field(default_factory=dict)
    asked_for_keys: int = 0

    def rotate(self) -> None:
        """Signs with another key from now on; the one before is no longer told."""
        self.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig", "alg": "RS256"})


class Handler(BaseHTTPRequestHandler):
    """The addresses of the provider."""

    state: ClassVar[State] = State()

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    @property
    def issuer(self) -> str:
        """The address of the provider."""
        return f"http://127.0.0.1:{self.server.server_port}"  # type: ignore[attr-defined]

    def do_GET(self) -> None:
        """Describes itself, shows its keys, and signs whoever comes in at once."""
        path, state = urlsplit(self.path).path, self.state
        if path == "/.well-known/openid-configuration":
            at = {
                f"{name}_endpoint": f"{self.issuer}/{name}"
                for name in ("authorization", "token", "userinfo", "end_session")
            }
            self._send({"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **at, **state.endpoints})
        elif path == "/keys":
            state.asked_for_keys += 1
            self._send(KeySet([state.key]).as_dict(private=False))
        elif path == "/userinfo":
            self._send({name: value for name, value in state.user.items() if name != "hidden"})
        elif path == "/state":
            self._send({"asked_for_keys": state.asked_for_keys})
        else:
            self._authorize({name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()})

    def do_POST(self) -> None:
        """Takes codes for tokens, and orders of the tests."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if urlsplit(self.path).path == "/control":
            self._control(json.loads(body))
        else:
            self._token({name: values[0] for name, values in parse_qs(body).items()})

    def _control(self, order: dict[str, Any]) -> None:
        if order.pop("rotate", False):
            self.state.rotate()
        for name, value in order.items():
            setattr(self.state, name, value)
        self._send({})

    def _authorize(self, asked: dict[str, str]) -> None:
        needed = ("state", "nonce", "redirect_uri", "code_challenge")
        if asked.get("code_challenge_method") != "S256" or any(not asked.get(name) for name in needed):
            self._send({"error": "invalid_request"}, 400)
            return
        code = secrets.token_urlsafe(16)
        self.state.codes[code] = asked
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")
        self.end_headers()

    def _token(self, given: dict[str, str]) -> None:
        asked = self.state.codes.pop(given.get("code", ""), None)
        signed = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        right = asked is not None and signed == f"{CLIENT}:{SECRET.replace(' ', '%20')}"
        if not right or asked["code_challenge"] != challenge or asked["redirect_uri"] != given.get("redirect_uri"):
            self._send({"error": "invalid_grant"}, 400)
            return
        self._send({"access_token": "x", "token_type": "Bearer", "id_token": self._id_token(asked)})

    def _id_token(self, asked: dict[str, str]) -> str:
        spoil, now = dict(self.state.spoil), int(time.time())
        key, header = self.state.key, {"alg": "RS256", "kid": self.state.key.kid}
        if spoil.pop("stranger", False):
            key = RSAKey.generate_key(2048, {"kid": self.state.key.kid})
        if spoil.pop("unsigned", False):
            header["alg"] = "none"
        if spoil.pop("curve", False):
            key, header["alg"] = ECKey.generate_key("P-256", {"kid": self.state.key.kid}), "ES256"
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= {**self.state.user.get("hidden", self.state.user), **spoil}
        claims = {name: value for name, value in claims.items() if value is not None}
        if header["alg"] == "none":
            parts = (json.dumps(part).encode() for part in (header, claims))
            return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."
        return jwt.encode(header, claims, key, algorithms=[header["alg"]])

    def _send(self, message: Any, status: int = 200) -> None:
        content = json.dumps(message).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@dataclass(frozen=True)
class Running:
    """A provider that runs."""

    issuer: str

    def order(self, **what: Any) -> None:
        """Sets who signs in, or how the next tokens are spoiled."""
        httpx.post(f"{self.issuer}/control", json=what).raise_for_status()


@contextmanager
def running() -> Iterator[Running]:
    """The provider as a process."""
    command = [sys.executable, str(Path(__file__).resolve())]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield Running(f"http://127.0.0.1:{process.stdout.readline().strip()}")
        finally:
            process.stdin.close()
            process.wait(30)


def main() -> None:
    """Serves until the input ends."""
    Handler.state.rotate()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
