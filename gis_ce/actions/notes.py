"""Notes on a case: written once, never changed; a correction is a note on the note that it corrects."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import refuse_stranger, take
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import tell
from gis_ce.errors import CaseRefused
from gis_ce.ids import new_id
from gis_ce.tables import Case, Note

LONGEST = 20_000
_SHOWN = 200


def add_note(
    session: Session, desk: Desk, case: str, text: str, *, corrects: str | None = None, key: str | None = None
) -> Done:
    """Writes a note on a case, open or closed; `corrects` is the id of a note of the case that it puts right.

    `made["note"]` is its id. Raises CaseRefused for an empty note, and for a correction of what is not there
    or is corrected already.
    """

    def act() -> Done:
        hand = take(session, desk, case, None)
        refuse_stranger(hand.process, desk.actor)
        said = _said(text)
        _refuse_correction(session, hand.case, corrects)
        row = Note(
            id=new_id(desk.now),
            case_id=hand.case.id,
            at=desk.now,
            by=desk.actor.name,
            text=said,
            step=hand.case.step,
            corrects=corrects,
        )
        session.add(row)
        kind, head = ("note_corrected", "a note was corrected") if corrects else ("note_added", "noted")
        shown = said if len(said) <= _SHOWN else f"{said[: _SHOWN - 3]}..."
        tell(session, hand.case, desk.act, kind, f"{head}: {shown}", note=row.id, corrects=corrects)
        return done(session, hand.case, note=row.id)

    return carried_out(session, desk, "add_note", {"case": case, "text": text, "corrects": corrects}, key, act)


def _said(text: str) -> str:
    said = text.strip()
    if not said:
        raise CaseRefused("The note is empty.")
    if len(said) > LONGEST:
        raise CaseRefused(f"The note has {len(said):,} characters; at most {LONGEST:,} are kept. Attach it as a file.")
    return said


def _refuse_correction(session: Session, case: Case, corrects: str | None) -> None:
    if corrects is None:
        return
    note = session.get(Note, corrects)
    if note is None or note.case_id != case.id:
        raise CaseRefused(f"{case.number} has no note {corrects[:80]!r} to correct.")
    newer = session.scalars(select(Note.id).where(Note.corrects == corrects)).first()
    if newer is not None:
        raise CaseRefused(f"This note was corrected already, by the note {newer}; correct that one.")
