"""What the map said of a case, as the pages and notebooks show it: each answer with its sentence and its shapes."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas
import shapely
from sqlalchemy.orm import Session

from gis_ce.actions.desk import Desk
from gis_ce.actions.exhibit_facts import ExhibitFacts, Reader, exhibit_facts, exhibits_of
from gis_ce.actions.showing import CaseShown
from gis_ce.checks.check import Evidence
from gis_ce.tables import Decision
from layers.grid import Grid
from maps.case_pictures import shape_of
from maps.evidence import PageCheck

COLUMNS = ("check", "answer", "kind", "label", "modelled", "margin_ft", "probability", "sentence")


@dataclass(frozen=True, slots=True)
class CaseEvidence:
    """A case with the newest answer of each check, for somebody who may read it; shapes are on the grid in feet."""

    title: str
    facts: tuple[tuple[str, str], ...]
    checks: tuple[PageCheck, ...]
    grid_epsg: int
    versions: Mapping[str, str]

    def frame(self) -> geopandas.GeoDataFrame:
        """Everything that can be drawn as one table, a row for each shape, on the grid; `.explore()` shows it."""
        return findings_frame(self.checks, self.grid_epsg)


def case_evidence(session: Session, desk: Desk, shown: CaseShown, reader: Reader) -> CaseEvidence:
    """The evidence of a case; raises ExhibitRefused for a case that has no place."""
    newest = {row.check: row for row in exhibits_of(shown)}
    told = [(row, exhibit_facts(session, desk, shown, reader, row)) for row in newest.values()]
    whole = exhibit_facts(session, desk, shown, reader, None)
    versions = {name: version for _, facts in told for name, (version, _) in facts.layers.items()}
    return CaseEvidence(
        title=f"{whole.number}: {whole.title or whole.kind}",
        facts=(("City", whole.city), ("Kind of case", whole.kind), *whole.facts),
        checks=tuple(_page_check(row, facts) for row, facts in told),
        grid_epsg=desk.city.grid_epsg,
        versions=versions,
    )


def findings_frame(checks: Sequence[PageCheck], grid_epsg: int) -> geopandas.GeoDataFrame:
    """The evidence of some checks as one table: a row for each shape, with its check, answer, label and sentence.

    Feet on the grid. Texts are escaped, for `.explore()` shows them as markup.
    """
    rows = [
        {
            "check": check.name,
            "answer": html.escape(check.answer or ("undecided" if check.undecided_because else "for information")),
            "kind": item.kind,
            "label": html.escape(item.label),
            "modelled": item.modelled,
            "margin_ft": check.margin_ft,
            "probability": check.probability,
            "sentence": html.escape(check.sentence),
            "geometry": item.geometry,
        }
        for check in checks
        for item in check.evidence
        if item.geometry is not None and not item.geometry.is_empty
    ]
    return geopandas.GeoDataFrame(rows, columns=[*COLUMNS, "geometry"], geometry="geometry", crs=Grid(grid_epsg).crs)


def _page_check(row: Decision, facts: ExhibitFacts) -> PageCheck:
    rule, hidden = list(facts.rule), facts.answer == "Not shown"
    named = (row.evidence or {}).get("facts", {}).get("facility_id")
    return PageCheck(
        name=row.check,
        question=facts.question,
        answer=None if facts.answer == "Undecided" else facts.answer,
        undecided_because=None if hidden else row.reason,
        margin_ft=None if hidden else row.margin_ft,
        probability=None if hidden else row.probability,
        rule_id=str(row.rule.get("id")) if rule else None,
        rule_citation=rule[1] if len(rule) > 1 else None,
        rule_text=rule[0] if rule else None,
        feature_id=None if hidden or named is None else str(named),
        sentence=" ".join([facts.sentence, *facts.warnings]),
        evidence=tuple(_evidence(feature) for feature in facts.features),
    )


def _evidence(feature: Mapping[str, Mapping[str, object]]) -> Evidence:
    told = feature["properties"]
    role = told.get("role")
    return Evidence(
        shapely.force_2d(shape_of(feature)),
        told["kind"],  # type: ignore[arg-type]
        str(told.get("label") or ""),
        str(role) if role else None,
        bool(told.get("modelled")),
    )
