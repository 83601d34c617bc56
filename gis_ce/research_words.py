"""What was found on record, in one sentence a source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from gis_ce.checks.wording import feet
from gis_ce.research import Research
from gis_ce.research_found import Found, FoundRow
from gis_ce.research_sources import KeyKind, Source

_LISTED = 3
_KINDS: dict[KeyKind, tuple[str, str]] = {
    "parcel": ("parcel", "parcels"),
    "account": ("account", "accounts"),
    "facility": ("facility", "facilities"),
}


def research_said(found: Research, name: str, row: int) -> str:
    """What one source holds for one place, or why that cannot be said; firms and persons are left out."""
    source = found.found[name]
    reason, status = source.reason_of(row), source.status_of(row)
    heading = source.source.name.replace("_", " ").capitalize()
    count = source.count_of(row)
    if status in ("source missing", "not asked"):
        return f"{heading}: {status}. {reason}"
    if status == "stale":
        rest = f" All the same it has {_listed(source, row)}." if count else " It has none on record."
        return f"{heading}: stale. {reason}{rest}"
    if status == "found":
        return f"{heading}: {_listed(source, row)} ({_as_of(source)})."
    return f"{heading}: none found {_by(found, source, row)} ({_as_of(source)})."


def _as_of(found: Found) -> str:
    return ", ".join(f"{layer.name} as of {layer.as_of.isoformat()}" for layer in found.layers)


def _listed(found: Found, row: int) -> str:
    rows = found.rows_of(row)
    more = f" and {len(rows) - _LISTED} more" if len(rows) > _LISTED else ""
    many = f"{len(rows)} {found.source.one}{'s' if len(rows) != 1 else ''}"
    return f"{many}: {'; '.join(_row(found.source, each) for each in rows[:_LISTED])}{more}"


def _row(source: Source, row: FoundRow) -> str:
    """`PRM-12 building, issued, 2026-03-01`."""
    kept = ("kind", "service", "status")
    words = [str(row.fields[name]) for name in kept if row.fields.get(name) is not None]
    name = row.fields.get(source.key) or row.id
    dated = row.fields.get(source.dated) if source.dated else None
    when = [dated.isoformat()] if isinstance(dated, date) else []
    where = [] if row.distance_ft is None else ["on the place" if row.distance_ft == 0 else feet(row.distance_ft)]
    return ", ".join([" ".join([str(name), *words[:1]]), *words[1:], *when, *where])


def _by(found: Research, told: Found, row: int) -> str:
    """`for parcel N5 and the facilities HY-1, WM-1`."""
    if told.scope is not None:
        return str(told.scope[row])
    parts = []
    for _, kind in told.source.keys:
        keys = found.asked_by(kind, row)
        if keys:
            parts.append(f"{_KINDS[kind][len(keys) > 1]} {_some(keys)}")
    unasked = "" if found.asked_by("parcel", row) else "; no parcel was asked for, since none is known"
    return (f"for {' and '.join(parts)}" if parts else "at the place") + unasked


def _some(keys: Sequence[str]) -> str:
    more = f" and {len(keys) - 2 * _LISTED} more" if len(keys) > 2 * _LISTED else ""
    return ", ".join(keys[: 2 * _LISTED]) + more
