"""The same documents as pages for a browser."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from api.ogc.collections import Collection
from api.ogc.descriptions import Document
from api.ogc.links import Addresses, Link
from api.ogc.selection import Page
from maps.data_page import DataPage, Table, data_page_html

_ROWS_SHOWN = 200


def _trail(to: Addresses, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("Map", f"{to.site}/"), ("OGC API", f"{to.root}?f=html"), *more]


def _under_collections(to: Addresses) -> tuple[str, str]:
    return ("Collections", f"{to.under('collections')}?f=html")


def _under_collection(collection: Collection, to: Addresses) -> tuple[str, str]:
    return (collection.title, f"{to.collection(collection.id)}?f=html")


def landing_page(title: str, said: str, links: Sequence[Link], to: Addresses) -> str:
    """The first page."""
    return data_page_html(DataPage(title, [("Map", f"{to.site}/")], said, links=_openable(links)))


def plain_page(title: str, facts: dict[str, object], to: Addresses, links: Sequence[Link] = ()) -> str:
    """Facts under a title."""
    return data_page_html(DataPage(title, _trail(to), facts=facts, links=links))


def listing_page(title: str, rows: Sequence[Sequence[object]], headings: Sequence[str], to: Addresses) -> str:
    """A table under a title."""
    return data_page_html(DataPage(title, _trail(to), tables=[Table(headings, rows)]))


def collections_page(collections: Sequence[Collection], to: Addresses) -> str:
    """The list of collections."""
    rows = [
        (each.title, f"{len(each.table):,}", "everybody" if each.audience == "public" else "staff", each.description)
        for each in collections
    ]
    links = [f"{to.collection(each.id)}?f=html" for each in collections]
    table = Table(("Collection", "Features", "Open to", "What it is"), rows, links)
    return data_page_html(DataPage("Collections", _trail(to), tables=[table]))


def collection_page(collection: Collection, document: Document, to: Addresses) -> str:
    """One collection."""
    box = document["extent"].get("spatial", {}).get("bbox", [None])[0]
    facts = {
        "Id": collection.id,
        "Features": f"{len(collection.table):,}",
        "Open to": "everybody" if collection.audience == "public" else "staff",
        "Version": collection.version,
        "Extent": ", ".join(map(str, box)) if box else "no feature has a place",
        "Reference systems": ", ".join(document["crs"]),
        "Properties": ", ".join(column.name for column in collection.table.described) or "none",
    }
    trail = _trail(to, _under_collections(to))
    page = DataPage(collection.title, trail, collection.description, facts, links=_openable(document["links"]))
    return data_page_html(page)


def queryables_page(collection: Collection, document: Document, to: Addresses) -> str:
    """What a collection can be filtered by."""
    rows = [
        (name, said.get("type", "geometry"), said.get("format", ""), said["title"])
        for name, said in document["properties"].items()
    ]
    table = Table(("Property", "Type", "Format", "Title"), rows)
    trail = _trail(to, _under_collections(to), _under_collection(collection, to))
    return data_page_html(DataPage("What can be filtered by", trail, tables=[table]))


def items_page(collection: Collection, found: Page, links: Sequence[Link], to: Addresses) -> str:
    """A page of features as a table."""
    some = found.rows[:_ROWS_SHOWN]
    ids = collection.table.ids.take(pa.array(some)).to_pylist()
    columns = [
        collection.table.columns.column(c.name).take(pa.array(some)).to_pylist() for c in collection.table.described
    ]
    rows = [(name, *values) for name, *values in zip(ids, *columns, strict=True)]
    addresses = [f"{to.collection(collection.id, 'items', name)}?f=html" for name in ids]
    table = Table(("id", *(column.name for column in collection.table.described)), rows, addresses)
    said = f"{len(some):,} of {found.matched:,} features that match, in the order of their ids."
    trail = _trail(to, _under_collections(to), _under_collection(collection, to))
    return data_page_html(DataPage("Features", trail, said, tables=[table], links=links))


def item_page(collection: Collection, row: int, links: Sequence[Link], to: Addresses) -> str:
    """One feature."""
    table = collection.table
    facts = {column.name: table.columns.column(column.name)[row].as_py() for column in table.described}
    shape = table.shapes[row]
    facts["geometry"] = f"{shape.geom_type}, {shape.wkt[:300]}" if shape is not None else "none"
    name = table.ids[row].as_py()
    trail = _trail(
        to,
        _under_collections(to),
        _under_collection(collection, to),
        ("Features", f"{to.collection(collection.id, 'items')}?f=html"),
    )
    shown = {key: "" if value is None else value for key, value in facts.items()}
    return data_page_html(DataPage(name, trail, facts=shown, links=links))


def _openable(links: Sequence[Link]) -> list[Link]:
    """Links whose page opens where there is one."""
    has_page = ("conformance", "data")
    return [{**each, "href": f"{each['href']}?f=html"} if each["rel"] in has_page else each for each in links]
