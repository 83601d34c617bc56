"""A digest as text, as a page and as a table: the same sections in three forms."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from jinja2 import Environment, StrictUndefined, Template

from gis_ce.case_exchange.formulas import guarded

DigestForm = Literal["text", "html", "csv"]
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a digest: its rows, or what is said where there are none."""

    title: str
    columns: Row
    rows: Sequence[Row]
    nothing: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class Digest:
    """What an officer or the manager reads of a day or a week."""

    title: str
    span: str
    sections: tuple[Section, ...]


def written(digest: Digest, form: DigestForm) -> str:
    """The digest in one of its forms."""
    return {"text": as_text, "html": as_page, "csv": as_table}[form](digest)


def as_text(digest: Digest) -> str:
    """For a mail or a terminal."""
    lines = [digest.title, digest.span]
    for section in digest.sections:
        count = f" ({len(section.rows)})" if section.rows else ""
        lines += ["", f"{section.title}{count}", "-" * (len(section.title) + len(count))]
        lines += _lines(section) or [section.nothing]
    return "\n".join(lines) + "\n"


def as_page(digest: Digest) -> str:
    """One stand-alone page; every word is escaped."""
    return _template().render(digest=digest)


def as_table(digest: Digest) -> str:
    """CSV with the section in the first column; what a spreadsheet would run as a formula is made harmless."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(["section", "1", "2", "3", "4", "5", "6"])
    for section in digest.sections:
        for row in section.rows:
            writer.writerow([guarded(cell) for cell in (section.title, *row)])
    return stream.getvalue()


def _lines(section: Section) -> list[str]:
    """The rows under their columns, all but the last as wide as their longest cell."""
    if len(section.columns) == 1 or not section.rows:
        return [cell for (cell,) in section.rows]
    rows = [section.columns, *section.rows]
    widths = [max(len(row[place]) for row in rows) for place in range(len(section.columns) - 1)]
    return ["  ".join([*map(str.ljust, row, widths), row[-1]]).rstrip() for row in rows]


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    text = (files("gis_ce") / "data" / "digest.html.j2").read_text(encoding="utf-8")
    return environment.from_string(text)
