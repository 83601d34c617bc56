"""The words of a page in the reader's language, for what the service writes itself; one dictionary with the browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).resolve().parent / "officers_map"
LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Español"}
"""The languages of the page, each by its own name."""

Say = Callable[..., str]


@lru_cache(maxsize=4)
def dictionary(name: str) -> Mapping[str, str]:
    """What a module of words holds (`words_es.js`): its one object is written as JSON, for Python to read too."""
    text = (HERE / name).read_text(encoding="utf-8")
    told: dict[str, str] = json.loads(text[text.index("{") : text.rindex("}") + 1])
    return told


def sayer(language: str) -> Say:
    """A function that says an English text in that language, with values for the names in braces."""
    spanish = dictionary("words_es.js") if language == "es" else {}

    def say(english: str, **values: object) -> str:
        text = spanish.get(english, english)
        return text.format(**values) if values else text

    return say
