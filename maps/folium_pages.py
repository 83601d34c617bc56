"""The stand-alone pages: what the map says of one place, and what an import did."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence

import folium
from markupsafe import Markup

from gis_ce.checks.wording import feet
from layers.grid import Grid
from layers.report import ImportReport
from maps.case_evidence import CaseEvidence
from maps.evidence import PageCheck, evidence_collection, map_features, own_id
from maps.import_map import drawn_count, import_map
from maps.leaflet_map import MAX_ZOOM, MOST_FEATURES, Call, map_parts
from maps.standalone import TEMPLATES, standalone_page
from maps.style import style

__all__ = ["PageCheck", "case_map", "case_page", "evidence_page", "import_report_page"]

_LISTED = 100


def evidence_page(
    title: str,
    facts: Sequence[tuple[str, str]],
    checks: Sequence[PageCheck],
    grid_epsg: int,
    versions: Mapping[str, str] | None = None,
) -> str:
    """One place's checks as one file: a table of answers beside a map of their evidence.

    `facts` are lines above the table, such as the address and the day. Every string is shown as
    text, whatever it holds. Nothing is asked of another host.
    """
    grid, share = Grid(grid_epsg), MOST_FEATURES // max(1, len(checks))
    drawn = [{"name": check.name, "evidence": evidence_collection(check.evidence[:share], grid)} for check in checks]
    column = TEMPLATES.get_template("evidence.html.j2").render(
        title=title,
        facts=facts,
        checks=checks,
        versions=versions or {},
        feet=feet,
        own_id=own_id,
        left_out=sum(max(0, len(check.evidence) - share) for check in checks),
    )
    call = Call("showChecks", (style().as_json(), drawn))
    return standalone_page(title, Markup(column), map_parts("evidence", call))


def case_page(case: CaseEvidence) -> str:
    """What the map said of a case as one file, for e-mail and hearing packets."""
    return evidence_page(case.title, case.facts, case.checks, case.grid_epsg, case.versions)


def case_map(case: CaseEvidence) -> folium.Map:
    """What the map said of a case as a folium map for a notebook: a layer for each check, with its look.

    Nothing lies under it but what the case has; a layer control switches checks. folium fetches Leaflet from its own
    hosts when the notebook shows it; for a file that asks nobody there is `case_page`.
    """
    grid, drawn = Grid(case.grid_epsg), folium.Map(tiles=None, max_zoom=MAX_ZOOM)
    for number, check in enumerate(case.checks):
        group = folium.FeatureGroup(
            name=html.escape(f"{check.question} {check.answer or 'undecided'}"), show=not number
        )
        for feature in _drawn(check, grid):
            group.add_child(feature)
        drawn.add_child(group)
    drawn.add_child(folium.LayerControl(collapsed=False))
    frame = case.frame()
    if len(frame):
        west, south, east, north = frame.to_crs(4326).total_bounds.tolist()
        drawn.fit_bounds([[south, west], [north, east]], max_zoom=MAX_ZOOM)
    return drawn


def import_report_page(report: ImportReport, modelled: bool = False) -> str:
    """What an import did as one file: its counts, remarks and warnings beside a small map of a sample."""
    title = f"Import of {report.layer}"
    parts = import_map(report, modelled)
    drawn = None if parts is None else drawn_count(report)
    column = TEMPLATES.get_template("import_report.html.j2").render(
        title=title, report=report, drawn=drawn, listed=_LISTED
    )
    return standalone_page(title, Markup(column), parts)


def _drawn(check: PageCheck, grid: Grid) -> Iterator[folium.GeoJson]:
    """The evidence of a check, each shape in its look, its label as a tooltip; markup in a label stays text."""
    drawn = [item for item in check.evidence if not item.geometry.is_empty]
    told: list[dict[str, object]] = [{} for _ in drawn]
    for item, feature in zip(drawn, map_features([item.geometry for item in drawn], told, grid), strict=True):
        look = style().evidence[item.kind]
        paint = {
            "color": look.colour,
            "weight": look.width,
            "dashArray": look.dash or "",
            "fillColor": look.fill or look.colour,
            "fillOpacity": look.fill_opacity,
        }
        yield folium.GeoJson(
            feature,
            style_function=lambda _, paint=paint: paint,
            marker=folium.CircleMarker(radius=look.size / 3),
            tooltip=html.escape(item.label or look.title),
        )
