"""The letters of a mailing: one PDF in mail-sort order, each letter on pages of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from gis_ce.errors import MailingRefused
from gis_ce.letter import LetterKind
from gis_ce.letter_merge import in_full
from gis_ce.letterhead import Letterhead
from gis_ce.tables import Mailing, MailingRow
from gis_ce.typesetting import Template, typeset

_MANY = """#import "letter.typ": letter
#import "{part}": {body}
#let many = json("data.json")
#for (number, to) in many.to.enumerate() {{
  if number > 0 {{ pagebreak(weak: true) }}
  letter((..many.shared, to: to.lines, about: to.about), {body}(many.shared))
}}
"""
"""The source of all letters together; the body of each is a function in a part that is named like the letter."""


@dataclass(frozen=True, slots=True)
class LetterSet:
    """What all letters of a mailing share: their kind, whose they are, their day, the case, and whether they are
    drafts."""

    kind: LetterKind
    head: Letterhead
    day: date
    case: str
    draft: bool


def version_of(kind: LetterKind) -> dict[str, str]:
    """The name of a letter and the hash of its template with all its parts."""
    found = hashlib.sha256(kind.template.source.encode())
    for name, source in sorted(kind.template.parts.items()):
        found.update(f"\0{name}\0{source}".encode())
    return {"template": kind.id, "title": kind.title, "sha256": found.hexdigest()}


def letters_pdf(letters: LetterSet, mailing: Mailing, rows: Sequence[MailingRow], made_at: datetime) -> bytes:
    """All letters of some rows in their order.

    Raises MailingRefused where the city's letterhead is not complete, or the letter cannot be mailed to many.
    """
    missing = letters.head.missing()
    if missing:
        raise MailingRefused(f"The city file has no {', '.join(missing)} in [letters]; without it no letter goes out.")
    pictures = {}
    if letters.head.logo is not None:
        pictures[f"logo{letters.head.logo_kind}"] = letters.head.logo
    data = {"shared": _shared(letters, mailing, pictures), "to": [_to(row, letters.case) for row in rows]}
    return typeset(_template(letters.kind), data, pictures, made_at=made_at)


def _template(kind: LetterKind) -> Template:
    part, body = f"{kind.id.replace('_', '-')}.typ", kind.id.replace("_", "-")
    if part not in kind.template.parts:
        raise MailingRefused(f"The letter {kind.id} cannot be mailed to many: it has no part {part} with its body.")
    return replace(kind.template, name=kind.id, source=_MANY.format(part=part, body=body))


def _shared(letters: LetterSet, mailing: Mailing, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    head = letters.head
    names = ("name", "department", "phone", "email", "website", "signatory", "signatory_title", "appeals_to")
    logo = f"logo{head.logo_kind}"
    return {
        "title": letters.kind.title,
        "draft": letters.draft,
        "number": mailing.number,
        "date": in_full(letters.day),
        "head": {name: getattr(head, name) for name in names}
        | {"address": list(head.address), "logo": logo if logo in pictures else None},
        "case": {"number": letters.case, "officer": ""},
        "f": {},
        "rules": {},
        "due": None,
    }


def _to(row: MailingRow, case: str) -> dict[str, Any]:
    last = " ".join(part for part in (row.city, row.state, row.zip_code) if part)
    return {"lines": [line for line in (row.name, row.delivery, last) if line], "about": [["Case", case]]}
