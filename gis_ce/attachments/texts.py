"""Plain text, CSV and GeoJSON: whether a file is what it claims to be."""

from __future__ import annotations

import codecs
import json
import re
from pathlib import Path

from gis_ce.attachments.limits import Limits, in_megabytes
from gis_ce.errors import AttachmentRefused, AttachmentTooLarge

_CHUNK = 1 << 20
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_WIDE_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PROGRAMS = re.compile(rb"\s*(?:#!|<!doctype|<html|<head|<body|<script|<svg|<\?xml|<\?php|<%)", re.IGNORECASE)
_GEOJSON_TYPES = (
    *("FeatureCollection", "Feature", "GeometryCollection"),
    *("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"),
)


def refuse_unless_text(path: Path, name: str) -> None:
    """Raises AttachmentRefused for control characters, and for what a browser or a shell would run."""
    with path.open("rb") as stream:
        head = stream.read(_CHUNK)
        if head.startswith(_WIDE):
            _refuse_unless_wide_text(path, name)
            return
        if _PROGRAMS.match(head.removeprefix(codecs.BOM_UTF8)):
            raise AttachmentRefused(f"{name!r} is a web page or a program by its content, which is not taken.")
        while head:
            if _CONTROLS.search(head):
                raise AttachmentRefused(f"{name!r} is neither text nor any other kind of file that is taken.")
            head = stream.read(_CHUNK)


def refuse_unless_geojson(path: Path, name: str, limits: Limits) -> None:
    """Raises AttachmentRefused for what is no GeoJSON object, AttachmentTooLarge for more than is read whole."""
    size = path.stat().st_size
    if size > limits.parsed:
        limit = in_megabytes(limits.parsed)
        raise AttachmentTooLarge(
            f"{name!r} has {in_megabytes(size)}; of GeoJSON {limit} are taken, of GeoPackage more."
        )
    try:
        parsed = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise AttachmentRefused(f"{name!r} is no GeoJSON: it cannot be read as JSON.") from error
    if not isinstance(parsed, dict) or parsed.get("type") not in _GEOJSON_TYPES:
        raise AttachmentRefused(f"{name!r} is JSON, but no GeoJSON: it has no `type` such as FeatureCollection.")


def _refuse_unless_wide_text(path: Path, name: str) -> None:
    """UTF-16, as Excel writes `Unicode text`."""
    try:
        with path.open(encoding="utf-16", newline="") as stream:
            text = stream.read(_CHUNK)
            program = _PROGRAMS.match(text[:100].encode(errors="replace"))
            while text:
                if program or _WIDE_CONTROLS.search(text):
                    raise AttachmentRefused(f"{name!r} is neither text nor any other kind of file that is taken.")
                text = stream.read(_CHUNK)
    except UnicodeError as error:
        raise AttachmentRefused(f"{name!r} is broken UTF-16 text.") from error
