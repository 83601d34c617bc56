"""How every write is carried out: once for its key, wholly or not at all, with one kind of answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis_ce.actions.desk import Desk
from gis_ce.errors import CaseRefused
from gis_ce.idempotency import once
from gis_ce.process_values import LONGEST_TEXT
from gis_ce.tables import Case, Json


@dataclass(frozen=True, slots=True)
class Done:
    """What a write has led to: where the case stands now, and what was made or is to be looked at.

    `row_version` is what the next change must have seen. `made` has ids and findings by name, in plain
    JSON values; `repeated` is true where the request was carried out before and nothing was done now.
    """

    case_id: str
    number: str
    type: str
    step: str
    lane: str
    status: str
    row_version: int
    made: Json = field(default_factory=dict)
    repeated: bool = False


def done(session: Session, case: Case, **made: Any) -> Done:
    """The answer for a case as it is now."""
    session.flush()
    return Done(case.id, case.number, case.type, case.step, case.lane, case.status, case.row_version, made)


def carried_out(
    session: Session, desk: Desk, action: str, request: Mapping[str, Any], key: str | None, act: Callable[[], Done]
) -> Done:
    """Carry out a write, or answer again what was carried out under its key.

    Where it is refused, nothing of it stays in the session. Raises KeyReused, CaseRefused for
    a reason that is too long to keep.
    """
    _refuse_long(request.get("why"))
    asked = {"action": action, **{name: plain(value) for name, value in request.items()}}
    with session.begin_nested():
        answered = once(session, key, desk.actor.name, asked, desk.now, lambda: _to_json(act()))
        session.flush()
    return Done(**answered.response, repeated=answered.repeated)


def _refuse_long(why: object) -> None:
    if isinstance(why, str) and len(why) > LONGEST_TEXT:
        raise CaseRefused(f"The reason has {len(why):,} characters; at most {LONGEST_TEXT:,} are kept.")


def plain(value: object) -> object:
    """A value as it stands in a request's digest."""
    if isinstance(value, BaseGeometry):
        return shapely.to_wkb(value, hex=True)
    return {name: plain(each) for name, each in value.items()} if isinstance(value, Mapping) else value


def _to_json(answer: Done) -> Json:
    names = ("case_id", "number", "type", "step", "lane", "status", "row_version", "made")
    return {name: getattr(answer, name) for name in names}
