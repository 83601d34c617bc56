"""Finding cases by their words: the same on both databases, kept by every writer, put back where they are missing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_cases import add_case
from sqlalchemy import select, text, update

from gis_ce import case_search, word_guards
from gis_ce.case_lists import CaseFilter, listed
from gis_ce.case_search import SEARCHED, grams, says, says_by_looking
from gis_ce.case_store import CaseStore, ensure_spatial_index
from gis_ce.case_words import folded, words_of
from gis_ce.tables import Case, Site

TITLES = {
    "a": "Straße unter Wasser",
    "b": "CAFÉ at the corner, 50 % open",
    "c": unicodedata.normalize("NFD", "café") + ' "under_water" / back\\slash',
    "d": "İstanbul grill\u2019s grease",
    "e": "Hydrant № \uff14\uff12 — ﬁre lane",
    "f": "漏水 報告 漏水管",
}
LOOKED_FOR = {
    "strasse": "a",
    "STRASSE U": "a",
    "café": "bc",
    "50 % o": "b",
    "0 %": "b",
    "r_w": "c",
    'r_water"': "c",
    "k\\s": "c",
    "%": "b",
    "_": "c",
    "/": "c",
    "istanbul": "",
    "i̇stanbul": "d",
    "no 42": "e",
    "fire  LANE": "e",
    "漏水": "f",
    "漏水管": "f",
    "dam-2026-B": "b",
    "corner, 50 % open main": "",
    "12 Oak St": "abcdef",
}


@pytest.fixture
def filled(case_store: CaseStore) -> CaseStore:
    with case_store.session() as session:
        for name, title in TITLES.items():
            add_case(session, name, title=title)
            session.scalars(select(Site).where(Site.case_id == name)).one().address = "12 Oak St"
        session.commit()
    return case_store


def found(store: CaseStore, wanted: str, common: bool = False) -> str:
    with store.reading() as session:
        rows = session.execute(listed(CaseFilter(text=wanted), common=common))
        return "".join(sorted(case.id for case, _ in rows))


@pytest.mark.parametrize("common", [False, True])
def test_words_are_found_in_any_case_and_form_of_letters(filled: CaseStore, common: bool) -> None:
    assert {wanted: found(filled, wanted, common) for wanted in LOOKED_FOR} == LOOKED_FOR


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=12), st.text(max_size=8), st.text(max_size=8))
def test_any_words_are_found_by_the_index_where_they_stand(
    case_store: CaseStore, wanted: str, before: str, after: str
) -> None:
    wanted, before, after = (
        word.replace("\0", "").encode("utf-8", "ignore").decode() for word in (wanted, before, after)
    )
    with case_store.session() as session:
        add_case(session, "x", title=before + wanted + after)
        session.flush()
        words = session.scalars(select(Site.words)).one()
        for condition in (says(wanted), says_by_looking(wanted)):
            assert bool(session.scalars(select(Site.id).where(condition)).all()) == (folded(wanted) in str(words))


def test_every_change_of_a_case_or_a_place_brings_its_words_along(filled: CaseStore) -> None:
    with filled.session() as session:
        session.get_one(Case, "a").title = "Grease in the creek"
        session.scalars(select(Site).where(Site.case_id == "b")).one().address = "9 Elm Rd"
        session.commit()
    assert (found(filled, "strasse"), found(filled, "grease in"), found(filled, "9 elm")) == ("", "a", "b")
    with filled.session() as session:
        for kept in session.execute(select(Site.words, Case, Site.address).join(Case, Case.id == Site.case_id)):
            assert kept.words == words_of(kept.Case.number, kept.Case.title, kept.Case.description, kept.address)


def test_an_upgrade_fills_in_words_that_are_missing(filled: CaseStore) -> None:
    with filled.session() as session:
        session.execute(update(Site).values(words=None))
        session.commit()
    assert found(filled, "café") == ""
    assert [finding.severity for finding in filled.check()] == ["warning"]
    filled.upgrade()
    assert found(filled, "café") == "bc"
    assert filled.check() == []


def test_the_index_comes_back_with_all_its_rows_where_it_was_dropped(filled: CaseStore) -> None:
    postgresql = filled.engine.dialect.name == "postgresql"
    with filled.session() as session:
        gone = ["DROP INDEX ix_site_words"] if postgresql else [f"DROP TRIGGER {SEARCHED}_update"]
        for statement in gone:
            session.execute(text(statement))
        session.execute(update(Site).where(Site.case_id == "a").values(words="by another program"))
        session.commit()
    missing = "ix_site_words" if postgresql else f"{SEARCHED}_update"
    assert any(missing in finding.what for finding in filled.check())
    assert ensure_spatial_index(filled.engine) == [missing]
    assert found(filled, "another program") == "a"
    assert ensure_spatial_index(filled.engine) == []


def test_a_python_without_fts5_looks_at_each_case(filled: CaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (case_search, word_guards):
        monkeypatch.setattr(module, "has_grams", lambda: False)
    if filled.engine.dialect.name == "sqlite":
        assert ensure_spatial_index(filled.engine) == [f"{SEARCHED}_{when}" for when in ("insert", "update", "delete")]
        assert [finding.severity for finding in filled.check()] == ["warning"]
    with filled.session() as session:
        add_case(session, "g", title="written without an index")
        session.commit()
    assert (found(filled, "without an"), found(filled, "strasse")) == ("g", "a")
    monkeypatch.undo()
    ensure_spatial_index(filled.engine)
    assert (found(filled, "without an"), found(filled, "strasse")) == ("g", "a")
    assert filled.check() == []


def test_what_the_index_is_asked_for_has_an_end() -> None:
    assert grams('a"bc') == '"a""b" AND """bc"'
    assert grams("aaaaaa") == '"aaa"'
    assert len(grams("".join(map(chr, range(0x4E00, 0x4F00)))).split(" AND ")) == 32
