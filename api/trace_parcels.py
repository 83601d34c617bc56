"""The parcels on a traced sewer as messages: by what each belongs to it, and how many neighbours do not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from pydantic import Field

from api.access import View
from api.answer_schemas import Answered
from api.answers import Message
from api.trace_schemas import StartTold
from gis_ce.case_exchange.csv_text import csv_pieces
from gis_ce.checks.line_properties import CONFIDENCES, TIES, OnLine, properties_on_line
from gis_ce.checks.line_rule import LineRule
from gis_ce.trace_words import count_of
from layers.features import Features
from layers.grid import Grid
from layers.network.trace import Trace
from maps.evidence import map_features

COLUMNS = ("parcel_id", "address", "main", "tie", "confidence", "distance_ft")


class ParcelOnLine(Answered):
    """A parcel on a line, the main that it belongs to, and by what."""

    parcel_id: str
    address: str | None
    main: str
    tie: Literal["lateral", "frontage"]
    confidence: Literal["high", "medium", "low", "doubtful"]
    distance_ft: float = Field(description="The lateral's length, or how far the edge lies from the main.")


class ParcelsAnswer(Answered):
    """The parcels on a trace; not certain where the trace is not, or where a tie is doubtful."""

    kind: Literal["upstream", "downstream"]
    sentence: str
    certain: bool
    doubts: list[str]
    start: StartTold
    within_ft: float | None
    length_ft: float
    mains: int
    parcels: list[ParcelOnLine]
    left_out: int = Field(description="Neighbours that are not on the line.")
    layers: dict[str, str]
    geojson: dict[str, object] | None = Field(default=None, description="What a map can draw, in degrees.")


def parcels_message(view: View, trace: Trace, told: Message, rule: LineRule, grid: Grid | None) -> Message:
    """The parcels of a trace; `told` is its message. With a grid, what a map can draw too. Raises LayerMissing."""
    found = properties_on_line(view.query, trace.segments, rule)
    on_line, doubts = found.on_line, list(told["doubts"])
    unsure = int((on_line.confidence == CONFIDENCES.index("doubtful")).sum())
    if unsure:
        doubts.append(f"Of {count_of(unsure, 'parcel')} it is doubtful whether they are on it.")
    message = {
        "kind": trace.kind,
        "sentence": f"{len(on_line):,} {'parcel' if len(on_line) == 1 else 'parcels'} to mail. {told['sentence']}",
        "certain": told["certain"] and not unsure,
        "doubts": doubts,
        "start": told["start"],
        "within_ft": trace.within_ft,
        "length_ft": told["length_ft"],
        "mains": len(trace.segments),
        "parcels": list(_parcels(view, on_line)),
        "left_out": len(found.left_out),
        "layers": dict(view.query.versions_of(("sewer_main", "manhole", "lateral", "meter", "parcel"))),
    }
    if grid is not None:
        message["geojson"] = _drawn(view, on_line, message["parcels"], grid)
    return message


def parcels_csv(message: Message) -> Iterator[bytes]:
    """A head, and a row for each parcel."""
    return csv_pieces(COLUMNS, ([row[name] for name in COLUMNS] for row in message["parcels"]))


def _parcels(view: View, on_line: OnLine) -> Iterator[Message]:
    land, mains = view.query.features("parcel"), view.query.features("sewer_main")
    addresses = land.texts("situs_address") if view.fields(("situs_address",), "parcel") else None
    rows = zip(on_line.parcel.tolist(), on_line.segment.tolist(), strict=True)
    for at, (parcel, main) in enumerate(rows):
        yield {
            "parcel_id": _name(land, "parcel_id", parcel),
            "address": addresses[parcel] if addresses is not None else None,
            "main": _name(mains, "facility_id", main),
            "tie": TIES[int(on_line.tie[at])],
            "confidence": CONFIDENCES[int(on_line.confidence[at])],
            "distance_ft": round(float(on_line.distance_ft[at]), 1),
        }


def _name(features: Features, field: str, row: int) -> str:
    return str(features.texts(field)[row] or features.ids[row])


def _drawn(view: View, on_line: OnLine, parcels: list[Message], grid: Grid) -> Message:
    shapes = np.asarray(view.query.features("parcel").geometry[on_line.parcel], dtype=object)
    properties = [{"kind": "to_mail", "label": row["parcel_id"], "confidence": row["confidence"]} for row in parcels]
    return {"type": "FeatureCollection", "features": list(map_features(list(shapes), properties, grid))}
