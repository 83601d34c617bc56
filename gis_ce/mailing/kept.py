"""Mailings as they are kept: finding one, its rows in order, and who was written to before."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from gis_ce.errors import FilterRefused, MailingUnknown
from gis_ce.tables import Case, Mailing, MailingEvent, MailingRow

MOST = 500
_BATCH = 500


@dataclass(frozen=True, slots=True)
class MailedBefore:
    """When somebody was last written to, and by which mailing."""

    mailed_on: date
    number: str


def mailing_named(session: Session, name: str) -> Mailing:
    """The mailing of a number (in any case of letters) or an id; raises MailingUnknown."""
    found = session.scalars(select(Mailing).where(Mailing.number == name.strip().upper())).one_or_none()
    found = found or session.get(Mailing, name.strip())
    if found is None:
        raise MailingUnknown(f"There is no mailing {name.strip()[:80]!r}.")
    return found


def row_named(session: Session, mailing: Mailing, name: str) -> MailingRow:
    """The row of a mailing by its position or id; raises MailingUnknown."""
    found = session.get(MailingRow, name.strip())
    if found is None and name.strip().isdigit() and len(name.strip()) < 9:
        at = select(MailingRow).where(MailingRow.mailing_id == mailing.id, MailingRow.position == int(name))
        found = session.scalars(at).one_or_none()
    if found is None or found.mailing_id != mailing.id:
        raise MailingUnknown(f"{mailing.number} has no row {name.strip()[:80]!r}.")
    return found


def rows_of(session: Session, mailing: Mailing, statuses: Collection[str] = ()) -> Iterator[MailingRow]:
    """The rows of a mailing in their order, some at a time; all, or those of some statuses."""
    wanted = select(MailingRow).where(MailingRow.mailing_id == mailing.id).order_by(MailingRow.position)
    if statuses:
        wanted = wanted.where(MailingRow.status.in_(statuses))
    return iter(session.scalars(wanted.execution_options(yield_per=_BATCH)))


def letters_of(session: Session, mailing: Mailing) -> list[MailingRow]:
    """The rows that get a letter, in mail-sort order."""
    return [row for row in rows_of(session, mailing, ("kept",)) if row.standing == "mail"]


def counts_of(session: Session, mailing: Mailing) -> dict[str, int]:
    """How many rows a mailing has of each kind: letters, set apart by why, struck, suppressed, left out."""
    asked = select(MailingRow.status, MailingRow.standing, func.count()).where(MailingRow.mailing_id == mailing.id)
    counted: dict[str, int] = dict.fromkeys(
        ("letters", "foreign", "incomplete", "no_owner", "suppressed", "struck", "left_out"), 0
    )
    for status, standing, count in session.execute(asked.group_by(MailingRow.status, MailingRow.standing)):
        name = status if status != "kept" else {"mail": "letters"}.get(standing, standing)
        counted[name] = counted.get(name, 0) + count
    return counted


def events_of(session: Session, mailing: Mailing) -> Sequence[MailingEvent]:
    """What happened to a mailing, oldest first."""
    return session.scalars(
        select(MailingEvent).where(MailingEvent.mailing_id == mailing.id).order_by(MailingEvent.id)
    ).all()


def mailings_page(
    session: Session, *, state: str | None = None, case: str | None = None, after: str | None = None, limit: int = 50
) -> tuple[list[tuple[Mailing, str]], str | None]:
    """Mailings with their cases' numbers, newest first, and the number after which the next page begins (else None).

    Raises FilterRefused, MailingUnknown for a page after a mailing that is not there.
    """
    if not 1 <= limit <= MOST:
        raise FilterRefused(f"A page has 1 to {MOST} mailings, not {limit}.")
    wanted = select(Mailing, Case.number).join(Case, Case.id == Mailing.case_id)
    if state is not None:
        wanted = wanted.where(Mailing.state == state)
    if case is not None:
        wanted = wanted.where(Case.number == case.strip().upper())
    if after is not None:
        last = mailing_named(session, after)
        wanted = wanted.where(tuple_(Mailing.made_at, Mailing.id) < (last.made_at, last.id))
    ordered = wanted.order_by(Mailing.made_at.desc(), Mailing.id.desc()).limit(limit + 1)
    found = [(mailing, number) for mailing, number in session.execute(ordered)]
    return found[:limit], found[limit - 1][0].number if len(found) > limit else None


def mailed_since(session: Session, keys: Sequence[str], since: date) -> dict[str, MailedBefore]:
    """Of these keys (name and address), those that were written to on a day or later, with the last such day.

    What came back from the post does not count.
    """
    returned = select(MailingEvent.row_id).where(MailingEvent.kind == "returned", MailingEvent.row_id.is_not(None))
    found: dict[str, MailedBefore] = {}
    for start in range(0, len(keys), _BATCH):
        asked = (
            select(MailingRow.match_key, Mailing.mailed_on, Mailing.number)
            .join(Mailing, Mailing.id == MailingRow.mailing_id)
            .where(Mailing.state == "mailed", Mailing.mailed_on >= since)
            .where(MailingRow.match_key.in_(keys[start : start + _BATCH]), MailingRow.status == "kept")
            .where(MailingRow.standing == "mail", MailingRow.id.not_in(returned))
            .order_by(Mailing.mailed_on, Mailing.number)
        )
        found |= {key: MailedBefore(on, number) for key, on, number in session.execute(asked) if on is not None}
    return found
