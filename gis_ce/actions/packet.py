"""The hearing packet of a case, made in one go from what is on record."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from sqlalchemy.orm import Session

from gis_ce.actions import packet_facts
from gis_ce.actions.at_hand import look_at, refuse_stranger
from gis_ce.actions.desk import Desk
from gis_ce.actions.letter_rows import LetterHand
from gis_ce.actions.letter_setting import Picture
from gis_ce.actions.showing import CaseShown, show_case
from gis_ce.attachments.folder import content_path, open_content
from gis_ce.packet import Original, Packet, made_packet, sheets_of, shown_picture
from gis_ce.process_deadlines import said_at
from gis_ce.tables import Attachment, Decision
from gis_ce.typesetting import Template, typeset

DrawDecision = Callable[[Decision], Picture | None]
"""Draws the evidence of a decision; None where there is nothing to draw."""
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(slots=True)
class _Binder:
    """What is being collected: pictures by file name, originals in their order, and labels of files by their ids."""

    pictures: dict[str, bytes] = field(default_factory=dict)
    originals: list[Original] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)


def case_packet(session: Session, desk: Desk, case: str, draw: DrawDecision, exhibits: Sequence[bytes] = ()) -> Packet:
    """The packet of a case, for those who work on it: who reported the case is not named in it.

    `exhibits` are PDFs of one page on letter paper, which go in at full size. The originals are as they were sent.
    Raises CaseUnknown, NotYourLane, AttachmentMissing, TypesettingRefused.
    """
    refuse_stranger(look_at(session, desk, case).process, desk.actor)
    shown = show_case(session, desk, case)
    words = packet_facts.without_reporters(shown.parties)
    binder = _Binder()
    _label(desk, shown, binder)
    made_at = said_at(desk.now, desk.processes.time)
    rows, sums = packet_facts.charges(session, desk, shown)
    data = {
        "number": shown.case.number,
        "title": words(shown.case.title) or shown.process.title,
        "city": desk.letters.letterhead.name or desk.city.name,
        "made_at": made_at,
        "made_by": desk.actor.name,
        "hearing": packet_facts.hearing(session, shown),
        "appeals": packet_facts.appeals(session, shown, words),
        "cover": packet_facts.cover(desk, shown),
        "case_file": packet_facts.case_file(desk, shown, words),
        "parties": packet_facts.parties(shown),
        "noted": packet_facts.noted(shown, words),
        "answers": packet_facts.answers(shown),
        "notes": [[said_at(row.at, desk.processes.time), row.by, words(row.text)] for row in shown.notes],
        "events": packet_facts.events(session, desk, shown, words),
        "letters": _letters(session, desk, shown, binder),
        "chain": packet_facts.chain(session, shown),
        "decisions": _decisions(session, desk, shown, binder, draw, words),
        "charges": rows,
        "sums": sums,
        "photos": [_photo(desk, row, binder) for row in _photos(shown)],
        "exhibits": [_exhibit(desk, row, binder) for row in _others(shown)],
        "originals": [[each.name, each.what, each.sha256] for each in binder.originals],
    }
    binder.pictures |= {f"exhibit-{number}.pdf": page for number, page in enumerate(exhibits, 1)}
    data["drawn"] = [f"exhibit-{number}.pdf" for number in range(1, len(exhibits) + 1)]
    pdf = typeset(_template(), data, binder.pictures, made_at=desk.now, for_keeping=False)
    return made_packet(shown.case.number, pdf, binder.originals, desk.now.isoformat(), desk.actor.name)


def _template() -> Template:
    folder = files("gis_ce") / "data" / "packet"
    return Template("packet", (folder / "packet.typ").read_text("utf-8"))


def _label(desk: Desk, shown: CaseShown, binder: _Binder) -> None:
    """Names every file of the case by its place in the packet: letters first, then photos, then what else there is."""
    letters = {row.attachment_id: row.number for row in shown.letters if row.attachment_id and row.number}
    ordered: Sequence[tuple[Attachment, str]] = [
        *((row, f"Letter {letters[row.id]}") for row in shown.attachments if row.id in letters),
        *((row, f"Photo {number}") for number, row in enumerate(_photos(shown), 1)),
        *((row, f"Exhibit {number}") for number, row in enumerate(_others(shown), 1)),
    ]
    for position, (row, label) in enumerate(ordered, 1):
        binder.labels[row.id] = label
        name = f"{position:03d}-{_NOT_IN_A_NAME.sub('-', label)}-{_NOT_IN_A_NAME.sub('-', row.name)}"
        path = content_path(desk.folder().path, row.sha256)
        with open_content(desk.folder().path, row.sha256):
            binder.originals.append(Original(name, f"{label}: {row.name}", row.sha256, path))


def _photos(shown: CaseShown) -> list[Attachment]:
    return [row for row in shown.attachments if row.media_type.startswith("image/")]


def _others(shown: CaseShown) -> list[Attachment]:
    letters = {row.attachment_id for row in shown.letters}
    return [row for row in shown.attachments if not row.media_type.startswith("image/") and row.id not in letters]


def _letters(session: Session, desk: Desk, shown: CaseShown, binder: _Binder) -> list[dict[str, Any]]:
    """Every letter that was issued, with its pages."""
    hand = look_at(session, desk, shown.case.id)
    made = []
    for row in shown.letters:
        if row.sha256 is None or row.template not in desk.letters.kinds:
            continue
        told = packet_facts.letter_facts(
            session, desk, LetterHand(row, desk.letters.kind(row.template), hand), binder.labels
        )
        made.append(told | _pages(desk, row.sha256, str(row.number), binder))
    return made


def _decisions(
    session: Session,
    desk: Desk,
    shown: CaseShown,
    binder: _Binder,
    draw: DrawDecision,
    words: packet_facts.Words,
) -> list[dict[str, Any]]:
    """The decisions that stand, with a picture each where one can be drawn."""
    made = []
    for number, row in enumerate((row for row in shown.decisions if row.state != "stale"), 1):
        picture = draw(row)
        name = None
        if picture is not None:
            name = f"decision-{number}.{picture.kind}"
            binder.pictures[name] = picture.content
        told = packet_facts.decision_facts(session, desk, row, words)
        made.append(told | {"picture": name, "words": picture.alt if picture else ""})
    return made


def _pages(desk: Desk, sha256: str, label: str, binder: _Binder) -> dict[str, Any]:
    """A PDF as pages of the packet; none where it cannot be drawn."""
    with open_content(desk.folder().path, sha256) as stream:
        content = stream.read()
    pages = sheets_of(content)
    name = f"file-{sha256[:32]}.pdf"
    if pages:
        binder.pictures[name] = content
    return {"file": name if pages else None, "pages": pages, "label": label}


def _photo(desk: Desk, row: Attachment, binder: _Binder) -> dict[str, Any]:
    with open_content(desk.folder().path, row.stripped_sha256 or row.sha256) as stream:
        content = shown_picture(stream.read())
    name = f"photo-{row.sha256[:32]}.jpg"
    if content is not None:
        binder.pictures[name] = content
    return _file(desk, row, binder) | {"file": name if content is not None else None}


def _exhibit(desk: Desk, row: Attachment, binder: _Binder) -> dict[str, Any]:
    pages: Mapping[str, Any] = {"file": None, "pages": 0, "label": binder.labels[row.id]}
    if row.media_type == "application/pdf":
        pages = _pages(desk, row.sha256, binder.labels[row.id], binder)
    return _file(desk, row, binder) | dict(pages)


def _file(desk: Desk, row: Attachment, binder: _Binder) -> dict[str, Any]:
    time_, far = desk.processes.time, row.distance_from_site_ft
    facts = [
        ("File", row.name),
        ("Attached", f"{said_at(row.at, time_)} by {row.by}"),
        ("Taken", said_at(row.captured_at, time_) if row.captured_at else None),
        ("Taken from the place", f"{far:,.0f} ft away" if far is not None else None),
        ("Looking", f"{row.bearing:.0f} degrees from true north" if row.bearing is not None else None),
    ]
    return {
        "title": f"{binder.labels[row.id]}: {row.name}",
        "facts": [[name, str(value)] for name, value in facts if value],
        "sha256": row.sha256,
    }
