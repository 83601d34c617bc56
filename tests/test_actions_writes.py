"""What holds for every write: once for its key, nothing half done, and no change over somebody else's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from desks import EAST, NORTH, Desk, a_desk, as_somebody, at_location, go_to, later, leak, shown, write
from sqlalchemy import func, select

from gis_ce.actions.carried_out import Done
from gis_ce.actions.linking import link, refer
from gis_ce.actions.mending import Correction, correct, reopen
from gis_ce.actions.notes import add_note
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.parties import PartyGiven, add_party
from gis_ce.actions.placing import Place
from gis_ce.actions.ranking import assign, set_priority
from gis_ce.actions.site_moves import ask_map_again, describe_site, move_site
from gis_ce.actions.stepping import Given, answer_step, notate
from gis_ce.actions.waits import end_wait, extend_wait
from gis_ce.case_store import CaseStore
from gis_ce.errors import CaseChanged, CaseError, KeyReused
from gis_ce.tables import Base, Case, Event

DESK = a_desk()
THERE = Place(xy=(EAST + 50, NORTH + 100))
Write = tuple[Callable[..., Done], tuple[Any, ...]]

AT_LOCATION: dict[str, Write] = {
    "answer_step": (answer_step, ("location", Given("inside"))),
    "move_site": (move_site, (THERE, "wrong side")),
    "describe_site": (describe_site, (None, {"facility_id": "WM-1"})),
    "ask_map_again": (ask_map_again, ()),
    "add_note": (add_note, ("a note",)),
    "add_party": (add_party, (PartyGiven("owner", "Jane Doe"),)),
    "assign": (assign, ("ann",)),
    "set_priority": (set_priority, (7, "a school")),
    "refer": (refer, ("EnerGov", "P-1")),
}
UNVERSIONED = ("add_note", "refer")
"""Writes that only add, and so run into nobody's change."""


def counts(store: CaseStore) -> dict[str, int | None]:
    """How many rows every table has."""
    with store.reading() as session:
        tables = [table for table in Base.metadata.sorted_tables if table.name != "idempotency_key"]
        return {table.name: session.scalar(select(func.count()).select_from(table)) for table in tables}


