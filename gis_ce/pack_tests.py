"""Runs the tests that a pack brings with it, and refuses a pack that fails them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from gis_ce.assess import assess, chosen_checks
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Check, Findings, Sites
from gis_ce.checks.ticket_terms import unit_of
from gis_ce.clock import day_after
from gis_ce.errors import UnknownCheck
from gis_ce.file_errors import PackRefused
from gis_ce.pack_cases import kind_of
from gis_ce.rule_files import open_pack
from gis_ce.rules import RuleBook
from layers.catalog import ROLE_BY_NAME
from layers.features import Features, LayerPart
from layers.model import LayerDescription, LayerVersion
from layers.query import LayerQuery

_KINDS = {"text": pa.string(), "number": pa.float64(), "date": pa.date32()}
_SHAPES = ("marks", "exposed")
"""Details that are geometries; a case writes them as WKT."""
_ANY_GRID = 0
_DRAWN_ON = date(1900, 1, 1)


def open_tested_pack(name: str, folder: Path | None = None, checks: Sequence[Check] = CHECKS) -> RuleBook:
    """The pack of that name; raises PackRefused with every test of it, or of a pack below, that fails."""
    book = open_pack(name, folder)
    failed = failed_tests(book, checks)
    if failed:
        raise PackRefused(book.pack, failed)
    return book


def failed_tests(book: RuleBook, checks: Sequence[Check] = CHECKS) -> list[str]:
    """The tests that fail, each in one line: those of the packs below first, then the pack's own."""
    below = failed_tests(book.base, checks) if book.base is not None else []
    query = _town(book.tests.town)
    own = [(case, _failure(case, book, query, checks)) for case in book.tests.cases]
    return below + [
        f"{book.pack}.yaml line {case['line']}{_name(case)}: {failure}" for case, failure in own if failure is not None
    ]


def _name(case: Mapping[str, Any]) -> str:
    return f" ({case['name']})" if "name" in case else ""


def _failure(case: Mapping[str, Any], book: RuleBook, query: LayerQuery, checks: Sequence[Check]) -> str | None:
    kind = kind_of(case)
    if kind == "check":
        return _check_failure(case, book, query, checks)
    if kind == "code":
        return _code_failure(case, book)
    return _subject_failure(case, book) if kind == "subject" else _given_failure(case, book)


def _check_failure(case: Mapping[str, Any], book: RuleBook, query: LayerQuery, checks: Sequence[Check]) -> str | None:
    try:
        chosen = chosen_checks(checks, [case["check"]])
    except UnknownCheck as error:
        return str(error)
    found = assess(_site(case), query, book, chosen)[case["check"]]
    if "answer" in case:
        return None if found.answer_of(0) == case["answer"] else f"expected {case['answer']}, got {_got(found)}"
    reason = found.reason_of(0) or ""
    expected = case["undecided"]
    return None if reason.startswith(expected) else f"expected undecided ({expected}), got {_got(found)}"


def _got(found: Findings) -> str:
    return found.answer_of(0) or f"undecided ({found.reason_of(0)})"


def _code_failure(case: Mapping[str, Any], book: RuleBook) -> str | None:
    rule = book.on("response_codes", case["day"])
    line = rule.table("codes").get(case["code"]) if rule is not None else None
    if line is None:
        return f"code {case['code']} has no meaning on {case['day']}"
    got = (line["meaning"], line["clear"])
    expected = (case["meaning"], case["clear"])
    return None if got == expected else f"code {case['code']} means {got[0]} (clear: {got[1]}), not {expected[0]}"


def _subject_failure(case: Mapping[str, Any], book: RuleBook) -> str | None:
    rule = book.on(case["subject"], case["day"])
    got = rule.id if rule is not None else "none"
    return None if got == case["rule"] else f"on {case['day']} the rule is {got}, not {case['rule']}"


def _given_failure(case: Mapping[str, Any], book: RuleBook) -> str | None:
    rule = book.on("ticket_life", case["given"])
    unit = unit_of(rule.word("life_unit")) if rule is not None else None
    if rule is None or unit is None:
        return f"no rule gives the life of a ticket of {case['given']}"
    last = day_after(case["given"], round(rule.number("life")), unit, book.calendar)
    return None if last == case["last_day"] else f"its last day is {last}, not {case['last_day']}"


def _site(case: Mapping[str, Any]) -> Sites:
    details = {
        name: _column(shapely.from_wkt(value) if name in _SHAPES else value)
        for name, value in case.get("details", {}).items()
    }
    at, structure = case.get("at"), case.get("structure")
    return Sites(
        _column(shapely.Point(at) if at is not None else None),
        _column(shapely.from_wkt(structure) if structure is not None else None),
        np.zeros(1),
        np.array([case["day"]], dtype="datetime64[D]"),
        details,
    )


def _column(value: Any) -> Any:
    column = np.empty(1, dtype=object)
    column[0] = value
    return column


def _town(town: Mapping[str, Sequence[Mapping[str, Any]]]) -> LayerQuery:
    """The pack's drawn town; its positions are exact, its layers never stale."""
    return LayerQuery([Features(role, [_part(role, rows)]) for role, rows in town.items()], _ANY_GRID)


def _part(role: str, rows: Sequence[Mapping[str, Any]]) -> LayerPart:
    version = LayerVersion(role, f"{role}/drawn", len(rows), _DRAWN_ON, datetime(1900, 1, 1, tzinfo=UTC))
    description = LayerDescription(role, role, "public", "recorded", 0.0, None, _ANY_GRID, "drawn in the pack", "")
    columns = {"id": pa.array([row["id"] for row in rows], pa.string())}
    for field in ROLE_BY_NAME[role].fields:
        columns[field.name] = pa.array([row.get(field.name) for row in rows], _KINDS[field.kind])
    geometry = np.array([shapely.from_wkt(row["wkt"]) for row in rows], dtype=object)
    return LayerPart(version, description, pa.table(columns), geometry)
