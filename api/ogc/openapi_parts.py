"""The pieces that the description of the OGC API is put together from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.ogc.filter_text import LANGUAGES
from api.ogc.item_forms import ITEM_FORMS
from api.ogc.selection import FEATURES_UNASKED, MOST_FEATURES

Document = dict[str, Any]

_TEXT: Document = {"type": "string"}
_LINKS: Document = {"type": "array", "items": {"$ref": "#/components/schemas/link"}}


def _object(required: Sequence[str], **properties: Document) -> Document:
    return {"type": "object", "required": list(required), "properties": properties}


SCHEMAS: Document = {
    "object": {"type": "object"},
    "link": _object(["href", "rel"], href=_TEXT, rel=_TEXT, type=_TEXT, title=_TEXT),
    "problem": _object(
        ["type", "title", "status", "detail"], type=_TEXT, title=_TEXT, status={"type": "integer"}, detail=_TEXT
    ),
    "landingPage": _object(["links"], title=_TEXT, description=_TEXT, links=_LINKS),
    "confClasses": _object(["conformsTo"], conformsTo={"type": "array", "items": _TEXT}),
    "collection": _object(
        ["id", "links", "extent", "crs"],
        id=_TEXT,
        title=_TEXT,
        description=_TEXT,
        links=_LINKS,
        itemType=_TEXT,
        extent={"type": "object"},
        crs={"type": "array", "items": _TEXT},
        storageCrs=_TEXT,
    ),
    "collections": _object(
        ["links", "collections"],
        links=_LINKS,
        collections={"type": "array", "items": {"$ref": "#/components/schemas/collection"}},
        crs={"type": "array", "items": _TEXT},
    ),
    "geometry": {
        "type": "object",
        "nullable": True,
        "required": ["type", "coordinates"],
        "properties": {"type": _TEXT, "coordinates": {"type": "array", "items": {}}},
    },
    "feature": _object(
        ["type", "id", "geometry", "properties"],
        type={"type": "string", "enum": ["Feature"]},
        id=_TEXT,
        geometry={"$ref": "#/components/schemas/geometry"},
        properties={"type": "object", "nullable": True},
        links=_LINKS,
    ),
    "featureCollection": _object(
        ["type", "features"],
        type={"type": "string", "enum": ["FeatureCollection"]},
        features={"type": "array", "items": {"$ref": "#/components/schemas/feature"}},
        links=_LINKS,
        timeStamp={"type": "string", "format": "date-time"},
        numberMatched={"type": "integer", "minimum": 0},
        numberReturned={"type": "integer", "minimum": 0},
    ),
}

_PROBLEMS = {
    "400": "A parameter is unknown, or cannot be used as it was given",
    "401": "The name or the password is wrong",
    "404": "Not there, or not for this caller",
    "406": "Nothing of what is accepted is offered",
    "413": "Too much at once",
    "422": "What was given cannot be taken",
}
PROBLEM_ANSWERS: Document = {
    status: {
        "description": said,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}},
    }
    for status, said in _PROBLEMS.items()
}


def parameter(name: str, said: str, schema: Document, *, explode: bool = False) -> Document:
    """A parameter in the query."""
    return {
        "name": name,
        "in": "query",
        "description": said,
        "required": False,
        "schema": schema,
        "style": "form",
        "explode": explode,
    }


_NUMBERS: Document = {
    "type": "array",
    "items": {"type": "number"},
    "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
}
_F = "The form of the answer; without it, what is accepted decides."
PARAMETERS: Document = {
    "f": parameter("f", _F, {"type": "string", "enum": ["json", "html"]}),
    "fItems": parameter("f", _F, {"type": "string", "enum": list(ITEM_FORMS)}),
    "fJson": parameter("f", _F, {"type": "string", "enum": ["json"]}),
    "fHtml": parameter("f", _F, {"type": "string", "enum": ["html"]}),
    "fTile": parameter("f", _F, {"type": "string", "enum": ["mvt"]}),
    "fTileSet": parameter("f", _F, {"type": "string", "enum": ["json", "tilejson", "html"]}),
    **{
        name: {"name": name, "in": "path", "description": said, "required": True, "schema": {"type": "string"}}
        for name, said in (
            ("processId", "The id of a process."),
            ("tileMatrix", "The zoom."),
            ("tileRow", "The row, from the north."),
            ("tileCol", "The column, from the west."),
        )
    },
    "limit": parameter(
        "limit",
        "How many features a page holds at most.",
        {"type": "integer", "minimum": 1, "maximum": MOST_FEATURES, "default": FEATURES_UNASKED},
    ),
    "bbox": parameter("bbox", "Only features that touch this box; heights are passed over.", _NUMBERS),
    "bboxCrs": parameter("bbox-crs", "The reference system of the box, as its address.", {"type": "string"}),
    "crs": parameter("crs", "The reference system of the answer, as its address.", {"type": "string"}),
    "datetime": parameter(
        "datetime", "Only features of this time, and those that have none: a day, a moment or `begin/end`.", _TEXT
    ),
    "filter": parameter("filter", "Only features for which this condition in CQL2 is true.", _TEXT),
    "filterLang": parameter(
        "filter-lang",
        "How the filter is written.",
        {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]},
    ),
    "filterCrs": parameter("filter-crs", "The reference system of shapes in the filter, as its address.", _TEXT),
    "after": parameter("after", "Only features whose id comes after this one: how pages follow each other.", _TEXT),
    "featureId": {
        "name": "featureId",
        "in": "path",
        "description": "The id of a feature.",
        "required": True,
        "schema": _TEXT,
    },
}


def refers(*names: str) -> list[Document]:
    """References to parameters."""
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def answer(content: Mapping[str, str], headers: Sequence[str] = ()) -> Document:
    """An answer in some forms; each is a schema of ours, or plain text."""
    said: Document = {
        "description": "The answer",
        "content": {
            media: {"schema": {"$ref": f"#/components/schemas/{schema}"} if schema else {"type": "string"}}
            for media, schema in content.items()
        },
    }
    if headers:
        said["headers"] = {name: {"schema": _TEXT} for name in headers}
    return said


def operation(
    name: str,
    summary: str,
    content: Mapping[str, str],
    parameters: Sequence[Document],
    *,
    tag: str = "Capabilities",
    more: Sequence[str] = ("406",),
    headers: Sequence[str] = (),
) -> Document:
    """One GET."""
    refused = {status: {"$ref": f"#/components/responses/{status}"} for status in ("400", "401", *more)}
    return {
        "get": {
            "operationId": name,
            "tags": [tag],
            "summary": summary,
            "description": f"{summary}.",
            "parameters": list(parameters),
            "responses": {"200": answer(content, headers), "304": {"description": "Not changed"}, **refused},
        }
    }


def execution() -> Document:
    """Running a process."""
    refused = {status: {"$ref": f"#/components/responses/{status}"} for status in ("400", "401", "404", "413", "422")}
    body = {
        "type": "object",
        "properties": {
            "inputs": {"type": "object"},
            "outputs": {"type": "object"},
            "response": {"type": "string", "enum": ["raw", "document"], "default": "raw"},
        },
    }
    return {
        "post": {
            "operationId": "execute",
            "tags": ["Processes"],
            "summary": "Run a process",
            "description": "Runs while one waits; nothing is stored.",
            "parameters": refers("processId"),
            "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
            "responses": {"200": answer({"application/json": "object"}), **refused},
        }
    }
