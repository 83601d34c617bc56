"""Letters go out: issued once, issued again as another, taken back."""

from __future__ import annotations

import io
from collections.abc import Mapping

from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import held as hand_held
from gis_ce.actions.attaching import attach, take_file
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import tell
from gis_ce.actions.letter_drafts import draft_of, refuse_lane, refuse_unless
from gis_ce.actions.letter_rows import LetterHand, next_letter_number, take_letter
from gis_ce.actions.letter_setting import Picture, Prepared, prepared, refuse_unready, set_letter
from gis_ce.actions.moving import keep
from gis_ce.errors import LetterRefused
from gis_ce.ids import new_id
from gis_ce.process_engine import note
from gis_ce.tables import Letter

_NOTED = ("date", "money")
"""Fields of a step that an issued letter fills, where nobody has."""


def issue_letter(
    session: Session,
    desk: Desk,
    letter: str,
    pictures: Mapping[str, Picture] | None = None,
    *,
    seen: int | None = None,
    key: str | None = None,
) -> Done:
    """Sets a letter for good: its PDF is kept under its hash, attached to the case, and never set again.

    `made` has `letter`, `sha256` and `attachment`. Raises LetterRefused with everything that is wrong or missing.
    """

    def act() -> Done:
        held = draft_of(session, desk, letter, seen)
        ready = prepared(session, desk, held, pictures)
        refuse_unready(held, ready)
        name = f"{held.letter.number}.pdf"
        kept = take_file(desk, io.BytesIO(set_letter(desk, held, ready, draft=False)), name)
        attached = attach(session, desk, held.hand.case.id, kept, _field_of(held)).made["attachment"]
        row = held.letter
        row.state, row.issued_at, row.issued_by = "issued", desk.now, desk.actor.name
        row.sha256, row.attachment_id = kept.stored.sha256, attached
        row.given = {**(row.given or {}), "printed": dict(ready.data), **ready.kept}
        _replace_older(session, desk, held)
        text = f"{row.number} ({held.kind.title}) was issued to {', '.join(ready.data['to']) or 'nobody by name'}"
        tell(session, held.hand.case, desk.act, "letter_issued", text, letter=row.id, sha256=row.sha256)
        _note_at_step(session, desk, held, ready)
        return done(session, held.hand.case, letter=row.number, id=row.id, sha256=row.sha256, attachment=attached)

    digests = {name: len(picture.content) for name, picture in (pictures or {}).items()}
    return carried_out(session, desk, "issue_letter", {"letter": letter, "pictures": digests, "seen": seen}, key, act)


def reissue_letter(
    session: Session, desk: Desk, letter: str, why: str, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Begins the same letter anew, as a draft; once that is issued, nothing runs from the old one any more.

    `made` has the new one's number. Raises LetterRefused for one that was not issued, or without a reason.
    """

    def act() -> Done:
        held = take_letter(session, desk, letter, seen)
        refuse_lane(desk, held.hand, None)
        refuse_unless(held, ("issued", "served", "received", "returned"), "issued again")
        reason = _reason(why)
        old = held.letter
        given = {name: value for name, value in (old.given or {}).items() if name in ("values", "to")}
        row = Letter(
            id=new_id(desk.now),
            case_id=old.case_id,
            number=next_letter_number(session, held.hand.case),
            step=old.step,
            template=old.template,
            given=given,
            reissue_of=old.id,
        )
        session.add(row)
        text = f"{row.number} is to replace {old.number}: {reason}"
        tell(session, held.hand.case, desk.act, "letter_begun", text, letter=row.id, replaces=old.id, why=reason)
        ready = prepared(session, desk, LetterHand(row, held.kind, held.hand))
        return done(session, held.hand.case, letter=row.number, id=row.id, missing=list(ready.wrong))

    return carried_out(session, desk, "reissue_letter", {"letter": letter, "why": why, "seen": seen}, key, act)


def withdraw_letter(
    session: Session, desk: Desk, letter: str, why: str, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Takes a letter back, a draft too; what was issued stays on record. Raises LetterRefused without a reason."""

    def act() -> Done:
        held = take_letter(session, desk, letter, seen)
        refuse_lane(desk, held.hand, None)
        refuse_unless(held, ("draft", "issued", "served", "received", "returned"), "withdrawn")
        reason = _reason(why)
        held.letter.state = "withdrawn"
        text = f"{held.letter.number or held.kind.title} was withdrawn: {reason}"
        tell(session, held.hand.case, desk.act, "letter_withdrawn", text, letter=held.letter.id, why=reason)
        return done(session, held.hand.case, letter=held.letter.number, id=held.letter.id)

    return carried_out(session, desk, "withdraw_letter", {"letter": letter, "why": why, "seen": seen}, key, act)


def _field_of(held: LetterHand) -> str | None:
    """The field of files in which the present step keeps the letter, where it has just one."""
    hand = held.hand
    if hand.state.closed or held.letter.step != hand.state.step:
        return None
    files = [known.name for known in hand.process.steps[hand.state.step].fields if known.type == "attachments"]
    return files[0] if len(files) == 1 else None


def _note_at_step(session: Session, desk: Desk, held: LetterHand, ready: Prepared) -> None:
    """Notes at the present step what the letter says and the map asks for: its day of issue, dates, amounts."""
    hand = hand_held(session, desk, held.hand.case)
    if hand.state.closed or held.letter.step != hand.state.step:
        return
    values = {
        source.removeprefix("data."): ready.raw.get(known.name)
        for known in held.kind.fields
        for source in known.sources
        if source.startswith("data.")
    }
    if held.kind.issue_day is not None:
        values[held.kind.issue_day] = desk.today.isoformat()
    asked = {known.name: known.type for known in hand.process.steps[hand.state.step].fields}
    found = {
        name: str(value)
        for name, value in values.items()
        if value is not None and asked.get(name) in _NOTED and hand.state.data.get(name) is None
    }
    if found:
        keep(session, desk, hand, note(hand.process, hand.state, hand.state.step, found, desk.act))


def _replace_older(session: Session, desk: Desk, held: LetterHand) -> None:
    older = session.get(Letter, held.letter.reissue_of) if held.letter.reissue_of else None
    if older is not None:
        older.state = "reissued"
        text = f"{older.number} is replaced by {held.letter.number}"
        tell(session, held.hand.case, desk.act, "letter_reissued", text, letter=older.id, by=held.letter.id)


def _reason(why: str) -> str:
    if not why.strip():
        raise LetterRefused("Say why; this goes into the history.")
    return why.strip()
