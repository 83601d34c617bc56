"""Features as an answer: a page of them, or one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import numpy as np
import orjson

from api.errors import NotThere
from api.ogc.collections import Collection
from api.ogc.geojson import feature_texts, features_listed
from api.ogc.item_forms import ITEM_FORMS
from api.ogc.links import HTML, JSON, Addresses, Link, forms_of, link, with_query
from api.ogc.reference_systems import System
from api.ogc.selection import Page, Wanted

_AT_ONCE = 1_000


def page_links(collection: Collection, found: Page, given: Mapping[str, str], form: str, to: Addresses) -> list[Link]:
    """Links of a page; `next`, with everything that was asked, as long as there is more."""
    address = to.collection(collection.id, "items")
    links = forms_of(address, given, form, ITEM_FORMS)
    if found.more:
        last = collection.table.ids[int(found.rows[-1])].as_py()
        links.append(link(with_query(address, given, after=last), "next", ITEM_FORMS[form], "The next page"))
    links.append(link(to.collection(collection.id), "collection", JSON, collection.title))
    return links


def page_pieces(collection: Collection, found: Page, asked: Wanted, links: list[Link]) -> Iterator[bytes]:
    """A page as GeoJSON, a thousand features at a time."""
    yield b'{"type":"FeatureCollection","features":['
    for start in range(0, len(found.rows), _AT_ONCE):
        some = found.rows[start : start + _AT_ONCE]
        texts = features_listed(collection.table, some, asked.system, collection.grid)
        yield b"," + texts if start else texts
    said = {
        "numberMatched": found.matched,
        "numberReturned": len(found.rows),
        "timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "links": links,
    }
    yield b"]," + orjson.dumps(said)[1:]


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
