"""Whether a request was sent by a page of another site through somebody's browser."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers

from api.errors import OtherSite

_OWN_SITES = ("same-origin", "none")


def is_of_another_site(headers: Headers) -> bool:
    """Whether a page of another site sent it; a browser says so in headers that no page can write."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site not in _OWN_SITES
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")


def refuse_other_sites(headers: Headers) -> None:
    """A browser sends what a page of another site asks for, with the credentials it remembers for us."""
    if is_of_another_site(headers):
        raise OtherSite("This change was sent by a page of another site, so nothing was done.")
