"""What somebody may read of a case's messages: the names of owners, and of who complained, only with the right to them.

`api.access` narrows layers; this narrows what cases say. Both are told by the rights of a role.
"""

from __future__ import annotations

from typing import Any

from api.case_places import Message
from gis_ce.checks.naming import NAMING
from gis_ce.roles import Rights

KEPT = "Kept for those who may read names."
_OWNERS = ("owner",)
_REPORTERS = ("reporter", "occupant", "other")
_PLAIN_EVENTS = frozenset(
    (
        "opened",
        "placed",
        "moved",
        "step_done",
        "attached",
        "after_photo",
        "linked",
        "came_from",
        "child_opened",
        "assigned",
    )
)
"""Events whose words come from the process map and the map alone, and name nobody."""


def narrowed_case(message: Message, rights: Rights) -> Message:
    """A case without the names that somebody may not read."""
    if rights.owners and rights.reporters:
        return message
    now = message["now"]
    if now is not None and now["proposal"] is not None:
        now = {**now, "proposal": narrowed_proposal(now["proposal"], rights)}
    if now is not None:
        now = {**now, "follows": [_without_names(each) for each in now["follows"]]}
    return {
        **message,
        "now": now,
        "proposals": [narrowed_proposal(each, rights) for each in message["proposals"]],
        "to_review": [{**each, "said": KEPT} if not rights.owners else each for each in message["to_review"]],
        "parties": [each for each in message["parties"] if may_read_party(each["role"], rights)],
        "letters": [{**each, "text": None} for each in message["letters"]],
        "place": {**message["place"], "details": _details(message["place"]["details"], rights)},
    }


def narrowed_proposal(message: Message, rights: Rights) -> Message:
    """What the map said, without the words of a check that names owners."""
    if rights.owners or message["check"] not in NAMING:
        return message
    kept: dict[str, Any] = {"sentence": KEPT, "reason": None, "facts": {}, "why": None}
    return {**message, **kept, **({"evidence": None} if "evidence" in message else {})}


def narrowed_event(message: Message, rights: Rights) -> Message:
    """One thing that happened; what may name somebody is told by its kind alone."""
    if (rights.owners and rights.reporters) or message["kind"] in _PLAIN_EVENTS:
        return message
    return {**message, "text": KEPT, "data": {}}


def _without_names(follows: Message) -> Message:
    """What follows from an answer, without the words that may name somebody."""
    lacks = {name: KEPT if name == "not_told" else words for name, words in follows["lacks"].items()}
    return {**follows, "blocked": KEPT if follows["blocked"] is not None else None, "lacks": lacks}


def may_read_party(role: str, rights: Rights) -> bool:
    """Whether somebody may read the name of a party of that role."""
    if role in _OWNERS:
        return rights.owners
    return rights.reporters or role not in _REPORTERS


def _details(details: Message, rights: Rights) -> Message:
    return details if rights.owners else {name: value for name, value in details.items() if "owner" not in name}
