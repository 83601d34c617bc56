"""In which language a page is written: `?lang=`, then what was chosen before, then what the browser asks for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from maps.words import LANGUAGES

_COOKIE = "gis-ce-language"
_A_YEAR_S = 365 * 24 * 3600


def language_of(request: Request) -> str:
    """`en` or `es`; English where nothing that is asked for is spoken here."""
    asked = (request.query_params.get("lang"), request.cookies.get(_COOKIE))
    wanted = [one for one in asked if one is not None and one in LANGUAGES]
    wanted += _by_browser(request.headers.get("accept-language", ""))
    return wanted[0] if wanted else "en"


TheLanguage = Annotated[str, Depends(language_of)]


def page_in(request: Request, language: str, html: str) -> HTMLResponse:
    """A page in a language; a choice by `?lang=` is kept for a year."""
    headers = {"Cache-Control": "no-cache", "Content-Language": language, "Vary": "Accept-Language, Cookie"}
    answer = HTMLResponse(html, headers=headers)
    if request.query_params.get("lang") == language:
        answer.set_cookie(_COOKIE, language, max_age=_A_YEAR_S, path="/", samesite="lax", httponly=True)
    return answer


def _by_browser(header: str) -> list[str]:
    """The languages of an Accept-Language header that are spoken here, the most wanted first."""
    weighed = []
    for part in header.split(","):
        name, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), name.split("-")[0].lower()))
        except ValueError:
            continue
    return [name for weight, name in sorted(weighed, key=lambda one: one[0]) if name in LANGUAGES and weight < 0]
