"""An exhibit: one page on letter paper that shows a decision of a case and what it rests on, as PDF or as a picture."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import segno
import shapely

from gis_ce.actions.exhibit_facts import ExhibitFacts, shortened
from gis_ce.typesetting import Template, typeset, typeset_png
from layers.grid import Grid
from layers.query import LayerQuery
from maps.exhibit_map import HEIGHT_IN, INSET_IN, WIDTH_IN, ExhibitMap, exhibit_map, true_north
from maps.geo_pdf import georeferenced

_TEMPLATE = Path(__file__).resolve().parent / "data" / "exhibit.typ"
_PAGE_HIGH_IN, _MARGIN_IN = 11.0, 0.5
_HEAD_IN, _HEAD_WARNED_IN = 0.68, 1.08
_POINTS = 72.0
PNG_DOTS_PER_INCH = 150.0
_LONGEST_TITLE = 70


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An exhibit ready to be set: its data and its pictures by name."""

    facts: ExhibitFacts
    map: ExhibitMap
    data: dict[str, Any]
    pictures: dict[str, bytes]
    grid: Grid

    def pdf(self) -> bytes:
        """The page as PDF/A with its text, georeferenced; the same bytes for the same decision and layers."""
        made = typeset(_template(), self.data, self.pictures, made_at=self.facts.at)
        return georeferenced(made, map_box_pt(self.data["head_in"]), self.map.frame, self.grid)

    def png(self) -> bytes:
        """The page as a picture."""
        return typeset_png(_template(), self.data, self.pictures, dots_per_inch=PNG_DOTS_PER_INCH)


def exhibit(facts: ExhibitFacts, seen: LayerQuery | None, today: LayerQuery) -> Exhibit:
    """The exhibit of a decision. `seen` are the layers as the decision saw them; None where they are kept no longer."""
    drawn, grid = exhibit_map(facts, seen, today), Grid(today.grid_epsg)
    pictures = {"map.svg": drawn.svg, "inset.svg": drawn.inset}
    if facts.hash:
        pictures["qr.svg"] = _qr(facts)
    warnings = [*facts.warnings, *_of_other_versions(facts, seen)]
    data = {
        "number": facts.number,
        "kind": facts.kind,
        "title": shortened(facts.title, _LONGEST_TITLE, ""),
        "city": facts.city,
        "question": facts.question,
        "answer": facts.answer,
        "undecided": facts.answer == "Undecided",
        "sentence": facts.sentence,
        "warnings": warnings,
        "facts": [list(row) for row in facts.facts],
        "rule": list(facts.rule),
        "record": facts.record or "This exhibit shows no decision on record.",
        "hash": facts.hash,
        "qr": bool(facts.hash),
        "head_in": _HEAD_WARNED_IN if warnings else _HEAD_IN,
        "map_in": drawn.height_in,
        "scale": f"{drawn.feet_per_inch:,}",
        "inset_in": INSET_IN,
        "inset_scale": f"{drawn.inset_feet_per_inch:,}",
        "north": _north(facts, grid),
        "grid": grid.crs.name,
        "layers": _layers(facts, drawn, seen, today),
        "alt": _alt(facts, drawn),
    }
    return Exhibit(facts, drawn, data, pictures, grid)


def map_box_pt(head_in: float) -> tuple[float, float, float, float]:
    """Where the map lies on the page, in points from its lower left corner: left, bottom, right, top."""
    top = _PAGE_HIGH_IN - _MARGIN_IN - head_in
    box = (_MARGIN_IN, top - HEIGHT_IN, _MARGIN_IN + WIDTH_IN, top)
    left, bottom, right, upper = (round(value * _POINTS, 3) for value in box)
    return left, bottom, right, upper


def qr_text(facts: ExhibitFacts) -> str:
    """What the QR code says: the case and the SHA-256 of the decision's last line, in letters that keep it small."""
    return f"{facts.number} SHA-256:{facts.hash}".upper()


def _template() -> Template:
    return Template("exhibit", _TEMPLATE.read_text("utf-8"))


def _qr(facts: ExhibitFacts) -> bytes:
    out = io.BytesIO()
    code = segno.make_qr(qr_text(facts), error="m")
    code.save(out, kind="svg", border=0, xmldecl=False, omitsize=True)
    return out.getvalue()


def _of_other_versions(facts: ExhibitFacts, seen: LayerQuery | None) -> list[str]:
    if seen is None and facts.layers:
        return ["The layers that the decision saw are kept no longer: its evidence is drawn over those of today."]
    return []


def _layers(facts: ExhibitFacts, drawn: ExhibitMap, seen: LayerQuery | None, today: LayerQuery) -> list[dict[str, Any]]:
    """Every layer that the decision saw or the map draws, with its day and version; the seen ones first."""
    rows = {name: (day.isoformat(), version, True) for name, (version, day) in facts.layers.items()}
    for role in drawn.roles:
        query = seen if seen is not None and seen.has(role) else today
        for each in query.layers(role):
            rows.setdefault(each.name, (each.as_of.isoformat(), each.version, False))
    ordered = sorted(rows.items(), key=lambda row: (not row[1][2], row[0]))
    return [
        {"name": name, "as_of": day, "version": version.rpartition("/")[2][:12], "seen": was_seen}
        for name, (day, version, was_seen) in ordered
    ]


def _north(facts: ExhibitFacts, grid: Grid) -> str:
    turned = true_north(shapely.centroid(facts.place), grid)
    if abs(turned) < 0.05:
        return "North is up"
    return f"Grid north is up; true north is {abs(turned):.1f} degrees {'east' if turned > 0 else 'west'} of it"


def _alt(facts: ExhibitFacts, drawn: ExhibitMap) -> str:
    """The map in words."""
    labels = [str(each["properties"].get("label") or each["properties"]["kind"]) for each in facts.features[:12]]
    shown = f" It shows: {', '.join(labels)}." if labels else ""
    return f"Map at 1 inch to {drawn.feet_per_inch} feet, grid north up. {facts.sentence}{shown}"
