"""Features as an answer: a page of them, or one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np
import orjson

from api.errors import NotThere
from api.ogc.collections import Collection
from api.ogc.geojson import collection_text, feature_texts
from api.ogc.item_forms import ITEM_FORMS
from api.ogc.links import HTML, JSON, Addresses, Link, forms_of, link, with_query
from api.ogc.reference_systems import System
from api.ogc.selection import Page, Wanted


def page_links(collection: Collection, found: Page, given: Mapping[str, str], form: str, to: Addresses) -> list[Link]:
    """Links of a page; `next`, with everything that was asked, as long as there is more."""
    address = to.collection(collection.id, "items")
    links = forms_of(address, given, form, ITEM_FORMS)
    if found.more:
        last = collection.table.ids[int(found.rows[-1])].as_py()
        links.append(link(with_query(address, given, after=last), "next", ITEM_FORMS[form], "The next page"))
    links.append(link(to.collection(collection.id), "collection", JSON, collection.title))
    return links


def page_text(collection: Collection, found: Page, asked: Wanted, links: list[Link]) -> bytes:
    """A page as GeoJSON."""
    features = feature_texts(collection.table, found.rows, asked.system, collection.grid)
    said = {
        "numberMatched": found.matched,
        "numberReturned": len(found.rows),
        "timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "links": links,
    }
    return collection_text(features, said)


def feature_row(collection: Collection, feature: str) -> int:
    """The row of a feature; raises NotThere."""
    row = collection.table.row_of(feature)
    if row is None:
        raise NotThere(f"There is no feature {feature!r} in the collection {collection.id}.")
    return row


def feature_text(collection: Collection, row: int, system: System, links: list[Link]) -> bytes:
    """One feature as GeoJSON, with its links."""
    text: str = feature_texts(collection.table, np.array([row]), system, collection.grid)[0].as_py()
    return text[:-1].encode() + b',"links":' + orjson.dumps(links) + b"}"


def feature_links(
    collection: Collection, feature: str, given: Mapping[str, str], form: str, to: Addresses
) -> list[Link]:
    """The links of one feature."""
    address = to.collection(collection.id, "items", feature)
    offered = {"json": ITEM_FORMS["json"], "html": HTML}
    return [
        *forms_of(address, given, form, offered),
        link(to.collection(collection.id), "collection", JSON, collection.title),
    ]
