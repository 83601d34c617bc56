"""Makes the page on which an administrator sees how the service stands; it works without any script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from maps.standalone import TEMPLATES

_BAD = frozenset({"failed", "cut off", "stale", "never ran"})


@dataclass(frozen=True, slots=True)
class Panel:
    """One table of the page; without rows it says so."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Hand:
    """Something that needs a hand: how grave it is, what it is, and what to do."""

    severity: str
    what: str
    next_step: str


def operations_html(city: str, at: str, hands: Sequence[Hand], panels: Sequence[Panel]) -> str:
    """The page as HTML; every word is escaped."""
    page = TEMPLATES.get_template("operations.html.j2")
    return page.render(city=city, at=at, hands=hands, panels=panels, bad=_BAD)
