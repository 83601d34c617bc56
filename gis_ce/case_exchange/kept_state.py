"""Where a case stood when it was exported: read back from its row, and held against what can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gis_ce.case_exchange.mapping import Taken
from gis_ce.case_exchange.row_values import RowReader, as_json

_TEXTS = ("due_said",)
_LISTS = ("way", "noted")
_WAITS = (None, "deadline", "date")
_CHILD = "child"
_NO_CHILD = "it waited for another case, which a file does not bring; its step is to be done again"


@dataclass(frozen=True, slots=True)
class KeptState:
    """The rest of a case's state, its running deadline, and what does not come along."""

    state: Mapping[str, Any] | None = None
    due_at: datetime | None = None
    remark: str | None = None


def kept_state(reader: RowReader, take: Mapping[str, Taken], is_closed: bool) -> KeptState:
    """What the row says of where its case stands; nothing where it says nothing. What is wrong is noted."""
    given, due_at = reader.read(as_json, take.get("state")), reader.moment(take.get("due"))
    if given is None:
        return KeptState()
    waiting = given.get("waiting_for")
    state = {name: given.get(name) for name in (*_TEXTS, *_LISTS, "entered_at")} | {"waiting_for": waiting}
    if waiting == _CHILD:
        return KeptState({**state, "waiting_for": None}, None, _NO_CHILD)
    if not _is_sound(state):
        reader.reasons.append("state is not as it was exported")
    elif waiting == "deadline" and due_at is None and not is_closed:
        reader.reasons.append("it waits for a deadline, and due_at is empty")
    return KeptState(state, due_at if waiting == "deadline" else None)


def _is_sound(state: Mapping[str, Any]) -> bool:
    texts = all(state[name] is None or isinstance(state[name], str) for name in _TEXTS)
    lists = all(isinstance(state[name], list) and all(isinstance(word, str) for word in state[name]) for name in _LISTS)
    return texts and lists and state["waiting_for"] in _WAITS and _is_aware(state["entered_at"])


def _is_aware(text: object) -> bool:
    try:
        return isinstance(text, str) and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
