"""What a device may have done without a connection: for each word the body it takes and the action behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.case_given import opening_of, party_of, place_of, shape_on_grid
from api.case_schemas import (
    CaseToOpen,
    FieldsToNotate,
    Given,
    Name,
    NoteIn,
    PartyIn,
    Priority,
    Reason,
    SiteToDescribe,
    SiteToMove,
    StepToDo,
)
from api.due_schemas import ContactIn
from gis_ce.actions.attaching import attach
from gis_ce.actions.carried_out import Done
from gis_ce.actions.closing import Closing
from gis_ce.actions.contacting import ContactGiven, log_contact
from gis_ce.actions.desk import Desk
from gis_ce.actions.notes import add_note
from gis_ce.actions.opening import open_case
from gis_ce.actions.parties import add_party
from gis_ce.actions.ranking import set_priority
from gis_ce.actions.site_moves import describe_site, move_site
from gis_ce.actions.stepping import Given as StepGiven
from gis_ce.actions.stepping import answer_step, notate
from gis_ce.actions.uploads import received
from gis_ce.actions.waits import end_wait


class FileToAttach(Given):
    """A file that has arrived by /uploads, named by its hash."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    field: Name | None = Field(default=None, description="The field of the present step that asks for it.")


@dataclass(frozen=True, slots=True)
class Doing:
    """One word: its body, its action, and the door of its own address.

    `changes` tells whether it changes a case, so that the version that was seen is asked for; `values` are what was
    given, by the names of `gis_ce.actions.clashes`.
    """

    body: type[BaseModel]
    act: Callable[[Session, Desk, str, Any, str], Done]
    door: str
    changes: Callable[[Any], bool] = lambda _: True
    values: Callable[[Any], dict[str, object]] = lambda _: {}


def _open(session: Session, desk: Desk, _: str, body: CaseToOpen, key: str) -> Done:
    return open_case(session, desk, opening_of(body, desk.grid), key=key)


def _step(session: Session, desk: Desk, case: str, body: StepToDo, key: str) -> Done:
    given = StepGiven(body.answer, body.fields, body.why, Closing(body.no_photo, body.not_told))
    return answer_step(session, desk, case, body.step, given, key=key)


def _fields(session: Session, desk: Desk, case: str, body: FieldsToNotate, key: str) -> Done:
    return notate(session, desk, case, body.step, body.fields, key=key)


def _note(session: Session, desk: Desk, case: str, body: NoteIn, key: str) -> Done:
    return add_note(session, desk, case, body.text, corrects=body.corrects, key=key)


def _party(session: Session, desk: Desk, case: str, body: PartyIn, key: str) -> Done:
    return add_party(session, desk, case, party_of(body), key=key)


def _contact(session: Session, desk: Desk, case: str, body: ContactIn, key: str) -> Done:
    return log_contact(session, desk, case, ContactGiven(**body.model_dump()), key=key)


def _end_wait(session: Session, desk: Desk, case: str, body: Reason, key: str) -> Done:
    return end_wait(session, desk, case, body.why, key=key)


def _move(session: Session, desk: Desk, case: str, body: SiteToMove, key: str) -> Done:
    return move_site(session, desk, case, place_of(body.place, desk.grid), body.why, key=key)


def _site(session: Session, desk: Desk, case: str, body: SiteToDescribe, key: str) -> Done:
    shape = body.structure
    structure = shape_on_grid(shape, body.crs, desk.grid, "structure") if shape is not None else None
    return describe_site(session, desk, case, structure, body.details, key=key)


def _priority(session: Session, desk: Desk, case: str, body: Priority, key: str) -> Done:
    return set_priority(session, desk, case, body.priority, body.why, key=key)


def _attach(session: Session, desk: Desk, case: str, body: FileToAttach, key: str) -> Done:
    return attach(session, desk, case, received(session, desk, body.sha256), body.field, key=key)


def _never(_: object) -> bool:
    return False


def _values_of_step(body: StepToDo) -> dict[str, object]:
    answered = {f"answer of {body.step}": body.answer} if body.answer is not None else {}
    return {"step": body.step, **answered, **body.fields}


def _values_of_fields(body: FieldsToNotate) -> dict[str, object]:
    return {"step": body.step, **body.fields}


def _values_of_place(body: SiteToMove) -> dict[str, object]:
    return {"place": body.place.address or body.place.model_dump(mode="json", exclude_none=True)}


def _values_of_priority(body: Priority) -> dict[str, object]:
    return {"priority": body.priority}


DOINGS: Mapping[str, Doing] = {
    "open": Doing(CaseToOpen, _open, "POST /cases", _never),
    "step": Doing(StepToDo, _step, "POST /cases/{no}/steps", values=_values_of_step),
    "fields": Doing(FieldsToNotate, _fields, "POST /cases/{no}/fields", values=_values_of_fields),
    "end_wait": Doing(Reason, _end_wait, "POST /cases/{no}/end-wait"),
    "move": Doing(SiteToMove, _move, "POST /cases/{no}/move", values=_values_of_place),
    "site": Doing(SiteToDescribe, _site, "POST /cases/{no}/site"),
    "priority": Doing(Priority, _priority, "POST /cases/{no}/priority", values=_values_of_priority),
    "note": Doing(NoteIn, _note, "POST /cases/{no}/notes", _never),
    "party": Doing(PartyIn, _party, "POST /cases/{no}/parties", _never),
    "contact": Doing(ContactIn, _contact, "POST /cases/{no}/contacts", _never),
    "attach": Doing(FileToAttach, _attach, "POST /cases/{no}/attachments", lambda body: body.field is not None),
}
"""What is only added beside a case never clashes; what changes it must name the version that was seen."""
