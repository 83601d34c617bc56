"""The record of decisions: bound line to line, and whoever changes it is found."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from desks import MONDAY, a_desk, at_location, go_to, later, town, write
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from gis_ce.actions.mending import Correction, correct
from gis_ce.actions.stepping import Given, answer_step
from gis_ce.case_store import CaseStore, ensure_spatial_index
from gis_ce.decision_chain import START, Heads, forget_personal, heads, read_heads
from gis_ce.decision_proof import Proof, verify
from gis_ce.store_guards import ensure_guards
from gis_ce.tables import Case, Decision, DecisionPersonal, DecisionRecord

DESK = a_desk()
DAY = MONDAY.date()
NEW_YORK = "America/New_York"


def _two_cases(store: CaseStore) -> tuple[str, str]:
    """A leak whose decision was overridden, so that the map spoke on the next, and one that the map has spoken on."""
    one, other = at_location(store, DESK).number, at_location(store, DESK, x=150).number
    write(store, answer_step, later(DESK, hours=1), one, "location", Given("outside", why="the pins"))
    return one, other


def _proof(store: CaseStore, case: str | None = None, sent: Heads | None = None) -> Proof:
    with store.reading() as session:
        return verify(session, case, sent)


def _heads(store: CaseStore, day: date = DAY) -> Heads:
    with store.reading() as session:
        return heads(session, day, NEW_YORK)


def _lines(store: CaseStore, number: str) -> list[DecisionRecord]:
    with store.reading() as session:
        wanted = select(DecisionRecord).join(Case, Case.id == DecisionRecord.case_id).where(Case.number == number)
        rows = list(session.scalars(wanted.order_by(DecisionRecord.seq)))
        session.expunge_all()
        return rows


def _behind_our_back(store: CaseStore, *statements: str) -> None:
    """Somebody with the database's own tools, who takes the guards away and puts them back."""
    with store.engine.connect() as connection, connection.begin():
        for name in ("no_update", "no_delete", "no_change"):
            _drop_guard(connection, f"decision_record_{name}")
        for statement in statements:
            connection.execute(text(statement))
        ensure_guards(connection)


def _drop_guard(connection: Connection, name: str) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
    else:
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name} ON decision_record"))


def test_every_decision_is_on_record_with_all_that_it_rests_on(case_store: CaseStore) -> None:
    one, _ = _two_cases(case_store)
    lines = _lines(case_store, one)
    assert [line.kind for line in lines] == ["proposed", "confirmed", "proposed", "overridden", "proposed"]
    assert [line.seq for line in lines] == [1, 2, 3, 4, 5]
    assert lines[0].prev == START
    assert [line.prev for line in lines[1:]] == [line.hash for line in lines[:-1]]
    said = json.loads(lines[2].body)
    assert said["check"] == "right_of_way"
    assert said["inputs"]["sigma_ft"] == 1.0
    assert said["inputs"]["day"] == "2026-03-02"
    (street,) = town().layers("right_of_way")
    assert said["layers"]["right_of_way"] == {"version": street.version, "as_of": "2026-01-01"}
    assert set(said["with"]) == {"gis-ce", "python", "shapely", "geos", "pyproj", "proj", "numpy", "scipy"}
    assert said["rule"]["text"]
    assert said["rule"]["citation"]
    assert said["pack"]["name"] == "nc-raleigh-2016"
    assert said["result"]["answer"] == "inside"
    assert said["result"]["margin_ft"] == pytest.approx(30.0)
    assert set(said["personal"]) == {"details", "sentence", "facts", "evidence"}
    last = json.loads(lines[3].body)
    assert (last["by"], last["now"]["answer"], last["now"]["state"]) == ("ann", "outside", "overridden")
    assert set(last["personal"]) == {"why"}
    assert "the pins" not in lines[3].body
    assert _proof(case_store).holds


def test_a_record_cannot_be_changed_or_deleted(case_store: CaseStore) -> None:
    _two_cases(case_store)
    for statement in ("UPDATE decision_record SET kind = 'x'", "DELETE FROM decision_record"):
        with case_store.session() as session, pytest.raises(DBAPIError, match="A row of decision_record is never"):
            session.execute(text(statement))


_FORGERIES: dict[str, tuple[str, ...]] = {
    "its words": ("UPDATE decision_record SET body = replace(body, 'ann', 'bob') WHERE seq = 3",),
    "who did it": ("UPDATE decision_record SET by = 'bob' WHERE seq = 2",),
    "a line with its hash": ("UPDATE decision_record SET hash = prev WHERE seq = 2",),
    "a line taken out": ("DELETE FROM decision_record WHERE seq = 2",),
    "a line taken out, and the rest moved up": (
        "DELETE FROM decision_record WHERE seq = 2",
        "UPDATE decision_record SET seq = 2 WHERE seq = 3",
    ),
    "two lines that change places": (
        "UPDATE decision_record SET seq = 99 WHERE seq = 2",
        "UPDATE decision_record SET seq = 2 WHERE seq = 3",
        "UPDATE decision_record SET seq = 3 WHERE seq = 99",
    ),
}


