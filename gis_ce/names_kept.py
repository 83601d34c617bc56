"""Free texts without the names of parties that a reader may not read: what is on record of a party, no more."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gis_ce.tables import Party

KEPT = "[name kept]"
_LEAST = 3
"""Shorter words stand in too many others."""
_APART = r"[\s,.]+"
_MOST_DIGITS = 7
"""A phone number is found by its last digits, however it is written."""


def without_names(text: str, parties: Iterable[Party]) -> str:
    """A text in which names, firms, mail and phone numbers of these parties are replaced by KEPT.

    A name is found in either order, and by its last word alone where that is written with a capital. What somebody is
    called otherwise cannot be found.
    """
    for party in parties:
        for pattern in _patterns(party):
            text = pattern.sub(KEPT, text)
    return text


def _patterns(party: Party) -> Iterable[re.Pattern[str]]:
    for said in (party.email, party.firm):
        if said is not None and len(said.strip()) >= _LEAST:
            yield re.compile(_whole(re.escape(said.strip())), re.IGNORECASE)
    if (digits := re.sub(r"\D", "", party.phone or "")[-_MOST_DIGITS:]) and len(digits) == _MOST_DIGITS:
        yield re.compile(r"(?:\+?\d[\d\s().-]{0,12})?" + r"[\s().-]*".join(digits) + r"(?!\d)")
    words = re.findall(r"[^\s,.]+", party.name or "")
    if len("".join(words)) >= _LEAST:
        for order in (words, [words[-1], *words[:-1]]):
            yield re.compile(_whole(_APART.join(map(re.escape, order))), re.IGNORECASE)
    if len(words) > 1 and len(words[-1]) >= _LEAST:
        yield re.compile(_whole(re.escape(words[-1].capitalize())) + _NO_STREET)


_NO_STREET = r"(?!\s+(?:Ave|Avenue|Blvd|Cir|Circle|Ct|Court|Dr|Drive|Lane|Ln|Pl|Place|Rd|Road|St|Street|Way)\b)"
"""Streets bear names of people too, and a crew has to find them."""


def _whole(pattern: str) -> str:
    return rf"(?<!\w){pattern}(?!\w)"
