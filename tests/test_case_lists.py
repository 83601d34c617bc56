"""Lists of cases: every filter, pages by key, and plans that go through no whole table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import case_stores
import pytest
import shapely
from many_cases import CITY_FT, TODAY, X, Y, fill
from sqlalchemy import Select, select, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement, Executable

from gis_ce.case_lists import MOST, After, CaseFilter, listed, page
from gis_ce.case_store import CaseStore
from gis_ce.geometry_column import dwithin, intersects, nearest
from gis_ce.geometry_sql import boxes_meeting
from gis_ce.tables import Case, Event, Site

COUNT = 8_000
HERE = shapely.Point(X + CITY_FT / 2, Y + CITY_FT / 2)
BOX = HERE.buffer(3_000).envelope


@pytest.fixture(scope="module", params=["sqlite", "postgis"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseStore]:
    """Thousands of cases, looked at by the planner; only read here."""
    with case_stores.own_store(request, tmp_path_factory.mktemp("lists")) as store:
        fill(store, COUNT)
        yield store


FILTERS: dict[str, CaseFilter] = {
    "nothing": CaseFilter(),
    "status": CaseFilter(status="open"),
    "type": CaseFilter(type="type_3"),
    "type and status": CaseFilter(type="type_3", status="open"),
    "officer": CaseFilter(officer="officer_4"),
    "officer and status": CaseFilter(officer="officer_4", status="open"),
    "priority": CaseFilter(priority=2),
    "priority and status": CaseFilter(priority=3, status="open"),
    "age": CaseFilter(opened_from=TODAY - timedelta(days=400), opened_before=TODAY - timedelta(days=380)),
    "age and status": CaseFilter(opened_before=TODAY - timedelta(days=900), status="open"),
    "due": CaseFilter(status="open", due_before=TODAY - timedelta(days=1000)),
    "box": CaseFilter(area=BOX),
    "box, status and type": CaseFilter(area=BOX, status="closed", type="type_3"),
    "area": CaseFilter(area=HERE.buffer(2_500)),
    "near": CaseFilter(near=HERE, within_ft=1_500, status="closed"),
    "parcel": CaseFilter(parcel_id="P000700"),
    "rare words": CaseFilter(text="RePort 77"),
    "a number": CaseFilter(text="-2024-0070"),
    "an address": CaseFilter(text="977 main st"),
    "words in most cases": CaseFilter(text="saw a digger"),
    "words and status": CaseFilter(text="main st", status="open"),
    "two letters": CaseFilter(text="77"),
}


def _meets(case: Case, site: Site, wanted: CaseFilter) -> bool:
    same = ("type", "status", "priority", "officer")
    assert site.geometry is not None
    return (
        all(getattr(wanted, name) in (None, getattr(case, name)) for name in same)
        and (wanted.opened_from is None or case.opened_at >= wanted.opened_from)
        and (wanted.opened_before is None or case.opened_at < wanted.opened_before)
        and (wanted.due_before is None or (case.due_at is not None and case.due_at < wanted.due_before))
        and (wanted.area is None or bool(shapely.dwithin(site.geometry, wanted.area, 0.01)))
        and (wanted.near is None or bool(shapely.dwithin(site.geometry, wanted.near, wanted.within_ft + 0.01)))
        and wanted.parcel_id in (None, site.parcel_id)
        and (wanted.text is None or _has(case, site, wanted.text.casefold()))
    )


def _has(case: Case, site: Site, words: str) -> bool:
    said = (case.number, case.title, case.description, str(site.address))
    return any(words in text.casefold() for text in said)


@pytest.fixture(scope="module")
def everything(store: CaseStore) -> list[tuple[Case, Site]]:
    newest = select(Case, Site).join(Site, Site.case_id == Case.id).order_by(Case.opened_at.desc(), Case.id.desc())
    with store.reading() as session:
        return [(case, site) for case, site in session.execute(newest)]


@pytest.mark.parametrize("name", FILTERS)
def test_a_list_holds_what_meets_its_filter_newest_first_page_by_page(
    store: CaseStore, everything: list[tuple[Case, Site]], name: str
) -> None:
    wanted = FILTERS[name]
    expected = [case.id for case, site in everything if _meets(case, site, wanted)]
    assert expected
    pages, after = [], None
    with store.reading() as session:
        for _ in range(4):
            found = [case for case, _ in page(session, wanted, after, limit=15)]
            pages += found
            after = After(found[-1].opened_at, found[-1].id) if found else after
    assert [case.id for case in pages] == expected[:60]


@pytest.mark.parametrize("many", [1, 10**9], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", ["box", "box, status and type", "area", "near", "rare words", "words and status"])
def test_a_wide_area_or_a_common_word_gives_the_same_cases_by_the_other_way(
    store: CaseStore, everything: list[tuple[Case, Site]], name: str, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gis_ce.case_lists.MANY", many)
    with store.reading() as session:
        found = [case.id for case, _ in page(session, FILTERS[name], limit=30)]
    assert found == [case.id for case, site in everything if _meets(case, site, FILTERS[name])][:30]


def test_places_are_counted_no_further_than_one_wants_to_know(store: CaseStore) -> None:
    with store.reading() as session:
        assert boxes_meeting(session, Site.geometry, shapely.box(X, Y, X + CITY_FT, Y + CITY_FT), 0, 500) == 500
        assert 1 <= boxes_meeting(session, Site.geometry, HERE, 2_000, 500) < 100
        assert boxes_meeting(session, Site.geometry, shapely.Point(0, 0), 0, 500) == 0


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("after", [None, After(TODAY - timedelta(days=700), "case-001000")], ids=["first", "later"])
def test_no_list_goes_through_a_whole_table(store: CaseStore, name: str, after: After | None) -> None:
    assert _whole_tables(store, listed(FILTERS[name], after)) == []
    if FILTERS[name].text is not None:
        assert _whole_tables(store, listed(FILTERS[name], after, common=True)) == []


@pytest.mark.parametrize("words", ["report 77", "977 main st"])
def test_words_are_looked_for_in_their_index(store: CaseStore, words: str) -> None:
    index = {"sqlite": "SCAN site_words VIRTUAL TABLE INDEX", "postgresql": "Bitmap Index Scan on ix_site_words"}
    assert index[store.engine.dialect.name] in "\n".join(_plan_of(store, listed(CaseFilter(text=words))))


@pytest.mark.parametrize(
    "asked",
    [
        select(Site.id).where(intersects(Site.geometry, BOX)),
        select(Site.id).where(dwithin(Site.geometry, HERE, 900)),
        select(Site.id).where(nearest(Site.geometry, HERE, 5)),
        select(Event).where(Event.case_id == "case-000007").order_by(Event.id),
        select(Event).where(Event.id > COUNT - 10).order_by(Event.id),
        select(Case).where(Case.number == "DAM-2026-007999"),
    ],
    ids=["box", "near", "nearest", "history", "changes", "number"],
)
def test_no_question_goes_through_a_whole_table(store: CaseStore, asked: Select[Any]) -> None:
    assert _whole_tables(store, asked) == []


def test_what_goes_through_a_whole_table_is_noticed(store: CaseStore) -> None:
    assert _whole_tables(store, select(Case).where(Case.description == "x"))
    assert _whole_tables(store, select(Site).where(Site.sigma_ft > 99))


def test_words_are_found_anywhere_in_any_case_of_letters(store: CaseStore) -> None:
    with store.reading() as session:
        assert [case.id for case, _ in session.execute(listed(CaseFilter(text="rePort 77 of")))] == ["case-000077"]
        assert session.execute(listed(CaseFilter(text="dam-"))).first()
        assert session.execute(listed(CaseFilter(text="1% Main"))).first() is None


def test_a_page_has_an_end(store: CaseStore) -> None:
    with store.reading() as session:
        found = session.execute(listed(CaseFilter(), limit=10**9)).all()
    assert len(found) == MOST
    assert all(_key(one) > _key(two) for one, two in pairwise(found))


def _key(row: Any) -> tuple[datetime, str]:
    return row[0].opened_at, row[0].id


class Plan(Executable, ClauseElement):
    """What the database would do for a statement."""

    inherit_cache = False

    def __init__(self, statement: Select[Any]) -> None:
        self.statement = statement


@compiles(Plan)
def _plan(element: Plan, compiler: SQLCompiler, **kw: Any) -> str:
    words = "EXPLAIN QUERY PLAN" if compiler.dialect.name == "sqlite" else "EXPLAIN"
    return f"{words} {compiler.process(element.statement, **kw)}"


_SCANS = {
    "sqlite": re.compile(
        r"^(?:SCAN|BLOOM FILTER ON) (?:case_|site|event)(?:_\d+)?(?: AS \w+)?(?! USING INDEX ix_case__opened)(?!\w)"
    ),
    "postgresql": re.compile(r"Seq Scan on (?:case_|site|event)\b"),
}
"""To go through all cases in the order of an index is no such scan: the page ends it. A Bloom filter is one."""


def _whole_tables(store: CaseStore, statement: Select[Any]) -> list[str]:
    return [line for line in _plan_of(store, statement) if _SCANS[store.engine.dialect.name].search(line)]


def _plan_of(store: CaseStore, statement: Select[Any]) -> list[str]:
    with store.reading() as session:
        if store.engine.dialect.name == "postgresql":  # As docker-compose.yml sets it, for disks that do not turn.
            session.execute(text("SET LOCAL random_page_cost = 1.1"))
        return [str(row[-1]) for row in session.execute(Plan(statement))]
