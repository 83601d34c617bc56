"""Lists of cases, the history of one, and a case as it is shown."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import shapely
from desks import EAST, MONDAY, NORTH, a_desk, at_location, go_to, later, leak, shown, write

from gis_ce.actions.listing import list_cases
from gis_ce.actions.notes import add_note
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.placing import Place
from gis_ce.actions.ranking import set_priority
from gis_ce.actions.showing import case_history, show_case
from gis_ce.actions.stepping import Given, answer_step
from gis_ce.case_lists import CaseFilter
from gis_ce.case_store import CaseStore
from gis_ce.errors import CaseUnknown, FilterRefused

DESK = a_desk()


def numbers(store: CaseStore, wanted: CaseFilter) -> set[str]:
    """The numbers of all cases that meet a filter, page by page."""
    found, after = list[str](), None
    with store.reading() as session:
        while True:
            page = list_cases(session, wanted, after, limit=2)
            found += [each.case.number for each in page.cases]
            after = page.after
            if after is None:
                assert len(found) == len(set(found))
                return set(found)


def a_few(store: CaseStore, folder: Path) -> dict[str, str]:
    """Cases of several types, places and days."""
    desk = a_desk(folder=folder)
    street = leak(store, desk, title="water in the street", officer="ann").number
    house = write(store, open_case, later(desk, days=1), Opening("leaks", Place(address="121 Main St"))).number
    damage = write(store, open_case, later(desk, days=2), Opening("damages", Place(xy=(EAST + 900, NORTH + 30)))).number
    waiting = at_location(store, later(desk, days=3), x=500, y=100).number
    go_to(store, later(desk, days=3), waiting, "wait_48h", location="outside", meter_side="behind", major_leak="no")
    closed = at_location(store, later(desk, days=4), x=700).number
    go_to(store, later(desk, days=4), closed, "close", cause="natural")
    write(store, answer_step, later(desk, days=4), closed, "close", Given())
    write(store, set_priority, desk, damage, 90, "a school")
    return {"street": street, "house": house, "damage": damage, "waiting": waiting, "closed": closed}


def test_lists_are_filtered_by_everything_there_is(case_store: CaseStore, tmp_path: Path) -> None:
    known = a_few(case_store, tmp_path)
    box = shapely.box(EAST, NORTH, EAST + 300, NORTH + 200)
    corner = shapely.Polygon([(EAST + 850, NORTH), (EAST + 950, NORTH), (EAST + 950, NORTH + 60)])
    for wanted, names in (
        (CaseFilter(), set(known)),
        (CaseFilter(type="damages"), {"damage"}),
        (CaseFilter(status="closed"), {"closed"}),
        (CaseFilter(status="open", type="leaks"), {"street", "house", "waiting"}),
        (CaseFilter(priority=90), {"damage"}),
        (CaseFilter(officer="ann"), {"street"}),
        (CaseFilter(lane="field"), {"damage"}),
        (CaseFilter(step="wait_48h"), {"waiting"}),
        (CaseFilter(opened_before=MONDAY + timedelta(days=1, hours=1)), {"street", "house"}),
        (CaseFilter(opened_from=MONDAY + timedelta(days=3)), {"waiting", "closed"}),
        (CaseFilter(due_before=MONDAY + timedelta(days=30)), {"waiting"}),
        (CaseFilter(due_before=MONDAY), set()),
        (CaseFilter(area=box), {"street", "house"}),
        (CaseFilter(area=corner), {"damage"}),
        (CaseFilter(text="IN THE STREET"), {"street"}),
        (CaseFilter(text="121 main"), {"house"}),
        (CaseFilter(text="%"), set()),
        (CaseFilter(parcel_id="N3"), {"house"}),
    ):
        assert numbers(case_store, wanted) == {known[name] for name in names}, wanted


def test_pages_go_on_by_key_while_cases_are_opened(case_store: CaseStore) -> None:
    old = [leak(case_store, later(DESK, hours=count), x=100 * count).number for count in range(4)]
    with case_store.reading() as session:
        first = list_cases(session, CaseFilter(), limit=2)
    new = leak(case_store, later(DESK, hours=9)).number
    with case_store.reading() as session:
        second = list_cases(session, CaseFilter(), first.after, limit=2)
    found = [each.case.number for each in (*first.cases, *second.cases)]
    assert found == old[::-1]
    assert new not in found
    assert second.after is None


def test_cases_of_one_moment_are_all_listed(case_store: CaseStore) -> None:
    made = {leak(case_store, DESK, x=100 * count).number for count in range(5)}
    assert numbers(case_store, CaseFilter()) == made


@pytest.mark.parametrize(("after", "limit"), [(None, 0), (None, 1000), ("x", 5), ("2026-03-02~a", 5), ("~", 5)])
def test_pages_that_cannot_be_are_refused(case_store: CaseStore, after: str | None, limit: int) -> None:
    with case_store.reading() as session, pytest.raises(FilterRefused):
        list_cases(session, CaseFilter(), after, limit)


def test_the_history_is_told_in_order_and_in_pages(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    write(case_store, add_note, DESK, number, "wet")
    with case_store.reading() as session:
        events = case_history(session, DESK, number)
        assert [event.kind for event in events] == [
            "opened",
            "proposed",
            "placed",
            "answered",
            "proposed",
            "note_added",
        ]
        assert [event.id for event in case_history(session, DESK, number, after=events[3].id)] == [
            event.id for event in events[4:]
        ]
        assert len(case_history(session, DESK, number, limit=2)) == 2
        with pytest.raises(FilterRefused):
            case_history(session, DESK, number, limit=0)
        with pytest.raises(CaseUnknown):
            case_history(session, DESK, "DAM-2026-00001")


def test_a_case_is_shown_with_what_its_step_asks_for(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    found = shown(case_store, number)
    assert found.form is not None
    assert (found.form.step.id, found.form.choices, found.form.done_by) == (
        "location",
        ("inside", "outside"),
        ("Code Enforcement",),
    )
    assert found.form.may_act
    assert found.form.decides
    assert found.form.waits is None
    assert found.state.way == ("start", "site_visit")


def test_a_reading_session_is_enough_to_show_a_case(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    with case_store.reading() as session:
        assert show_case(session, DESK, number).case.number == number
