"""Forms that the public fills in: blank, with the city's letterhead."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from gis_ce.city_letters import CityLetters
from gis_ce.errors import LetterRefused, LetterUnknown
from gis_ce.letter_merge import in_full
from gis_ce.letterhead import Letterhead, logo_files
from gis_ce.typesetting import typeset


def form_pdf(letters: CityLetters, name: str, day: date, zone: ZoneInfo) -> bytes:
    """A blank form as a PDF, the same all day; raises LetterUnknown, LetterRefused without a letterhead."""
    kind = letters.kinds.get(name)
    if kind is None or not kind.form:
        forms = ", ".join(sorted(each.id for each in letters.kinds.values() if each.form))
        raise LetterUnknown(f"{name[:80]!r} is no form; there are {forms}.")
    if missing := letters.letterhead.missing():
        raise LetterRefused(f"The form has no letterhead: the city file has no {', '.join(missing)} in [letters].")
    data = {
        "title": kind.title,
        "draft": False,
        "number": "",
        "date": in_full(day),
        "head": head_data(letters.letterhead),
        "f": {},
        "rules": {},
    }
    made_at = datetime.combine(day, time(12), zone)
    return typeset(kind.template, data, logo_files(letters.letterhead), made_at=made_at)


def head_data(head: Letterhead) -> dict[str, Any]:
    """A letterhead as templates print it."""
    texts = ("name", "department", "phone", "email", "website", "signatory", "signatory_title", "appeals_to")
    logo = next(iter(logo_files(head)), None)
    return {name: getattr(head, name) for name in texts} | {"address": list(head.address), "logo": logo}
