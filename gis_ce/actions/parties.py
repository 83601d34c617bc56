"""People and firms who have to do with a case."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import refuse_stranger, take
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import tell
from gis_ce.errors import CaseRefused
from gis_ce.ids import new_id
from gis_ce.parties_noted import parties_noted
from gis_ce.tables import Case, Party
from gis_ce.tables.people import PARTY_ROLES

Role = Literal["owner", "contractor", "firm", "reporter", "occupant", "other"]
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class PartyGiven:
    """Somebody as they are told of: a name or a firm at least."""

    role: Role
    name: str | None = None
    firm: str | None = None
    phone: str | None = None
    email: str | None = None
    mailing_address: str | None = None

    def as_plain(self) -> dict[str, str | None]:
        """The party by its fields, without blanks around them."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: (value or "").strip() or None for name, value in values.items()}


def add_party(
    session: Session, desk: Desk, case: str, party: PartyGiven, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Notes somebody who has to do with a case; `made` has the party's id. Raises CaseRefused without a name."""

    def act() -> Done:
        hand = take(session, desk, case, seen)
        refuse_stranger(hand.process, desk.actor)
        return done(session, hand.case, party=note_party(session, desk, hand.case, party))

    asked = {"case": case, "party": party.as_plain(), "seen": seen}
    return carried_out(session, desk, "add_party", asked, key, act)


def note_party(session: Session, desk: Desk, case: Case, party: PartyGiven) -> str:
    """The id of a new row for a party, with its event; raises CaseRefused without a name."""
    values = party.as_plain()
    if values["role"] not in PARTY_ROLES:
        raise CaseRefused(f"There is no role {values['role']!r}; there are {', '.join(PARTY_ROLES)}.")
    if not (values["name"] or values["firm"]):
        raise CaseRefused("A party has a name or a firm at least.")
    if any(len(value or "") > _LONGEST for value in values.values()):
        raise CaseRefused(f"A field of a party has {_LONGEST} characters at most.")
    row = Party(id=new_id(desk.now), case_id=case.id, **values)
    session.add(row)
    text = f"{row.role}: {', '.join(word for word in (row.name, row.firm) if word)}"
    tell(session, case, desk.act, "party_added", text, party=row.id)
    return row.id


def note_parties(session: Session, desk: Desk, case: Case) -> None:
    """Notes the parties that a case's fields name and that it does not have yet, so that they are found again."""
    noted = parties_noted(case.data)
    if not noted:
        return
    rows = session.scalars(select(Party).where(Party.case_id == case.id))
    there = {(row.role, row.name, row.firm) for row in rows}
    for party in noted:
        if (party.role, party.name, party.firm) not in there:
            given = PartyGiven("contractor", _cut(party.name), _cut(party.firm))
            note_party(session, desk, case, given)


def _cut(name: str | None) -> str | None:
    return name[:_LONGEST] if name else None
