"""Many cases at once: a table of cases in, the same table with the findings out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from gis_ce.case_table import Cases
from gis_ce.checks.check import Check, Findings, Sites
from gis_ce.checks.measuring import ids_of
from layers.features import Texts
from layers.query import LayerQuery

Assess = Callable[[Sites, Sequence[Check]], Mapping[str, Findings]]

PLACE_COLUMNS = ("easting_ft", "northing_ft", "located_by", "problem", "layer_versions")
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Tally:
    """How many sites have one answer of one check; `answer` is None for undecided, `reason` says why."""

    check: str
    answer: str | None
    reason: str | None
    count: int


def assess_cases(table: pa.Table, cases: Cases, checks: Sequence[Check], assess: Assess, query: LayerQuery) -> pa.Table:
    """The table with a column for every answer, reason, measure and rule; its rows keep their order.

    Columns of the table that have the name of one of ours are kept as `given_<name>`. The geometry
    column holds the places on the grid in feet, as WKB; it is empty where a row was not located.
    """
    findings = assess(cases.sites, checks)
    ours: dict[str, pa.Array] = _place_columns(cases, findings)
    for name, found in findings.items():
        ours |= finding_columns(name, found, query)
    given = {f"given_{name}" if name in ours else name: table.column(name) for name in table.column_names}
    given.pop("geometry", None)
    shapes = pa.array(shapely.to_wkb(cases.sites.place), pa.binary())
    return pa.table({**given, **ours, "geometry": shapes})


def finding_columns(name: str, found: Findings, query: LayerQuery) -> dict[str, pa.Array]:
    """One check's findings as columns; units are in their names."""
    measures = found.measures
    rules = [rule.id for rule in measures.chosen.rules]
    columns = {
        name: _words(found.answers, found.answer),
        f"{name}_reason": _words(found.reasons, found.reason),
        f"{name}_margin_ft": _numbers(measures.margin_ft),
        f"{name}_probability": _numbers(found.probability),
        f"{name}_feature_id": pa.array(feature_ids(found, query), pa.string()),
        f"{name}_rule_id": _words(rules, measures.chosen.index),
    }
    if not found.answers:
        columns = {key: columns[key] for key in (f"{name}_reason", f"{name}_rule_id")}
    facts = {f"{name}_{fact}": values for fact, values in measures.facts.items() if not fact.endswith("_row")}
    return columns | {key: _fact(values) for key, values in facts.items()}


def feature_ids(found: Findings, query: LayerQuery) -> Texts:
    """The id of the feature that each answer turned on; None where there is none."""
    measures = found.measures
    if measures.role is None or not query.has(measures.role):
        return np.asarray(measures.facts.get("facility_id", np.full(len(found), None, dtype=object)), dtype=object)
    return ids_of(query.features(measures.role), measures.feature)


def tally(table: pa.Table, checks: Sequence[Check]) -> list[Tally]:
    """How often each answer and each reason stands in a table of findings."""
    found = []
    for check in checks:
        reason = f"{check.name}_reason"
        answer = table.column(check.name) if check.answers else pa.nulls(len(table), pa.string())
        pairs = pa.table({"answer": answer, "reason": table.column(reason)})
        counted = pairs.group_by(["answer", "reason"]).aggregate([([], "count_all")]).to_pylist()
        rows = [Tally(check.name, row["answer"], row["reason"], int(row["count_all"])) for row in counted]
        found += sorted(rows, key=lambda row: (row.answer is None, row.answer or "", -row.count))
    return found


def _place_columns(cases: Cases, findings: Mapping[str, Findings]) -> dict[str, pa.Array]:
    middles = shapely.get_coordinates(_points(cases.sites.place))
    versions = {version for found in findings.values() for version in found.versions.values()}
    said = " ".join(_short(version) for version in sorted(versions))
    return {
        "located_by": pa.array(cases.located_by, pa.string()),
        "problem": pa.array(cases.problem, pa.string()),
        "easting_ft": _numbers(middles[:, 0]),
        "northing_ft": _numbers(middles[:, 1]),
        "layer_versions": pa.repeat(pa.scalar(said, pa.string()), len(cases.sites)),
    }


def _short(version: str) -> str:
    """A version id with as many digits as it takes to find it again: `parcels/44e36a7d01f2`."""
    name, _, digest = version.partition("/")
    return f"{name}/{digest[:_DIGITS]}"


def _points(places: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    points = shapely.centroid(places)
    points[shapely.is_missing(points) | shapely.is_empty(points)] = shapely.Point(np.nan, np.nan)
    return points


def _words(words: Sequence[str], codes: npt.NDArray[Any]) -> pa.Array:
    """The word of each code; null for -1."""
    return pa.array(np.array([*words, None], dtype=object)[codes], pa.string())


def _numbers(values: npt.NDArray[np.float64]) -> pa.Array:
    return pa.array(np.asarray(values, dtype=np.float64), pa.float64(), from_pandas=True)


def _fact(values: npt.NDArray[Any]) -> pa.Array:
    if values.dtype == object:
        return pa.array(values, pa.string())
    return pa.array(values, from_pandas=values.dtype.kind == "f")
