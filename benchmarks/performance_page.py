"""Puts the figures of a run into docs/performance.md, each between its own two marks."""

from __future__ import annotations

from pathlib import Path


def write_section(page: Path, name: str, figures: str) -> None:
    """Replaces what stands between the marks of that name, at the end of the page if there are none yet.

    The rest of the page, other figures among it, stays as it is.
    """
    begin, end = f"<!-- figures, {name}: begin -->", f"<!-- figures, {name}: end -->"
    text = page.read_text() if page.exists() else "# Performance\n"
    if begin not in text:
        text = f"{text.rstrip()}\n\n## {name[0].upper()}{name[1:]}\n\n{begin}\n{end}\n"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(f"{before}{begin}\n\n{figures}\n\n{end}{after}")
