"""The stand-alone pages: what the map says of one place, and what an import did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from gis_ce.checks.wording import feet
from layers.grid import Grid
from layers.report import ImportReport
from maps.evidence import PageCheck, evidence_collection, own_id
from maps.import_map import drawn_count, import_map
from maps.leaflet_map import MOST_FEATURES, Call, map_parts
from maps.standalone import TEMPLATES, standalone_page
from maps.style import style

__all__ = ["PageCheck", "evidence_page", "import_report_page"]

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


def import_report_page(report: ImportReport, modelled: bool = False) -> str:
    """What an import did as one file: its counts, remarks and warnings beside a small map of a sample."""
    title = f"Import of {report.layer}"
    parts = import_map(report, modelled)
    drawn = None if parts is None else drawn_count(report)
    column = TEMPLATES.get_template("import_report.html.j2").render(
        title=title, report=report, drawn=drawn, listed=_LISTED
    )
    return standalone_page(title, Markup(column), parts)
