"""Publishing a changed definition over open cases: who goes over, who stays and why, and what never changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from action_walks import Walked
from desks import Desk, a_desk, as_somebody, at_location, attached, decision, go_to, later, leak, shown, write
from sqlalchemy import select

from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.publishing import Publishing, dry_run_process, publish_process
from gis_ce.actions.stepping import Given, answer_step
from gis_ce.case_changes import case_named
from gis_ce.case_state import state_of
from gis_ce.case_store import CaseStore
from gis_ce.errors import CaseChanged, NotYourLane
from gis_ce.file_errors import ProcessFileError
from gis_ce.process_files import text_of
from gis_ce.process_paths import covering_paths
from gis_ce.tables import Deadline, Event, ProcessVersion

DESK = a_desk()
LEAKS = text_of("leaks")
LONGER = LEAKS.replace("deadline: 48 hours", "deadline: 72 hours")
RENAMED = LEAKS.replace("site_visit", "visit").replace("prefix: LEAK\n", "prefix: LEAK\nrenamed: {site_visit: visit}\n")
UNNAMED = LEAKS.replace("site_visit", "visit")
OTHER_CHECK = LEAKS.replace("check: right_of_way", "check: jurisdiction")


def published(store: CaseStore, desk: Desk, text: str) -> Publishing:
    with store.session() as session:
        done = publish_process(session, desk, text)
        session.commit()
        return done


def tried(store: CaseStore, text: str) -> Publishing:
    with store.reading() as session:
        return dry_run_process(session, DESK, text)


def waiting(store: CaseStore, folder: Path) -> str:
    """A leak whose owner has 48 hours."""
    desk = a_desk(folder=folder)
    number = at_location(store, desk, y=100).number
    go_to(store, desk, number, "wait_48h", location="outside", meter_side="behind", major_leak="no")
    return number


def test_the_shipped_definition_is_in_force_until_another_is_published(case_store: CaseStore) -> None:
    leak(case_store, DESK)
    with case_store.reading() as session:
        row = session.scalars(select(ProcessVersion)).one()
        assert (row.process, row.by, row.current, row.yaml) == ("leaks", "gis-ce", True, LEAKS)
        assert row.svg.startswith("<svg")
    done = published(case_store, DESK, LONGER)
    assert (done.published, str(done.run)) == (True, "1 move, 0 stay")
    number = leak(case_store, DESK, x=500).number
    found = shown(case_store, number)
    assert found.case.process_version == done.process.version
    assert str(found.process.steps["wait_48h"].deadline) == "72 hours"


def test_a_dry_run_tells_all_and_changes_nothing(case_store: CaseStore, tmp_path: Path) -> None:
    first, wait = leak(case_store, DESK).number, waiting(case_store, tmp_path)
    before = shown(case_store, first).case.row_version
    run = tried(case_store, UNNAMED).run
    assert run.moves == (wait,)
    ((stays, why),) = [(each.case, each.why) for each in run.stays]
    assert stays == first
    assert why == "It stands at site_visit (Site Visit), which the new definition does not have."
    assert shown(case_store, first).case.row_version == before
    with case_store.reading() as session:
        assert len(session.scalars(select(ProcessVersion)).all()) == 1


def test_a_running_deadline_is_kept_and_the_officer_sees_both(case_store: CaseStore, tmp_path: Path) -> None:
    number = waiting(case_store, tmp_path)
    before = shown(case_store, number)
    done = published(case_store, later(DESK, hours=30), LONGER)
    (kept,) = done.run.kept
    assert (kept.case, "48 hours" in kept.running, "72 hours" in kept.new) == (number, True, True)
    after = shown(case_store, number)
    assert after.case.process_version == done.process.version
    assert after.case.due_at == before.case.due_at
    with case_store.reading() as session:
        (deadline,) = session.scalars(select(Deadline)).all()
        assert (deadline.state, deadline.due_at) == ("running", before.case.due_at)
        event = session.scalars(select(Event).where(Event.kind == "definition_changed")).one()
        assert "its deadline is kept" in event.text
        assert "72 hours" in event.text


def test_a_renamed_step_is_followed_with_its_proposal(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    published(case_store, DESK, RENAMED)
    found = shown(case_store, number)
    assert (found.case.step, found.state.way) == ("visit", ("start",))
    assert found.form is not None
    assert found.form.proposal is not None
    assert found.form.proposal.step == "visit"
    write(case_store, answer_step, DESK, number, "visit", Given())


def test_what_cannot_go_over_finishes_on_its_own_version(case_store: CaseStore, tmp_path: Path) -> None:
    desk = a_desk(folder=tmp_path)
    number = leak(case_store, desk).number
    old = shown(case_store, number).case.process_version
    assert len(published(case_store, desk, UNNAMED).run.stays) == 1
    walked = Walked(case_store, desk, DESK.processes.processes["leaks"], number, shown(case_store, number).state, "")
    walked.attached = attached(case_store, desk, number)
    walked.along(min(covering_paths(walked.process), key=lambda path: len(path.arrows)))
    assert shown(case_store, number).case.process_version == old
    assert walked.state.closed


def test_another_check_at_the_present_step_is_asked_at_once(case_store: CaseStore) -> None:
    number = at_location(case_store, DESK).number
    assert decision(case_store, number, "location").check == "right_of_way"
    published(case_store, later(DESK, hours=1), OTHER_CHECK)
    row = decision(case_store, number, "location")
    assert (row.check, row.proposed, row.state) == ("jurisdiction", "inside", "proposed")
    states = [each.state for each in shown(case_store, number).decisions if each.step == "location"]
    assert states == ["stale", "proposed"]


def test_a_broken_definition_lists_its_mistakes_and_changes_nothing(case_store: CaseStore) -> None:
    leak(case_store, DESK)
    for text, said in (
        (LEAKS.replace("next: location", "next: locatoin"), "there is no step 'locatoin'; did you mean 'location'"),
        (LEAKS.replace("prefix: LEAK", "prefix: DAM"), "damages has the prefix DAM already"),
        ("steps: [", "is not YAML"),
        ("", "empty"),
    ):
        with pytest.raises(ProcessFileError, match=said):
            published(case_store, DESK, text)
    with case_store.reading() as session:
        assert len(session.scalars(select(ProcessVersion)).all()) == 1


def test_definitions_are_published_by_those_who_may(case_store: CaseStore) -> None:
    with pytest.raises(NotYourLane, match="in the lane admin; cleo does not"):
        published(case_store, as_somebody(DESK, "cleo", "ce"), LONGER)


def test_an_older_version_can_be_published_again(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    first = shown(case_store, number).case.process_version
    second = published(case_store, DESK, LONGER)
    assert second.before == first
    published(case_store, later(DESK, hours=1), LEAKS)
    assert shown(case_store, number).case.process_version == first
    with case_store.reading() as session:
        current = session.scalars(select(ProcessVersion.id).where(ProcessVersion.current)).all()
        assert current == [first]
    assert str(published(case_store, later(DESK, hours=2), LEAKS).run) == "0 move, 0 stay"


def test_a_new_process_is_published_and_followed(case_store: CaseStore) -> None:
    text = text_of("information_request").replace("id: information_request", "id: tours")
    done = published(case_store, DESK, text.replace("prefix: ", "prefix: T"))
    assert (done.before, done.process.id) == (None, "tours")
    assert write(case_store, open_case, DESK, Opening("tours")).number.startswith("T")
    with case_store.reading() as session:
        assert session.get_one(ProcessVersion, done.process.version).current


def test_a_case_that_went_over_has_changed_for_who_read_it_before(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    seen = shown(case_store, number).case.row_version
    published(case_store, DESK, LONGER)
    with pytest.raises(CaseChanged, match="definition changed"):
        write(case_store, answer_step, DESK, number, "site_visit", Given(), seen=seen)


def test_a_case_follows_its_version_though_the_citys_files_have_changed(case_store: CaseStore) -> None:
    number = leak(case_store, DESK).number
    other = {**DESK.processes.processes}
    del other["leaks"]
    elsewhere = replace(DESK, processes=replace(DESK.processes, processes=other))
    write(case_store, answer_step, elsewhere, number, "site_visit", Given())
    with case_store.reading() as session:
        assert state_of(case_named(session, number)).step == "location"
