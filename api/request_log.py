"""One line of the log and one measurement for each request, with an id that the answer carries too."""

from __future__ import annotations

import logging
import re
import time
from contextvars import ContextVar
from typing import Any
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.doors import CASE_IN_PATH
from api.metrics import Metrics

ID_HEADER = "X-Request-ID"
REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request that is being answered, for whatever is logged meanwhile."""
_TAKEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_GIVEN_UP = 499
"""What is noted where no answer began: whoever asked has gone."""
_LOG = logging.getLogger("gis_ce.requests")


class RequestLog:
    """Counts, times and logs every request: its route, never its address, its query or who sent it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The id is the one that a proxy gave, if it is one, else a new one."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(ID_HEADER, "")
        request = given if _TAKEN.fullmatch(given) else uuid4().hex
        reset, began, status = REQUEST_ID.set(request), time.perf_counter(), _GIVEN_UP

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[ID_HEADER] = request
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        except Exception:
            status = 500
            raise
        finally:
            took_s = time.perf_counter() - began
            route = str(getattr(scope.get("route"), "path", "none"))
            self._metrics.seen(scope["method"], route, status, took_s)
            _LOG.info("%s %s %s", scope["method"], route, status, extra=_told(scope, route, status, took_s))
            REQUEST_ID.reset(reset)


def _told(scope: Scope, route: str, status: int, took_s: float) -> dict[str, Any]:
    given = scope.get("path_params", {})
    case = next((given[name] for name in CASE_IN_PATH if name in given), None)
    told = {"method": scope["method"], "route": route, "status": status, "ms": round(took_s * 1000, 1)}
    return told if case is None else {**told, "case": str(case)[:40]}
