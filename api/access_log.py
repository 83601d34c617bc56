"""Writes into the log of accesses before an answer with names of persons is sent: what is not logged is not shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.case_office import CaseOffice
from api.who import Who
from gis_ce.persons_seen import Access, note_access

_FIRST_BAD = 400


@dataclass(frozen=True, slots=True)
class Names:
    """Whose names an answer holds, and of which case or parcel."""

    what: str
    case_number: str | None = None
    parcel_id: str | None = None


def tells_names(request: Request, what: str, *, case: str | None = None, parcel: str | None = None) -> None:
    """Say that an answer holds names; the public reads none, and who has a machine of their own is not logged."""
    who: Who = request.state.who
    if who.is_known and (who.rights.owners or who.rights.reporters):
        request.state.names = Names(what, case, parcel)


class AccessLog:
    """Notes each answer with names, with who had it, before its first byte goes out."""

    def __init__(self, app: ASGIApp, office: Callable[[], CaseOffice]) -> None:
        self.app = app
        self._office = office

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes all else through."""

        async def send_noted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < _FIRST_BAD:
                state: dict[str, Any] = scope.get("state", {})
                if "names" in state:
                    await run_in_threadpool(self._note, state.pop("names"), state["who"], scope)
            await send(message)

        await self.app(scope, receive, send_noted if scope["type"] == "http" else send)

    def _note(self, names: Names, who: Who, scope: Scope) -> None:
        route = f"{scope['method']} {getattr(scope.get('route'), 'path', scope['path'])}"
        access = Access(who.name or "", names.what, route, names.case_number, names.parcel_id)
        with self._office().store.session() as session:
            note_access(session, access, datetime.now(UTC))
            session.commit()
