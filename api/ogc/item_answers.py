"""A page of features in the form that was asked for, sent piece by piece where it is large."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi.responses import Response, StreamingResponse

from api.ogc import pages
from api.ogc.asking import Asking
from api.ogc.collections import Collection
from api.ogc.item_forms import FILES, ITEM_FORMS
from api.ogc.items import page_links, page_pieces
from api.ogc.links import Link
from api.ogc.outputs import csv_pieces, flatgeobuf_bytes, parquet_bytes
from api.ogc.reference_systems import System
from api.ogc.selection import Page, Wanted
from api.ogc.tile_cache import PageCache

_STREAMED_FROM = 2_000


def items_answer(
    asking: Asking, collection: Collection, found: Page, asked: Wanted, given: Mapping[str, str], form: str, tag: str
) -> Response:
    """The answer, with the links of the page in it, or in its head where it is a file."""
    links = page_links(collection, found, given, form, asking.to)
    if form == "html":
        return asking.html(pages.items_page(collection, found, links, asking.to))
    headers = asking.headers(tag) | {"Content-Crs": f"<{asked.system.uri}>"}
    if form in FILES:
        headers |= {
            "Link": _link_header(links),
            "Content-Disposition": f'attachment; filename="{collection.id}.{form}"',
        }
        return _file(collection, found, asked, form, headers)
    pieces = page_pieces(collection, found, asked, links)
    if len(found.rows) >= _STREAMED_FROM:
        return StreamingResponse(pieces, media_type=ITEM_FORMS[form], headers=headers)
    content = b"".join(pieces)
    pages_kept: PageCache = asking.request.app.state.page_cache
    pages_kept.keep(tag, content)
    return Response(content, media_type=ITEM_FORMS[form], headers=headers)


def kept_answer(asking: Asking, system: System, form: str, tag: str) -> Response | None:
    """The same page as it was sent before, where it is still kept: nothing that it rests on has changed."""
    if form != "json":
        return None
    pages_kept: PageCache = asking.request.app.state.page_cache
    content = pages_kept.get(tag)
    if content is None:
        return None
    headers = asking.headers(tag) | {"Content-Crs": f"<{system.uri}>"}
    return Response(content, media_type=ITEM_FORMS[form], headers=headers)


def _file(collection: Collection, found: Page, asked: Wanted, form: str, headers: Mapping[str, str]) -> Response:
    media = ITEM_FORMS[form]
    if form == "csv":
        return StreamingResponse(csv_pieces(collection, found.rows, asked.system), media_type=media, headers=headers)
    write = flatgeobuf_bytes if form == "fgb" else parquet_bytes
    return Response(write(collection, found.rows, asked.system), media_type=media, headers=headers)


def _link_header(links: list[Link]) -> str:
    kept = [each for each in links if each["rel"] in ("self", "next")]
    return ", ".join(f'<{each["href"]}>; rel="{each["rel"]}"; type="{each["type"]}"' for each in kept)