@pytest.mark.parametrize("name", AT_LOCATION)
def test_a_write_that_is_sent_twice_is_carried_out_once(name: str, case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    action, given = AT_LOCATION[name]
    first = write(case_store, action, DESK, number, *given, key="sent-1")
    after = counts(case_store)
    again = write(case_store, action, later(DESK, hours=1), number, *given, key="sent-1")
    assert (first.repeated, again.repeated) == (False, True)
    assert again.made == first.made
    assert again.row_version == first.row_version
    assert counts(case_store) == after


@pytest.mark.parametrize("name", sorted(AT_LOCATION))
def test_a_write_over_somebody_elses_change_is_refused_and_says_whose(name: str, case_store: CaseStore) -> None:
    if name in UNVERSIONED:
        return
    number = at_location(case_store, DESK).number
    seen = shown(case_store, number).case.row_version
    write(case_store, set_priority, as_somebody(later(DESK, minutes=20), "cleo", "ce"), number, 50, "a school")
    after = counts(case_store)
    action, given = AT_LOCATION[name]
    with pytest.raises(CaseChanged) as refused:
        write(case_store, action, DESK, number, *given, seen=seen)
    assert str(refused.value) == (
        f"{number} was changed by cleo on 2026-03-02 at 10:20 (priority set: priority 50: a school) "
        "after you read it. Read it again, then repeat your change if it still fits."
    )
    assert (refused.value.by, refused.value.what, refused.value.row_version) == ("cleo", "priority_set", seen + 1)
    assert counts(case_store) == after


def test_a_note_by_somebody_else_is_no_change_to_run_into(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    seen = shown(case_store, number).case.row_version
    write(case_store, add_note, as_somebody(DESK, "cleo", "ce"), number, "wet")
    write(case_store, answer_step, DESK, number, "location", Given("inside"), seen=seen)


def test_a_conflict_names_the_change_and_not_a_note_that_came_later(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    seen = shown(case_store, number).case.row_version
    write(case_store, answer_step, as_somebody(DESK, "cleo", "ce"), number, "location", Given("inside"))
    write(case_store, add_note, as_somebody(DESK, "walt", "wd"), number, "wet")
    with pytest.raises(CaseChanged, match=r"was changed by cleo .* \(answered: Location of leak"):
        write(case_store, answer_step, DESK, number, "location", Given("outside", why="x"), seen=seen)


def test_a_key_that_came_with_another_request_is_refused(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    write(case_store, add_note, DESK, number, "one", key="k")
    with pytest.raises(KeyReused, match="came before with another request"):
        write(case_store, add_note, DESK, number, "two", key="k")
    with pytest.raises(KeyReused):
        write(case_store, assign, DESK, number, "ann", key="k")
    write(case_store, add_note, as_somebody(DESK, "cleo", "ce"), number, "two", key="k")


def test_a_key_of_a_refused_write_is_free_again(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    with pytest.raises(CaseError):
        write(case_store, answer_step, DESK, number, "location", Given("outside"), key="k")
    assert not write(case_store, answer_step, DESK, number, "location", Given("outside", why="x"), key="k").repeated


def test_a_refusal_in_the_middle_leaves_nothing_though_the_caller_commits(
    case_store: CaseStore, tmp_path: Path
) -> None:
    desk = a_desk(folder=tmp_path)
    number = at_location(case_store, desk).number
    go_to(case_store, desk, number, "to_damage", cause="contractor")
    before = counts(case_store)
    with case_store.session() as session:
        done = add_note(session, desk, number, "kept")
        broken = _without(desk, "damages")
        with pytest.raises(CaseError):
            answer_step(session, broken, number, "to_damage", Given())
        session.commit()
    after = counts(case_store)
    assert done.made["note"]
    assert {name for name in after if after[name] != before[name]} == {"note", "event"}
    assert shown(case_store, number).case.step == "to_damage"


def _without(desk: Desk, process: str) -> Desk:
    """The same desk in a city that has lost one of its processes."""
    kept = {name: known for name, known in desk.processes.processes.items() if name != process}
    return replace(desk, processes=replace(desk.processes, processes=kept))


def test_two_officers_at_once_one_wins_and_the_other_is_told(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    seen = shown(case_store, number).case.row_version
    start, told = threading.Barrier(2), dict[str, str]()

    def decide(name: str, answer: str) -> None:
        start.wait()
        try:
            given = Given(answer, why="seen")
            write(case_store, answer_step, as_somebody(DESK, name, "ce"), number, "location", given, seen=seen)
            told[name] = "done"
        except CaseChanged as error:
            told[name] = str(error.by)

    threads = [threading.Thread(target=decide, args=pair) for pair in (("cleo", "inside"), ("dora", "outside"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner = next(name for name, said in told.items() if said == "done")
    assert told == {winner: "done", ({"cleo", "dora"} - {winner}).pop(): winner}
    with case_store.reading() as session:
        answered = select(Event.by).where(Event.step == "location", Event.kind == "answered")
        assert session.scalars(answered).all() == [winner]


def test_many_open_and_note_at_once_without_a_lost_or_doubled_number(case_store: CaseStore) -> None:
    def work(name: str) -> None:
        desk = as_somebody(DESK, name, "ce")
        for count in range(6):
            number = leak(case_store, desk, x=50 + 10 * count).number
            write(case_store, add_note, desk, number, f"{name} {count}")

    threads = [threading.Thread(target=work, args=(f"officer{count}",)) for count in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with case_store.reading() as session:
        numbers = sorted(session.scalars(select(Case.number)))
        assert numbers == [f"LEAK-2026-{count:05d}" for count in range(1, 25)]
        opened = session.scalar(select(func.count()).select_from(Event).where(Event.kind == "opened"))
        noted = session.scalar(select(func.count()).select_from(Event).where(Event.kind == "note_added"))
        assert (opened, noted) == (24, 24)
    assert case_store.check() == []


def test_the_other_writes_take_a_key_too(case_store: CaseStore, tmp_path: Path) -> None:
    desk = a_desk(folder=tmp_path)
    number, other = at_location(case_store, desk, y=100).number, leak(case_store, desk, x=700).number
    go_to(case_store, desk, number, "notice_48h", location="outside", meter_side="behind", major_leak="no")
    issued = {"notice_issued_on": desk.today.isoformat()}
    calls: list[Write] = [
        (notate, ("notice_48h", issued)),
        (link, (other, "related")),
        (correct, (Correction("typed wrongly", field="notice_issued_on", value="2026-03-01"),)),
        (answer_step, ("notice_48h", Given(fields=issued))),
        (extend_wait, (date(2026, 3, 9), "ill")),
        (end_wait, ("repaired",)),
        (answer_step, ("repairs_made", Given("yes"))),
        (answer_step, ("repairs_done", Given())),
        (answer_step, ("close", Given())),
        (reopen, ("once more",)),
    ]
    for count, (action, given) in enumerate(calls):
        write(case_store, action, desk, number, *given, key=f"k{count}")
        after = counts(case_store)
        assert write(case_store, action, desk, number, *given, key=f"k{count}").repeated, action
        assert counts(case_store) == after, action


def test_opening_takes_a_key_and_a_session_can_do_several_things(case_store: CaseStore) -> None:
    with case_store.session() as session:
        done = open_case(session, DESK, Opening("leaks", THERE), key="o")
        add_note(session, DESK, done.case_id, "by its id")
        assert open_case(session, DESK, Opening("leaks", THERE), key="o").repeated
        session.commit()
    assert [note.text for note in shown(case_store, done.number.lower()).notes] == ["by its id"]
