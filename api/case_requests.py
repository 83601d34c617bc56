"""What every router of cases asks for: the officer who asks, and for changes the key and the version they saw."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import HTTPBasic
from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from api.access import works_on
from api.case_office import CaseOffice
from api.errors import ApiError
from api.officers import officer_of_this_machine
from api.requests import office_of, who_of
from api.same_site import refuse_other_sites
from gis_ce.actions.carried_out import Done
from gis_ce.actions.definitions import in_store
from gis_ce.actions.desk import Actor, Desk
from gis_ce.case_changes import case_to_change
from gis_ce.idempotency import LONGEST_KEY
from gis_ce.process import Process
from gis_ce.roles import Rights
from gis_ce.tables import IdempotencyKey

_TAG = re.compile(r'"(\d{1,9})"')


class _SigningIn(HTTPBasic):
    """How to sign in, for the description of the service; the header itself is read by `api.who`, in UTF-8."""

    async def __call__(self, request: HTTPConnection) -> None:
        """Reads nothing."""


_BASIC = _SigningIn(
    scheme_name="account",
    description="An account of `gis-ce user`. At the machine itself none is needed while the store has no accounts.",
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who may see cases."""

    office: CaseOffice
    actor: Actor
    rights: Rights

    @contextmanager
    def reading(self) -> Iterator[tuple[Session, Desk]]:
        """A session that only reads, with the desk."""
        with self.office.store.reading() as session:
            yield session, self.office.desk(self.actor)

    def processes(self, session: Session, desk: Desk) -> dict[str, Process]:
        """The process maps that are followed now: those of the files, and over them those of the store."""
        return {**desk.processes.processes, **in_store(session, desk)}

    def types(self, session: Session, desk: Desk) -> frozenset[str] | None:
        """The types of cases that they see, of which a lane of theirs is a part; None where they see all."""
        if self.rights.cases == "all":
            return None
        known = self.processes(session, desk)
        return frozenset(name for name, process in known.items() if works_on(process, self.actor.lanes))


@dataclass(frozen=True, slots=True)
class Change(Visit):
    """One request that changes something; `seen` is the row_version that the caller read, `key` that of the request."""

    seen: int | None
    key: str | None

    def carry_out(self, act: Callable[[Session, Desk], Done]) -> Done:
        """What an action has led to; it is on disk when this returns, or nothing of it is.

        It counts as done when its turn to write has come, so that times in the store grow as events do.
        """
        desk = self.office.desk(self.actor)
        with self.office.store.session() as session:
            session.connection()
            done = act(session, replace(desk, now=datetime.now(UTC)))
            session.commit()
        return done

    def do(self, action: Callable[..., Done], *given: object) -> Done:
        """The same for an action that takes the version that was read, and the key of the request."""
        return self.carry_out(lambda session, desk: action(session, desk, *given, seen=self.seen, key=self.key))

    def carry_out_beside(self, case: str, act: Callable[[Session, Desk], Done]) -> Done:
        """The same for what is added beside a case and changes nothing of it, so that its action asks for no version.

        Raises CaseChanged where the version that the caller read is not the case's any more.
        """

        def checked(session: Session, desk: Desk) -> Done:
            came_before = self.key is not None and session.get(IdempotencyKey, (self.actor.name, self.key)) is not None
            if not came_before:
                case_to_change(session, case, self.seen, desk.act.time.zone)
            return act(session, desk)

        return self.carry_out(checked)


def visit_of(request: Request, _: Annotated[None, Depends(_BASIC)]) -> Visit:
    """Somebody who was let in to cases: by name, or at the machine itself while the store has no accounts.

    Raises SignInNeeded.
    """
    who, office = who_of(request), office_of(request)
    if who.how != "machine":
        return Visit(office, Actor(who.name or "", who.lanes), who.rights)
    with office.store.reading() as session:
        return Visit(office, officer_of_this_machine(session, office), who.rights)


def change_of(
    request: Request,
    visit: TheVisit,
    if_match: Annotated[
        str | None,
        Header(description='The `ETag` of the case as you read it, such as `"3"`: a change in between is refused.'),
    ] = None,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=LONGEST_KEY,
            description="Your own name for this request: sent twice, it is carried out once.",
        ),
    ] = None,
) -> Change:
    """The same for a change; raises ApiError for an If-Match that is none, OtherSite for a page of another site."""
    refuse_other_sites(request.headers)
    return Change(visit.office, visit.actor, visit.rights, _version(if_match), idempotency_key)


def _version(if_match: str | None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    found = _TAG.fullmatch(if_match.strip())
    if found is None:
        raise ApiError('If-Match: give the ETag of the case, such as "3", with its quotation marks.')
    return int(found[1])


TheVisit = Annotated[Visit, Depends(visit_of)]
TheChange = Annotated[Change, Depends(change_of)]
