"""/ogc: OGC API Features over every layer that the caller may see; /collections is the same at the root."""

from __future__ import annotations

from dataclasses import replace

from fastapi.responses import Response

from api.ogc import pages
from api.ogc.asking import TheAsking
from api.ogc.conformance import CONFORMS_TO
from api.ogc.descriptions import collection_document, landing_links, queryables
from api.ogc.filters import KNOWN_FILTER, filter_mask
from api.ogc.forms import GEOJSON, HTML, PLAIN, form_of
from api.ogc.item_answers import items_answer, kept_answer
from api.ogc.item_forms import FILES, ITEM_FORMS
from api.ogc.items import feature_links, feature_row, feature_text
from api.ogc.links import OPENAPI, ROOT, SCHEMA, forms_of
from api.ogc.openapi import api_document
from api.ogc.reference_systems import CRS84, system_named, systems
from api.ogc.selection import KNOWN, page, single, wanted
from api.strict_json import Router

landing = Router(prefix=ROOT, include_in_schema=False)
collections = Router(include_in_schema=False)


@landing.get("")
@landing.get("/")
def get_landing(asking: TheAsking) -> Response:
    """What there is, and where."""
    given = single(asking.request.query_params, ("f",))
    form, to = asking.form(given), asking.to
    city = asking.shelf.city.city.name
    said = f"The map layers of {city}, as far as you may see them."
    links = [*forms_of(to.root, given, form, PLAIN), *landing_links(to)]
    if form == "html":
        return asking.html(pages.landing_page(f"{city}: OGC API", said, landing_links(to), to))
    return asking.json({"title": f"GIS-CE: {city}", "description": said, "links": links})


@landing.get("/conformance")
def get_conformance(asking: TheAsking) -> Response:
    """Which parts of which standards are followed."""
    form = asking.form(single(asking.request.query_params, ("f",)))
    if form == "html":
        return asking.html(pages.listing_page("Conformance", [(uri,) for uri in CONFORMS_TO], ("Class",), asking.to))
    return asking.json({"conformsTo": list(CONFORMS_TO)})


@landing.get("/api")
def get_api(asking: TheAsking) -> Response:
    """The description of this API, in OpenAPI 3.0 or as a page."""
    given = single(asking.request.query_params, ("f",))
    if asking.form(given, {"json": OPENAPI, "html": HTML}) == "html":
        return get_api_page(asking)
    return asking.json(api_document(asking.shelf, asking.to), OPENAPI)


@landing.get("/api.html")
def get_api_page(asking: TheAsking) -> Response:
    """The description of this API as a page."""
    form_of(single(asking.request.query_params, ("f",)).get("f"), None, {"html": HTML})
    document = api_document(asking.shelf, asking.to)
    rows = [
        (path, verb.upper(), operation["summary"])
        for path, verbs in document["paths"].items()
        for verb, operation in verbs.items()
    ]
    return asking.html(pages.listing_page("The API", rows, ("Path", "Method", "What it answers"), asking.to))


@collections.get("/collections")
def get_collections(asking: TheAsking) -> Response:
    """All collections."""
    given = single(asking.request.query_params, ("f",))
    form, to, found = asking.form(given), asking.to, asking.shelf.all()
    if form == "html":
        return asking.html(pages.collections_page(found, to))
    documents = [collection_document(collection, to) for collection in found]
    links = forms_of(to.under("collections"), given, form, PLAIN)
    return asking.json({"links": links, "collections": documents, "crs": list(systems(asking.shelf.city.grid))})


@collections.get("/collections/{name}")
def get_collection(name: str, asking: TheAsking) -> Response:
    """One collection."""
    collection = asking.shelf.one(name)
    given = single(asking.request.query_params, ("f",))
    form, to = asking.form(given), asking.to
    document = collection_document(collection, to)
    if form == "html":
        return asking.html(pages.collection_page(collection, document, to))
    document["links"] = [*forms_of(to.collection(name), given, form, PLAIN), *document["links"]]
    return asking.json(document)


@collections.get("/collections/{name}/queryables")
def get_queryables(name: str, asking: TheAsking) -> Response:
    """What a collection can be filtered by."""
    collection = asking.shelf.one(name)
    given = single(asking.request.query_params, ("f",))
    document = queryables(collection, asking.to)
    if asking.form(given, {"json": SCHEMA, "html": HTML}) == "html":
        return asking.html(pages.queryables_page(collection, document, asking.to))
    return asking.json(document, SCHEMA)


@collections.get("/collections/{name}/items")
def get_items(name: str, asking: TheAsking) -> Response:
    """A page of features."""
    collection = asking.shelf.one(name)
    asking.reads(collection)
    own = (column.name for column in collection.table.described)
    given = single(asking.request.query_params, (*KNOWN, *KNOWN_FILTER, *own))
    form = asking.form(given, ITEM_FORMS)
    tag = asking.tag(collection.version)
    system = system_named(given.get("crs", CRS84), collection.grid, "crs")
    if kept := asking.unchanged(tag) or kept_answer(asking, system, form, tag):
        return kept
    filtered = filter_mask(collection, given)
    asked = wanted(collection, given, () if filtered is None else (filtered,))
    if form in FILES and "limit" not in given:
        asked = replace(asked, limit=len(collection.table))
    return items_answer(asking, collection, page(collection.table, asked), asked, given, form, tag)


@collections.get("/collections/{name}/items/{feature:path}")
def get_item(name: str, feature: str, asking: TheAsking) -> Response:
    """One feature."""
    collection = asking.shelf.one(name)
    asking.reads(collection)
    given = single(asking.request.query_params, ("f", "crs"))
    form = asking.form(given, {"json": GEOJSON, "html": HTML})
    system = system_named(given.get("crs", CRS84), collection.grid, "crs")
    row = feature_row(collection, feature)
    links = feature_links(collection, feature, given, form, asking.to)
    if form == "html":
        return asking.html(pages.item_page(collection, row, links, asking.to))
    tag = asking.tag(collection.version)
    headers = asking.headers(tag) | {"Content-Crs": f"<{system.uri}>"}
    content = feature_text(collection, row, system, links)
    return asking.unchanged(tag) or Response(content, media_type=GEOJSON, headers=headers)
