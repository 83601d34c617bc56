"""Texts that a spreadsheet would run as a formula, made harmless, and read back as they were."""

from __future__ import annotations

import re

_RUNS = re.compile(r"'*[=+\-@\t\r]")
"""A spreadsheet takes what begins so for a formula; `'` before it keeps it a text (OWASP, CSV injection)."""


def guarded(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would run it."""
    return f"'{text}" if _RUNS.match(text) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given."""
    return text[1:] if text.startswith("'") and _RUNS.match(text) else text
