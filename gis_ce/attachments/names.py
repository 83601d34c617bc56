"""The name that a file came with, made harmless to show, to save and to hand on.

Content is kept under its hash, so no name is ever part of a path here; but names go out again in
downloads and exports, and are then saved by somebody else's program.
"""

from __future__ import annotations

import re
import unicodedata

from gis_ce.errors import AttachmentRefused

LONGEST = 150
"""Bytes of a name in UTF-8; file systems take 255, and copies get words such as ` (1)` added."""

_SEPARATORS = re.compile(r"[/\\]")
_FORBIDDEN = set('<>:"|?*/\\')
_ALIKE = set("\u2215\u2044\u29f5\u29f8\u2216\u2571\u2572")
"""Slashes that are none: division and fraction slash, set minus, box drawings."""
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9])(?:[ .].*)?", re.IGNORECASE)
_DROPPED = frozenset({"Cc", "Cf", "Co", "Cn", "Cs"})
_SPACES = frozenset({"Zs", "Zl", "Zp"})
_ENDING = re.compile(r"[A-Za-z0-9]{1,10}")


def clean_name(claimed: str) -> str:
    """The name without folders, control and direction characters, look-alikes of separators and reserved words.

    Raises AttachmentRefused for a name with a NUL or a broken character, or with nothing left before
    or after its last full stop. Cleaning a clean name changes nothing.
    """
    if "\0" in claimed:
        raise AttachmentRefused("The file's name has a NUL character in it; rename the file.")
    if any(unicodedata.category(character) == "Cs" for character in claimed):
        raise AttachmentRefused("The file's name has a broken character in it; rename the file.")
    last = _SEPARATORS.split(claimed)[-1]
    plain = unicodedata.normalize("NFC", "".join(map(_harmless, last)))
    stem, _, ending = (_tidy(part) for part in _tidy(plain).rpartition("."))
    stem = _tidy(_shortened(stem, LONGEST - len(ending) - 1))
    if not stem or not _ENDING.fullmatch(ending):
        raise AttachmentRefused(f"{_shown(claimed)} is no name of a file; one looks like `valve lid.jpg`.")
    return f"{_unreserved(stem)}.{ending}"


def _harmless(character: str) -> str:
    """The character, a space for any space, nothing for an invisible one, `_` for what means something in a path."""
    category = unicodedata.category(character)
    if category in _SPACES or character in "\t\r\n":
        return " "
    if category in _DROPPED:
        return ""
    alike = unicodedata.normalize("NFKC", character)
    if character in _FORBIDDEN or (alike != character and any(part in _FORBIDDEN or part == "." for part in alike)):
        return "_"
    return "_" if character in _ALIKE else character


def _tidy(text: str) -> str:
    """Without spaces and full stops at either end, and without runs of spaces."""
    return re.sub(" +", " ", text).strip(" .")


def _unreserved(stem: str) -> str:
    """With `_` before what a system takes for a device or a program for an option."""
    read = unicodedata.normalize("NFKC", stem)
    return f"_{stem}" if _RESERVED.fullmatch(read) or read.startswith(("-", "~")) else stem


def _shortened(stem: str, longest: int) -> str:
    room = longest - 1
    return stem if len(stem.encode()) <= room else stem.encode()[:room].decode(errors="ignore")


def _shown(claimed: str) -> str:
    return repr(claimed if len(claimed) <= 60 else f"{claimed[:57]}...")
