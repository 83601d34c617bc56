"""What belongs to a case, as messages: proposals, events, notes, attachments, letters, deadlines, parties, links."""

from __future__ import annotations

import json
from datetime import date

import shapely

from api.case_filters import page_token
from api.case_places import Message, shape_in_degrees
from gis_ce.actions.judging import ToReview
from gis_ce.actions.reminding import Reminders
from gis_ce.case_links import LinkedCase
from gis_ce.tables import Attachment, Deadline, Decision, Event, ExternalReference, Json, Letter, Note, Party
from layers.grid import Grid


def proposal_message(row: Decision) -> Message:
    """What the map said for a step, on which layers and rule, and what somebody made of it."""
    return {
        "id": row.id,
        "check": row.check,
        "step": row.step,
        "state": row.state,
        "proposed": row.proposed,
        "sentence": row.sentence,
        "reason": row.reason,
        "margin_ft": row.margin_ft,
        "probability": row.probability,
        "sigma_ft": row.sigma_ft,
        "rule": dict(row.rule) or None,
        "versions": dict(row.versions),
        "facts": dict((row.evidence or {}).get("facts", {})),
        "site_revision": row.site_revision,
        "proposed_at": row.proposed_at.isoformat(),
        "answer": row.answer,
        "by": row.by,
        "at": _iso(row.at),
        "why": row.why,
    }


def evidence_message(evidence: Json | None, grid: Grid) -> Message | None:
    """Evidence as it is kept, in feet, as GeoJSON in degrees."""
    if evidence is None:
        return None
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": shape_in_degrees(shapely.from_geojson(json.dumps(feature["geometry"])), grid),
                "properties": {name: value for name, value in feature["properties"].items() if value is not None},
            }
            for feature in evidence["features"]
        ],
    }


def review_message(review: ToReview) -> Message:
    """A decided answer that is to be looked at again."""
    return {
        "decision": review.decision.id,
        "step": review.step.id,
        "current": review.current,
        "proposed": review.decision.proposed,
        "holds": review.holds,
        "said": review.said,
    }


def event_message(row: Event) -> Message:
    """One thing that happened; its id is the token for what came after it."""
    return {
        "id": row.id,
        "at": row.at.isoformat(),
        "by": row.by,
        "kind": row.kind,
        "step": row.step,
        "text": row.text,
        "data": dict(row.data),
        "row_version": row.row_version,
    }


def note_message(row: Note) -> Message:
    """Something that was written down."""
    return {
        "id": row.id,
        "at": row.at.isoformat(),
        "by": row.by,
        "step": row.step,
        "text": row.text,
        "corrects": row.corrects,
    }


def attachment_message(row: Attachment, whole: bool) -> Message:
    """A file of the case, without its content; where and when its camera was is told only where `whole`."""
    return {
        "id": row.id,
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "sha256": row.sha256,
        "stripped_copy": row.stripped_sha256 is not None,
        "step": row.step,
        "field": row.field,
        "at": row.at.isoformat(),
        "by": row.by,
        "captured_at": _iso(row.captured_at) if whole else None,
        "lon": row.lon if whole else None,
        "lat": row.lat if whole else None,
        "bearing": row.bearing if whole else None,
        "distance_from_site_ft": row.distance_from_site_ft,
    }


def letter_message(row: Letter) -> Message:
    """A letter, from its draft on."""
    return {
        "id": row.id,
        "number": row.number,
        "step": row.step,
        "template": row.template,
        "state": row.state,
        "sent_at": _iso(row.sent_at),
        "received_on": _iso(row.received_on),
        "issued_at": _iso(row.issued_at),
        "issued_by": row.issued_by,
        "sha256": row.sha256,
        "attachment_id": row.attachment_id,
        "reissue_of": row.reissue_of,
        "text": row.text,
    }


def deadline_message(row: Deadline) -> Message:
    """A deadline, with the arithmetic that led to it."""
    return {
        "id": row.id,
        "step": row.step,
        "kind": row.kind,
        "starts_on": row.starts_on.isoformat(),
        "due_at": row.due_at.isoformat(),
        "arithmetic": row.arithmetic,
        "state": row.state,
        "ended_at": _iso(row.ended_at),
        "remind_at": _iso(row.remind_at),
        "reminded_at": _iso(row.reminded_at),
    }


def reminders_message(page: Reminders) -> Message:
    """One page of deadlines that are near; `next` asks for the one after it."""
    return {
        "reminders": [
            {
                "number": each.case.number,
                "type": each.case.type,
                "title": each.case.title,
                "officer": each.case.officer,
                "deadline": deadline_message(each.deadline),
            }
            for each in page.reminders
        ],
        "next": page_token(page.after),
    }


def party_message(row: Party) -> Message:
    """Somebody who has to do with the case."""
    names = ("id", "role", "name", "firm", "phone", "email", "mailing_address")
    return {name: getattr(row, name) for name in names}


def link_message(link: LinkedCase) -> Message:
    """Another case that this one leads to or comes from."""
    return {
        "number": link.number,
        "type": link.type,
        "status": link.status,
        "kind": link.kind,
        "said": link.said,
        "at": link.at.isoformat(),
    }


def reference_message(row: ExternalReference) -> Message:
    """What the case is called in another system."""
    return {"id": row.id, "system": row.system, "reference": row.reference, "url": row.url}


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value is not None else None
