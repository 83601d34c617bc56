"""Links between the answers: every address is made here, from the address that the request was sent to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from starlette.requests import Request

from api.ogc.forms import GEOJSON, HTML, JSON

ROOT = "/ogc"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA = "application/schema+json"
Link = dict[str, str]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where things are, for somebody who reached us at `site`."""

    site: str

    @property
    def root(self) -> str:
        """The landing page."""
        return self.site + ROOT

    def collection(self, name: str, *more: str) -> str:
        """A collection, or what lies under it."""
        return "/".join([f"{self.root}/collections", *(quote(part, safe="") for part in (name, *more))])

    def under(self, *parts: str) -> str:
        """Something under the landing page."""
        return "/".join([self.root, *parts])


def addresses_of(request: Request) -> Addresses:
    """The addresses as the caller writes them."""
    return Addresses(str(request.base_url).rstrip("/"))


def link(href: str, rel: str, media: str, title: str) -> Link:
    """One link."""
    return {"href": href, "rel": rel, "type": media, "title": title}


def with_query(address: str, given: Mapping[str, str], **changes: str | None) -> str:
    """An address with the parameters of a request, some of them changed, those that become None left out."""
    query = {name: value for name, value in {**given, **changes}.items() if value is not None}
    return f"{address}?{urlencode(query)}" if query else address


def forms_of(address: str, given: Mapping[str, str], form: str, offered: Mapping[str, str]) -> list[Link]:
    """`self`, and an `alternate` for each other form."""
    links = [link(with_query(address, given), "self", offered[form], "This document")]
    others = [word for word in offered if word != form]
    links += [
        link(with_query(address, given, f=word), "alternate", offered[word], f"This document as {_WORDS[word]}")
        for word in others
    ]
    return links


_WORDS = {
    "json": "JSON",
    "html": "a page",
    "csv": "CSV",
    "fgb": "FlatGeobuf",
    "parquet": "GeoParquet",
    "mvt": "a vector tile",
}

__all__ = ["GEOJSON", "HTML", "JSON", "Addresses", "Link", "addresses_of", "forms_of", "link", "with_query"]
