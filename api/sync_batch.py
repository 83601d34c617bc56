"""A batch of what a device did without a connection: each item by itself, in order, none in the way of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import Request
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session

from api.admission import meets
from api.case_messages import done_message
from api.case_places import Message
from api.case_records import event_message
from api.case_requests import Change
from api.case_schemas import Given, Name
from api.doors import DOORS
from api.error_answers import OURS, STORE_GONE, told, validation_sentence
from api.errors import ApiError, NotForYou
from api.narrowing import narrowed_event
from api.sync_doings import DOINGS, Doing
from gis_ce.actions.at_hand import look_at
from gis_ce.actions.carried_out import Done
from gis_ce.actions.clashes import Clash, clash_of
from gis_ce.actions.desk import Desk
from gis_ce.case_changes import case_to_change
from gis_ce.errors import CaseChanged, CaseUnknown
from gis_ce.roles import Rights
from gis_ce.tables import IdempotencyKey

_GONE = "The case store cannot be reached just now; send this item again later."
_DO_IT = f"do: one of {', '.join(DOINGS)}."


class _Item(Given):
    """What every item has, besides the body of its own word."""

    key: Name
    do: Name
    case: Name | None = None
    seen: int | None = None
    with_: dict[str, Any]


@dataclass(slots=True)
class _Versions:
    """The cases that this batch has changed: which versions its device had of them, and which it led to.

    A device that did two things to a case without a connection saw the same version for both; the second follows
    from the first, so long as nobody else comes between them.
    """

    seen: dict[str, set[int | None]] = field(default_factory=dict)
    now: dict[str, int] = field(default_factory=dict)

    def follow(self, case: str, seen: int | None) -> int | None:
        """The version that an item must find."""
        return self.now[case] if seen in self.seen.get(case, ()) else seen

    def add(self, names: Sequence[str | None], seen: int | None, done: Done) -> None:
        """Note what an item has led to."""
        for name in names:
            if name is not None:
                self.seen.setdefault(name, {None}).add(seen)
                self.now[name] = done.row_version


def carried_out_in_order(request: Request, change: Change, items: Sequence[Mapping[str, Any]]) -> list[Message]:
    """What became of each item, in their order; each is on disk wholly or not at all before the next begins."""
    versions = _Versions()
    return [_answer(request, change, item, versions) for item in items]


def _answer(request: Request, change: Change, given: Mapping[str, Any], versions: _Versions) -> Message:
    key = given.get("key") if isinstance(given.get("key"), str) else None
    try:
        item, doing, body = _read(given)
        _refuse_not_for(change, item, doing)
        return _carry_out(change, item, doing, body, versions)
    except ValidationError as error:
        return _refused(key, 400, validation_sentence(error.errors()))
    except STORE_GONE:
        return _refused(key, 503, _GONE, "later")
    except OURS as error:
        status, said = told(request, error)
        return _refused(key, status, said, "later" if status >= 500 else "refused")


def _read(given: Mapping[str, Any]) -> tuple[_Item, Doing, BaseModel]:
    """An item, what it is to do and its body; raises ValidationError, ApiError."""
    if "with_" in given:
        raise ApiError("with_: extra inputs are not permitted.")
    item = _Item.model_validate({"with_" if name == "with" else name: each for name, each in given.items()})
    doing = DOINGS.get(item.do)
    if doing is None:
        raise ApiError(_DO_IT)
    if (item.case is None) != (item.do == "open"):
        raise ApiError("case: is named by every item but one that opens a case.")
    return item, doing, doing.body.model_validate(item.with_)


def _refuse_not_for(change: Change, item: _Item, doing: Doing) -> None:
    """Raises NotForYou where the item's own address would not let the caller in, CaseUnknown for a case of others."""
    door = DOORS[doing.door]
    if not meets(change.rights, door.needs):
        raise NotForYou(f"{item.do}: this is for those who may read the names in a case.")
    if item.case is not None and change.rights.cases == "of_lanes":
        with change.reading() as (session, desk):
            if look_at(session, desk, item.case).process.lanes.keys().isdisjoint(change.actor.lanes):
                raise CaseUnknown(f"There is no case {item.case.strip()[:80]!r}.")


def _carry_out(change: Change, item: _Item, doing: Doing, body: BaseModel, versions: _Versions) -> Message:
    checked, case = doing.changes(body), item.case or ""
    mine = replace(change, key=item.key, seen=versions.follow(case, item.seen) if checked else None)

    def act(session: Session, desk: Desk) -> Done:
        if checked and session.get(IdempotencyKey, (desk.actor.name, item.key)) is None:
            _refuse_unseen(session, desk, case, mine.seen)
        return doing.act(session, desk, case, body, item.key)

    try:
        done = mine.carry_out(act)
    except CaseChanged as error:
        return _clashed(change, item, doing, body, mine.seen or 0, str(error))
    if checked or item.do == "open":
        versions.add((item.case, done.case_id, done.number), item.seen, done)
    status = "repeated" if done.repeated else "done"
    made = 201 if item.do == "open" else 200
    return _result(item.key, status, made, done=done_message(done))


def _refuse_unseen(session: Session, desk: Desk, case: str, seen: int | None) -> None:
    """Raises CaseChanged, CaseUnknown, and ApiError where an item does not say which version it saw."""
    found = case_to_change(session, case, seen, desk.act.time.zone)
    if seen is None:
        raise ApiError(
            f"seen: name the row_version of {found.number} that the device had, "
            "so that nobody's change is overwritten unseen."
        )


def _clashed(change: Change, item: _Item, doing: Doing, body: BaseModel, seen: int, said: str) -> Message:
    with change.reading() as (session, _):
        clash = clash_of(session, item.case or "", seen, doing.values(body))
        return _result(item.key, "conflict", 412, said=said, conflict=_clash_message(clash, change.rights))


def _clash_message(clash: Clash, rights: Rights) -> Message:
    case = clash.case
    return {
        "seen": clash.seen,
        "now": case.row_version,
        "step": case.step,
        "status": case.status,
        "meanwhile": [narrowed_event(event_message(event), rights) for event in clash.events],
        "values": [
            {
                "name": both.name,
                "yours": both.yours,
                "theirs": both.theirs,
                "by": both.by,
                "at": both.at.isoformat() if both.at is not None else None,
            }
            for both in clash.values
        ],
    }


def _refused(key: str | None, status: int, said: str, word: str = "refused") -> Message:
    return _result(key, word, status, said=said)


def _result(key: str | None, status: str, http: int, **more: Any) -> Message:
    return {"key": key, "status": status, "http": http, "done": None, "said": None, "conflict": None, **more}
