"""Charging, paying, staying and waiving by the actions, on both stores."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from charged_town import PENALTIES, charging_desk, money_rule
from desks import a_desk, as_somebody, kinds, later, leak, write
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from gis_ce.actions.charging import ChargeGiven, add_charge
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.parties import PartyGiven
from gis_ce.actions.passing import pass_deadlines
from gis_ce.actions.paying import LastDay, Payment, Waiver, end_penalty, pay, resume, return_payment, stay, waive
from gis_ce.actions.payment_import import import_payments
from gis_ce.actions.placing import Place
from gis_ce.actions.stepping import Given, answer_step
from gis_ce.actions.unpaid import Statement, statement, unpaid
from gis_ce.case_store import CaseStore
from gis_ce.errors import ChargeRefused, ChargeUnknown, NotYourLane, StepRefused
from gis_ce.file_errors import PaymentsRefused
from gis_ce.tables import Charge, ChargeEntry

DESK = charging_desk()
REPAIR = ChargeGiven("repair", 125_050, "WO 4711", due_on=date(2026, 3, 20))
PENALTY = ChargeGiven("civil_penalty", deadline_on=date(2026, 2, 25))
"""Counted from Thu 26 Feb; on Mon 2 March that is 5 days."""


def owed(store: CaseStore, number: str, desk: object = DESK) -> Statement:
    with store.reading() as session:
        found = statement(session, desk, number)  # type: ignore[arg-type]
        session.expunge_all()
        return found


def test_a_cost_and_a_penalty_are_charged_paid_oldest_first_and_told(case_store: CaseStore) -> None:
    number = leak(
        case_store, DESK, parties=(PartyGiven("owner", "Pat Owner"), PartyGiven("reporter", "Jane Doe"))
    ).number
    repair = write(case_store, add_charge, DESK, number, REPAIR)
    assert repair.made["said"] == "repair: $1,250.50 (WO 4711)"
    write(case_store, add_charge, later(DESK, hours=1), number, PENALTY)
    found = owed(case_store, number)
    assert found.owed_by is not None
    assert (found.owed_by.name, found.charged_cents, found.balance_cents) == ("Pat Owner", 175_050, 175_050)
    assert found.charges[1].standing.said.startswith(
        "5 days from Thu 26 Feb 2026 to Mon 2 Mar 2026, still counting, $100"
    )
    paid = write(case_store, pay, DESK, number, Payment(130_000, date(2026, 3, 1), "CK 12"))
    assert paid.made["balance_cents"] == 45_050
    assert [each.standing.paid_cents for each in owed(case_store, number).charges] == [125_050, 4_950]
    assert kinds(case_store, number)[-3:] == ["charged", "charged", "paid"]
    assert owed(case_store, number, later(DESK, days=2)).balance_cents == 65_050


def test_the_deadline_that_passed_is_where_a_penalty_counts_from(case_store: CaseStore) -> None:
    number = leak(case_store, DESK, x=150, y=90).number
    with pytest.raises(ChargeRefused, match="No deadline of LEAK-2026-00001 has passed"):
        write(case_store, add_charge, DESK, number, ChargeGiven("civil_penalty"))
    for step, answer in (
        ("site_visit", None),
        ("location", "outside"),
        ("meter_side", "behind"),
        ("advise_owner", None),
        ("major_leak", "no"),
    ):
        write(case_store, answer_step, DESK, number, step, Given(answer, why="seen there"))
    write(case_store, answer_step, DESK, number, "notice_48h", Given(None, {"notice_issued_on": "2026-03-02"}))
    after = later(DESK, days=3)
    with case_store.session() as session:
        pass_deadlines(session, after)
        session.commit()
    done = write(case_store, add_charge, after, number, ChargeGiven("civil_penalty"))
    assert "$100.00 a day from Thu 5 Mar 2026" in done.made["said"]
    assert "48 hours, until Wed 4 Mar 2026" in done.made["said"]
    assert owed(case_store, number, after).balance_cents == 10_000


def test_no_amount_is_invented(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    shipped = a_desk()
    with pytest.raises(ChargeRefused, match=r"the city's rules give no amount for 2026-02-26 .*Put the amount"):
        write(case_store, add_charge, shipped, number, PENALTY)
    with pytest.raises(ChargeRefused, match="leave the amount out"):
        write(case_store, add_charge, DESK, number, replace(PENALTY, amount_cents=5))
    with pytest.raises(ChargeRefused, match="Say how much the repair is"):
        write(case_store, add_charge, DESK, number, ChargeGiven("repair"))
    with pytest.raises(ChargeRefused, match="Say where the amount comes from"):
        write(case_store, add_charge, DESK, number, ChargeGiven("repair", 100))
    with pytest.raises(ChargeRefused, match="No fee can be charged"):
        write(case_store, add_charge, shipped, number, ChargeGiven("connection_fee", code="water_tap"))
    unread = charging_desk(money_rule("civil_penalty", {"penalties": PENALTIES}, status="unconfirmed"))
    with pytest.raises(ChargeRefused, match="nobody has recorded reading Our Code 8-2010"):
        write(case_store, add_charge, unread, number, PENALTY)
    newer = charging_desk(money_rule("civil_penalty", {"penalties": PENALTIES}, effective_from=date(2026, 3, 1)))
    with pytest.raises(ChargeRefused, match="give no amount for 2026-02-26"):
        write(case_store, add_charge, newer, number, PENALTY)
    assert owed(case_store, number).charges == ()


def test_a_fee_and_a_noted_cost_have_their_amounts_from_the_rules_and_the_case(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    fee = write(case_store, add_charge, DESK, number, ChargeGiven("connection_fee", code="water_tap"))
    assert fee.made["said"] == "connection fee, water tap, 3/4 inch: $1,250.00 (Our Code 8-2010)"
    with pytest.raises(ChargeRefused, match="repair_cost has not been noted"):
        write(case_store, add_charge, DESK, number, ChargeGiven("repair", field="repair_cost"))
    with pytest.raises(ChargeRefused, match="no field 'cost' of money; it has repair_cost"):
        write(case_store, add_charge, DESK, number, ChargeGiven("repair", field="cost"))
    with pytest.raises(ChargeRefused, match="has no fee 'sewer_tap'"):
        write(case_store, add_charge, DESK, number, ChargeGiven("connection_fee", code="sewer_tap"))


def test_an_appeal_stays_charges_and_its_days_do_not_count(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    write(case_store, add_charge, DESK, number, PENALTY)
    write(case_store, stay, DESK, number, "appealed on 2 March")
    week = later(DESK, days=7)
    now = owed(case_store, number, week)
    assert (now.balance_cents, now.stayed_cents, now.to_pay_cents) == (40_000, 40_000, 0)
    with pytest.raises(ChargeRefused, match="no charge for which this can be done"):
        write(case_store, stay, week, number, "again")
    write(case_store, resume, week, number, "upheld")
    assert owed(case_store, number, later(DESK, days=8)).to_pay_cents == 60_000
    with pytest.raises(StepRefused, match="Say why"):
        write(case_store, stay, week, number, " ")


def test_a_penalty_ends_and_what_is_left_is_waived_with_a_reason(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    charge = write(case_store, add_charge, DESK, number, PENALTY).made["charge"]
    with pytest.raises(ChargeRefused, match="first say the last day"):
        write(case_store, waive, DESK, number, Waiver(charge, "hardship"))
    with pytest.raises(ChargeRefused, match="The last day lies between"):
        write(case_store, end_penalty, DESK, number, LastDay(charge, date(2026, 3, 3), "seen"))
    ended = write(case_store, end_penalty, DESK, number, LastDay(charge, date(2026, 2, 27), "dry on 28 Feb"))
    assert ended.made["balance_cents"] == 20_000
    assert owed(case_store, number, later(DESK, days=30)).balance_cents == 20_000
    with pytest.raises(ChargeRefused, match=r"\$200\.00 of this charge is open"):
        write(case_store, waive, DESK, number, Waiver(charge, "hardship", 20_001))
    assert write(case_store, waive, DESK, number, Waiver(charge, "hardship", 5_000)).made["balance_cents"] == 15_000
    assert write(case_store, waive, DESK, number, Waiver(charge, "council")).made["balance_cents"] == 0
    with pytest.raises(ChargeUnknown):
        write(case_store, waive, DESK, number, Waiver("none", "hardship"))


def test_a_payment_is_recorded_once_and_one_that_bounced_is_taken_back(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    write(case_store, add_charge, DESK, number, REPAIR)
    check = Payment(25_050, date(2026, 3, 2), "CK 12")
    write(case_store, pay, DESK, number, check, key="k")
    assert write(case_store, pay, DESK, number, check, key="k").repeated
    with pytest.raises(ChargeRefused, match="'CK 12' was recorded already"):
        write(case_store, pay, DESK, number, check)
    with pytest.raises(ChargeRefused, match=r"owes \$1,000\.00 there; \$1,000\.01 is more"):
        write(case_store, pay, DESK, number, Payment(100_001, date(2026, 3, 2), "CK 13"))
    with pytest.raises(ChargeRefused, match="lies after today"):
        write(case_store, pay, DESK, number, Payment(1, date(2026, 3, 3), "CK 14"))
    assert write(case_store, return_payment, DESK, number, "CK 12", "bounced").made["balance_cents"] == 125_050
    with pytest.raises(ChargeRefused, match="no payment 'CK 12' to give back"):
        write(case_store, return_payment, DESK, number, "CK 12", "bounced")
    assert write(case_store, pay, DESK, number, check).made["balance_cents"] == 100_000


def test_payments_by_file_are_recorded_all_or_none_and_never_twice(case_store: CaseStore) -> None:
    first, second = leak(case_store, DESK).number, leak(case_store, DESK).number
    for number in (first, second):
        write(case_store, add_charge, DESK, number, REPAIR)
    head = "\ufeffCase,Amount,Date,Reference\n"
    good = f'{first},"$1,000.00",2026-03-01,R-1\n{second},250.50,2026-03-02,R-2\n'
    bad = f"{head}{good}{first},2,2026-03-01,R-3\nLEAK-1999-00001,2,2026-03-01,R-4\n{first},x,2026-03-01,R-5\n"
    bad += f"{first},1,March,R-6\n{first},9999,2026-03-01,R-7\n"
    with pytest.raises(PaymentsRefused) as refused, case_store.session() as session:
        import_payments(session, DESK, bad)
    assert [mistake.partition(":")[0] for mistake in refused.value.mistakes] == ["line 5", "line 6", "line 7", "line 8"]
    assert owed(case_store, first).paid_cents == 0
    for recorded, known in ((2, 0), (0, 2)):
        with case_store.session() as session:
            found = import_payments(session, DESK, head + good)
            session.commit()
        assert (found.recorded, found.known) == (recorded, known)
    assert (owed(case_store, first).balance_cents, owed(case_store, second).balance_cents) == (25_050, 100_000)
    with pytest.raises(PaymentsRefused, match="this one lacks reference"), case_store.session() as session:
        import_payments(session, DESK, "case,amount,date\n")


def test_the_list_of_the_unpaid_has_the_longest_overdue_first_and_stayed_ones_last(case_store: CaseStore) -> None:
    numbers = [leak(case_store, DESK).number for _ in range(4)]
    for number, due in zip(numbers, (date(2026, 3, 20), date(2026, 3, 10), date(2026, 3, 1), None), strict=True):
        write(case_store, add_charge, DESK, number, replace(REPAIR, due_on=due))
    write(case_store, stay, DESK, numbers[2], "appealed")
    april = later(DESK, days=30)
    with case_store.reading() as session:
        rows = unpaid(session, april)
        assert [(row.case.number, row.days_overdue) for row in rows] == [
            (numbers[1], 22),
            (numbers[0], 12),
            (numbers[3], None),
            (numbers[2], None),
        ]
        assert unpaid(session, april, "bob") == []


def test_books_are_never_changed_and_only_who_works_on_a_case_charges(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    write(case_store, add_charge, DESK, number, REPAIR)
    write(case_store, pay, DESK, number, Payment(100, date(2026, 3, 2), "CK 1"))
    for statement_ in (update(Charge).values(amount_cents=1), delete(ChargeEntry)):
        with case_store.session() as session, pytest.raises(DatabaseError, match="is never changed or deleted"):
            session.execute(statement_)
    with pytest.raises(NotYourLane):
        write(case_store, add_charge, as_somebody(DESK, "sam", "sm"), number, REPAIR)


def test_a_penalty_for_one_violation_is_one_amount(case_store: CaseStore) -> None:
    opened = write(case_store, open_case, DESK, Opening("meter_violations", Place(address="111 Main St")))
    done = write(case_store, add_charge, DESK, opened.number, PENALTY)
    assert done.made["said"].startswith("civil penalty, tampering: $500.00 (Our Code 8-2010")
    damage = write(case_store, open_case, DESK, Opening("damages", Place(address="111 Main St")))
    with pytest.raises(ChargeRefused, match="gives no civil penalty for damages"):
        write(case_store, add_charge, DESK, damage.number, PENALTY)
