"""Things on the map by what somebody types, and the table of cases behind the officers' map."""

from __future__ import annotations

import pytest
from many_cases import fill
from small_town import Town, make_town

from api.wiring import open_city
from gis_ce.case_store import CaseStore
from gis_ce.case_table_of_map import case_table
from gis_ce.place_search import found_by_words


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.mark.parametrize(
    ("words", "labels"),
    [
        ("131 ma", ["131 Main Street", "131 MAIN ST"]),
        ("  hy-1 ", ["HY-1"]),
        ("n10", ["N10"]),
        ("131 main strete", ["131 MAIN ST"]),
        ("x", []),
        ("no such thing", []),
        ("%_*", []),
    ],
)
def test_words_find_addresses_parcels_and_facilities(town: Town, words: str, labels: list[str]) -> None:
    view = open_city(town.settings).view("staff")
    assert [hit.label for hit in found_by_words(view.query, view.addresses, words)] == labels


def test_what_begins_with_the_words_comes_before_what_holds_them(town: Town) -> None:
    view = open_city(town.settings).view("staff")
    labels = [hit.label for hit in found_by_words(view.query, view.addresses, "1 main", most=3)]
    assert labels == ["101 Main Street", "111 Main Street", "121 Main Street"]


def test_a_layer_kept_for_staff_is_not_found_by_the_public(town: Town) -> None:
    city = open_city(town.settings)
    staff, public = city.view("staff"), city.view("public")
    assert found_by_words(staff.query, staff.addresses, "HY-1")
    assert found_by_words(public.query, public.addresses, "HY-1") == ()


def test_the_table_holds_open_cases_or_all_and_says_when_there_are_more(case_store: CaseStore) -> None:
    fill(case_store, 400)
    with case_store.reading() as session:
        every = case_table(session, closed=True)
        still = case_table(session, closed=False)
        cut = case_table(session, closed=True, most=10)
        of_two = case_table(session, closed=True, types=("type_1", "type_2"))
    opened = every.columns["opened_at"]
    assert len(every) == 400
    assert set(still.columns["status"]) == {"open"}
    assert len(still) == sum(status == "open" for status in every.columns["status"])
    assert list(opened) == sorted(opened, reverse=True)
    assert (len(cut), cut.more, every.more) == (10, True, False)
    assert list(cut.columns["number"]) == list(every.columns["number"][:10])
    assert set(of_two.columns["type"]) == {"type_1", "type_2"}
