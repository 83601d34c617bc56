"""Puts the figures of a run into docs/performance.md, between two marks."""

from __future__ import annotations

from pathlib import Path

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
_PAGE = f"""# Performance

{BEGIN}
{END}
"""


def write_section(page: Path, figures: str) -> None:
    """Replaces what stands between the marks; the rest of the page stays as it is."""
    text = page.read_text() if page.exists() else _PAGE
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}")
