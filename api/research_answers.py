"""From research to messages, without what the caller may not read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely

from api.access import View
from api.answers import Message, rule_note
from gis_ce.checks.check import Sites
from gis_ce.checks.locate_ticket import CHECK as LOCATE_TICKET
from gis_ce.research import Research
from gis_ce.research_found import Found, FoundRow, Value
from gis_ce.research_sources import SOURCES, Source
from gis_ce.research_words import research_said
from layers.grid import Grid


@dataclass(frozen=True, slots=True)
class Looked:
    """One place that was looked up: what to call it, how it was located, and what was found."""

    title: str
    located_by: str
    found: Research

    @property
    def sites(self) -> Sites:
        """The one site."""
        return self.found.sites


def research_message(looked: Looked, view: View, city: str, grid: Grid) -> Message:
    """All that was found, as a message for machines."""
    return {
        "city": city,
        "place": _place(looked, grid),
        "sources": [source_message(looked.found, source, view) for source in SOURCES],
        "ticket": ticket_message(looked, view),
    }


def source_message(found: Research, source: Source, view: View) -> Message:
    """What one source holds; fields that the caller may not read are left out."""
    told = found.found[source.name]
    fields = readable_fields(source, view)
    return {
        "source": source.name,
        "status": told.status_of(0),
        "reason": told.reason_of(0),
        "sentence": research_said(found, source.name, 0),
        "layers": _layers(told),
        "rows": [_row(row, fields) for row in told.rows_of(0)],
    }


def readable_fields(source: Source, view: View) -> tuple[str, ...]:
    """The fields of a source that the caller may read."""
    kept = view.fields(source.fields, source.role)
    hidden = {"public": (*source.personal, *source.linking), "crew": source.personal, "staff": ()}[view.caller]
    return tuple(name for name in kept if name not in hidden)


def ticket_message(looked: Looked, view: View) -> Message:
    """What the check on locate tickets says."""
    found = looked.found.ticket
    rule = found.rule_of(0)
    return {
        "answer": found.answer_of(0),
        "undecided_because": found.reason_of(0),
        "sentence": view.explain(LOCATE_TICKET, looked.sites, found, 0).sentence,
        "rule": rule_note(rule) if rule else None,
    }


def _place(looked: Looked, grid: Grid) -> Message:
    middle = grid.to_lonlat(shapely.point_on_surface(looked.sites.place))[0]
    return {
        "title": looked.title,
        "located_by": looked.located_by,
        "on": str(looked.sites.day[0]),
        "lon": round(float(middle.x), 7),
        "lat": round(float(middle.y), 7),
        "sigma_ft": round(float(looked.sites.sigma_ft[0]), 2),
        "parcels": looked.found.asked_by("parcel", 0),
        "neighbours": looked.found.neighbours.texts_of(0),
    }


def _layers(told: Found) -> list[Message]:
    return [
        {
            "name": layer.name,
            "version": layer.version,
            "as_of": layer.as_of.isoformat(),
            "rows": layer.rows,
            "stale": told.is_stale(0, number),
        }
        for number, layer in enumerate(told.layers)
    ]


def _row(row: FoundRow, fields: tuple[str, ...]) -> Message:
    return {
        "id": row.id,
        "by": row.by,
        "layer": row.layer.name,
        "version": row.layer.version,
        "as_of": row.layer.as_of.isoformat(),
        "stale": row.is_stale,
        "days_before": row.days,
        "distance_ft": None if row.distance_ft is None else round(row.distance_ft, 2),
        "fields": {name: _plain(row.fields[name]) for name in fields},
    }


def _plain(value: Value) -> str | float | None:
    return value.isoformat() if isinstance(value, date) else value


def one_site(place: object, sigma_ft: float, day: np.datetime64, **named: str | None) -> Sites:
    """One place as a site; `named` are the parcel, account and facility that the case names."""
    nothing, places = np.full(1, None, dtype=object), np.full(1, None, dtype=object)
    places[0] = place
    details = {name: np.array([value], dtype=object) for name, value in named.items()}
    return Sites(places, nothing, np.array([sigma_ft]), np.array([day], dtype="datetime64[D]"), details)
