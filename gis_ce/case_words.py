"""The words by which a case is found: its number, title, description and address, folded, beside its site."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, event, inspect, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from gis_ce.tables import Case, Site

_A_TIME = 5_000
_OF_CASE: tuple[InstrumentedAttribute[str], ...] = (Case.number, Case.title, Case.description)
_ROWS = select(Site.id, Site.words, *_OF_CASE, Site.address).join(Case, Case.id == Site.case_id).order_by(Site.id)


def folded(text: str) -> str:
    """Text as it is compared: in one case of letters, one form of each letter, one blank between words."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


def words_of(number: str, title: str, description: str, address: str | None) -> str:
    """All words of a case; nothing that is looked for goes over the end of a line."""
    return "\n".join(folded(text) for text in (number, title, description, address or ""))


def keep_words(session: Session) -> None:
    """Let whatever a session writes of cases and sites bring their words along."""
    event.listen(session, "before_flush", _keep_words)


def fill_words(connection: Connection) -> int:
    """Write anew what is missing or differs, after an upgrade or a writer that went by; returns how many."""
    filled, after = 0, ""
    while rows := connection.execute(_ROWS.where(Site.id > after).limit(_A_TIME)).all():
        for name, known, *texts in rows:
            if known != (words := words_of(*texts)):
                connection.execute(update(Site).where(Site.id == name).values(words=words))
                filled += 1
        after = rows[-1].id
    return filled


def _keep_words(session: Session, *_: Any) -> None:
    cases = {case.id: case for case in _changed(session, Case, *(column.key for column in _OF_CASE))}
    sites = {site.case_id: site for site in _changed(session, Site, "address")}
    for name in {*cases, *sites}:
        case = cases.get(name) or session.get(Case, name)
        site = sites.get(name) or session.scalars(select(Site).where(Site.case_id == name)).one_or_none()
        if case is not None and site is not None:
            site.words = words_of(case.number, case.title or "", case.description or "", site.address)


def _changed(session: Session, kind: type[Any], *names: str) -> Iterator[Any]:
    for row in (*session.new, *session.dirty):
        if isinstance(row, kind) and (row in session.new or _differs(row, names)):
            yield row


def _differs(row: object, names: tuple[str, ...]) -> bool:
    state: Any = inspect(row)
    return any(state.attrs[name].history.has_changes() for name in names)
