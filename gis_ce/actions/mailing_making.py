"""Making a mailing for an overflow: its line is traced, its list compiled, who was just written to is left alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, look_at, refuse_stranger
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import tell
from gis_ce.actions.mailing_events import tell_mailing
from gis_ce.case_numbers import next_number
from gis_ce.checks.line_rule import line_rule
from gis_ce.checks.traced_line import TracedLine, traced_line
from gis_ce.errors import MailingRefused
from gis_ce.ids import new_id
from gis_ce.mailing.kept import counts_of, mailed_since
from gis_ce.mailing.line_list import LineList, ListRow, line_list
from gis_ce.tables import Case, Mailing, MailingRow

SSO = "sso"
"""The process whose cases have mailings."""
_COUNTER, _PREFIX = "mailing", "ML"


def new_mailing(session: Session, desk: Desk, case: str, *, automatic: bool = False, key: str | None = None) -> Done:
    """Makes a draft for a case of an overflow: traces its line, lists everybody on it with why, once each.

    `made` has `mailing` (its number), `counts` and `doubts`. An `automatic` draft is made only for a case without
    any mailing; else `made["mailing"]` is that of the one there. Raises MailingRefused, TraceRefused, LayerMissing.
    """

    def act() -> Done:
        hand = look_at(session, desk, case)
        if not automatic:
            refuse_stranger(hand.process, desk.actor)
        there = _mailing_of(session, hand.case) if automatic else None
        if there is not None:
            return done(session, hand.case, mailing=there.number, counts=counts_of(session, there), doubts=[])
        line, listed = _compiled(desk, hand)
        mailing = _kept(session, desk, hand.case, line, listed, automatic)
        _told(session, desk, hand.case, mailing)
        counts, doubts = counts_of(session, mailing), line.told["doubts"]
        return done(session, hand.case, mailing=mailing.number, counts=counts, doubts=doubts)

    return carried_out(session, desk, "new_mailing", {"case": case, "automatic": automatic}, key, act)


def _mailing_of(session: Session, case: Case) -> Mailing | None:
    return session.scalars(select(Mailing).where(Mailing.case_id == case.id).order_by(Mailing.made_at)).first()


def _compiled(desk: Desk, hand: Hand) -> tuple[TracedLine, LineList]:
    if hand.case.type != SSO:
        raise MailingRefused(f"{hand.case.number} is no overflow; mailings are made for cases of the process {SSO}.")
    if hand.site.geometry is None:
        raise MailingRefused(f"{hand.case.number} has no place; say first where the sewer overflowed.")
    place = shapely.Point(shapely.get_coordinates(shapely.centroid(hand.site.geometry))[0])
    rule = line_rule(desk.rules.rulebook, hand.case.event_on)
    line = traced_line(desk.query, place, desk.mailing.line)
    return line, line_list(desk.query, desk.tables, line, rule, desk.mailing)


def _kept(session: Session, desk: Desk, case: Case, line: TracedLine, listed: LineList, automatic: bool) -> Mailing:
    rule = line_rule(desk.rules.rulebook, case.event_on)
    reach: dict[str, Any] = desk.mailing.printed | {
        "sentence": desk.mailing.line.sentence,
        "frontage_ft": rule.frontage_ft,
        "least_frontage_ft": rule.least_frontage_ft,
        "lateral_gap_ft": rule.lateral_gap_ft,
        "rule": rule.rule.id,
    }
    mailing = Mailing(
        id=new_id(desk.now),
        number=next_number(session, _COUNTER, _PREFIX, desk.now, desk.city.time_zone),
        case_id=case.id,
        state="draft",
        automatic=automatic,
        made_at=desk.now,
        made_by=desk.actor.name,
        reach=reach,
        trace=line.told,
        versions=listed.versions,
        letter={},
    )
    session.add(mailing)
    session.add_all(_rows(desk, mailing, listed.rows))
    session.flush()
    suppress(session, desk, mailing)
    return mailing


def _rows(desk: Desk, mailing: Mailing, rows: Iterable[ListRow]) -> list[MailingRow]:
    return [kept_row(desk, mailing, row, number) for number, row in enumerate(rows, start=1)]


def kept_row(desk: Desk, mailing: Mailing, row: ListRow, position: int) -> MailingRow:
    """A row of a list as it is kept."""
    return MailingRow(
        id=new_id(desk.now),
        mailing_id=mailing.id,
        position=position,
        **{name: getattr(row, name) for name in ListRow.__slots__},
    )


def suppress(session: Session, desk: Desk, mailing: Mailing) -> int:
    """Leaves alone who was written to within the city's days, unless a person has decided on the row; how many."""
    days = desk.mailing.suppress_days
    rows = _undecided(session, mailing)
    before = mailed_since(session, [row.match_key for row in rows], desk.today - timedelta(days=days)) if days else {}
    found = [row for row in rows if row.match_key in before]
    for row in found:
        last = before[row.match_key]
        row.status = "suppressed"
        row.reason = f"mailed on {last.mailed_on} with {last.number}, less than {days} days ago"
    session.flush()
    return len(found)


def _undecided(session: Session, mailing: Mailing) -> Sequence[MailingRow]:
    """The rows that would get a letter and on which nobody has decided."""
    wanted = select(MailingRow).where(MailingRow.mailing_id == mailing.id, MailingRow.status == "kept")
    return session.scalars(wanted.where(MailingRow.standing == "mail", MailingRow.by.is_(None))).all()


def _told(session: Session, desk: Desk, case: Case, mailing: Mailing) -> None:
    counts = counts_of(session, mailing)
    said = f"made the draft {mailing.number}: {counts['letters']} letters, {counts['suppressed']} mailed not long ago"
    tell_mailing(session, desk, mailing, "made", said, counts=counts)
    tell(session, case, desk.act, "mailing_made", said, mailing=mailing.number)
