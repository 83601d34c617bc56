"""How far a device has come, as a token that it keeps and sends back unread."""

from __future__ import annotations

import base64
import json

from api.errors import ApiError
from gis_ce.actions.changes_since import Mark

_NOT_OURS = "since: this is no token of ours; send the `next` of the answer before, or begin without one."
_LARGEST = 2**62


def token_of(mark: Mark) -> str:
    """The token of a mark."""
    words = json.dumps([mark.at, mark.until, mark.since, mark.was, mark.asked], separators=(",", ":"))
    return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")


def mark_of(token: str) -> Mark:
    """The mark of a token; raises ApiError for what `token_of` has not made."""
    try:
        at, until, since, was, asked = json.loads(base64.urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4)))
    except (ValueError, TypeError, RecursionError) as error:
        raise ApiError(_NOT_OURS) from error
    whole = all(type(number) is int and 0 <= number <= _LARGEST for number in (at, until, since))
    if not whole or not isinstance(was, str) or not isinstance(asked, str):
        raise ApiError(_NOT_OURS)
    return Mark(at, until, since, was, asked)
