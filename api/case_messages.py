"""From cases to messages: plain values, the same for HTTP and for `--json`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from api.access import works_on
from api.case_places import Message, in_feet, points_in_degrees, shape_in_degrees
from api.case_records import (
    attachment_message,
    deadline_message,
    letter_message,
    link_message,
    note_message,
    party_message,
    proposal_message,
    reference_message,
    review_message,
)
from api.process_messages import field_message
from gis_ce.actions.carried_out import Done
from gis_ce.actions.following import Follow
from gis_ce.actions.listing import CasePage
from gis_ce.actions.showing import AskedField, CaseShown, Form
from gis_ce.process_state import State
from gis_ce.tables import Case, Site
from layers.grid import Grid


def page_message(page: CasePage, grid: Grid) -> Message:
    """One page of cases; `next` asks for the one after it."""
    return {"cases": case_lines([(found.case, found.site) for found in page.cases], grid), "next": page.after}


def case_lines(rows: Sequence[tuple[Case, Site | None]], grid: Grid) -> list[Message]:
    """Cases as lines of a list."""
    places = points_in_degrees([site.geometry if site else None for _, site in rows], grid)
    return [
        {
            **_line(case),
            "address": site.address if site else None,
            "parcel_id": site.parcel_id if site else None,
            "lon": place[0] if place else None,
            "lat": place[1] if place else None,
        }
        for (case, site), place in zip(rows, places, strict=True)
    ]


def case_message(shown: CaseShown, grid: Grid, lanes: Collection[str]) -> Message:
    """A case with all that belongs to it but its history, for somebody who acts in these lanes."""
    (line,) = case_lines([(shown.case, shown.site)], grid)
    case, whole = shown.case, works_on(shown.process, lanes)
    return {
        **line,
        "process": {"id": shown.process.id, "title": shown.process.title, "version": shown.process.version},
        "description": case.description,
        "may_work": whole,
        "place": _place(shown, grid),
        "now": _form(shown.form, shown.state) if shown.form is not None else None,
        "way": list(shown.state.way),
        "answers": dict(case.answers),
        "data": dict(case.data),
        "proposals": [proposal_message(row) for row in shown.decisions if row.state != "stale"],
        "to_review": [review_message(review) for review in shown.review],
        "fields_to_review": [
            {"field": each.field.name, "noted": each.noted, "suggested": each.suggestion.value}
            for each in shown.doubtful
        ],
        "deadlines": [deadline_message(row) for row in shown.deadlines],
        "letters": [letter_message(row) for row in shown.letters],
        "parties": [party_message(row) for row in shown.parties],
        "notes": [note_message(row) for row in shown.notes],
        "attachments": [attachment_message(row, whole) for row in shown.attachments],
        "links": [link_message(link) for link in shown.links],
        "references": [reference_message(row) for row in shown.references],
    }


def done_message(done: Done) -> Message:
    """What a change has led to."""
    return asdict(done)


def _line(case: Case) -> Message:
    return {
        "id": case.id,
        "number": case.number,
        "type": case.type,
        "title": case.title,
        "status": case.status,
        "step": case.step,
        "lane": case.lane,
        "outcome": case.outcome,
        "officer": case.officer,
        "priority": case.priority,
        "event_on": case.event_on.isoformat(),
        "opened_at": case.opened_at.isoformat(),
        "closed_at": _iso(case.closed_at),
        "due_at": _iso(case.due_at),
        "row_version": case.row_version,
    }


def _place(shown: CaseShown, grid: Grid) -> Message:
    site = shown.site
    middle = site.geometry.representative_point() if site.geometry is not None else None
    return {
        "how_located": site.how_located,
        "sigma_ft": site.sigma_ft,
        "datum": site.datum,
        "easting_ft": in_feet(middle.x) if middle is not None else None,
        "northing_ft": in_feet(middle.y) if middle is not None else None,
        "geometry": shape_in_degrees(site.geometry, grid),
        "structure": shape_in_degrees(site.structure, grid),
        "details": dict(site.details),
        "revision": site.revision,
        "moves": [
            {"at": move.at.isoformat(), "by": move.by, "how": move.how, "sigma_ft": move.sigma_ft, "why": move.reason}
            for move in shown.moves
        ],
    }


def _form(form: Form, state: State) -> Message:
    step = form.step
    return {
        "step": step.id,
        "kind": step.kind,
        "text": step.text,
        "done_by": list(form.done_by),
        "may_act": form.may_act,
        "waiting_for": state.waiting_for,
        "waits": form.waits,
        "due_at": _iso(state.due_at),
        "choices": list(form.choices),
        "fields": [_field(asked) for asked in form.fields],
        "proposal": proposal_message(form.proposal) if form.proposal is not None else None,
        "decides": form.decides,
        "fills": step.fills,
        "letter": step.letter,
        "follows": [_follow(each) for each in form.follows],
    }


def _follow(follow: Follow) -> Message:
    step = follow.step
    return {
        "answer": follow.answer,
        "step": step.id,
        "kind": step.kind,
        "text": step.text,
        "done_by": follow.done_by,
        "clock": follow.clock,
        "letter": step.letter,
        "opens": follow.opens,
        "waits_for_it": follow.waits_for_it,
        "blocked": follow.blocked,
        "lacks": dict(follow.lacks),
    }


def _field(asked: AskedField) -> Message:
    suggestion = asked.suggestion
    return {
        **field_message(asked.field),
        "noted": asked.noted,
        "suggested": suggestion.value if suggestion else None,
        "suggested_by": suggestion.source if suggestion else None,
    }


def _iso(value: date | None) -> Any:
    return value.isoformat() if value is not None else None
