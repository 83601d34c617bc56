"""What people do with a mailing: look it through, strike and add rows, freeze it, note its mailing and returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, look_at, refuse_stranger
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.desk import CLOCK, Desk
from gis_ce.actions.histories import tell
from gis_ce.actions.mailing_events import tell_mailing
from gis_ce.actions.mailing_log import carry_on
from gis_ce.actions.mailing_making import kept_row, suppress
from gis_ce.errors import MailingRefused, NotNow, NotYourLane
from gis_ce.mailing.addressees import by_hand
from gis_ce.mailing.content import digest_of
from gis_ce.mailing.kept import counts_of, letters_of, mailing_named, row_named, rows_of
from gis_ce.mailing.line_list import row_of
from gis_ce.mailing.postal import GivenAddress, standard_form
from gis_ce.tables import Mailing, MailingEvent, MailingRow

OPEN = ("draft", "reviewed")
Decision = Literal["strike", "keep"]


@dataclass(frozen=True, slots=True)
class Added:
    """Somebody whom a person puts on a list."""

    name: str
    address: str
    city: str | None = None
    state: str | None = None
    zip_code: str | None = None


def decide_row(
    session: Session, desk: Desk, mailing: str, row: str, decision: Decision, why: str, *, key: str | None = None
) -> Done:
    """Strikes a row from a list, or keeps one that was struck or suppressed; the reason stays with it.

    The list must be looked through again. Raises MailingRefused without a reason, NotNow from the freeze on.
    """

    def act() -> Done:
        held, hand = _taken(session, desk, mailing, OPEN)
        found, said = row_named(session, held, row), _reason(why)
        if found.kind == "neighbour":
            raise MailingRefused(
                f"Row {found.position} is a neighbour that is not on the line; add who is to be mailed."
            )
        found.status = "struck" if decision == "strike" else "kept"
        found.by, found.reason = desk.actor.name, said
        held.state, held.reviewed_at, held.reviewed_by = "draft", None, None
        word = "struck" if decision == "strike" else "kept"
        tell_mailing(session, desk, held, word, f"{word} row {found.position}: {said}", found)
        return done(session, hand.case, mailing=held.number, row=found.position, counts=counts_of(session, held))

    asked = {"mailing": mailing, "row": row, "decision": decision, "why": why}
    return carried_out(session, desk, "decide_row", asked, key, act)


def add_row(session: Session, desk: Desk, mailing: str, added: Added, why: str, *, key: str | None = None) -> Done:
    """Puts somebody on a list, with the reason; the list must be looked through again.

    Raises MailingRefused for an address that mail cannot go to, or one that is on the list; NotNow from the freeze on.
    """

    def act() -> Done:
        held, hand = _taken(session, desk, mailing, OPEN)
        said = _reason(why)
        each = by_hand(added.name, GivenAddress(added.address, added.city, added.state, added.zip_code))
        if not each.name or each.standing == "incomplete":
            raise MailingRefused(f"The address cannot be mailed to: it {each.remark or 'lacks a name'}.")
        _refuse_twice(session, held, each.key)
        last = session.scalar(select(func.max(MailingRow.position)).where(MailingRow.mailing_id == held.id)) or 0
        row = kept_row(desk, held, replace(row_of(each), why={"parcels": []}), last + 1)
        row.by, row.reason = desk.actor.name, said
        session.add(row)
        held.state, held.reviewed_at, held.reviewed_by = "draft", None, None
        tell_mailing(session, desk, held, "added", f"added row {row.position}: {said}", row)
        return done(session, hand.case, mailing=held.number, row=row.position, counts=counts_of(session, held))

    asked = {"mailing": mailing, "name": added.name, "address": added.address, "city": added.city}
    asked |= {"state": added.state, "zip_code": added.zip_code, "why": why}
    return carried_out(session, desk, "add_row", asked, key, act)


def _refuse_twice(session: Session, mailing: Mailing, match_key: str) -> None:
    same = select(MailingRow).where(MailingRow.mailing_id == mailing.id, MailingRow.match_key == match_key)
    there = session.scalars(same.where(MailingRow.kind != "neighbour")).first()
    if there is not None:
        raise MailingRefused(f"They are on the list already: row {there.position} ({there.status}).")


def review(session: Session, desk: Desk, mailing: str, *, key: str | None = None) -> Done:
    """Says that a person has looked the list through; it can be frozen from now on. Raises NotNow."""

    def act() -> Done:
        held, hand = _taken(session, desk, mailing, OPEN)
        suppress(session, desk, held)
        held.state, held.reviewed_at, held.reviewed_by = "reviewed", desk.now, desk.actor.name
        tell_mailing(session, desk, held, "reviewed", "looked through")
        return done(session, hand.case, mailing=held.number, counts=counts_of(session, held))

    return carried_out(session, desk, "review_mailing", {"mailing": mailing}, key, act)


def freeze(session: Session, desk: Desk, mailing: str, letter: Mapping[str, Any], *, key: str | None = None) -> Done:
    """Freezes a list that was looked through: its rows are put into mail-sort order, hashed, and never change again.

    `letter` names the letter's template and its hash. `made` has the `digest`. Raises NotNow where the list was not
    looked through, or where somebody on it was written to since; MailingRefused where it holds no letter at all.
    """

    def act() -> Done:
        held, hand = _taken(session, desk, mailing, ("reviewed",))
        if suppressed := suppress(session, desk, held):
            raise NotNow(f"{suppressed} on {held.number} were written to since it was looked through; review it again.")
        letters = _sorted(session, held)
        if not letters:
            raise MailingRefused(f"{held.number} holds no letter: nobody on it can be written to.")
        held.letter, held.frozen_at, held.frozen_by = dict(letter), desk.now, desk.actor.name
        said = f"froze {held.number} with {letters} letters"
        tell_mailing(session, desk, held, "frozen", said, counts=counts_of(session, held))
        held.state, held.digest = "frozen", digest_of(held, rows_of(session, held))
        tell(session, hand.case, desk.act, "mailing_frozen", said, mailing=held.number, digest=held.digest)
        return done(session, hand.case, mailing=held.number, digest=held.digest, letters=letters)

    return carried_out(session, desk, "freeze_mailing", {"mailing": mailing, "letter": dict(letter)}, key, act)


def _sorted(session: Session, mailing: Mailing) -> int:
    """Puts the rows that were added where they belong; returns how many letters there are."""
    rows = list(rows_of(session, mailing))
    letters = [row for row in rows if row.status == "kept" and row.standing == "mail"]
    others = [row for row in rows if row not in set(letters)]
    ordered = [*sorted(letters, key=_mail_order), *others]
    for row in rows:
        row.position = -row.position
    session.flush()
    for number, row in enumerate(ordered, start=1):
        row.position = number
    session.flush()
    return len(letters)


def _mail_order(row: MailingRow) -> tuple[object, str]:
    form = standard_form(GivenAddress(row.delivery, row.city, row.state, row.zip_code))
    return form.sort_key, row.name


def mark_mailed(session: Session, desk: Desk, mailing: str, mailed_on: date, *, key: str | None = None) -> Done:
    """Notes the day on which a frozen list was mailed, in the case too, so that it stands in the SSO log.

    Where the case has not come to its mailing yet, `made["waits_at"]` is the step at which it stands: the log takes
    the day over once somebody has brought the case there. Raises NotNow, MailingRefused for a day that cannot be.
    """

    def act() -> Done:
        held, hand = _taken(session, desk, mailing, ("frozen",))
        if mailed_on > desk.today or (held.frozen_at is not None and mailed_on < _day(desk, held)):
            raise MailingRefused(
                f"{held.number} was frozen on {_day(desk, held)}; it was mailed then or later, by today."
            )
        letters = len(letters_of(session, held))
        said = f"mailed {letters} letters of {held.number} on {mailed_on}"
        held.state, held.mailed_on = "mailed", mailed_on
        tell_mailing(session, desk, held, "mailed", said, letters=letters)
        tell(session, hand.case, desk.act, "mailing_mailed", said, mailing=held.number)
        waits_at = carry_on(session, desk, hand.case.number, letters, mailed_on)
        made = {"mailing": held.number, "letters": letters, "mailed_on": mailed_on.isoformat(), "waits_at": waits_at}
        return done(session, hand.case, **made)

    return carried_out(session, desk, "mark_mailed", {"mailing": mailing, "on": mailed_on.isoformat()}, key, act)


def _day(desk: Desk, mailing: Mailing) -> date:
    assert mailing.frozen_at is not None
    return mailing.frozen_at.astimezone(desk.processes.time.zone).date()


def note_return(session: Session, desk: Desk, mailing: str, row: str, why: str, *, key: str | None = None) -> Done:
    """Notes that the letter of a row came back, and what the post wrote on it. Raises NotNow, MailingRefused."""

    def act() -> Done:
        held, hand = _taken(session, desk, mailing, ("mailed",))
        found, said = row_named(session, held, row), _reason(why)
        if found.status != "kept" or found.standing != "mail":
            raise MailingRefused(f"Row {found.position} of {held.number} got no letter.")
        again = select(MailingEvent.id).where(MailingEvent.row_id == found.id, MailingEvent.kind == "returned")
        if session.scalars(again).first() is not None:
            raise MailingRefused(f"The letter of row {found.position} has come back already.")
        tell_mailing(session, desk, held, "returned", f"row {found.position} came back: {said}", found)
        return done(session, hand.case, mailing=held.number, row=found.position)

    return carried_out(session, desk, "note_return", {"mailing": mailing, "row": row, "why": why}, key, act)


def _taken(session: Session, desk: Desk, name: str, states: tuple[str, ...]) -> tuple[Mailing, Hand]:
    """A mailing in one of some states, with its case; raises NotYourLane, NotNow, MailingUnknown."""
    held = mailing_named(session, name)
    hand = look_at(session, desk, held.case_id)
    if desk.actor.name == CLOCK:
        raise NotYourLane("Only a person decides on a mailing.")
    refuse_stranger(hand.process, desk.actor)
    if held.state not in states:
        raise NotNow(f"{held.number} is {held.state}; {_NEXT[held.state]}")
    return held, hand


_NEXT = {
    "draft": "look it through first (review).",
    "reviewed": "freeze it first.",
    "frozen": "nothing in it is changed any more: note the day of mailing, or make a new mailing.",
    "mailed": "nothing in it is changed any more: note what came back, or make a new mailing.",
}


def _reason(why: str) -> str:
    said = why.strip()
    if not said:
        raise MailingRefused("Give a reason; it stays with the row.")
    return said
