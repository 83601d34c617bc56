"""What the tests of pages show: checks with evidence of every kind, an import with every kind of remark."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from shapely import LineString, Point, box
from shapely.geometry.base import BaseGeometry

from gis_ce.checks.check import Evidence, EvidenceKind
from layers.grid import Grid
from layers.report import ChangeSample, ImportReport, RowNote
from maps.evidence import PageCheck

HOSTILE = "<img src=x onerror=alert(1)> `${x}` O'Brien \\ </script> \"&amp;"
ORIGIN = (1_100_000.0, 570_000.0)
PLACE = Point(60, 40)
WATER = LineString([(-200, 20), (50, 22), (300, 60)])
SEWER = LineString([(80, 300), (75, 20), (60, -200)])
EASEMENT = box(64, -100, 84, 300)
SHED = box(55, 60, 75, 75)


def drawn_checks() -> list[PageCheck]:
    """The five checks at one made-up place in Rutherford County."""
    return [_right_of_way(), _tolerance_zone(), _easement(), _nearest(), _check("water_available", None, None, None)]


def _right_of_way() -> PageCheck:
    return _check(
        "right_of_way",
        "inside",
        5.0,
        "ROW-12",
        _evidence(PLACE, "site", "place"),
        _evidence(box(-200, 0, 300, 45), "right_of_way", "right of way"),
        _evidence(LineString([(60, 40), (60, 45)]), "distance", "5.0 ft"),
        _evidence(box(0, 45, 120, 200), "parcel", "parcel 1612-33-0099"),
    )


def _tolerance_zone() -> PageCheck:
    return _check(
        "tolerance_zone",
        None,
        -15.2,
        "WM-0042",
        _evidence(PLACE, "site", "place"),
        _evidence(WATER.buffer(2.33), "zone", "tolerance zone ±2.33 ft, presumptive", "water_main"),
        _evidence(WATER, "main", "WM-0042", "water_main"),
        _evidence(LineString([(60, 40), (59.5, 23.5)]), "distance", "16.9 ft"),
        _evidence(SEWER, "facility", "sewer main SG-17, 15.5 ft", "sewer_main"),
        _evidence(Point(66, 28), "facility", "hydrant H-7, 13.4 ft", "hydrant"),
    )


def _easement() -> PageCheck:
    return _check(
        "easement_encroachment",
        "yes",
        11.0,
        "E-55",
        _evidence(SHED, "structure", "structure"),
        _evidence(EASEMENT, "easement", "easement E-55 (modelled)", "easement", modelled=True),
        _evidence(SHED & EASEMENT, "encroached", "165 sq ft"),
    )


def _nearest() -> PageCheck:
    return _check(
        "nearest_asset_and_address",
        None,
        None,
        None,
        _evidence(PLACE, "site", "place"),
        _evidence(Point(66, 28), "facility", "hydrant H-7", "hydrant"),
        _evidence(Point(60, 120), "address", HOSTILE),
        _evidence(LineString([(60, 40), (60, 120)]), "distance", "80.0 ft"),
        sentence=f"Nearest address: {HOSTILE}",
    )


def _check(
    name: str,
    answer: str | None,
    margin_ft: float | None,
    feature_id: str | None,
    *evidence: Evidence,
    sentence: str = "Said in one sentence.",
) -> PageCheck:
    question = name.replace("_", " ").capitalize() + "?"
    because = "The layer is not there." if not answer else None
    rule = ("NC-1", "G.S. 1-1", "What the rule says.")
    return PageCheck(name, question, answer, because, margin_ft, None, *rule, feature_id, sentence, evidence)


def _evidence(
    shape: BaseGeometry, kind: EvidenceKind, label: str, role: str | None = None, modelled: bool = False
) -> Evidence:
    return Evidence(shapely.transform(shape, lambda at: at + ORIGIN), kind, label, role, modelled)


def import_report(folder: Path, sample: int = 60) -> ImportReport:
    """An import of water mains with every kind of remark."""
    steps = np.arange(sample)
    starts = np.column_stack([steps % 20 * 160.0, steps // 20 * 90.0]) + ORIGIN
    lines = shapely.linestrings(np.stack([starts, starts + np.array([150.0, 12.0])], axis=1))
    drawn = tuple(Grid(2264).to_lonlat(lines))
    at = [shape.coords[0] for shape in drawn] or [(-81.9, 35.3)] * 60
    return ImportReport(
        layer="water_mains",
        role="water_main",
        source=HOSTILE,
        version="water_mains/" + "cd" * 32,
        previous="water_mains/" + "ef" * 32,
        unchanged=False,
        folder=folder,
        rows_read=sample + 20,
        rows_left_out=3,
        rows_written=sample + 5000,
        repaired_count=1,
        repaired=(RowNote(7, "WM-7", "the ring crossed itself", *at[33]),),
        rejected_count=2,
        rejected=(RowNote(3, HOSTILE, HOSTILE, *at[3]), RowNote(4, None, "no geometry")),
        rejected_file="rejected.geojson",
        duplicates=1,
        duplicate_examples=(RowNote(9, "WM-9", "the same as row 8"),),
        nulls={"diameter_in": 231},
        added=1,
        removed=1,
        changes=(ChangeSample("added", "WM-90", *at[20]), ChangeSample("removed", "WM-91", *at[45])),
        warnings=(HOSTILE,),
        datum_note="NAD83, datum unknown",
        sample=drawn,
    )
