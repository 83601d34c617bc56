"""Files of a case: photos, tickets, letters."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, refuse_other_lane, refuse_stranger, take
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import tell
from gis_ce.actions.moving import keep as keep_move
from gis_ce.actions.photo_distances import place_of
from gis_ce.attachments.folder import Readable
from gis_ce.attachments.keeping import Kept, StoredAttachment, held_against, keep
from gis_ce.attachments.photo_place import photo_place
from gis_ce.ids import new_id
from gis_ce.process_engine import note
from gis_ce.tables import Attachment


def take_file(desk: Desk, stream: Readable, name: str) -> Kept:
    """Takes a file into the folder as it arrives, before any database is asked: an upload holds up nobody.

    Raises AttachmentRefused (AttachmentTooLarge) for what is not taken, AttachmentNotKept.
    """
    return keep(desk.folder(), stream, name, desk.processes.time.zone)


def attach(
    session: Session,
    desk: Desk,
    case: str,
    kept: Kept,
    field: str | None = None,
    *,
    seen: int | None = None,
    key: str | None = None,
) -> Done:
    """Attaches a file that was taken; with `field`, to that field of the present step, which then has it noted.

    `made` has `attachment` (its id) and `photo`: how far from the place it was taken. The same file in the
    same place is attached once. Raises NotNow, NotYourLane and StepRefused for a field that is not asked for.
    """

    def act() -> Done:
        hand = take(session, desk, case, seen)
        if field is None:
            refuse_stranger(hand.process, desk.actor)
        elif not hand.state.closed:
            refuse_other_lane(hand.process, hand.state.step, desk.actor)
        said = photo_place(kept.photo, place_of(desk, hand.site), hand.case.event_on).sentence
        photo = said if kept.stored.stripped_sha256 else None
        name, again = _row(session, desk, hand, kept, field)
        if field is not None:
            moved = note(hand.process, hand.state, hand.state.step, {field: [name]}, desk.act)
            keep_move(session, desk, hand, moved)
        if not again:
            text = f"attached {kept.stored.name}{f'. {photo}' if photo else ''}"
            tell(session, hand.case, desk.act, "attached", text, attachment=name, sha256=kept.stored.sha256)
        return done(session, hand.case, attachment=name, photo=photo, again=again)

    asked = {"case": case, "sha256": kept.stored.sha256, "name": kept.stored.name, "field": field, "seen": seen}
    return carried_out(session, desk, "attach", asked, key, act)


def _row(session: Session, desk: Desk, hand: Hand, kept: Kept, field: str | None) -> tuple[str, bool]:
    """The id of the file's row, and whether it was there before."""
    same = select(Attachment.id).where(
        Attachment.case_id == hand.case.id,
        Attachment.sha256 == kept.stored.sha256,
        Attachment.step == hand.case.step,
        Attachment.field.is_(None) if field is None else Attachment.field == field,
    )
    before = session.scalars(same).first()
    if before is not None:
        return before, True
    stored: StoredAttachment = held_against(kept, place_of(desk, hand.site), hand.case.event_on)
    row = Attachment(
        id=new_id(desk.now),
        case_id=hand.case.id,
        step=hand.case.step,
        field=field,
        at=desk.now,
        by=desk.actor.name,
        **asdict(stored),
    )
    session.add(row)
    session.flush()
    return row.id, False
