"""Puts the figures of a run into docs/performance.md, between two marks."""

from __future__ import annotations

from pathlib import Path

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def write_section(page: Path, figures: str, begin: str = BEGIN, end: str = END) -> None:
    """Replaces what stands between the marks; the rest of the page stays as it is."""
    text = page.read_text() if page.exists() else f"# Performance\n\n{begin}\n{end}\n"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(f"{before}{begin}\n\n{figures}\n\n{end}{after}")
