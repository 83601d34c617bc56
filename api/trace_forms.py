"""The forms in which a trace or a shut-off is sent, each a batch of rows at a time: JSON, GeoJSON, lines and CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from fastapi.responses import StreamingResponse

from api.answers import Message
from api.case_answers import PRIVATE
from api.streaming import json_pieces, line_pieces
from api.trace_answers import marks_collection
from gis_ce.case_exchange.csv_text import csv_pieces
from gis_ce.network_marks import Mark
from layers.grid import Grid

Form = Literal["json", "geojson", "ndjson", "csv"]
MEDIA: Mapping[Form, str] = {
    "json": "application/json",
    "geojson": "application/geo+json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
}
_COLUMNS = ("part", "id", "name", "length_ft", "direction", "says")
_SAID = {"doubts": "doubt", "notes": "note"}
_LISTS = {
    "segments": "main",
    "manholes": "manhole",
    "ends": "end",
    "unknown_directions": "direction unknown",
    "possible_segments": "possible main",
    "blind_joints": "blind joint",
    "splits": "flow split",
    "contradictions": "direction in doubt",
    "close": "valve to close",
    "closed_already": "valve closed already",
    "unusable": "valve that cannot be used",
}
_WITHOUT_WATER = {
    "segments": "main without water",
    "meters": "meter without water",
    "hydrants": "hydrant out of service",
    "beyond_segments": "main beyond",
    "beyond_meters": "meter beyond",
    "beyond_hydrants": "hydrant beyond",
}


def pieces_of(message: Message, marks: Iterable[Mark], grid: Grid, form: Form) -> Iterator[bytes]:
    """The answer in a form; every form begins with what was found and what makes it doubtful."""
    if form == "geojson":
        said = {name: message[name] for name in ("sentence", "certain", "doubts", "notes", "layers") if name in message}
        return json_pieces(said | marks_collection(marks, grid))
    if form == "ndjson":
        return line_pieces(answer_rows(message))
    if form == "csv":
        return csv_pieces(_COLUMNS, ([row.get(name) for name in _COLUMNS] for row in answer_rows(message)))
    return json_pieces(message)


def answer_of(message: Message, marks: Iterable[Mark], grid: Grid, form: Form) -> StreamingResponse:
    """The same as an answer over HTTP."""
    return StreamingResponse(pieces_of(message, marks, grid, form), media_type=MEDIA[form], headers=dict(PRIVATE))


def answer_rows(message: Message) -> Iterator[Message]:
    """An answer as rows: first the sentence and every doubt, then each main, manhole, valve, meter and hydrant."""
    yield {"part": "answer", "says": message["sentence"]}
    for name, part in _SAID.items():
        yield from ({"part": part, "says": said} for said in message.get(name, ()))
    for side in message.get("sides", ()):
        yield {"part": "side", **side["by"], "length_ft": side["length_ft"], "says": side["sentence"]}
    for missed in (*message.get("gaps", ()), *message.get("unjoined_ends", ())):
        apart = f"{missed['apart_ft']:g} ft from {missed['beside']['name']}"
        yield {"part": "missing joint", **missed["end_of"], "says": apart}
    for held, names in ((message, _LISTS), (message.get("without_water", {}), _WITHOUT_WATER)):
        for name, part in names.items():
            yield from (_row(part, one) for one in held.get(name, ()))
    for one in message.get("next_ring", {}).get("close", ()):
        yield _row("valve of the next ring", one)


def _row(part: str, one: Any) -> Message:
    return {"part": part, "name": one} if isinstance(one, str) else {"part": part, **one}
