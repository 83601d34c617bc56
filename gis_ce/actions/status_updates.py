"""What the complaining party is told of where a case stands: never who else is involved, nor what is noted of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, look_at
from gis_ce.actions.carried_out import Done, carried_out
from gis_ce.actions.contacting import Channel, ContactGiven, log_contact
from gis_ce.actions.desk import Desk
from gis_ce.clock import named
from gis_ce.errors import ContactRefused
from gis_ce.process_deadlines import local_day
from gis_ce.tables import Party

_SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """The words for the complaining party, and the party itself; None where nobody complained on record."""

    text: str
    reporter: Party | None


def status_for_reporter(session: Session, desk: Desk, case: str, words: str = "") -> StatusUpdate:
    """Where a case stands, for who reported it: its number, kind, days and what comes next, and the officer's `words`.

    Raises ContactRefused where those words name somebody else who has to do with the case.
    """
    hand = look_at(session, desk, case)
    parties = session.scalars(select(Party).where(Party.case_id == hand.case.id).order_by(Party.id)).all()
    reporter = next((party for party in parties if party.role == "reporter"), None)
    _refuse_names(words, [party for party in parties if party.role != "reporter"], hand)
    text = " ".join(part for part in (_standing(desk, hand), words.strip()) if part)
    return StatusUpdate(text, reporter)


def send_status(
    session: Session,
    desk: Desk,
    case: str,
    channel: Channel,
    words: str = "",
    *,
    seen: int | None = None,
    key: str | None = None,
) -> Done:
    """Logs that the complaining party was told where the case stands; `made["text"]` are the words.

    Raises ContactRefused where nobody complained on record, or the words name somebody else.
    """

    def act() -> Done:
        found = status_for_reporter(session, desk, case, words)
        if found.reporter is None:
            raise ContactRefused("Nobody who complained is on record; note the reporter first.")
        contact = ContactGiven("out", channel, found.text, party=found.reporter.id)
        answer = log_contact(session, desk, case, contact, seen=seen)
        answer.made["text"] = found.text
        return answer

    asked = {"case": case, "channel": channel, "words": words, "seen": seen}
    return carried_out(session, desk, "send_status", asked, key, act)


def _standing(desk: Desk, hand: Hand) -> str:
    time, case = desk.processes.time, hand.case
    said = f"Your report {case.number} ({hand.process.title}) was opened on {named(local_day(case.opened_at, time))}."
    if case.closed_at is not None:
        return f"{said} It was closed on {named(local_day(case.closed_at, time))}."
    if case.due_at is not None:
        return f"{said} It is being followed; what was asked for has until {named(local_day(case.due_at, time))}."
    return f"{said} It is being worked on."


def _refuse_names(words: str, others: list[Party], hand: Hand) -> None:
    """Nobody else's name, firm, telephone, e-mail or address may stand in the words."""
    lowered = words.lower()
    for party in others:
        known = (party.name, party.firm, party.phone, party.email, party.mailing_address)
        parts = [part for value in known if value for part in (value, *_surname(value, party))]
        if any(len(part) >= _SHORTEST_NAME and part.lower() in lowered for part in parts):
            raise ContactRefused(f"The words name somebody else of {hand.case.number} ({party.role}); leave that out.")


def _surname(value: str, party: Party) -> tuple[str, ...]:
    return tuple(value.split()[-1:]) if value == party.name else ()
