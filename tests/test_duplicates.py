"""Cases that may be the same are offered when one is opened: the same facility first, then near in feet and days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from made_cases import OPENED, add_case
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from gis_ce.case_store import CaseStore
from gis_ce.duplicate_reach import Reach, city_reaches, reach_mistakes, shipped_reaches
from gis_ce.duplicates import Candidate, Duplicate, Reported, assets_of, duplicates, likeliest
from gis_ce.process_files import shipped_names
from gis_ce.tables import Case, Site

EAST, NORTH = 2_100_000.0, 738_000.0
REACHES = shipped_reaches()
REACH = Reach(100.0, 10.0, 30.0)


def at(east_ft: float, north_ft: float = 0.0) -> shapely.Point:
    return shapely.Point(EAST + east_ft, NORTH + north_ft)


def report(**changes: Any) -> Reported:
    values: dict[str, Any] = {"type": "damages", "at": OPENED, "place": at(0)}
    return Reported(**(values | changes))


def candidate(name: str, **changes: Any) -> Candidate:
    return Candidate(name, name.upper(), "open", "", report(**changes))


def names(found: list[Duplicate]) -> list[str]:
    return [each.case_id for each in found]


def days(count: float) -> Any:
    return OPENED - timedelta(days=count)


def test_the_same_facility_goes_before_a_nearer_case() -> None:
    hydrant = frozenset({"HYD-1"})
    near, same = candidate("near", place=at(3)), candidate("same", place=at(900), assets=hydrant)
    found = likeliest(report(assets=hydrant), [near, same], REACH)
    assert names(found) == ["same", "near"]
    assert found[0].sentence == "SAME (open): same facility HYD-1, 900.0 ft away, the same day"


def test_without_a_facility_the_nearer_goes_first_and_of_equals_the_newer() -> None:
    cases = [candidate("far", place=at(60)), candidate("old", place=at(20), at=days(6)), candidate("new", place=at(20))]
    assert names(likeliest(report(), cases, REACH)) == ["new", "old", "far"]


@pytest.mark.parametrize(
    ("changes", "offered"),
    [
        ({"place": at(100)}, True),
        ({"place": at(100.02)}, False),
        ({"place": at(130), "sigma_ft": 20.0}, True),
        ({"at": days(10)}, True),
        ({"at": days(10.1)}, False),
        ({"at": days(-10)}, True),
        ({"at": days(20), "assets": frozenset({"V-1"})}, True),
        ({"at": days(31), "assets": frozenset({"V-1"})}, False),
        ({"place": None}, False),
        ({"place": None, "assets": frozenset({"V-1"})}, True),
    ],
)
def test_what_lies_within_the_reach_of_its_type_is_offered(changes: dict[str, Any], offered: bool) -> None:
    found = likeliest(report(assets=frozenset({"V-1"})), [candidate("a", **changes)], REACH)
    assert bool(found) is offered


@given(st.floats(0, 99), st.floats(0, 99), st.floats(0, 9.9), st.floats(0, 9.9), st.booleans())
def test_nearer_and_sooner_is_never_less_sure(one: float, other: float, soon: float, late: float, same: bool) -> None:
    asset = frozenset({"V-1"}) if same else frozenset()
    near, far = sorted((one, other))
    first, last = sorted((soon, late))
    better = likeliest(report(assets=asset), [candidate("a", place=at(near), at=days(first), assets=asset)], REACH)
    worse = likeliest(report(assets=asset), [candidate("a", place=at(far), at=days(last), assets=asset)], REACH)
    assert better[0].sureness >= worse[0].sureness
    assert 0 < worse[0].sureness <= 1


def test_a_line_is_as_near_as_its_nearest_point() -> None:
    line = shapely.LineString([at(40), at(500)])
    (found,) = likeliest(report(), [candidate("a", place=line)], REACH)
    assert found.distance_ft == 40.0


def test_facilities_are_named_by_the_data_or_by_the_site() -> None:
    assert assets_of({"facility_id": " hyd-1 "}, {"facility_id": "HYD-2"}) == {"HYD-1", "HYD-2"}
    assert assets_of({"facility_id": ""}, {"facility_id": None}) == frozenset()


def some(session: Session) -> None:
    add_case(session, "near", at(20), opened_at=days(2))
    add_case(session, "far", at(400), opened_at=days(2))
    add_case(session, "old", at(20), opened_at=days(60))
    add_case(session, "leak", at(5), opened_at=days(1), type="leaks")
    add_case(session, "nowhere", None, opened_at=days(1))
    add_case(session, "valve", at(700), opened_at=days(5), data={"facility_id": "V-1"})
    session.flush()


def test_the_store_offers_what_the_spatial_index_selects(case_store: CaseStore) -> None:
    with case_store.session() as session:
        some(session)
        assert names(duplicates(session, report(), REACHES)) == ["near"]
        asked = report(assets=frozenset({"V-1"}))
        assert names(duplicates(session, asked, REACHES)) == ["valve", "near"]


def test_a_report_without_a_position_is_compared_by_facility_and_days(case_store: CaseStore) -> None:
    with case_store.session() as session:
        some(session)
        assert names(duplicates(session, report(place=None, assets=frozenset({"V-1"})), REACHES)) == ["valve"]
        assert duplicates(session, report(place=None), REACHES) == []


def test_a_case_without_a_position_is_found_by_its_parcel_if_it_names_the_facility(case_store: CaseStore) -> None:
    with case_store.session() as session:
        add_case(session, "a", None, data={"facility_id": "V-1"})
        session.scalars(select(Site)).one().parcel_id = "N1"
        session.flush()
        asked = report(parcel_id="N1", assets=frozenset({"V-1"}))
        assert names(duplicates(session, asked, REACHES)) == ["a"]


def test_nothing_is_offered_for_a_type_that_is_switched_off(case_store: CaseStore) -> None:
    with case_store.session() as session:
        add_case(session, "a", at(0), type="information_request")
        assert duplicates(session, report(type="information_request"), REACHES) == []
        on = city_reaches({"information_request": {"reach_ft": 50, "days": 5}})
        assert names(duplicates(session, report(type="information_request"), on)) == ["a"]


def test_candidates_come_from_the_spatial_index_and_from_no_scan_of_sites(case_store: CaseStore) -> None:
    asked: list[tuple[str, Any]] = []

    def keep(*given: Any) -> None:
        asked.append((given[2], given[3]))

    with case_store.session() as session:
        for number in range(400):
            add_case(session, f"x{number}", at(1000.0 * number))
        session.commit()
    event.listen(case_store.engine, "before_cursor_execute", keep)
    with case_store.reading() as session:
        assert names(duplicates(session, report(), REACHES)) == ["x0"]
    event.remove(case_store.engine, "before_cursor_execute", keep)
    select_, values = next(given for given in asked if "FROM site" in given[0])
    sqlite = case_store.engine.dialect.name == "sqlite"
    with case_store.engine.connect() as connection:
        if not sqlite:
            connection.exec_driver_sql("ANALYZE")
        plan = str(
            connection.exec_driver_sql(f"{'EXPLAIN QUERY PLAN' if sqlite else 'EXPLAIN'} {select_}", values).all()
        )
    assert "SCAN site'" not in plan, plan
    assert "Seq Scan on site" not in plan, plan
    assert "site_geometry" in plan, plan


def test_every_shipped_reach_is_of_a_shipped_process() -> None:
    assert set(REACHES.by_type) <= {*shipped_names(), "other"}
    assert REACHES.of("crossed_lines") == REACHES.by_type["other"]


def test_a_city_sets_its_own_reaches() -> None:
    own = city_reaches({"leaks": {"reach_ft": 80}, "sso": {"skip": True}})
    assert own.of("leaks") == Reach(80.0, 21.0, 45.0)
    assert own.of("sso") is None
    assert own.of("damages") == REACHES.of("damages")


def test_mistakes_in_a_citys_reaches_are_told_all_at_once() -> None:
    table = {"leak": {"reach_ft": 1}, "sso": 5, "leaks": {"reach": 1, "days": -1, "skip": "no", "reach_ft": 1e9}}
    said = [f"{mistake}" for mistake in reach_mistakes(table, dict.fromkeys(shipped_names()))]
    assert len(said) == 6
    assert "did you mean leaks?" in said[0]
    assert reach_mistakes({"leaks": {"reach_ft": 80}}, dict.fromkeys(shipped_names())) == []


def test_cases_are_added_by_type(case_store: CaseStore) -> None:
    with case_store.session() as session:
        some(session)
        assert session.query(Case).where(Case.type == "leaks").count() == 1
