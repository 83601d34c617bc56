"""Cookies of the service: read by no script, sent by no page of another site, and over TLS only where there is TLS."""

from __future__ import annotations

from fastapi import Request, Response

_SESSION, _UNDER_WAY = "gis-ce-session", "gis-ce-sign-in"


class Cookies:
    """The names and ways of the cookies of one service, by the address under which people reach it."""

    def __init__(self, public_url: str | None) -> None:
        self.public_url = public_url
        self._secure = public_url is not None and public_url.startswith("https:")
        prefix = "__Host-" if self._secure else ""
        self._names = {name: prefix + name for name in (_SESSION, _UNDER_WAY)}

    @property
    def is_secure(self) -> bool:
        """Whether people reach the service over TLS."""
        return self._secure

    def base_url(self, request: Request) -> str:
        """The address of the service as people reach it, without a slash at its end."""
        return self.public_url or str(request.base_url).rstrip("/")

    def of(self, request: Request) -> str | None:
        """What the cookie of a session holds."""
        return request.cookies.get(self._names[_SESSION]) or None

    def under_way(self, request: Request) -> str | None:
        """What the cookie of a sign-in under way holds."""
        return request.cookies.get(self._names[_UNDER_WAY]) or None

    def keep(self, answer: Response, token: str, seconds: int) -> None:
        """Give a browser the cookie of its session."""
        self._set(answer, _SESSION, token, seconds)

    def keep_under_way(self, answer: Response, token: str, seconds: int) -> None:
        """Give a browser the cookie with which it comes back from the provider."""
        self._set(answer, _UNDER_WAY, token, seconds)

    def forget(self, answer: Response) -> None:
        """Take the cookie of a session away."""
        answer.delete_cookie(self._names[_SESSION], path="/", secure=self._secure, httponly=True, samesite="lax")

    def forget_under_way(self, answer: Response) -> None:
        """Take the cookie of a sign-in under way away."""
        answer.delete_cookie(self._names[_UNDER_WAY], path="/", secure=self._secure, httponly=True, samesite="lax")

    def _set(self, answer: Response, name: str, token: str, seconds: int) -> None:
        answer.set_cookie(
            self._names[name], token, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="lax"
        )
