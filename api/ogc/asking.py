"""What every address of the OGC API asks for: who asks, what they may see, and the form of the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

import orjson
from fastapi import Depends, Request
from fastapi.responses import Response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import Caller
from api.access_log import tells_names
from api.case_office import CaseOffice
from api.ogc.case_tables import CaseTables
from api.ogc.collections import Collection, Shelf
from api.ogc.forms import JSON, PLAIN, form_of
from api.ogc.layer_tables import LayerTables
from api.ogc.links import ROOT, Addresses, addresses_of
from api.ogc.selection import single
from api.requests import city_of, office_of, who_of

_SHARED = (ROOT, "/collections", "/tiles", "/conformance", "/arcgis", "/open311")
_VARY = "Accept, Authorization, Origin"


@dataclass(frozen=True, slots=True)
class Asking:
    """One request of the OGC API."""

    request: Request
    shelf: Shelf
    caller: Caller
    to: Addresses

    def reads(self, collection: Collection) -> None:
        """Notes that features of a collection are told, where they hold names of owners."""
        if collection.role is not None and self.shelf.view.tells_owners(collection.role):
            tells_names(self.request, f"owners in {collection.id}")

    def form(self, given: Mapping[str, str], offered: Mapping[str, str] = PLAIN) -> str:
        """The word of the form to answer in."""
        return form_of(given.get("f"), self.request.headers.get("accept"), offered)

    def only_json(self) -> None:
        """Reads the parameters of a document that has one form; raises ApiError for another form, or anything else."""
        form_of(single(self.request.query_params, ("f",)).get("f"), None, {"json": JSON})

    def tag(self, *parts: str) -> str:
        """What the answer to this address is called while nothing that it rests on has changed."""
        asked = (str(self.request.url), self.request.headers.get("accept", ""), self.caller, *parts)
        return f'W/"{hashlib.sha256(chr(0).join(asked).encode()).hexdigest()[:32]}"'

    def unchanged(self, tag: str) -> Response | None:
        """The answer to somebody who has this one already, else None."""
        if tag in (part.strip() for part in self.request.headers.get("if-none-match", "").split(",")):
            return Response(status_code=304, headers=self.headers(tag))
        return None

    def headers(self, tag: str | None = None) -> dict[str, str]:
        """How long an answer may be kept: it is asked for anew each time, and often is unchanged."""
        kept = "no-cache" if self.caller == "public" else "private, no-cache"
        return {"Cache-Control": kept, "Vary": _VARY, **({"ETag": tag} if tag else {})}

    def json(self, document: object, media: str = "application/json") -> Response:
        """A document as JSON."""
        content = orjson.dumps(document)
        tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
        return self.unchanged(tag) or Response(content, media_type=media, headers=self.headers(tag))

    def html(self, page: str) -> Response:
        """A page."""
        return Response(page, media_type="text/html", headers=self.headers())


def asking_of(request: Request) -> Asking:
    """What a page of another site asks for through somebody's browser is the public's, unless it signs in itself."""
    who, city, state = who_of(request), city_of(request), request.app.state
    carried = who.how in ("machine", "session")
    caller: Caller = "public" if carried and _of_another_site(request.headers) else who.caller
    tables: LayerTables = state.layer_tables
    cases: CaseTables = state.case_tables

    def office() -> CaseOffice | None:
        sees_cases = caller != "public" and who.rights.cases == "all" and who.may("cases:read")
        return office_of(request) if sees_cases else None

    shelf = Shelf(city, city.view(caller), tables, cases, office)
    return Asking(request, shelf, caller, addresses_of(request))


TheAsking = Annotated[Asking, Depends(asking_of)]


def _of_another_site(headers: Headers) -> bool:
    """A link that somebody follows is their own doing: no other site reads what it opens."""
    if headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document":
        return False
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        return True
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")


class SharedAcrossSites:
    """Lets pages of other sites read what the public may see, mistakes included; `asking_of` gives them no more."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Adds the headers to answers to a page of another site that does not sign in."""
        headers = Headers(scope=scope) if scope["type"] == "http" else None
        shared = (
            headers is not None
            and scope["path"].startswith(_SHARED)
            and "authorization" not in headers
            and _of_another_site(headers)
        )

        async def send_shared(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_OPEN]
            await send(message)

        await self.app(scope, receive, send_shared if shared else send)


_OPEN = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"content-crs, etag, link, x-layer-version"),
    (b"cross-origin-resource-policy", b"cross-origin"),
]
