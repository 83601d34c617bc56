"""Deeds of easements that somebody has seen, so that a letter may rest on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import refuse_stranger, take
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import tell
from gis_ce.clock import named
from gis_ce.errors import LetterRefused
from gis_ce.ids import new_id
from gis_ce.tables import Attachment, DeedSeen

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Deed:
    """A deed that somebody has seen: who, when, in which book and on which page; `copy` is an attachment's id."""

    seen_by: str
    seen_on: date
    book: str
    page: str
    note: str = ""
    copy: str | None = None


def see_deed(
    session: Session, desk: Desk, case: str, deed: Deed, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Records that the deed of the case's easement was seen; `made["deed"]` is its id. Raises LetterRefused."""

    def act() -> Done:
        hand = take(session, desk, case, seen)
        refuse_stranger(hand.process, desk.actor)
        texts = {name: getattr(deed, name).strip()[:_LONGEST] for name in ("seen_by", "book", "page", "note")}
        missing = [name for name in ("seen_by", "book", "page") if not texts[name]]
        if missing:
            raise LetterRefused(f"A deed that was seen has {', '.join(missing)} as well.")
        if deed.seen_on > desk.today:
            raise LetterRefused(f"{named(deed.seen_on)} is still to come; give the day on which the deed was seen.")
        copy = session.get(Attachment, deed.copy) if deed.copy else None
        if deed.copy and (copy is None or copy.case_id != hand.case.id):
            raise LetterRefused(f"The copy {deed.copy[:80]!r} is not attached to {hand.case.number}; attach it first.")
        row = DeedSeen(
            id=new_id(desk.now),
            case_id=hand.case.id,
            seen_on=deed.seen_on,
            attachment_id=deed.copy,
            at=desk.now,
            by=desk.actor.name,
            **texts,
        )
        session.add(row)
        session.flush()
        text = f"{row.seen_by} saw the deed on {named(row.seen_on)}: book {row.book}, page {row.page}"
        tell(session, hand.case, desk.act, "deed_seen", text, deed=row.id)
        return done(session, hand.case, deed=row.id)

    asked = {"case": case, "seen_by": deed.seen_by, "seen_on": deed.seen_on.isoformat(), "book": deed.book}
    return carried_out(session, desk, "see_deed", asked | {"page": deed.page, "copy": deed.copy}, key, act)
