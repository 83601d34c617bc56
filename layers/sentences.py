"""How the parts of a message become a sentence."""

from __future__ import annotations

import difflib
from collections.abc import Collection


def sentence(words: str) -> str:
    """The words with one mark at their end: a question keeps its own."""
    return words if words.endswith(("?", ".", "!")) else f"{words}."


def none_of(said: str, words: Collection[str], given: str) -> str:
    """That something is none of the words that may be said, with the most similar of them where one is."""
    close = difflib.get_close_matches(given.lower(), words, n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"{said} is not one of {', '.join(words)}{hint}"
