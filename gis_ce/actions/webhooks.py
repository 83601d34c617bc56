"""Webhooks: who is told of events, which messages wait, and what came of them.

The events themselves are the outbox: an event is written in the transaction of its change, so there is no change
without its event. Messages are made from the events after the last that an address was given, in one transaction
with that mark; what is committed is sent, by whoever comes next, also after a crash.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from gis_ce.actions.desk import Desk
from gis_ce.errors import WebhookRefused, WebhookUnknown
from gis_ce.ids import new_id
from gis_ce.tables import Case, Event, Mailing, MailingEvent, Webhook, WebhookDelivery
from gis_ce.webhook_payload import case_payload, mailing_payload, wants
from gis_ce.webhook_sending import Sent, checked_url, new_secret, resolved

AGAIN_S = (5, 30, 120, 600, 3_600, 14_400, 43_200, 86_400)
"""How long after each try that failed the next one comes; after the last the message is given up."""
_AT_ONCE, _LEASE = 500, timedelta(seconds=60)
_MOST_HOOKS, _MOST_WORDS = 100, 50


@dataclass(frozen=True, slots=True)
class WebhookGiven:
    """An address and what it is told: `sees` as the public or as staff, kinds of events and of cases, none for all."""

    url: str
    sees: str = "staff"
    events: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


def add_webhook(session: Session, desk: Desk, given: WebhookGiven, inside: bool) -> Webhook:
    """A new webhook, told of what happens from now on. Its `secret` is shown to who adds it, and never again.

    Raises WebhookRefused.
    """
    resolved(checked_url(given.url, inside), inside)
    _refuse_wrong(session, desk, given)
    row = Webhook(
        id=new_id(desk.now),
        url=given.url,
        secret=new_secret(),
        sees=given.sees,
        wanted={"events": list(given.events), "types": list(given.types)},
        at=desk.now,
        by=desk.actor.name,
        case_events=_newest(session, Event),
        mailing_events=_newest(session, MailingEvent),
    )
    session.add(row)
    session.flush()
    return row


def _refuse_wrong(session: Session, desk: Desk, given: WebhookGiven) -> None:
    wrong = [f"{each[:80]!r}" for each in given.events if not each.startswith(("case.", "mailing."))]
    if wrong or len(given.events) > _MOST_WORDS:
        raise WebhookRefused(f"{', '.join(wrong)}: events are like case.opened, case.* or mailing.*.")
    unknown = [f"{each[:80]!r}" for each in given.types if each not in desk.processes.processes]
    if unknown:
        raise WebhookRefused(f"There is no process {', '.join(unknown)}.")
    if given.sees not in ("public", "staff"):
        raise WebhookRefused(f"{given.sees[:80]!r}: a webhook sees as the public or as staff.")
    if session.scalars(select(func.count()).select_from(Webhook)).one() >= _MOST_HOOKS:
        raise WebhookRefused(f"There are {_MOST_HOOKS} webhooks already; remove some first.")


def webhooks(session: Session) -> list[Webhook]:
    """All webhooks in the order in which they were added."""
    return list(session.scalars(select(Webhook).order_by(Webhook.id)))


def webhook_named(session: Session, name: str) -> Webhook:
    """The webhook of an id; raises WebhookUnknown."""
    row = session.get(Webhook, name)
    if row is None:
        raise WebhookUnknown(f"There is no webhook {name[:80]!r}.")
    return row


def remove_webhook(session: Session, name: str) -> None:
    """Tells an address nothing any more; its messages go too. Raises WebhookUnknown."""
    row = webhook_named(session, name)
    session.execute(delete(WebhookDelivery).where(WebhookDelivery.webhook_id == row.id))
    session.delete(row)


def deliveries(
    session: Session, name: str | None = None, state: str | None = None, limit: int = 50
) -> Sequence[WebhookDelivery]:
    """Messages, the newest first, of one webhook or all, in one state or any."""
    wanted = select(WebhookDelivery).order_by(WebhookDelivery.id.desc()).limit(limit)
    if name is not None:
        wanted = wanted.where(WebhookDelivery.webhook_id == webhook_named(session, name).id)
    return session.scalars(wanted.where(WebhookDelivery.state == state) if state else wanted).all()


def retry(session: Session, desk: Desk, name: str) -> int:
    """Lets a message be sent again, or all of a webhook that were given up; gives how many. Raises WebhookUnknown.

    A webhook that was stopped is told of events again.
    """
    one = session.get(WebhookDelivery, name)
    hook = webhook_named(session, one.webhook_id if one is not None else name)
    hook.active, hook.said = True, None
    given_up = WebhookDelivery.webhook_id == hook.id, WebhookDelivery.state == "given_up"
    rows = [one] if one is not None else session.scalars(select(WebhookDelivery).where(*given_up)).all()
    for row in rows:
        row.state, row.tries, row.next_at = "waiting", 0, desk.now
    return len(rows)


def make_messages(session: Session, now: datetime) -> int:
    """Makes messages of the events since the last that each webhook was given, some at a time; how many events."""
    seen = 0
    for hook in session.scalars(select(Webhook).where(Webhook.active).order_by(Webhook.id)):
        events = session.scalars(
            select(Event).where(Event.id > hook.case_events).order_by(Event.id).limit(_AT_ONCE)
        ).all()
        for event in events:
            case = session.get_one(Case, event.case_id)
            if wants(hook.wanted, f"case.{event.kind}", case.type):
                _queue(session, hook, f"case {event.id}", case_payload(event, case, hook.sees), now)
            hook.case_events = event.id
        mailed = session.scalars(
            select(MailingEvent).where(MailingEvent.id > hook.mailing_events).order_by(MailingEvent.id).limit(_AT_ONCE)
        ).all()
        for each in mailed:
            mailing = session.get_one(Mailing, each.mailing_id)
            case = session.get_one(Case, mailing.case_id)
            if wants(hook.wanted, f"mailing.{each.kind}", case.type):
                _queue(session, hook, f"mailing {each.id}", mailing_payload(each, mailing, case, hook.sees), now)
            hook.mailing_events = each.id
        seen += len(events) + len(mailed)
    return seen


def _queue(session: Session, hook: Webhook, source: str, payload: str | None, now: datetime) -> None:
    if payload is not None:
        name = f"msg_{new_id(now)}"
        session.add(
            WebhookDelivery(id=name, webhook_id=hook.id, source=source, payload=payload, tries=0, at=now, next_at=now)
        )


def _newest(session: Session, table: type[Event] | type[MailingEvent]) -> int:
    return session.scalars(select(func.max(table.id))).one() or 0


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this process sends now; where it does not say what came of it within a minute, others may."""

    id: str
    url: str
    secret: str
    payload: str


