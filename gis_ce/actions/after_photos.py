"""The 'after' photo of a case: the picture that shows, with its day, that the violation is gone."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, refuse_stranger, take
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import tell
from gis_ce.clock import named
from gis_ce.errors import CaseRefused
from gis_ce.process_deadlines import local_day
from gis_ce.tables import Attachment


def mark_after_photo(
    session: Session,
    desk: Desk,
    case: str,
    attachment: str,
    taken_on: date | None = None,
    *,
    seen: int | None = None,
    key: str | None = None,
) -> Done:
    """Says that a picture of the case shows the violation gone; its day is that of the camera, else `taken_on`.

    Raises CaseRefused where it is no picture of the case, or its day is not known or cannot be.
    """

    def act() -> Done:
        hand = take(session, desk, case, seen)
        refuse_stranger(hand.process, desk.actor)
        picture = _picture(session, hand, attachment)
        day, how = _day(desk, picture, taken_on)
        _refuse_day(desk, hand, day)
        data = {"attachment": picture.id, "taken_on": day.isoformat(), "how": how}
        tell(session, hand.case, desk.act, "after_photo", f"after: {picture.name}, {named(day)} ({how})", **data)
        return done(session, hand.case, attachment=picture.id, taken_on=day.isoformat())

    asked = {"case": case, "attachment": attachment, "taken_on": taken_on, "seen": seen}
    return carried_out(session, desk, "mark_after_photo", asked, key, act)


def _picture(session: Session, hand: Hand, name: str) -> Attachment:
    row = session.get(Attachment, name)
    if row is None or row.case_id != hand.case.id:
        raise CaseRefused(f"{hand.case.number} has no attachment {name[:80]!r}; attach the photo first.")
    if not row.media_type.startswith("image/"):
        raise CaseRefused(f"{row.name} is no picture ({row.media_type}), so it cannot be an 'after' photo.")
    return row


def _day(desk: Desk, picture: Attachment, given: date | None) -> tuple[date, str]:
    """The day of the picture, and how it is known: the camera's word goes before anybody's."""
    if picture.captured_at is not None:
        return local_day(picture.captured_at, desk.processes.time), "by the camera"
    if given is None:
        raise CaseRefused(f"{picture.name} does not say when it was taken; say the day.")
    return given, f"by {desk.actor.name}"


def _refuse_day(desk: Desk, hand: Hand, day: date) -> None:
    if day > desk.today:
        raise CaseRefused(f"The photo is of {day}, which lies after today, {desk.today}.")
    if day < hand.case.event_on:
        event = hand.case.event_on
        raise CaseRefused(f"The photo is of {day}, before the event on {event}, so it cannot show what came after.")
