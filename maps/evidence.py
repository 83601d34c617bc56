"""The evidence of a check as GeoJSON in degrees, for any map that draws it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_ce.checks.check import Account, Check, Evidence, Findings
from layers.grid import Grid
from maps.style import style

_PLACES = 8
_MADE = re.compile("x[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class PageCheck:
    """One check of one place, as a page shows it. `margin_ft` and `probability` are None where unmeasured."""

    name: str
    question: str
    answer: str | None
    undecided_because: str | None
    margin_ft: float | None
    probability: float | None
    rule_id: str | None
    rule_citation: str | None
    rule_text: str | None
    feature_id: str | None
    sentence: str
    evidence: tuple[Evidence, ...]


def page_check(check: Check, findings: Findings, row: int, account: Account, feature_id: str | None) -> PageCheck:
    """One row of a check's findings, with its account, ready for a page."""
    rule = findings.rule_of(row)
    return PageCheck(
        name=check.name,
        question=check.question,
        answer=findings.answer_of(row),
        undecided_because=findings.reason_of(row),
        margin_ft=_known(float(findings.measures.margin_ft[row])),
        probability=_known(float(findings.probability[row])),
        rule_id=rule.id if rule else None,
        rule_citation=rule.citation if rule else None,
        rule_text=rule.text if rule else None,
        feature_id=feature_id,
        sentence=account.sentence,
        evidence=account.evidence,
    )


def evidence_collection(evidence: Sequence[Evidence], grid: Grid) -> dict[str, object]:
    """A GeoJSON FeatureCollection in degrees; each feature tells its `kind`, `label`, and what else is known.

    Empty geometry is left out; features come in the order in which they are to be drawn.
    """
    drawn = [item for item in evidence if item.geometry is not None and not item.geometry.is_empty]
    drawn.sort(key=lambda item: style().evidence[item.kind].order)
    properties = [{"kind": item.kind, "label": item.label} | _more(item) for item in drawn]
    return collection([item.geometry for item in drawn], properties, grid)


def own_id(feature_id: str | None) -> str | None:
    """The id that people know a feature by; None where it was made at the import for want of one."""
    return None if feature_id is None or _MADE.fullmatch(feature_id) else feature_id


def collection(
    geometries: Iterable[BaseGeometry], properties: Sequence[dict[str, object]], grid: Grid | None
) -> dict[str, object]:
    """A FeatureCollection; geometries are moved from the grid to degrees, or are in degrees already (None)."""
    return {"type": "FeatureCollection", "features": map_features(geometries, properties, grid)}


def map_features(
    geometries: Iterable[BaseGeometry], properties: Sequence[dict[str, object]], grid: Grid | None
) -> list[dict[str, object]]:
    """The features of such a collection."""
    shapes = np.array(list(geometries), dtype=object)
    moved = grid.to_lonlat(shapes) if grid is not None else shapes
    return [
        {"type": "Feature", "geometry": _geometry(shape), "properties": told}
        for shape, told in zip(moved, properties, strict=True)
    ]


def _geometry(shape: BaseGeometry) -> dict[str, object]:
    rounded = shapely.transform(shape, lambda coordinates: np.round(coordinates, _PLACES))
    mapping: dict[str, object] = rounded.__geo_interface__
    return mapping


def _more(item: Evidence) -> dict[str, object]:
    """What the second code of a line or the hatch of an easement needs."""
    told: dict[str, object] = {"role": item.role} if item.role else {}
    return told | ({"modelled": True} if item.modelled else {})


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
