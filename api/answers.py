"""From findings to messages: plain values, made once at the end of the columnar path."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from api.access import View
from gis_ce.batch import feature_ids
from gis_ce.checks.check import Check, Findings, Sites
from gis_ce.rules import Rule
from layers.grid import Grid
from maps.evidence import evidence_collection

Message = dict[str, Any]


def known(value: float) -> float | None:
    """A number, or None where it was not measured."""
    return float(value) if math.isfinite(value) else None


def rule_note(rule: Rule) -> Message:
    """A rule as an answer quotes it."""
    return {"id": rule.id, "citation": rule.citation, "text": rule.text, "status": rule.status}


def rules_of(findings: Mapping[str, Findings]) -> dict[str, Message]:
    """Every rule that an answer rests on, by its id."""
    used = (
        found.measures.chosen.rules[code]
        for found in findings.values()
        for code in sorted({*found.measures.chosen.index.tolist()})
        if code >= 0
    )
    return {rule.id: rule_note(rule) for rule in used}


def finding_messages(found: Findings, view: View) -> list[Message]:
    """One check's findings for all sites, one message a site."""
    measures = found.measures
    rules = [rule.id for rule in measures.chosen.rules]
    columns = {
        "answer": _words(found.answers, found.answer),
        "undecided_because": _words(found.reasons, found.reason),
        "margin_ft": _numbers(measures.margin_ft),
        "probability": _numbers(found.probability),
        "sigma_ft": _numbers(found.sigma_ft),
        "feature_id": list(feature_ids(found, view.query)),
        "rule_id": _words(rules, measures.chosen.index),
    }
    facts = {name: _plain(values) for name, values in measures.facts.items() if not name.endswith("_row")}
    messages = [
        {"check": found.check} | dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
    ]
    for row, message in enumerate(messages):
        message["facts"] = {name: values[row] for name, values in facts.items() if values[row] is not None}
    return messages


def account_message(check: Check, sites: Sites, view: View, found: Findings, row: int, grid: Grid) -> Message:
    """One answer in words, with its evidence in degrees."""
    account = view.explain(check, sites, found, row)
    return {
        "question": check.question,
        "sentence": account.sentence,
        "evidence": evidence_collection(account.evidence, grid),
    }


def _words(words: Sequence[str], codes: npt.NDArray[Any]) -> list[str | None]:
    said = [*words, None]
    return [said[code] for code in codes.tolist()]


def _numbers(values: npt.NDArray[np.float64]) -> list[float | None]:
    return [known(value) for value in values.tolist()]


def _plain(values: npt.NDArray[Any]) -> list[Any]:
    if values.dtype.kind == "f":
        return _numbers(values)
    if values.dtype == object:
        return [None if value is None else str(value) for value in values]
    return list(values.tolist())
