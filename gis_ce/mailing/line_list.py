"""The list of a line: who gets a letter, which address cannot, and which neighbour was left out, all with why."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from gis_ce.checks.line_properties import REASONS, LeftOut, LineProperties, properties_on_line
from gis_ce.checks.line_rule import LineRule
from gis_ce.checks.traced_line import TracedLine
from gis_ce.mailing.addressees import Addressee, addressees
from gis_ce.mailing.parcel_people import people_on
from gis_ce.mailing.settings import MailingSettings
from layers.features import Features
from layers.query import LayerQuery
from layers.reference import ReferenceTables

ROLES = ("sewer_main", "manhole", "lateral", "meter", "parcel", "address", "building")
"""The layers that a list rests on."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row as it is kept: whose it is, where mail goes, why it is on the list (or not), plain values only."""

    kind: str
    status: str
    standing: str
    name: str
    delivery: str
    city: str
    state: str
    zip_code: str
    match_key: str
    vacant: bool
    why: dict[str, Any]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class LineList:
    """The rows in the order in which they are kept, and the properties that they come from."""

    rows: tuple[ListRow, ...]
    properties: LineProperties
    versions: dict[str, str] = field(default_factory=dict)


def line_list(
    query: LayerQuery, tables: ReferenceTables | None, line: TracedLine, rule: LineRule, settings: MailingSettings
) -> LineList:
    """The list of a traced line; raises LayerMissing without parcels or sewers."""
    found = properties_on_line(query, line.segments, rule)
    people = people_on(query, tables, found.on_line.parcel, settings.town)
    rows = [row_of(each) for each in addressees(query, found.on_line, people)]
    rows += _neighbours(query, found.left_out)
    return LineList(tuple(rows), found, versions_of(query, tables))


def versions_of(query: LayerQuery, tables: ReferenceTables | None) -> dict[str, str]:
    """The layer versions that a list rests on, by the layers' names."""
    versions = dict(query.versions_of(role for role in ROLES if query.has(role)))
    accounts = tables.layers("account") if tables is not None else ()
    return versions | {version.name: version.version for version in accounts}


def row_of(each: Addressee) -> ListRow:
    """An addressee as a row."""
    postal = each.postal
    code = f"{postal.zip5}-{postal.plus4}" if postal.plus4 else postal.zip5
    return ListRow(
        each.kind,
        "kept",
        each.standing,
        each.name,
        postal.delivery,
        postal.city,
        postal.state,
        code,
        each.key,
        each.vacant,
        {"parcels": [asdict(why) | {"said": why.sentence} for why in each.why]},
        each.remark,
    )


def _neighbours(query: LayerQuery, left_out: LeftOut) -> list[ListRow]:
    """The neighbours that are not on the line, by parcel."""
    land = query.features("parcel")
    rows = []
    for at, parcel in enumerate(left_out.parcel.tolist()):
        name = str(land.texts("parcel_id")[parcel] or land.ids[parcel])
        said = _left_out_said(query, left_out, at)
        rows.append(_left_out(name, land.texts("situs_address")[parcel], said, REASONS[int(left_out.reason[at])]))
    return rows


def _left_out_said(query: LayerQuery, left_out: LeftOut, at: int) -> str:
    mains = query.features("sewer_main")
    segment, other = (_main(mains, int(column[at])) for column in (left_out.segment, left_out.main))
    near = f"{segment} ({left_out.distance_ft[at]:,.1f} ft)" if segment else "the line"
    reason = REASONS[int(left_out.reason[at])]
    if reason == "other_lateral":
        lateral = query.features("lateral").ids[int(left_out.lateral[at])]
        return f"Lateral {lateral} joins it to {other}, which is not on the line."
    if reason == "nearer_main":
        return f"Fronts on {other}, nearer than {near}."
    return f"Only a corner of it lies near {near}." if reason == "corner_only" else f"Land lies between it and {near}."


def _main(mains: Features, row: int) -> str:
    return str(mains.texts("facility_id")[row] or mains.ids[row]) if row >= 0 else ""


def _left_out(parcel: str, situs: str | None, said: str, reason: str) -> ListRow:
    why = {"parcels": [{"parcel_id": parcel, "said": said, "reason": reason}]}
    return ListRow("neighbour", "left_out", "none", "", situs or "", "", "", "", "", False, why, said)
