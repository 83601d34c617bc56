"""GET /: the town on a map, with what it needs from our own files."""

from __future__ import annotations

import mimetypes

from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.exceptions import HTTPException

from api.errors import NoCity
from api.requests import TheCity, TheView
from api.strict_json import Router
from maps.errors import VendorMissing
from maps.officers_map import FILES
from maps.page import STATIC, opening_extent, town_page_html, town_script

router = Router(include_in_schema=False)

_FRESH = {"Cache-Control": "no-cache"}


@router.get("/")
def get_page(city: TheCity, view: TheView) -> HTMLResponse:
    """The page, opened on the heart of what the caller may see."""
    extent = opening_extent(view.query, city.grid) or city.extent_lonlat(view)
    if extent is None:
        raise NoCity("No layer has been published that you may see; there is nothing to draw yet.")
    return HTMLResponse(town_page_html(city.city.name, extent), headers=_FRESH)


@router.get("/town.js")
def get_script() -> Response:
    """The script that starts the page."""
    return Response(town_script(), media_type="text/javascript", headers=_FRESH)


@router.get("/static/{path:path}")
def get_static(path: str) -> FileResponse:
    """One of the files on the closed list; nothing else is ever read from disk."""
    file = STATIC.get(path) or FILES.get(path)
    if file is None:
        raise HTTPException(404, "There is no such file")
    if not file.is_file():
        raise VendorMissing("A file of the page has not been fetched yet; run the set-up (make setup).")
    kind = "text/javascript" if file.suffix in (".js", ".mjs") else mimetypes.guess_type(file.name)[0]
    return FileResponse(file, media_type=kind, headers=_FRESH)
