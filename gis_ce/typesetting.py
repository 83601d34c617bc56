"""From a template, its data and pictures to a PDF: the same bytes for the same input, on every machine.

The PDF is made for keeping and for screen readers (PDF/A-2a and PDF/UA-1): a template sets a title and a
language, and every picture has words for those who cannot see it (`alt:`).
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from gis_ce.errors import TypesettingRefused

DATA = "data.json"
"""The name by which a template reads its data: `#let data = json("data.json")`."""
_MAIN = "main.typ"
_STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
_PICTURE = re.compile(r"[a-z0-9][a-z0-9_-]{0,80}\.(png|jpg|svg|pdf)")
_PART = re.compile(r"[a-z0-9][a-z0-9_-]{0,80}\.typ")
_PACKAGE = re.compile(r'"@[^"]*"')
_PLACE = re.compile(r"┌─ (?:.*/)?([^\s/]+):(\d+):\d+")


@dataclass(frozen=True, slots=True)
class Template:
    """A template as its source, and the other sources that it may import, by their names (`letterhead.typ`)."""

    name: str
    source: str
    parts: Mapping[str, str] = field(default_factory=dict)


def typeset(
    template: Template,
    data: Mapping[str, Any],
    pictures: Mapping[str, bytes] | None = None,
    *,
    made_at: datetime,
    for_keeping: bool = True,
) -> bytes:
    """The PDF of a template.

    `data` are plain JSON values. `pictures` are PNG, JPEG or SVG by their names (`map.png`), which the template
    draws by that name. `made_at` is an aware time, kept in the PDF as its day of making; no clock, no fonts of
    the machine and no network go into it. Raises TypesettingRefused for anything that does not come out
    right, a character that no font of ours can show among it. Pages of other PDFs (`letter.pdf`) can be drawn as
    pictures only where the PDF is not `for_keeping`: such a PDF is a collection and keeps to no such standard.
    """
    more = {
        "format": "pdf",
        "timestamp": int(made_at.astimezone(UTC).timestamp()),
        "pdf_standards": _STANDARDS if for_keeping else [],
    }
    return _compiled(template, data, pictures or {}, more)


def typeset_png(
    template: Template, data: Mapping[str, Any], pictures: Mapping[str, bytes] | None = None, *, dots_per_inch: float
) -> bytes:
    """The only page of a template as a picture; raises TypesettingRefused as `typeset` does."""
    return _compiled(template, data, pictures or {}, {"format": "png", "ppi": dots_per_inch})


def _compiled(
    template: Template, data: Mapping[str, Any], pictures: Mapping[str, bytes], more: Mapping[str, Any]
) -> bytes:
    _refuse(template, pictures)
    with tempfile.TemporaryDirectory(prefix="typeset-") as folder:
        root = Path(folder)
        _write(root, template, data, pictures)
        try:
            made = typst.compile(root / _MAIN, root=root, font_paths=_fonts(), ignore_system_fonts=True, **more)
        except typst.TypstError as error:
            raise TypesettingRefused(_said(template, error)) from error
    if not isinstance(made, bytes):
        raise TypesettingRefused(f"The template {template.name} makes more than the one page of a picture.")
    return made


@cache
def _fonts() -> typst.Fonts:
    """The fonts that come with the typesetter; none of the machine's."""
    return typst.Fonts(include_system_fonts=False)


def _refuse(template: Template, pictures: Mapping[str, bytes]) -> None:
    for name in pictures:
        if not _PICTURE.fullmatch(name):
            raise TypesettingRefused(f"A picture is named like map.png (or .jpg, .svg), not {name!r}.")
    for name in template.parts:
        if not _PART.fullmatch(name) or name == _MAIN:
            raise TypesettingRefused(f"A part of a template is named like letterhead.typ, not {name!r}.")
    for source in (template.source, *template.parts.values()):
        if found := _PACKAGE.search(source):
            raise TypesettingRefused(
                f"The template {template.name} imports {found[0]}; a template imports only files of its own folder."
            )


def _write(root: Path, template: Template, data: Mapping[str, Any], pictures: Mapping[str, bytes]) -> None:
    try:
        packed = json.dumps(data, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise TypesettingRefused(f"The data for the template {template.name} are no plain values: {error}.") from error
    (root / DATA).write_text(packed, encoding="utf-8")
    for name, source in {**template.parts, _MAIN: template.source}.items():
        (root / name).write_text(source, encoding="utf-8")
    for name, content in pictures.items():
        (root / name).write_bytes(content)


def _said(template: Template, error: typst.TypstError) -> str:
    place = _PLACE.search(error.diagnostic)
    if place is None:
        where = ""
    elif place[1] == _MAIN:
        where = f", line {place[2]}"
    else:
        where = f", {place[1]} line {place[2]}"
    message = error.message.removeprefix("PDF/A-2a, PDF/UA-1 error: ")
    hints = f" ({'; '.join(error.hints)})" if error.hints else ""
    return f"The template {template.name}{where}: {message}{hints}."