def claim_due(session: Session, now: datetime, most: int = 20) -> list[Claimed]:
    """Messages whose time has come, for the caller alone; the oldest first."""
    due = (
        select(WebhookDelivery, Webhook)
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .where(Webhook.active, WebhookDelivery.state == "waiting", WebhookDelivery.next_at <= now)
        .order_by(WebhookDelivery.next_at, WebhookDelivery.id)
        .limit(most)
    )
    claimed = []
    for row, hook in session.execute(due):
        row.next_at = now + _LEASE
        claimed.append(Claimed(row.id, hook.url, hook.secret, row.payload))
    return claimed


def note_sent(session: Session, name: str, sent: Sent, now: datetime) -> None:
    """Writes down what came of a try: delivered, tried again later, or given up. 410 stops the webhook."""
    row = session.get(WebhookDelivery, name)
    if row is None:
        return
    row.tries, row.said = row.tries + 1, sent.said
    if sent.taken:
        row.state, row.delivered_at = "delivered", now
        return
    if sent.gone:
        hook = webhook_named(session, row.webhook_id)
        hook.active, hook.said = False, "the address answered 410: it wants no more"
    if sent.gone or row.tries > len(AGAIN_S):
        row.state = "given_up"
    else:
        row.next_at = now + timedelta(seconds=AGAIN_S[row.tries - 1])


def forget_delivered(session: Session, before: datetime) -> None:
    """Forgets messages that were delivered before a time."""
    old = WebhookDelivery.state == "delivered", WebhookDelivery.delivered_at < before
    session.execute(delete(WebhookDelivery).where(*old))
