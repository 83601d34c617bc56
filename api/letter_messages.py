"""Letters as messages: what each is, what it still needs, how it was served and what follows from that."""

from __future__ import annotations

from api.case_places import Message
from api.case_records import letter_message
from gis_ce.actions.letter_service import clock_made
from gis_ce.actions.letters import LetterShown
from gis_ce.letter import LetterKind
from gis_ce.tables import LetterService


def shown_message(shown: LetterShown) -> Message:
    """A letter with all that is known of it."""
    clock = clock_made(shown.clock)["clock"] if shown.clock is not None else None
    return {
        **letter_message(shown.letter),
        "case": shown.case_number,
        "title": shown.kind.title,
        "given": (shown.letter.given or {}).get("values", {}),
        "to": shown.ready.data["to"] if shown.ready else (shown.letter.given or {}).get("printed", {}).get("to", []),
        "fields": [
            {"name": known.name, "type": known.type, "from": list(known.sources), "ask": known.ask}
            | {"optional": known.optional, "value": _value(shown, known.name)}
            for known in shown.kind.fields
        ],
        "missing": list(shown.ready.wrong) if shown.ready else [],
        "services": [service_message(row) for row in shown.services],
        "clock": clock,
    }


def service_message(row: LetterService) -> Message:
    """One fact about the service of a letter."""
    names = ("id", "kind", "of", "method", "time", "served_by", "tracking", "note", "attachment_id", "by")
    return {name: getattr(row, name) for name in names} | {"on": row.on.isoformat(), "at": row.at.isoformat()}


def kind_message(kind: LetterKind) -> Message:
    """A kind of letter, with its merge fields and where each comes from."""
    return {
        "id": kind.id,
        "title": kind.title,
        "topic": kind.topic,
        "about": kind.about,
        "source": kind.source,
        "steps": list(kind.steps),
        "rules": dict(kind.rules),
        "about_easement": kind.about_easement,
        "form": kind.form,
        "fields": [
            {"name": known.name, "type": known.type, "from": list(known.sources), "ask": known.ask}
            | {"optional": known.optional}
            for known in kind.fields
        ],
    }


def _value(shown: LetterShown, name: str) -> object:
    values = shown.ready.data["f"] if shown.ready else (shown.letter.given or {}).get("printed", {}).get("f", {})
    value = values.get(name)
    return value.get("alt") if isinstance(value, dict) else value
