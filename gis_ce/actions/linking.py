"""What a case belongs together with: other cases, and records of other systems."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import refuse_stranger, take
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import tell
from gis_ce.case_changes import case_named
from gis_ce.case_links import add_link
from gis_ce.errors import CaseRefused, LinkRefused
from gis_ce.ids import new_id
from gis_ce.tables import ExternalReference

BY_HAND = ("duplicate", "related")
"""The links that people make; a hand-over makes its own."""
_LONGEST = 500


def link(session: Session, desk: Desk, case: str, other: str, kind: str, *, key: str | None = None) -> Done:
    """Links two cases: the first is a `duplicate` of the other, or they are `related`.

    Raises LinkRefused for another kind, a link that is there, or a case with itself.
    """

    def act() -> Done:
        hand, to = take(session, desk, case, None), case_named(session, other)
        refuse_stranger(hand.process, desk.actor)
        if kind not in BY_HAND:
            raise LinkRefused(f"A link made by hand is one of {', '.join(BY_HAND)}, not {kind[:40]!r}.")
        add_link(session, hand.case.id, to.id, kind, desk.actor.name, desk.now)
        forth, back = ("is a duplicate of", "has the duplicate") if kind == "duplicate" else ("goes with", "goes with")
        tell(session, hand.case, desk.act, "linked", f"{forth} {to.number}", to=to.number, link=kind)
        tell(session, to, desk.act, "linked", f"{back} {hand.case.number}", to=hand.case.number, link=kind)
        return done(session, hand.case, linked=to.number)

    return carried_out(session, desk, "link", {"case": case, "other": other, "kind": kind}, key, act)


def refer(
    session: Session,
    desk: Desk,
    case: str,
    system: str,
    reference: str,
    url: str | None = None,
    *,
    key: str | None = None,
) -> Done:
    """Notes what a case is called in another system; raises CaseRefused where it is noted already or is empty."""

    def act() -> Done:
        hand = take(session, desk, case, None)
        refuse_stranger(hand.process, desk.actor)
        row = ExternalReference(
            id=new_id(desk.now),
            case_id=hand.case.id,
            system=system.strip(),
            reference=reference.strip(),
            url=url or None,
        )
        _refuse_reference(session, row)
        session.add(row)
        text = f"in {row.system}: {row.reference}"
        tell(session, hand.case, desk.act, "referred", text, system=row.system, reference=row.reference)
        return done(session, hand.case, reference=row.id)

    asked = {"case": case, "system": system, "reference": reference, "url": url}
    return carried_out(session, desk, "refer", asked, key, act)


def _refuse_reference(session: Session, row: ExternalReference) -> None:
    if not row.system or not row.reference or max(map(len, (row.system, row.reference, row.url or ""))) > _LONGEST:
        raise CaseRefused(f"A reference names a system and a record, each in {_LONGEST} characters at most.")
    if row.url is not None and not row.url.lower().startswith(("https://", "http://")):
        raise CaseRefused("The address of a reference begins with https:// or http://.")
    same = select(ExternalReference.id).where(
        ExternalReference.case_id == row.case_id,
        ExternalReference.system == row.system,
        ExternalReference.reference == row.reference,
    )
    if session.scalars(same).first() is not None:
        raise CaseRefused(f"The reference {row.reference} in {row.system} is noted already.")
