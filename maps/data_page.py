"""One page for what the API answers: facts, links and a table, for people who open it in a browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from maps.standalone import TEMPLATES


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; `links` are the addresses of the rows' first cells, None for those without."""

    headings: Sequence[str]
    rows: Sequence[Sequence[object]]
    links: Sequence[str | None] = ()
    caption: str = ""


@dataclass(frozen=True, slots=True)
class DataPage:
    """What a page shows; `trail` leads back, from the first page on, as words and addresses."""

    title: str
    trail: Sequence[tuple[str, str]] = ()
    said: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    tables: Sequence[Table] = ()
    links: Sequence[Mapping[str, str]] = ()


def data_page_html(page: DataPage) -> str:
    """The page; every string is shown as text, whatever it holds."""
    return TEMPLATES.get_template("data_page.html.j2").render(page=page)
