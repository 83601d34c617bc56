"""How cases stand, as a reader of flips must know it: open, closed, in the time for an appeal, or in appeal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from gis_ce.tables import Case, ChargeEntry, Proceeding, ProceedingEntry

_OPEN = ("appeal", "hearing")
_STAYS = ("stayed", "resumed")
_AT_ONCE = 500


def case_states(session: Session, cases: Iterable[Case]) -> dict[str, str]:
    """By case id: `in appeal`, `time for appeal`, `open` or `closed`.

    In appeal is one of which an appeal is not decided, a hearing is not over, or charges rest.
    """
    by_id = {case.id: case for case in cases}
    appealed = _appealed(session, sorted(by_id))
    return {name: "in appeal" if name in appealed else _state(case) for name, case in by_id.items()}


def _state(case: Case) -> str:
    return "time for appeal" if case.status == "open" and "appeal" in case.step else case.status


def _appealed(session: Session, ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        over = exists().where(ProceedingEntry.proceeding_id == Proceeding.id, ProceedingEntry.ends)
        hearings = select(Proceeding.case_id).where(Proceeding.kind.in_(_OPEN), Proceeding.case_id.in_(some), ~over)
        stays = select(ChargeEntry.charge_id, ChargeEntry.case_id, ChargeEntry.kind)
        stays = stays.where(ChargeEntry.kind.in_(_STAYS), ChargeEntry.case_id.in_(some)).order_by(ChargeEntry.id)
        last = {charge: (case, kind) for charge, case, kind in session.execute(stays)}
        found |= set(session.scalars(hearings))
        found |= {case for case, kind in last.values() if kind == "stayed"}
    return found