@pytest.mark.parametrize("statements", _FORGERIES.values(), ids=_FORGERIES.keys())
def test_a_changed_removed_or_moved_line_is_found(case_store: CaseStore, statements: tuple[str, ...]) -> None:
    one, other = _two_cases(case_store)
    personal = "DELETE FROM decision_personal WHERE record_id IN (SELECT id FROM decision_record WHERE seq = 2)"
    _behind_our_back(case_store, personal, *(f"{each} AND case_id = '{_id(case_store, one)}'" for each in statements))
    proof = _proof(case_store)
    assert {problem.case for problem in proof.problems} == {one}
    assert not _proof(case_store, one).holds
    assert _proof(case_store, other).holds


@pytest.mark.spoils_decisions
def test_a_tail_that_is_cut_off_shows_by_the_heads_that_were_sent_out(case_store: CaseStore) -> None:
    one, _ = _two_cases(case_store)
    mailed = read_heads(f"Good morning,\n\n> {_heads(case_store).text().replace(chr(10), chr(10) + '> ')}\n\nbye")
    assert mailed == _heads(case_store)
    assert _proof(case_store, sent=mailed).holds
    cut = f"(SELECT id FROM decision_record WHERE seq > 3 AND case_id = '{_id(case_store, one)}')"
    _behind_our_back(
        case_store,
        f"DELETE FROM decision_personal WHERE record_id IN {cut}",
        f"DELETE FROM decision_record WHERE id IN {cut}",
        "UPDATE decision SET state = 'proposed', answer = NULL, by = NULL, at = NULL WHERE answer = 'outside'",
    )
    assert _proof(case_store).holds
    problems = _proof(case_store, sent=mailed).problems
    assert any(problem.case == one and "was cut off" in problem.what for problem in problems)
    assert any(problem.case == "all cases" for problem in problems)


def test_a_digest_lists_only_the_days_own_cases_but_covers_all(case_store: CaseStore) -> None:
    one, other = _two_cases(case_store)
    tomorrow = later(DESK, days=1)
    write(case_store, answer_step, tomorrow, other, "location", Given("inside"))
    with case_store.reading() as session:
        found = heads(session, DAY + timedelta(days=1), NEW_YORK, only_of_day=True)
        assert [head.case for head in found.heads] == [other]
        assert found.cases == 2
        assert found.together == heads(session, DAY + timedelta(days=1), NEW_YORK).together
        assert [head.case for head in heads(session, DAY, NEW_YORK).heads] == [one, other]
        assert heads(session, DAY - timedelta(days=1), NEW_YORK).heads == ()


def test_a_decision_that_is_changed_beside_its_record_is_found(case_store: CaseStore) -> None:
    one, _ = _two_cases(case_store)
    _behind_our_back(
        case_store,
        f"UPDATE decision SET answer = 'inside' WHERE answer = 'outside' AND case_id = '{_id(case_store, one)}'",
    )
    (problem,) = _proof(case_store).problems
    assert "decision 2 was changed beside the record: answer" in str(problem)


@pytest.mark.spoils_decisions
def test_what_is_said_of_people_can_be_deleted_and_the_record_still_verifies(case_store: CaseStore) -> None:
    one, _ = _two_cases(case_store)
    with case_store.session() as session:
        gone = forget_personal(session, _id(case_store, one))
        session.commit()
    proof = _proof(case_store)
    assert proof.holds
    assert proof.forgotten == gone == 13
    with case_store.reading() as session:
        assert session.scalars(select(DecisionPersonal)).all()


def test_what_is_said_of_people_cannot_be_changed_unseen(case_store: CaseStore) -> None:
    one, _ = _two_cases(case_store)
    _behind_our_back(case_store, "UPDATE decision_personal SET value = '\"no pins\"' WHERE name = 'why'")
    (problem,) = _proof(case_store, one).problems
    assert problem.what == "what it says of people was changed: why"


@pytest.mark.spoils_decisions
def test_decisions_of_the_time_before_the_record_are_told_and_then_adopted(case_store: CaseStore) -> None:
    one, _ = _two_cases(case_store)
    _behind_our_back(case_store, "DELETE FROM decision_personal", "DELETE FROM decision_record")
    proof = _proof(case_store)
    assert (proof.holds, proof.unrecorded) == (True, 5)
    again = Correction("looked again", step="location", answer="inside")
    write(case_store, correct, later(DESK, hours=3), one, again)
    assert [line.kind for line in _lines(case_store, one)][:2] == ["adopted", "confirmed"]
    assert _proof(case_store).holds


def test_a_whole_case_leaves_a_record_that_holds(case_store: CaseStore, tmp_path: Path) -> None:
    desk = a_desk(folder=tmp_path)
    number = at_location(case_store, desk).number
    go_to(case_store, desk, number, "")
    with case_store.reading() as session:
        decided = session.scalars(select(Decision)).all()
        recorded = set(session.scalars(select(DecisionRecord.decision_id)))
    assert len(decided) > 1
    assert {row.id for row in decided} == recorded
    assert _proof(case_store).holds
    assert ensure_spatial_index(case_store.engine) == []


def _id(store: CaseStore, number: str) -> str:
    with store.reading() as session:
        return str(session.scalar(select(Case.id).where(Case.number == number)))
