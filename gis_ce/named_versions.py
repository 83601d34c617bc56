"""Which layer versions cases name: decisions cannot be run again, nor frozen mailings be followed, without theirs."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.tables import Decision, DecisionRecord, Mailing

_FIRST = ("proposed", "re-evaluated")
_FROZEN = ("frozen", "mailed")
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Named:
    """By what a layer version is named: so many decisions, and the numbers of frozen mailings."""

    decisions: int = 0
    mailings: tuple[str, ...] = ()


def named_versions(session: Session) -> dict[str, Named]:
    """By version id, what names it: every decision that was ever made, whatever has become of it, and every mailing
    from its freeze on. Reads all of them, some at a time."""
    decisions, mailings = _by_decisions(session), _by_mailings(session)
    names = sorted({*decisions, *mailings})
    return {name: Named(decisions[name], tuple(mailings.get(name, ()))) for name in names}


def _by_decisions(session: Session) -> Counter[str]:
    first = (DecisionRecord.decision_id == Decision.id) & DecisionRecord.kind.in_(_FIRST)
    wanted = select(Decision.versions, DecisionRecord.body).outerjoin(DecisionRecord, first)
    found: Counter[str] = Counter()
    for versions, body in session.execute(wanted.execution_options(yield_per=_AT_ONCE)):
        layers = json.loads(body).get("layers", {}) if body is not None else {}
        found.update({*versions.values(), *(each["version"] for each in layers.values())})
    return found


def _by_mailings(session: Session) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    frozen = select(Mailing.number, Mailing.versions).where(Mailing.state.in_(_FROZEN)).order_by(Mailing.number)
    for number, versions in session.execute(frozen):
        for version in sorted(set(versions.values())):
            found[version].append(number)
    return found
