"""What follows from letters that went out: days on the list, appeals with their clock, penalties, noted dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from charged_town import charging_desk
from desks import go_to, later, shown, write
from lettered import OWNER, owned_leak, writing_desk

from gis_ce.actions.appeals import case_states
from gis_ce.actions.charging import ChargeGiven, add_charge
from gis_ce.actions.desk import Desk
from gis_ce.actions.due_list import Due, due_list
from gis_ce.actions.filing_appeals import AppealDecision, AppealGiven, decide_appeal, file_appeal
from gis_ce.actions.letter_issuing import issue_letter, withdraw_letter
from gis_ce.actions.letter_service import CameBack, Served, return_letter, serve_letter
from gis_ce.actions.letters import LetterAsked, new_letter
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.parties import add_party
from gis_ce.actions.passing import pass_deadlines
from gis_ce.actions.placing import Place
from gis_ce.actions.proceedings import proceedings_of
from gis_ce.actions.stepping import Given, answer_step
from gis_ce.actions.visits import VisitGiven, plan_visit, visit_done
from gis_ce.case_changes import case_named
from gis_ce.case_store import CaseStore
from gis_ce.errors import ChargeRefused, ContactRefused, LetterRefused, LetterUnknown
from gis_ce.rules import RuleBook

FOUND = {"found": "Water runs down the drive."}
MONDAY = date(2026, 3, 2)
NOV = {
    "violation": "The fence was not removed.",
    "code_section": "Code 8-2010",
    "comply_by": "2026-03-20",
    "correction": "Remove it.",
}


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Desk:
    return writing_desk(tmp_path / "files")


def issued(store: CaseStore, desk: Desk, number: str, kind: str | None = None, **values: str) -> str:
    made = write(store, new_letter, desk, number, LetterAsked(kind, values or FOUND, "owner"))
    assert made.made["missing"] == []
    write(store, issue_letter, desk, made.made["letter"])
    return str(made.made["letter"])


def due(store: CaseStore, desk: Desk, *kinds: str) -> list[Due]:
    with store.reading() as session:
        return [each for each in due_list(session, desk) if each.kind in (kinds or ("letter",))]


def listed(store: CaseStore, desk: Desk) -> list[tuple[str, str, str]]:
    zone = desk.processes.time.zone
    return [(d.state, d.at.astimezone(zone).strftime("%m-%d"), d.what) for d in due(store, desk)]


def passed(store: CaseStore, desk: Desk) -> None:
    with store.session() as session:
        pass_deadlines(session, desk)
        session.commit()


def noticed(store: CaseStore, desk: Desk) -> tuple[str, str]:
    """A leak with a notice of violation that may be appealed and asks for something by 20 March."""
    number = write(store, open_case, desk, Opening("leaks", Place(address="111 Main Street"))).number
    write(store, add_party, desk, number, OWNER)
    return number, issued(store, desk, number, "nov", **NOV)


def test_a_notice_is_served_received_and_looked_after(case_store: CaseStore, desk: Desk) -> None:
    number = owned_leak(case_store, desk)
    letter = issued(case_store, desk, number)
    assert listed(case_store, desk) == [("due_soon", "03-04", f"serve {letter}")]
    assert listed(case_store, later(desk, days=4))[0][0] == "overdue"
    write(case_store, serve_letter, desk, letter, Served("hand", MONDAY, time(9, 30)))
    assert listed(case_store, desk) == [("due_soon", "03-04", f"see whether {letter} was complied with")]
    (day,) = due(case_store, later(desk, days=3))
    assert (day.state, day.said.endswith("(the process map)")) == ("overdue", True)
    write(case_store, answer_step, desk, number, "notice_48h", Given())
    over = later(desk, days=3)
    visit = write(case_store, plan_visit, over, number, VisitGiven(over.today, "Is it dry?")).made["proceeding"]
    assert len(due(case_store, over)) == 1
    write(case_store, visit_done, over, number, visit, "It runs as before")
    assert due(case_store, over) == []


def test_an_answer_to_the_maps_question_looks_after_the_notice_too(case_store: CaseStore, desk: Desk) -> None:
    number = owned_leak(case_store, desk)
    write(case_store, serve_letter, desk, issued(case_store, desk, number), Served("hand", MONDAY))
    write(case_store, answer_step, desk, number, "notice_48h", Given())
    over = later(desk, days=4)
    assert [each.state for each in due(case_store, over)] == ["overdue"]
    passed(case_store, over)
    write(case_store, answer_step, over, number, "repairs_made", Given("yes", why="seen"))
    assert due(case_store, over) == []


def test_mail_that_may_come_back_and_receipts_that_are_awaited_are_listed(case_store: CaseStore, desk: Desk) -> None:
    _, letter = noticed(case_store, desk)
    write(case_store, serve_letter, desk, letter, Served("first_class_mail", MONDAY))
    write(case_store, serve_letter, desk, letter, Served("certified_mail", MONDAY))
    comply = ("later", "03-20", f"see whether {letter} was complied with")
    counts = f"{letter} counts as received unless the first-class mail of Mon 2 Mar 2026 comes back"
    asked = ("later", "03-16", f"ask for the receipt of {letter}, certified mail of Mon 2 Mar 2026")
    assert listed(case_store, desk) == [("later", "03-09", counts), asked, comply]
    week = later(desk, days=8)
    ends = f"time to appeal {letter} ends"
    assert listed(case_store, week) == [("later", "03-20", comply[2]), ("later", "04-08", ends)]
    (_, appeal) = due(case_store, week)
    assert "30 calendar days" in appeal.said
    assert "cross-connection article" in appeal.said
    assert [row[2] for row in listed(case_store, later(desk, days=60))] == [comply[2]]


def test_a_letter_that_came_back_is_to_be_served_again(case_store: CaseStore, desk: Desk) -> None:
    number = owned_leak(case_store, desk)
    letter = issued(case_store, desk, number)
    write(case_store, serve_letter, desk, letter, Served("first_class_mail", MONDAY))
    friday = later(desk, days=4)
    write(case_store, return_letter, friday, letter, CameBack(friday.today))
    assert listed(case_store, friday) == [("due_soon", "03-10", f"serve {letter} again, it came back")]
    write(case_store, withdraw_letter, friday, letter, "the house is empty")
    assert due(case_store, friday) == []


def test_an_appeal_starts_the_clock_of_its_decision_by_the_rule_of_the_service(
    case_store: CaseStore, desk: Desk
) -> None:
    number, letter = noticed(case_store, desk)
    write(case_store, serve_letter, desk, letter, Served("hand", MONDAY))
    friday = later(desk, days=4)
    filed = write(case_store, file_appeal, friday, number, AppealGiven("The fence is not mine", friday.today))
    assert filed.made["due_at"] == "2026-05-06T03:59:59+00:00"
    assert "60 calendar days" in filed.made["arithmetic"]
    assert "cross-connection article" in filed.made["arithmetic"]
    (row,) = due(case_store, friday, "appeal")
    assert (row.state, row.what) == ("later", f"decide the appeal: against {letter}, The fence is not mine")
    assert row.said == filed.made["arithmetic"]
    assert [each.state for each in due(case_store, later(desk, days=70), "appeal")] == ["overdue"]
    assert f"time to appeal {letter} ends" not in [each.what for each in due(case_store, friday)]
    with case_store.reading() as session:
        assert list(case_states(session, [case_named(session, number)]).values()) == ["in appeal"]
    decided = AppealDecision("last", "upheld", "The notice stands")
    write(case_store, decide_appeal, later(desk, days=30), number, decided)
    assert due(case_store, later(desk, days=70), "appeal") == []
    with case_store.reading() as session:
        (appeal,) = proceedings_of(session, desk, number, "appeal")
        assert (appeal.ended, appeal.row.data["letter"], appeal.row.data["late"]) == (True, letter, False)
        assert list(case_states(session, [case_named(session, number)]).values()) == ["open"]


def test_an_appeal_that_comes_too_late_is_filed_and_says_so(case_store: CaseStore, desk: Desk) -> None:
    number, letter = noticed(case_store, desk)
    write(case_store, serve_letter, desk, letter, Served("hand", MONDAY))
    late = later(desk, days=31)
    filed = write(case_store, file_appeal, late, number, AppealGiven("I was away", late.today, letter.lower()))
    assert filed.made["late"] is True
    with case_store.reading() as session:
        (appeal,) = proceedings_of(session, desk, number, "appeal")
        assert appeal.row.text.endswith("filed after the time to appeal, which ended on Wed 1 Apr 2026")


def test_without_a_rule_nobody_says_by_when_an_appeal_is_decided(case_store: CaseStore, desk: Desk) -> None:
    number = owned_leak(case_store, desk)
    without = replace(desk, rules=replace(desk.rules, rulebook=_without_service(desk.rules.rulebook)))
    filed = write(case_store, file_appeal, without, number, AppealGiven("Against the costs", MONDAY))
    assert filed.made["due_at"] is None
    assert "nobody can say by when" in filed.made["arithmetic"]


def _without_service(book: RuleBook) -> RuleBook:
    return replace(book, rules=tuple(rule for rule in book.rules if rule.subject != "service_of_notice"))


def test_what_cannot_be_of_an_appeal_is_refused(case_store: CaseStore, desk: Desk) -> None:
    number, letter = noticed(case_store, desk)
    other = owned_leak(case_store, desk)
    notice = issued(case_store, desk, other)
    for given, error, says in (
        (AppealGiven("x", date(2026, 3, 3)), ContactRefused, "filed today or earlier, not on Tue 3 Mar 2026"),
        (AppealGiven("x", date(2026, 3, 1)), ContactRefused, f"{letter} was issued on Mon 2 Mar 2026"),
        (AppealGiven(" ", MONDAY), ContactRefused, "Say what it is about"),
        (AppealGiven("x", MONDAY, notice), LetterRefused, "a letter of another case"),
        (AppealGiven("x", MONDAY, "none"), LetterUnknown, "no letter 'none'"),
    ):
        with pytest.raises(error, match=says):
            write(case_store, file_appeal, desk, number, given)
    with pytest.raises(LetterRefused, match="says of no right to be appealed"):
        write(case_store, file_appeal, desk, other, AppealGiven("x", MONDAY, notice))
    write(case_store, file_appeal, desk, number, AppealGiven("x", MONDAY))
    with pytest.raises(ContactRefused, match="An appeal is upheld, modified"):
        write(case_store, decide_appeal, desk, number, AppealDecision("last", "won", "x"))  # type: ignore[arg-type]


def test_a_penalty_counts_from_the_letters_own_day(case_store: CaseStore, desk: Desk) -> None:
    charging = replace(desk, rules=charging_desk().rules)
    number, letter = noticed(case_store, desk)
    with pytest.raises(ChargeRefused, match=r"period ends on Fri 20 Mar 2026; the first day .* Sat 21 Mar 2026"):
        write(case_store, add_charge, charging, number, ChargeGiven("civil_penalty"))
    after = later(charging, days=20)
    done = write(case_store, add_charge, after, number, ChargeGiven("civil_penalty"))
    assert "$100.00 a day from Sat 21 Mar 2026" in done.made["said"]
    assert f"notice {letter}: the day that the notice sets: Fri 20 Mar 2026" in done.made["said"]


def test_no_penalty_counts_from_a_notice_that_nobody_has_received(case_store: CaseStore, desk: Desk) -> None:
    charging = replace(desk, rules=charging_desk().rules)
    number = owned_leak(case_store, desk)
    letter = issued(case_store, desk, number)
    after = later(charging, days=5)
    with pytest.raises(ChargeRefused, match=rf"period of {letter} has no last day yet: 48 hours after the receipt"):
        write(case_store, add_charge, after, number, ChargeGiven("civil_penalty"))
    write(case_store, serve_letter, desk, letter, Served("hand", MONDAY, time(9, 0)))
    done = write(case_store, add_charge, after, number, ChargeGiven("civil_penalty"))
    assert "$100.00 a day from Thu 5 Mar 2026" in done.made["said"]


def test_issuing_a_letter_notes_what_its_step_asks_for(case_store: CaseStore, desk: Desk) -> None:
    number = owned_leak(case_store, desk)
    issued(case_store, desk, number)
    noted = shown(case_store, number).case.data
    assert noted["notice_issued_on"] == "2026-03-02"
    assert len(noted["notice"]) == 1
    write(case_store, answer_step, desk, number, "notice_48h", Given())
    assert shown(case_store, number).case.step == "wait_48h"


def test_a_day_that_the_letter_sets_is_noted_at_its_step(case_store: CaseStore, desk: Desk) -> None:
    number = write(case_store, open_case, desk, Opening("crossed_lines", Place(address="111 Main Street"))).number
    write(case_store, add_party, desk, number, OWNER)
    go_to(case_store, desk, number, "nov", which="lines")
    issued(case_store, desk, number, **NOV)
    assert shown(case_store, number).case.data["nov_deadline"] == "2026-03-20"
