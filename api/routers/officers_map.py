"""/map: the officers' map, its table of cases, and what is found by words."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from api.access import works_on
from api.case_answers import PRIVATE
from api.case_requests import TheVisit, Visit, visit_of
from api.errors import NoCity
from api.languages import TheLanguage, page_in
from api.map_answers import hits_message, table_message
from api.requests import TheCity, TheView, TheWho
from api.strict_json import Router
from gis_ce.case_columns import change_token
from gis_ce.case_table_of_map import case_table
from gis_ce.place_search import found_by_words
from maps.officers_map import officers_map_html, worker_script
from maps.page import opening_extent

router = Router(include_in_schema=False)


@router.get("/map")
def get_map(request: Request, city: TheCity, view: TheView, language: TheLanguage) -> HTMLResponse:
    """The page in the reader's language, opened on the heart of what the caller may see."""
    extent = opening_extent(view.query, city.grid) or city.extent_lonlat(view)
    if extent is None:
        raise NoCity("No layer has been published that you may see; there is nothing to draw yet.")
    return page_in(request, language, officers_map_html(city.city.name, extent, language))


@router.get("/map/worker.js")
def get_worker() -> Response:
    """The service worker of the page; it sees the tiles only with the whole service as its scope."""
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    return Response(worker_script(), media_type="text/javascript", headers=headers)


@router.get("/map/cases")
def get_case_table(
    request: Request, visit: TheVisit, closed: Annotated[bool, Query(description="The closed ones too.")] = False
) -> Response:
    """Every open case that the caller may see, in columns; 304 while nothing has changed."""
    with visit.reading() as (session, desk):
        types = visit.types(session, desk)
        seen = "all" if types is None else "-".join(sorted(types))
        tag = f'"{change_token(session)}-{"closed" if closed else "open"}-{seen}"'
        headers = {"Cache-Control": "private, no-cache", "ETag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        table = case_table(session, closed=closed, types=types)
        message = table_message(table, visit.processes(session, desk), desk.now, desk.grid)
    return JSONResponse(message, headers=headers)


@router.get("/map/visitor")
def get_visitor(request: Request, who: TheWho) -> JSONResponse:
    """Who looks at the page, which kinds of cases they may open, and the token that a change brings along."""
    told = {"name": who.name, "how": who.how, "lanes": sorted(who.lanes), "csrf_token": who.form_token}
    rights = {"sees_cases": who.rights.cases != "none", "reads_names": who.rights.owners and who.rights.reporters}
    opens = _kinds(visit_of(request, None)) if rights["sees_cases"] else []
    return JSONResponse(told | rights | {"opens": opens}, headers=dict(PRIVATE))


def _kinds(visit: Visit) -> list[dict[str, str]]:
    """The kinds of cases that somebody may open: those in which a lane of theirs works."""
    with visit.reading() as (session, desk):
        found = sorted(visit.processes(session, desk).values(), key=lambda process: process.title)
    return [{"type": one.id, "title": one.title} for one in found if works_on(one, visit.actor.lanes)]


@router.get("/map/search")
def get_hits(
    city: TheCity,
    view: TheView,
    q: Annotated[str, Query(min_length=1, max_length=100, description="What to look for.")],
) -> JSONResponse:
    """Addresses, parcels and facilities that the caller may see, by the beginning of their names."""
    hits = found_by_words(view.query, view.addresses, q)
    return JSONResponse(hits_message(hits, city.grid), headers=dict(PRIVATE))
