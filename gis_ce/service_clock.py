"""When a notice counts as received, until when it may be appealed, and when what it asks is due.

The rule in force on the day on which the notice was mailed, handed over or posted is the one that counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from gis_ce.clock import Unit, day_after, named, shown
from gis_ce.letter import Compliance
from gis_ce.process import Length
from gis_ce.process_deadlines import said_at
from gis_ce.process_state import Timekeeping
from gis_ce.rules import Rule, RuleBook

SUBJECT = "service_of_notice"
_ONE_DAY = timedelta(days=1)
IN_WORDS = {
    "certified_mail": "certified mail",
    "hand": "hand",
    "posting": "posting on the property",
    "first_class_mail": "first-class mail",
}


@dataclass(frozen=True, slots=True)
class Service:
    """One way in which a notice was served: when, and what came of it; `at` is the time of day, if it is known."""

    method: str
    on: date
    at: time | None = None
    received_on: date | None = None
    returned_on: date | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What is counted for: the day it was issued, what it demands, and whether it still stands.

    `replaced` says in words what became of it (reissued as another, withdrawn); then nothing runs.
    """

    issued_on: date
    appealable: bool = False
    compliance: Compliance | None = None
    comply_by: date | None = None
    replaced: str = ""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A day with its arithmetic in words and the source of the rule; no day: undecided, and `said` tells why.

    `at` is the moment where hours were counted.
    """

    day: date | None
    said: str
    source: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ServiceClock:
    """What follows from the service of a notice; `appeal` and `compliance` are None where there is nothing to count.

    `rule` is the one by which it counts as received, None where nothing does yet.
    """

    receipt: Reckoned
    appeal: Reckoned | None = None
    compliance: Reckoned | None = None
    rule: Rule | None = None


def reckon(
    notice: Notice, services: Sequence[Service], book: RuleBook, time_: Timekeeping, today: date
) -> ServiceClock:
    """The days that follow from a notice and the ways in which it was served, as known on a day.

    Of several services the one counts by which the notice was received first.
    """
    if notice.replaced:
        return ServiceClock(Reckoned(None, f"{notice.replaced}, so nothing runs from it."))
    tried = [(service, _received(service, book, today)) for service in services]
    known = [(service, found) for service, found in tried if found.day is not None]
    if not known:
        receipt = Reckoned(None, " ".join(found.said for _, found in tried) or "It has not been served.")
        return ServiceClock(receipt, _waiting(notice.appealable), _due(notice, None, None, time_))
    service, receipt = min(known, key=lambda pair: (pair[1].day or date.max, pair[0].on))
    rule = book.on(SUBJECT, service.on)
    appeal = _appeal(receipt.day or today, rule, time_) if notice.appealable and rule is not None else None
    return ServiceClock(receipt, appeal, _due(notice, receipt.day, service, time_), rule)


def appeal_days(rule: Rule) -> Length:
    """How long a notice may be appealed by a rule on service."""
    unit: Unit = "working_days" if rule.word("appeal_unit") == "working_days" else "calendar_days"
    return Length(int(rule.number("appeal_days")), unit)


def decide_appeal_by(filed_on: date, rule: Rule, time_: Timekeeping) -> Reckoned:
    """The day by which an appeal that was filed on a day is to be decided."""
    return _counted(
        filed_on, Length(int(rule.number("appeal_decision_days")), "calendar_days"), "appeal filed", time_, rule
    )


def returnable_until(service: Service, book: RuleBook) -> date | None:
    """The last day on which first-class mail can come back and not count; None for other ways, or without a rule."""
    rule = book.on(SUBJECT, service.on)
    if rule is None or service.method != "first_class_mail":
        return None
    return service.on + int(rule.number("returned_mail_days")) * _ONE_DAY


def sourced(found: Reckoned) -> str:
    """The arithmetic of a day with its source."""
    return f"{found.said} ({found.source})" if found.source else found.said


def _received(service: Service, book: RuleBook, today: date) -> Reckoned:
    """The day on which a notice served in that way counts as received."""
    rule, way = book.on(SUBJECT, service.on), IN_WORDS[service.method]
    if rule is None:
        return Reckoned(None, f"No rule on the service of notices is in force on {named(service.on)}.")
    if service.method not in rule.texts("methods"):
        return Reckoned(None, f"The rule does not know service by {way}.", _source(rule))
    if service.method == "certified_mail":
        return _by_certified_mail(service, rule)
    if service.method == "first_class_mail":
        return _by_first_class_mail(service, rule, today)
    said = "handed over" if service.method == "hand" else "posted on the property"
    return Reckoned(service.on, f"{said} {named(service.on)}, received that day", _source(rule))


def _by_certified_mail(service: Service, rule: Rule) -> Reckoned:
    mailed = f"certified mail of {named(service.on)}"
    if service.received_on is not None:
        return Reckoned(service.received_on, f"{mailed}, signed for {named(service.received_on)}", _source(rule))
    if service.returned_on is not None:
        said = f"The {mailed} came back {named(service.returned_on)}; serve the notice in another way."
        return Reckoned(None, said, _source(rule))
    return Reckoned(None, f"The receipt of the {mailed} has not come back yet.", _source(rule))


def _by_first_class_mail(service: Service, rule: Rule, today: date) -> Reckoned:
    days = int(rule.number("returned_mail_days"))
    last = service.on + days * _ONE_DAY
    mailed = f"first-class mail of {named(service.on)}"
    if service.received_on is not None:
        return Reckoned(service.received_on, f"{mailed}, received {named(service.received_on)}", _source(rule))
    if service.returned_on is not None and service.returned_on <= last:
        said = (
            f"The {mailed} came back {named(service.returned_on)}, within {days} days of mailing (until "
            f"{named(last)}), so it does not count; serve the notice in another way."
        )
        return Reckoned(None, said, _source(rule))
    if service.returned_on is None and today <= last:
        return Reckoned(None, f"The {mailed} counts if it has not come back until {named(last)}.", _source(rule))
    late = f"; it came back only {named(service.returned_on)}" if service.returned_on else ""
    received = service.on if rule.word("mail_received") == "mailing_day" else last
    said = f"{mailed}, not returned within {days} days (until {named(last)}){late}, so received {named(received)}"
    return Reckoned(received, said, _source(rule))


def _source(rule: Rule) -> str:
    """Where a rule stands, and that nobody has read its official text yet where that is so."""
    return rule.citation if rule.status == "confirmed" else f"{rule.citation}; unconfirmed"


def _waiting(appealable: bool) -> Reckoned | None:
    return Reckoned(None, "The time to appeal begins with the receipt.") if appealable else None


def _appeal(receipt: date, rule: Rule, time_: Timekeeping) -> Reckoned:
    return _counted(receipt, appeal_days(rule), "received", time_, rule)


def _due(notice: Notice, receipt: date | None, service: Service | None, time_: Timekeeping) -> Reckoned | None:
    """When what the notice demands is due."""
    if notice.comply_by is not None:
        return Reckoned(notice.comply_by, f"the day that the notice sets: {named(notice.comply_by)}")
    if notice.compliance is None or notice.compliance.period is None:
        return None
    period = notice.compliance.period
    if notice.compliance.counted_from == "issue":
        return _period(notice.issued_on, None, period, "issued", time_)
    if receipt is None:
        return Reckoned(None, f"{period} after the receipt, which is not known yet.")
    at = service.at if service is not None and service.on == receipt else None
    return _period(receipt, at, period, "received", time_)


def _period(start: date, at: time | None, period: Length, word: str, time_: Timekeeping) -> Reckoned:
    if period.unit != "hours":
        return _counted(start, period, word, time_, None)
    if at is None:
        begins = datetime.combine(start + _ONE_DAY, time(), time_.zone)
        since = f"{word} {named(start)}, the hour not known, so from the end of that day"
    else:
        begins = datetime.combine(start, at, time_.zone)
        since = f"{word} {said_at(begins, time_)}"
    ends = begins.astimezone(UTC) + timedelta(hours=period.count)
    last = (ends - timedelta(seconds=1)).astimezone(time_.zone).date()
    return Reckoned(last, f"{since}, {period}, until {said_at(ends, time_)}", "the process map", ends)


def _counted(start: date, length: Length, word: str, time_: Timekeeping, rule: Rule | None) -> Reckoned:
    assert length.unit != "hours"
    source = _source(rule) if rule is not None else "the process map"
    last = day = day_after(start, length.count, length.unit, time_.calendar)
    said = shown(start, length.count, length.unit, time_.calendar, word)
    while time_.next_working_day and time_.calendar.day_off(day):
        day += _ONE_DAY
    if day != last:
        said += f"; that is a day off ({time_.calendar.day_off(last)}), so {named(day)}"
    return Reckoned(day, said, source)
