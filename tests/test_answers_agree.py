"""Two servers' answers to one request are held against each other field by field."""

from __future__ import annotations

from typing import Any

from benchmarks.answers_agree import differing
from gis_ce.assess import TOO_POOR


def test_a_fact_that_one_answer_lacks_or_has_otherwise_is_named() -> None:
    theirs = _answer(facts={"frontage_ft": 80.0004, "crosses_parcels": "P1"})
    assert differing(_answer(facts={"frontage_ft": 80.0}), theirs) == [
        "/places/0/findings/0/facts/crosses_parcels: None, 'P1'"
    ]
    assert differing(_answer(margin_ft=3.0), _answer(margin_ft=3.001)) == ["/places/0/findings/0/margin_ft: 3.0, 3.001"]


def test_decided_and_undecided_are_alike_only_where_the_probability_is_near_the_confidence() -> None:
    open_there = {"answer": None, "undecided_because": TOO_POOR}
    assert differing(_answer(probability=0.96), _answer(probability=0.94, **open_there)) == []
    assert differing(_answer(probability=0.85, **open_there), _answer(probability=0.85)) != []


def _answer(**said: Any) -> dict[str, Any]:
    finding = {"answer": "yes", "undecided_because": None, "margin_ft": 3.0, "probability": 1.0, "facts": {}, **said}
    return {"city": "Demo Town", "places": [{"id": None, "findings": [finding]}]}
