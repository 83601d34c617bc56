"""The tests that a pack brings with it: how they are written, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import shapely

from gis_ce.rule_rows import LINE
from gis_ce.rule_subjects import SUBJECTS
from gis_ce.rules import NO_TESTS, PackTests
from layers.catalog import ROLE_BY_NAME

_KINDS: Mapping[str, Mapping[str, type]] = {
    "check": {"name": str, "at": list, "structure": str, "day": date, "answer": str, "undecided": str, "details": dict},
    "code": {"name": str, "day": date, "meaning": str, "clear": bool},
    "subject": {"name": str, "day": date, "rule": str},
    "given": {"name": str, "last_day": date},
}
"""What each kind of case may say beside its first word: a check's answer at a place, a response code's
meaning, the rule in force on a day, the last day of a ticket given on a day."""
_MUST: Mapping[str, tuple[str, ...]] = {
    "check": ("day",),
    "code": ("day", "meaning", "clear"),
    "subject": ("day", "rule"),
    "given": ("last_day",),
}
_HEAD: Mapping[str, type] = {"check": str, "code": str, "subject": str, "given": date}


def pack_tests(tests: Any) -> PackTests:
    """The tests of a pack without mistakes; none where it brings none."""
    if tests is None:
        return NO_TESTS
    town = {role: [_plain(row) for row in rows] for role, rows in tests.get("town", {}).items() if role != LINE}
    return PackTests(town, tuple({**_plain(case), "line": case[LINE]} for case in tests.get("cases", ())))


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _plain(value) if isinstance(value, dict) else value for key, value in row.items() if key != LINE}


def kind_of(case: Mapping[str, Any]) -> str | None:
    """Which kind of case it is, by the first word it has; None for none."""
    return next((kind for kind in _KINDS if kind in case), None)


def case_mistakes(tests: Any) -> list[str]:
    """Everything that is wrong with how a pack's tests are written, with lines."""
    if tests is None:
        return []
    town, cases = tests.get("town", {}), tests.get("cases")
    place = f"line {tests[LINE]} (tests)"
    found = [f"{place}: {key} is not a key of tests" for key in sorted(set(tests) - {"town", "cases", LINE})]
    if not isinstance(town, dict) or not isinstance(cases, list) or not cases:
        return [*found, f"{place}: tests have a list of cases, and a town of roles where cases ask checks"]
    for role, rows in town.items():
        if role != LINE:
            found += _role_mistakes(place, role, rows)
    return found + [mistake for case in cases for mistake in _case_mistakes(place, case)]


def _role_mistakes(place: str, role: str, rows: Any) -> list[str]:
    if role not in ROLE_BY_NAME:
        return [f"{place}: town.{role} is not a role of layers"]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return [f"{place}: town.{role} is not a list of features"]
    known = {"id", "wkt", *(field.name for field in ROLE_BY_NAME[role].fields)}
    found = []
    for row in rows:
        here = f"line {row[LINE]} (town.{role})"
        found += [f"{here}: {key} is not a field of {role}" for key in sorted(set(row) - known - {LINE})]
        found += [f"{here}: {key} is missing" for key in ("id", "wkt") if not isinstance(row.get(key), str)]
        if isinstance(row.get("wkt"), str) and not _is_shape(row["wkt"]):
            found.append(f"{here}: wkt is no geometry")
    return found


def _is_shape(wkt: str) -> bool:
    return shapely.from_wkt(wkt, on_invalid="ignore") is not None


def _case_mistakes(place: str, case: Any) -> list[str]:
    if not isinstance(case, dict):
        return [f"{place}: a case is a table, not {case!r}"]
    here, kind = f"line {case[LINE]} (case)", kind_of(case)
    if kind is None:
        return [f"{here}: a case begins with one of {', '.join(_KINDS)}"]
    known = {kind: _HEAD[kind], **_KINDS[kind]}
    found = [f"{here}: {key} is not a key of a case on a {kind}" for key in sorted(set(case) - set(known) - {LINE})]
    found += [f"{here}: {key} is missing" for key in _MUST[kind] if key not in case]
    found += [
        f"{here}: {key} is not a {wanted.__name__}"
        for key, wanted in known.items()
        if key in case and not isinstance(case[key], wanted)
    ]
    return found + _content_mistakes(here, kind, case)


def _content_mistakes(here: str, kind: str, case: Mapping[str, Any]) -> list[str]:
    found = []
    if kind == "subject" and case["subject"] not in SUBJECTS:
        found.append(f"{here}: {case['subject']} is not one of {', '.join(SUBJECTS)}")
    if kind == "check" and ("answer" in case) == ("undecided" in case):
        found.append(f"{here}: a case on a check has either an answer or the beginning of why it is undecided")
    at = case.get("at", [0, 0])
    if isinstance(at, list) and (len(at) != 2 or not all(isinstance(part, int | float) for part in at)):
        found.append(f"{here}: at is not two numbers, feet east and north")
    if isinstance(case.get("structure"), str) and not _is_shape(case["structure"]):
        found.append(f"{here}: structure is no geometry")
    return found
