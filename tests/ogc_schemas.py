"""Holds documents against the published schemas of the standards."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml
from conftest import real_data
from jsonschema import Draft202012Validator
from jsonschema_specifications import REGISTRY as SPECIFICATIONS
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

FEATURES = "ogcapi/features/part1/1.0/openapi/schemas"
FEATURES_CRS = "ogcapi/features/part2/1.0/openapi/schemas"
TILES = "ogcapi/tiles/part1/1.0/openapi/schemas"
PROCESSES = "ogcapi/processes/part1/1.0/openapi/schemas"
_ANY_SCHEMA = {"$ref": "https://json-schema.org/draft/2020-12/schema"}
"""The published file lets an input be an object only, and no text and no number; what it says in a comment is meant."""
_OURS = "http://schemas.opengis.net/"


@cache
def standards() -> Path:
    """The folder of published schemas and examples; skips the test where it is missing."""
    return real_data() / "standards"


def _retrieved(uri: str) -> Resource[Any]:
    path = Path(unquote(urlsplit(uri).path))
    if uri.startswith("https://json-schema.org/"):
        return SPECIFICATIONS[uri]
    if uri.startswith((_OURS, _OURS.replace("http:", "https:"))):
        path = standards() / str(path).lstrip("/")
    if path.parts[-2:] == ("processes-core", "schema.yaml"):
        return Resource.from_contents(_ANY_SCHEMA, DRAFT202012)
    return Resource.from_contents(_as_meant(yaml.safe_load(path.read_text("utf-8"))), DRAFT202012)


def _as_meant(schema: Any) -> Any:
    """YAML reads the type `null`, which stands there without quotation marks, as nothing."""
    if isinstance(schema, list):
        return [_as_meant(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: "null" if key == "type" and value is None else _as_meant(value) for key, value in schema.items()}


def hold_against(document: object, schema: str) -> None:
    """Raises ValidationError where a document is not as a published schema wants it."""
    uri = (standards() / schema).as_uri()
    registry: Registry[Any] = Registry(retrieve=_retrieved)
    Draft202012Validator({"$ref": uri}, registry=registry).validate(document)
