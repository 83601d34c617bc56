"""Case numbers per type and year, without gaps; ids in the order of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Thread
from uuid import UUID

from made_cases import add_case

from gis_ce.case_numbers import count_from, next_number
from gis_ce.case_store import CaseStore
from gis_ce.ids import new_id

ZONE = "America/New_York"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def _number(store: CaseStore, case_type: str = "damages", prefix: str = "DAM", at: datetime = NOW) -> str:
    with store.session() as session:
        given = next_number(session, case_type, prefix, at, ZONE)
        session.commit()
    return given


def test_each_type_counts_for_itself(case_store: CaseStore) -> None:
    given = [_number(case_store, *each) for each in (("damages", "DAM"), ("leaks", "LEK"), ("damages", "DAM"))]
    assert given == ["DAM-2026-00001", "LEK-2026-00001", "DAM-2026-00002"]


def test_the_year_is_the_citys(case_store: CaseStore) -> None:
    eve = datetime(2027, 1, 1, 4, 59, tzinfo=UTC)
    given = [_number(case_store, at=at) for at in (eve, eve + timedelta(minutes=1), eve)]
    assert given == ["DAM-2026-00001", "DAM-2027-00001", "DAM-2026-00002"]


def test_a_case_that_is_not_kept_gives_its_number_back(case_store: CaseStore) -> None:
    with case_store.session() as session:
        assert next_number(session, "damages", "DAM", NOW, ZONE) == "DAM-2026-00001"
    assert _number(case_store) == "DAM-2026-00001"


def test_numbers_go_on_after_those_that_were_brought_in(case_store: CaseStore) -> None:
    for last, following in ((41, "DAM-2026-00042"), (7, "DAM-2026-00043")):
        with case_store.session() as session:
            count_from(session, "damages", 2026, last)
            session.commit()
        assert _number(case_store) == following


def test_a_hundred_thousandth_case_has_a_longer_number(case_store: CaseStore) -> None:
    with case_store.session() as session:
        count_from(session, "damages", 2026, 99_999)
        session.commit()
    assert _number(case_store) == "DAM-2026-100000"


def test_writers_at_once_get_every_number_once(case_store: CaseStore) -> None:
    given: list[str] = []

    def write(writer: int) -> None:
        for turn in range(15):
            with case_store.session() as session:
                number = next_number(session, "damages", "DAM", NOW, ZONE)
                add_case(session, f"{writer}-{turn}", number=number)
                if turn % 3 == 2:
                    session.rollback()
                    continue
                session.commit()
                given.append(number)

    writers = [Thread(target=write, args=(writer,)) for writer in range(6)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert sorted(given) == [f"DAM-2026-{count:05}" for count in range(1, 61)]


def test_ids_are_uuids_in_the_order_of_time() -> None:
    made = [new_id(NOW + timedelta(milliseconds=step)) for step in range(200)]
    assert made == sorted(made)
    assert {UUID(each).version for each in made} == {7}
    assert {UUID(each).variant for each in made} == {UUID(made[0]).variant} == {"specified in RFC 4122"}
    at_once = [new_id(NOW) for _ in range(1000)]
    assert sorted(set(at_once)) == at_once
