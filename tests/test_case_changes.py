"""Two people change one case, or one device sends twice: nothing is lost and nothing is done twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from made_cases import add_case
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis_ce.case_changes import case_named, case_to_change
from gis_ce.case_store import CaseStore
from gis_ce.errors import CaseChanged, CaseUnknown, KeyReused
from gis_ce.idempotency import LONGEST_KEY, forget, once
from gis_ce.tables import Case, Event, IdempotencyKey, Json, Note

NOW = datetime(2026, 3, 2, 15, 4, tzinfo=UTC)


@pytest.fixture
def store(case_store: CaseStore) -> CaseStore:
    with case_store.session() as session:
        add_case(session, "a", number="DAM-2026-00001")
        session.commit()
    return case_store


def _rename(store: CaseStore, title: str, seen: int | None, by: str = "bob") -> int:
    with store.session() as session:
        case = case_to_change(session, "dam-2026-00001", seen, ZoneInfo("America/New_York"))
        case.title = title
        session.flush()
        event = Event(case_id=case.id, at=NOW, by=by, kind="renamed", text=title, row_version=case.row_version)
        session.add(event)
        session.commit()
        return case.row_version


def test_a_case_is_found_by_its_number_or_its_id(store: CaseStore) -> None:
    with store.reading() as session:
        assert case_named(session, " dam-2026-00001 ") is case_named(session, "a")
        with pytest.raises(CaseUnknown, match="There is no case 'DAM-2026-00002'"):
            case_named(session, "DAM-2026-00002")


def test_each_change_raises_the_version(store: CaseStore) -> None:
    assert [_rename(store, "one", 1), _rename(store, "two", 2), _rename(store, "three", None)] == [2, 3, 4]


def test_a_change_of_an_old_version_is_refused_and_says_who_changed_what_and_when(store: CaseStore) -> None:
    _rename(store, "hydrant hit", 1)
    with store.session() as session:
        session.add(Note(id="n", case_id="a", at=NOW, by="cy", text="a note changes no version"))
        session.add(Event(case_id="a", at=NOW + timedelta(hours=1), by="cy", kind="noted"))
        session.commit()
    with pytest.raises(CaseChanged) as refused:
        _rename(store, "main hit", 1, by="ann")
    assert str(refused.value) == (
        "DAM-2026-00001 was changed by bob on 2026-03-02 at 10:04 (renamed: hydrant hit) after you read it. "
        "Read it again, then repeat your change if it still fits."
    )
    known = refused.value
    assert (known.by, known.at, known.what, known.row_version) == ("bob", NOW, "renamed", 2)


def test_a_version_that_never_was_is_refused_too(store: CaseStore) -> None:
    with pytest.raises(CaseChanged, match="DAM-2026-00001 is at version 1, not 9"):
        _rename(store, "x", 9)


def _keep(store: CaseStore, held: Case) -> None:
    with store.session() as session:
        session.add(held)
        session.commit()


def test_a_row_that_changed_under_ones_hands_is_not_overwritten(store: CaseStore) -> None:
    with store.reading() as reading:
        held = case_named(reading, "a")
        reading.expunge(held)
    _rename(store, "first", 1)
    held.title = "second"
    with pytest.raises(CaseChanged, match="in the meantime"):
        _keep(store, held)
    with store.reading() as session:
        assert case_named(session, "a").title == "first"


def _note(store: CaseStore, key: str | None, text: str, caller: str = "ann") -> tuple[Json, bool]:
    def act() -> Json:
        session.add(Note(id=f"{caller}-{text}-{_notes(session)}", case_id="a", at=NOW, by=caller, text=text))
        return {"note": text, "count": _notes(session)}

    with store.session() as session:
        answer = once(session, key, caller, {"action": "note", "case": "a", "text": text}, NOW, act)
        session.commit()
        return answer.response, answer.repeated


def _notes(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(Note)).one()


def test_a_request_sent_twice_is_carried_out_once(store: CaseStore) -> None:
    first = _note(store, "k1", "wet")
    assert first == ({"note": "wet", "count": 1}, False)
    assert _note(store, "k1", "wet") == ({"note": "wet", "count": 1}, True)


def test_a_request_sent_twice_at_once_is_carried_out_once(store: CaseStore) -> None:
    with ThreadPoolExecutor(4) as senders:
        answers = list(senders.map(lambda _: _note(store, "k1", "wet"), range(12)))
    assert sorted(repeated for _, repeated in answers) == [False] + [True] * 11
    assert {answer["count"] for answer, _ in answers} == {1}


def test_a_key_belongs_to_its_caller(store: CaseStore) -> None:
    _note(store, "k1", "wet")
    assert _note(store, "k1", "wet", caller="bob")[1] is False


def test_a_key_with_another_request_is_refused(store: CaseStore) -> None:
    _note(store, "k1", "wet")
    with pytest.raises(KeyReused, match="'k1' came before with another request"):
        _note(store, "k1", "dry")


def test_without_a_key_every_request_is_carried_out(store: CaseStore) -> None:
    assert [_note(store, None, "wet")[1], _note(store, None, "wet")[1]] == [False, False]


def test_a_request_that_failed_may_be_sent_again(store: CaseStore) -> None:
    def fail() -> Json:
        raise CaseUnknown("no")

    with store.session() as session, pytest.raises(CaseUnknown):
        once(session, "k1", "ann", {"action": "note", "case": "a", "text": "wet"}, NOW, fail)
    assert _note(store, "k1", "wet")[1] is False


@pytest.mark.parametrize("key", ["", "x" * (LONGEST_KEY + 1)])
def test_a_key_without_sense_is_refused(store: CaseStore, key: str) -> None:
    with pytest.raises(KeyReused, match="1 to 200 characters"):
        _note(store, key, "wet")


def test_old_keys_are_forgotten(store: CaseStore) -> None:
    _note(store, "k1", "wet")
    with store.session() as session:
        assert forget(session, NOW) == 0
        assert forget(session, NOW + timedelta(seconds=1)) == 1
        assert session.scalars(select(IdempotencyKey)).all() == []
