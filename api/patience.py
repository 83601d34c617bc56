"""How long the service waits: for the next piece of a body, and for the beginning of an answer."""

from __future__ import annotations

import asyncio
from asyncio import FIRST_COMPLETED
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.error_answers import problem

_SLOW = "The body came too slowly, so the request was given up; send it again"
_LATE = "No answer was found in time; ask for less at once, or try again later."


class Patience:
    """Gives up a request whose body does not come (408), or whose answer does not begin (503)."""

    def __init__(self, app: ASGIApp, body_s: float, answer_s: float) -> None:
        self.app = app
        self._body_s, self._answer_s = body_s, answer_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """While a body comes the answer has time; what was begun in the store goes on to its end, or is undone."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, more, reads = asyncio.Event(), True, False

        async def next_piece() -> Message:
            nonlocal more, reads
            if not more:
                return await receive()
            reads = True
            try:
                message = await asyncio.wait_for(receive(), self._body_s)
            except TimeoutError:
                raise HTTPException(408, _SLOW, {"Connection": "close"}) from None
            finally:
                reads = False
            more = message["type"] == "http.request" and message.get("more_body", False)
            return message

        async def send_begun(message: Message) -> None:
            begun.set()
            await send(message)

        work = asyncio.create_task(self._answered(scope, next_piece, send_begun))
        beginning = asyncio.create_task(begun.wait())
        try:
            found: set[asyncio.Task[Any]] = set()
            while not found:
                found, _ = await asyncio.wait([work, beginning], timeout=self._answer_s, return_when=FIRST_COMPLETED)
                if not found and not reads:
                    await problem(503, _LATE)(scope, receive, send)
                    return
            await work
        finally:
            beginning.cancel()
            if not work.done():
                work.cancel()

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)
