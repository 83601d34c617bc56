"""The digest of a day and of a week, for an officer and for the manager, in three forms."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

from charged_town import charging_desk
from desks import later, leak, write

from gis_ce.actions.charging import ChargeGiven, add_charge
from gis_ce.actions.contacting import ContactGiven, log_contact
from gis_ce.actions.digesting import Period, digest
from gis_ce.actions.ranking import assign
from gis_ce.actions.urgency import set_category, update_manager
from gis_ce.case_store import CaseStore
from gis_ce.decision_chain import heads, read_heads
from gis_ce.digests import Digest, as_page, as_table, as_text

DESK = charging_desk()
FRIDAY = replace(later(DESK, days=4))


def made(store: CaseStore, period: Period = "daily", officer: str | None = None, on: date | None = None) -> Digest:
    with store.reading() as session:
        return digest(session, FRIDAY, period, officer, on)


def rows(found: Digest, title: str) -> list[tuple[str, ...]]:
    (section,) = [section for section in found.sections if section.title.startswith(title)]
    return list(section.rows)


def a_week(store: CaseStore) -> tuple[str, str]:
    """Monday: Ann's leak at a school, with a call and a charge; another leak of nobody's. Friday: an update."""
    school = leak(store, DESK, title="Water at <b>the school</b>").number
    other = leak(store, DESK, title="=cmd()").number
    write(store, assign, DESK, school, "ann")
    write(store, set_category, DESK, school, "I", "a school")
    write(store, log_contact, DESK, school, ContactGiven("in", "call", "When is it dry?"))
    write(store, add_charge, DESK, school, ChargeGiven("repair", 5_000, "WO 1", due_on=date(2026, 3, 4)))
    write(store, update_manager, FRIDAY, school, "Crew is digging")
    return school, other


def test_the_managers_digest_has_everything_and_counts_by_officer(case_store: CaseStore) -> None:
    school, other = a_week(case_store)
    found = made(case_store)
    overdue = [(row[0], row[1], row[4]) for row in rows(found, "Overdue")]
    assert ("Tue 3 Mar 2026", school, "answer the call: When is it dry?") in overdue
    assert ("Wed 4 Mar 2026", other, "first response, category II") in overdue
    assert rows(found, "Category I") == [(school, "site visit", "ann", "Fri 6 Mar 2026: Crew is digging")]
    assert rows(found, "Opened") == []
    assert rows(found, "Updates") == [("Fri 6 Mar 2026", school, "ann", "Crew is digging")]
    assert rows(found, "Unpaid: $50.00 open") == [(school, "repair", "$50.00", "2 days over")]
    assert [row[:2] for row in rows(found, "By officer")] == [("ann", "1"), ("nobody", "1")]
    assert [row[0] for row in rows(made(case_store, "weekly"), "Opened")] == [school, other]
    assert [row[0] for row in rows(made(case_store, on=date(2026, 3, 2)), "Opened")] == [school, other]


def test_the_digest_carries_the_heads_of_the_days_decisions(case_store: CaseStore) -> None:
    a_week(case_store)
    words = as_text(made(case_store, on=date(2026, 3, 2)))
    with case_store.reading() as session:
        expected = heads(session, date(2026, 3, 2), "America/New_York", only_of_day=True)
    kept = read_heads(words)
    assert len(expected.heads) == 2
    assert (kept.heads, kept.together) == (expected.heads, expected.together)


def test_an_officer_reads_of_their_own_cases_alone(case_store: CaseStore) -> None:
    school, other = a_week(case_store)
    found = made(case_store, "weekly", "ann")
    words = as_text(found)
    assert found.title == "Smallville: weekly digest for ann"
    assert found.span == "Sat 28 Feb 2026 to Fri 6 Mar 2026"
    mine, _, records = words.partition("Records of decisions")
    assert school in mine
    assert other not in mine
    assert other in records
    assert "By officer" not in words


def test_the_three_forms_say_the_same_and_nothing_in_them_runs(case_store: CaseStore) -> None:
    school, other = a_week(case_store)
    found = made(case_store, "weekly")
    page, table = as_page(found), list(csv.reader(io.StringIO(as_table(found))))
    assert "Water at &lt;b&gt;the school&lt;/b&gt;" in page
    assert "<b>the school" not in page
    assert ["Opened", other, "leaks", "nobody", "'=cmd()"] in table
    for section in found.sections:
        for row in section.rows:
            assert row[0] in page
    assert len(table) == 1 + sum(len(section.rows) for section in found.sections)
    assert school in as_text(found)
    assert as_text(made(case_store, "daily", "nobody.at.all")).count("Nothing is") == 3
