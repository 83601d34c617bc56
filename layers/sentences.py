"""How the parts of a message become a sentence."""

from __future__ import annotations


def sentence(words: str) -> str:
    """The words with one mark at their end: a question keeps its own."""
    return words if words.endswith(("?", ".", "!")) else f"{words}."
