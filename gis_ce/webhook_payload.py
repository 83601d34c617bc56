"""What another system is told of an event: which case, where it stands, what kind of thing happened. Never who.

No names, words, addresses or positions of people go out; a system that may know more asks for the case by its id.
"""

from __future__ import annotations

import json

from gis_ce.tables import Case, Event, Mailing, MailingEvent

_OPEN_TO_ALL = ("opened", "closed", "reopened")
"""Kinds of events that a subscription for the public is told of."""


def case_payload(event: Event, case: Case, sees: str) -> str | None:
    """The message of an event of a case; None where a subscription that `sees` so much is not told of it."""
    if sees == "public" and event.kind not in _OPEN_TO_ALL:
        return None
    data: dict[str, object] = {"case": {"id": case.id, "number": case.number, "type": case.type}}
    if sees == "staff":
        data |= {"event": event.id, "by": event.by, "step": event.step, "row_version": event.row_version}
    return _message(f"case.{event.kind}", event.at.isoformat(), data)


def mailing_payload(event: MailingEvent, mailing: Mailing, case: Case, sees: str) -> str | None:
    """The message of an event of a mailing; the public is told of none."""
    if sees == "public":
        return None
    told = {"id": mailing.id, "number": mailing.number}
    data = {"mailing": told, "case": {"id": case.id, "number": case.number, "type": case.type}}
    return _message(f"mailing.{event.kind}", event.at.isoformat(), data | {"event": event.id, "by": event.by})


def wants(wanted: dict[str, object], kind: str, process: str) -> bool:
    """Whether a subscription asks for a kind of event (`case.opened`, `case.*`) of a kind of case."""
    events, types = wanted.get("events"), wanted.get("types")
    by_kind = not isinstance(events, list) or not events or {kind, f"{kind.partition('.')[0]}.*"} & set(events)
    by_type = not isinstance(types, list) or not types or process in types
    return bool(by_kind and by_type)


def _message(kind: str, at: str, data: dict[str, object]) -> str:
    return json.dumps({"type": kind, "timestamp": at, "data": data}, ensure_ascii=False, separators=(",", ":"))
