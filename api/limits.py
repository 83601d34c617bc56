"""What holds for every request and every answer: how large a body may be, and which headers are sent."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.error_answers import problem
from api.errors import STATUS, TooMuch
from gis_ce.attachments.limits import LIMITS
from maps.page.town import CONTENT_POLICY

MOST_BYTES = 32_000_000
MOST_ATTACHED_BYTES = LIMITS.size + 1_000_000
"""An upload is the file and the words around it; a larger file is refused by its own limit, in its own words."""
_TOO_LARGE = STATUS[TooMuch]

_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


_OVER_TLS = {"Strict-Transport-Security": "max-age=31536000"}
"""Where people reach the service over TLS, their browsers shall use nothing else for a year."""


class SafeHeaders:
    """Sends the same strict headers with every answer."""

    def __init__(self, app: ASGIApp, over_tls: bool = False) -> None:
        self.app = app
        self._headers = {**_HEADERS, **(_OVER_TLS if over_tls else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Adds the headers to answers over HTTP."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class BodyLimit:
    """Refuses a body that is too large, before it is read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers 413 to a stated length that is too large, and stops reading a body that grows too large."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = most_bytes(scope["path"])
        said = f"The body is too large; at most {most:,} bytes are read"
        stated = Headers(scope=scope).get("content-length", "0")
        if stated.isdigit() and int(stated) > most:
            await problem(_TOO_LARGE, f"{said}.")(scope, receive, send)
            return
        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise HTTPException(_TOO_LARGE, said)  # the one kind that FastAPI lets through here
            return message

        await self.app(scope, limited, send)


def most_bytes(path: str) -> int:
    """How large the body of a request may be."""
    is_upload = (path.startswith("/cases/") and path.endswith("/attachments")) or path.startswith("/uploads/")
    return MOST_ATTACHED_BYTES if is_upload else MOST_BYTES
