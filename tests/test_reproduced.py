"""Decisions run again: the same, or exactly what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from desks import a_desk, at_location, go_to, later, rules, town
from edited_layers import Edit, edited, parts_of, town_of
from sqlalchemy import select

from gis_ce.actions.desk import Desk
from gis_ce.actions.reproducing import Reproduced, reproduce
from gis_ce.case_store import CaseStore
from gis_ce.decision_chain import forget_personal
from gis_ce.tables import Decision, DecisionRecord
from layers.errors import VersionMissing
from layers.features import LayerPart
from layers.query import LayerQuery

DESK = a_desk()


def opener(*queries: LayerQuery, gone: str = ""):  # type: ignore[no-untyped-def]
    """Opens versions of the layers of some towns, as `LayerStore.open` does; without those of one layer."""
    known = {part.version.version: part for query in queries for part in parts_of(query)}

    def open_layers(versions: Mapping[str, str], days: Mapping[str, date]) -> LayerQuery:
        parts: list[LayerPart] = []
        for name, version in versions.items():
            if version not in known or name == gone:
                raise VersionMissing(f"The layer version {version} is not in the catalogue.")
            part = known[version]
            parts.append(replace(part, version=replace(part.version, as_of=days[name])))
        return town_of(parts)

    return open_layers


def _run(store: CaseStore, desk: Desk, number: str | int, opened=None) -> Reproduced:  # type: ignore[no-untyped-def]
    with store.reading() as session:
        return reproduce(session, desk, str(number), opened or opener(town()))


def _numbers(store: CaseStore) -> list[int]:
    with store.reading() as session:
        return sorted(set(session.scalars(select(DecisionRecord.number))))


def _number_of(store: CaseStore, check: str) -> int:
    with store.reading() as session:
        wanted = select(DecisionRecord.number).join(Decision, Decision.id == DecisionRecord.decision_id)
        return int(session.scalars(wanted.where(Decision.check == check)).first() or 0)


def test_every_decision_of_whole_cases_comes_out_the_same(case_store: CaseStore, tmp_path: Path) -> None:
    desk = a_desk(folder=tmp_path)
    for x, y, sigma in ((50, 30, 1.0), (150, 58, 8.0), (300, 100, 0.0), (5000, 5000, 2.0)):
        go_to(case_store, desk, at_location(case_store, desk, x, y, sigma_ft=sigma).number, "")
    numbers = _numbers(case_store)
    assert len(numbers) > 8
    for number in numbers:
        found = _run(case_store, later(desk, days=400), number)
        assert (found.same, found.result, found.circumstances, found.impossible) == (True, (), (), ())


def test_over_later_layers_it_still_runs_over_those_it_saw(case_store: CaseStore) -> None:
    at_location(case_store, DESK)
    moved = edited(town(), [Edit("move", row, 0, 40.0, 1.0, 0) for row in range(len(parts_of(town())))])
    desk = replace(DESK, query=moved)
    for number in _numbers(case_store):
        assert _run(case_store, desk, number, opener(town(), moved)).same


def test_a_layer_version_that_is_kept_no_longer_is_named(case_store: CaseStore) -> None:
    at_location(case_store, DESK)
    found = _run(case_store, DESK, _number_of(case_store, "right_of_way"), opener(town(), gone="right_of_way"))
    assert found.same is None
    (street,) = town().layers("right_of_way")
    assert found.impossible == (f"Layer version {street.version} is kept no longer.",)


def test_layers_with_other_content_show_in_each_field_that_differs(case_store: CaseStore) -> None:
    at_location(case_store, DESK)
    street = next(n for n, part in enumerate(parts_of(town())) if part.description.role == "right_of_way")
    forged = edited(town(), [Edit("move", street, 0, 40.0, -1.5707963267948966, 0)], forged=True)
    found = _run(case_store, DESK, _number_of(case_store, "right_of_way"), opener(forged))
    assert found.same is False
    differs = {each.what: (each.then, each.now) for each in found.result}
    assert differs["answer"] == ("inside", None)
    assert differs["margin_ft"] == (pytest.approx(30.0), pytest.approx(-10.0))
    assert differs["sentence"][0].startswith("Inside or outside the right of way: inside")
    assert {"facts", "evidence", "probability"} & set(differs)


def test_a_changed_rule_is_named_with_what_it_said(case_store: CaseStore) -> None:
    at_location(case_store, DESK)
    book = rules().rulebook
    other = tuple(replace(rule, text="Other words.") if rule.subject == "right_of_way" else rule for rule in book.rules)
    desk = replace(DESK, rules=replace(rules(), rulebook=replace(book, rules=other)))
    found = _run(case_store, desk, _number_of(case_store, "right_of_way"))
    named = {each.what.partition(": ")[2] or each.what: each for each in found.circumstances}
    assert {"text", "digest", "rules pack"} <= set(named)
    assert named["text"].now == "Other words."
    assert found.same is True


@pytest.mark.spoils_decisions
def test_another_library_is_named(case_store: CaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    at_location(case_store, DESK)
    now = {**__import__("gis_ce.made_with", fromlist=["made_with"]).made_with(), "geos": "4.0.0"}
    monkeypatch.setattr("gis_ce.actions.reproducing.made_with", lambda: now)
    found = _run(case_store, DESK, _number_of(case_store, "right_of_way"))
    assert [(each.what, each.now) for each in found.circumstances] == [("geos", "4.0.0")]
    assert found.same is True


@pytest.mark.spoils_decisions
def test_without_the_words_on_people_it_cannot_run_and_says_so(case_store: CaseStore) -> None:
    at_location(case_store, DESK)
    with case_store.session() as session:
        for case_id in set(session.scalars(select(Decision.case_id))):
            forget_personal(session, case_id)
        session.commit()
    found = _run(case_store, DESK, 1)
    assert found.same is None
    assert "was deleted" in found.impossible[0]
